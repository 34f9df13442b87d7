"""The standard return as a workbook for one site and month: what to type where, and what each number means."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from msgspec.structs import replace
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.definitions import REPORTED, Breakdown, keys, unit_of
from etl.definitions.periods import month_after, write_month
from etl.definitions.settings import version
from etl.sample.write import MADE_ON, TOTAL, Typed, TypedNumbers, name_file
from etl.sites import Block, Layout, Site, standard_layout

# Columns, counted from 0: labels, the month's numbers, what each number means.
LABELS, NUMBERS, NOTES = 1, 3, 4

OPENING, CLOSING = ("opening_cases", ""), "closing_cases"

_INK, _PALE, _LINE, _GREY = "#1F3A4D", "#E8EEF2", "#9AA8B2", "#5B6770"
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": _INK},
    "subtitle": {"font_size": 11, "font_color": _GREY},
    "column": {"bold": True, "font_color": _GREY, "bottom": 1, "bottom_color": _LINE},
    "column_right": {"bold": True, "font_color": _GREY, "bottom": 1, "bottom_color": _LINE, "align": "right"},
    "heading": {"bold": True, "font_color": "#FFFFFF", "bg_color": _INK},
    "label": {"text_wrap": True},
    "note": {"text_wrap": True, "font_color": _GREY, "font_size": 9, "indent": 1},
    "total": {"bold": True, "top": 1, "top_color": _LINE},
    "words": {"text_wrap": True},
    "answer": {"bold": True, "align": "left", "bg_color": _PALE, "border": 1, "border_color": _LINE},
    "open_answer": {"align": "left", "border": 1, "border_color": _LINE, "locked": False},
}
_LOOKS["month"] = {**_LOOKS["answer"], "num_format": "mmmm yyyy"}
_UNIT_FORMATS = {"count": "#,##0", "fte": "0.0#", "gbp": "£#,##0.00;[Red]-£#,##0.00"}
_UNIT_WORDS = {
    "count": ("A whole number", "Type a whole number, such as 7, or 0 if there were none."),
    "fte": ("Full-time equivalents", "Type full-time equivalents, such as 3.5."),
    "gbp": ("Pounds and pence", "Type pounds and pence of this month alone, such as 1234.50."),
}
_NOT_KNOWN = "If the number does not apply at your site, type n/a and answer Yes."
_LARGEST_SUM = 100_000_000


@dataclass(frozen=True)
class _Book:
    """The workbook while it is made: its formats, its numbers, and which cells are locked."""

    site: Site
    month: date
    layout: Layout
    numbers: TypedNumbers
    locked: frozenset[tuple[str, str]]
    book: xlsxwriter.Workbook
    formats: dict[str, Format] = field(default_factory=dict)

    def look(self, name: str, **more: Any) -> Format:
        """A format by its name and what is added to it, made once."""
        label = f"{name} {sorted(more.items())}"
        if label not in self.formats:
            base = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}
            self.formats[label] = self.book.add_format({**base, **_LOOKS.get(name, {}), **more})
        return self.formats[label]


def write_template(
    site: Site, month: date, out: Path, closing: TypedNumbers | None = None, numbers: TypedNumbers | None = None
) -> Path:
    """Writes the standard return of a site and month.

    `closing` are last month's numbers as far as they are known: its cases open at the end become this month's open
    cases at the start, filled in and locked. `numbers` fills in other cells (nothing, for a return to be sent out).
    """
    opening = _opening(closing or {})
    typed: dict[tuple[str, str], Typed] = {**(numbers or {}), **opening}
    with xlsxwriter.Workbook(out) as book:
        book.set_properties(
            {"title": f"Drive return, {site.label}, {write_month(month, long=True)}", "created": MADE_ON}
        )
        made = _Book(site, month, standard_layout(month), typed, frozenset(opening), book)
        _write_cover(made)
        for sheet in dict.fromkeys(block.sheet for block in made.layout.blocks):
            _write_sheet(made, sheet)
    return out


def _opening(closing: TypedNumbers) -> dict[tuple[str, str], Typed]:
    """Last month's cases open at the end, as this month's at the start; nothing where one of them is not a number."""
    values = [closing.get(pair) for pair in keys(REPORTED[CLOSING])]
    counts = [value for value in values if isinstance(value, int | float)]
    return {OPENING: int(sum(counts))} if len(counts) == len(values) else {}


# The cover.


def _write_cover(made: _Book) -> None:
    page = made.book.add_worksheet("Cover")
    _set_up(made, page)
    page.set_column(NUMBERS, NUMBERS, 44)
    page.set_column(NOTES, NOTES, 4)
    page.set_row(1, 30)
    page.write_string(1, LABELS, "Drive: monthly return", made.look("title"))
    page.write_string(2, LABELS, "One return a month, from each site to the central team", made.look("subtitle"))
    below = _write_answers(made, page, 4) + 1
    page.merge_range(below, LABELS, below, NUMBERS, "How to fill it in", made.look("heading"))
    for row, (sentence, lines) in enumerate(_instructions(made), below + 1):
        page.merge_range(row, LABELS, row, NUMBERS, sentence, made.look("words"))
        page.set_row(row, 6 + 13 * lines)


def _write_answers(made: _Book, page: Worksheet, row: int) -> int:
    """Site, month, version and what else the cover asks for; returns the row after them."""
    layout = made.layout
    completed_by, status, stamp = layout.ignored_labels
    page.write_string(row, LABELS, layout.site_label, made.look("label"))
    page.write_string(row, NUMBERS, made.site.label, made.look("answer"))
    page.write_string(row + 1, LABELS, layout.month_label, made.look("label"))
    page.write_datetime(row + 1, NUMBERS, made.month, made.look("month"))
    page.write_string(row + 2, LABELS, layout.version_label, made.look("label"))
    page.write_number(row + 2, NUMBERS, 1, made.look("open_answer"))
    for offset, label in enumerate((completed_by, status), 3):
        page.write_string(row + offset, LABELS, label, made.look("label"))
        page.write_blank(row + offset, NUMBERS, None, made.look("open_answer"))
    page.write_string(row + 5, LABELS, stamp, made.look("label"))
    page.write_string(row + 5, NUMBERS, version(), made.look("answer"))
    _ask(page, row + 2, "Return version", "1 the first time; 2 when you send a corrected return, and so on.")
    _ask(page, row + 3, completed_by, "Your job title, such as Data officer. Please, no name.")
    page.data_validation(row + 4, NUMBERS, row + 4, NUMBERS, {"validate": "list", "source": ["Draft", "Final"]})
    for line in range(row, row + 6):
        page.set_row(line, 20)
    return row + 6


def _instructions(made: _Book) -> list[tuple[str, int]]:
    """The sentences of the cover, each with the lines that it takes."""
    after = write_month(month_after(made.month), long=True)
    sheets = list(dict.fromkeys(block.sheet for block in made.layout.blocks))
    name = name_file(replace(made.site, layouts=(made.layout,)), made.month)
    sentences = [
        f"Fill in the sheets {', '.join(sheets[:-1])} and {sheets[-1]}. Type in the white cells with a border; "
        "totals add themselves up, and grey cells are filled in for you.",
        f"Everything is about {write_month(made.month, long=True)} alone, never the year so far.",
        "Type 0 where there were none. Leave a cell empty only when you do not know the number yet, and send a "
        "corrected return when you do. Type n/a where a number does not apply at your site.",
        "Type the exact number, also when it is small: small numbers are hidden before anyone outside sees them.",
        "Money in pounds and pence. A correction of an earlier month may be negative.",
        "No names, dates of birth or case references, here or in a comment: a return that has them is sent back.",
        "Cases open at the start are last month's cases open at the end. Where they are filled in and wrong, send a "
        "corrected return for last month.",
        "What each number means stands beside it. The stamp above says which definitions this return was made from.",
        f"Save it as “{name}” and send it by the 10th working day of {after}.",
    ]
    return [(f"{number}.  {sentence}", 1 + len(sentence) // 92) for number, sentence in enumerate(sentences, 1)]


# The sheets of numbers.


def _write_sheet(made: _Book, sheet: str) -> None:
    """A subject's sheet: its name, the columns' headings, then its blocks."""
    page = made.book.add_worksheet(sheet)
    _set_up(made, page)
    page.set_row(0, 28)
    page.write_string(
        0, LABELS, f"{sheet}: {made.site.label}, {write_month(made.month, long=True)}", made.look("title")
    )
    for column, words, look in (
        (LABELS, "Number", "column"),
        (LABELS + 1, "", "column"),
        (NUMBERS, write_month(made.month), "column_right"),
        (NOTES, "Note: what to count", "column"),
    ):
        page.write(2, column, words, made.look(look, indent=1) if column == NOTES else made.look(look))
    page.freeze_panes(3, 0)
    page.repeat_rows(0, 2)
    row = 4
    for block in (block for block in made.layout.blocks if block.sheet == sheet):
        row = _write_block(made, page, row, block) + 1


def _write_block(made: _Book, page: Worksheet, row: int, block: Block) -> int:
    """Heading, a line a number, a total where the numbers are parts of one; returns the row after them."""
    heading = made.look("heading")
    for column in range(LABELS, NOTES + 1):
        page.write_blank(row, column, None, heading)
    page.write_string(row, LABELS, block.heading, heading)
    start = row + 1
    for row, (number, label) in enumerate(block.words.items(), start):
        _write_number(made, page, row, number, label)
    measure = REPORTED[number.partition(".")[0]]
    if isinstance(measure, Breakdown):
        row += 1
        _write_total(made, page, row, start, measure)
    return row + 1


def _write_number(made: _Book, page: Worksheet, row: int, number: str, label: str) -> None:
    """One line: the label, the cell for the number with its validation, the meaning."""
    measure, _, part = number.partition(".")
    meaning, unit = _meaning(measure, part), unit_of(number)
    page.write_string(row, LABELS, label, made.look("label"))
    page.write_string(row, NOTES, meaning, made.look("note"))
    page.set_row(row, 18 if len(meaning) < 90 else 28)
    is_locked = (measure, part) in made.locked
    shade = {"bg_color": _PALE} if is_locked else {"locked": False}
    look = made.look("number", num_format=_UNIT_FORMATS[unit], border=1, border_color=_LINE, align="right", **shade)
    typed = made.numbers.get((measure, part))
    if isinstance(typed, str):
        page.write_string(row, NUMBERS, typed, look)
    elif typed is None:
        page.write_blank(row, NUMBERS, None, look)
    else:
        page.write_number(row, NUMBERS, typed, look)
    if not is_locked:
        page.data_validation(row, NUMBERS, row, NUMBERS, _validation(unit, label))


def _write_total(made: _Book, page: Worksheet, row: int, start: int, measure: Breakdown) -> None:
    values = [made.numbers.get(pair) for pair in keys(measure)]
    cached = sum(value for value in values if isinstance(value, int | float))
    look = made.look("total")
    for column in (LABELS + 1, NOTES):
        page.write_blank(row, column, None, look)
    page.write_string(row, LABELS, TOTAL, look)
    cells = f"D{start + 1}:D{row}"
    number = made.look("total", num_format=_UNIT_FORMATS[measure.unit], align="right")
    page.write_formula(row, NUMBERS, f"=SUM({cells})", number, round(cached, 2))


def _validation(unit: str, label: str) -> dict[str, Any]:
    """Asks again where what is typed is not of the unit; does not forbid it, for n/a is an answer too."""
    title, words = _UNIT_WORDS[unit]
    asked: dict[str, Any] = {"validate": "decimal", "criteria": ">=", "value": 0}
    if unit == "count":
        asked["validate"] = "integer"
    if unit == "gbp":
        asked |= {"criteria": "between", "minimum": -_LARGEST_SUM, "maximum": _LARGEST_SUM}
        del asked["value"]
    return {
        **asked,
        "input_title": label[:32],
        "input_message": words,
        "error_title": title,
        "error_message": f"{words} {_NOT_KNOWN}",
        "error_type": "warning",
    }


def _meaning(measure: str, part: str) -> str:
    """What a number means, in the words of its definition."""
    defined = REPORTED[measure]
    if isinstance(defined, Breakdown):
        return next(entry.meaning for entry in defined.parts if entry.name == part)
    return defined.meaning


# What all sheets share.


def _set_up(made: _Book, page: Worksheet) -> None:
    """Widths, print on A4, protection without a password: white cells can be typed in, nothing else moves."""
    plain = made.look("words")
    for column, width in ((0, 2), (LABELS, 40), (LABELS + 1, 2), (NUMBERS, 16), (NOTES, 62)):
        page.set_column(column, column, width, plain)
    page.hide_gridlines(2)
    page.set_paper(9)
    page.set_portrait()
    page.fit_to_pages(1, 1)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.set_footer(f"&L{made.site.label}, {write_month(made.month)}&C&A&RPage &P of &N")
    page.protect("", {"format_columns": True, "format_rows": True})


def _ask(page: Worksheet, row: int, title: str, words: str) -> None:
    page.data_validation(
        row, NUMBERS, row, NUMBERS, {"validate": "any", "input_title": title[:32], "input_message": words}
    )
