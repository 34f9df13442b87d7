"""Long layouts: after a preamble one row a number, with its section, indicator, breakdown and value."""

import re
from datetime import date
from functools import cache

from etl.intake import Refused, address
from etl.read.find import Book, LayoutCells, Page, is_total, wrong_words
from etl.read.words import plain
from etl.sites import Layout

_THOUSANDS = re.compile(r"^\s*[-(]?£\s?\d{1,3}\s*$")
_THE_REST = re.compile(r"^\s*\d{3}(?:\.\d{1,2})?\)?\s*$")


def find_long(book: Book, layout: Layout, month: date) -> LayoutCells:
    """The cells of a long layout; refuses the file when a row of it is missing or is there twice."""
    page, header, columns = _header(book, layout)
    found = LayoutCells(expected={(page.name, header, column) for column in columns.values()})
    section, indicator, breakdown, value = (columns[plain(name)] for name in layout.columns)
    rows = _rows(page, header, (section, indicator, breakdown))
    for block in layout.blocks:
        for number, label in block.words.items():
            place = rows.pop((plain(block.sheet), plain(block.heading), plain(label)), [])
            if len(place) != 1:
                raise wrong_words("row", f"{block.sheet}, {block.heading}, {label}", "", len(place))
            _refuse_split_amount(page, place[0], value)
            found.numbers.append((number, month, page.name, place[0], value))
            found.expected |= {(page.name, place[0], column) for column in (section, indicator, breakdown)}
    totals = _totals(layout)
    for names, places in rows.items():
        filled = [row for row in places if page.cells.get((row, value)) and (row, breakdown) in page.cells]
        if is_total(names[2]) and names[:2] in totals:
            found.totals += [(totals[names[:2]], month, page.name, row, value) for row in filled]
        else:
            found.unknown += [(page.name, row, indicator) for row in filled]
    return found


Names = tuple[str, str, str]  # section, indicator, breakdown


def _rows(page: Page, header: int, columns: tuple[int, int, int]) -> dict[Names, list[int]]:
    """The rows by their names; an empty section or indicator is the one above it, as in merged cells."""
    rows: dict[Names, list[int]] = {}
    above = ("", "")
    for row in page.rows:
        section, indicator, breakdown = (page.text(row, column) for column in columns)
        if breakdown and row > header:
            above = (section or above[0], indicator or ("" if section else above[1]))
            rows.setdefault((*above, breakdown), []).append(row)
    return rows


@cache
def _totals(layout: Layout) -> dict[tuple[str, str], str]:
    """The breakdowns of a layout by section and indicator: what a row named Total among them adds up."""
    measures = {(b.sheet, b.heading): {n.partition(".")[0] for n in b.words} for b in layout.blocks if len(b.words) > 1}
    return {(plain(s), plain(h)): next(iter(names)) for (s, h), names in measures.items() if len(names) == 1}


def _refuse_split_amount(page: Page, row: int, value: int) -> None:
    """Refuses a file in which £1,234.50 is written without quotation marks and so in two columns."""
    first, second = page.cells.get((row, value)), page.cells.get((row, value + 1))
    if isinstance(first, str) and isinstance(second, str) and _THOUSANDS.match(first) and _THE_REST.match(second):
        sentence = f"In line {row} a comma splits an amount of money into two columns."
        fix = "Put amounts with commas into quotation marks, or leave the commas out, and send the return again."
        raise Refused("split_amount", sentence, fix, page.name, address(row, value))


def _header(book: Book, layout: Layout) -> tuple[Page, int, dict[str, int]]:
    """The sheet and row of the column headings, and the column of each; refuses a heading that is there twice."""
    for page in book:
        for row, _ in page.of(layout.columns[0]):
            places = {name: [c for r, c in page.of(name) if r == row] for name in layout.columns}
            if all(places.values()):
                if twice := next((name for name, columns in places.items() if len(columns) > 1), None):
                    raise wrong_words("column", twice, "", len(places[twice]))
                return page, row, {plain(name): columns[0] for name, columns in places.items()}
    names = ", ".join(layout.columns)
    fix = f"Put the line “{names}” back above the table and send the return again."
    raise Refused("missing_words", f"The line with the headings “{names}” is missing.", fix, "", "")
