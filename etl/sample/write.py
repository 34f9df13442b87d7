"""Writes a return from numbers: a site's layout filled in as the site would, in the site's own words."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import xlsxwriter

from etl.definitions import unit_of
from etl.definitions.periods import financial_year_start, month_after, months_from, write_month
from etl.definitions.settings import version as version_of_definitions
from etl.sites import Block, Layout, Site, standard_layout

Typed = int | float | str | None
TypedNumbers = Mapping[tuple[str, str], Typed]

MADE_ON = datetime(2018, 4, 1)  # the same bytes every time
TOTAL = "Total"
WELSH_MONTHS = (
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
)
ENDINGS = {"blocks": "xlsx", "long": "csv", "tracker": "xlsx", "tables": "ods"}


@dataclass(frozen=True)
class Look:
    """How a return departs from its layout: rows inserted, a note, a sheet too many, other words, another encoding.

    `month_written` is a pattern such as `%b-%y` for Apr-19 in place of the site's usual way; `words` is `as_laid_out`
    or `varied`.
    """

    words: str = "as_laid_out"
    rows_above: int = 0
    note: str = ""
    extra_sheet: str = ""
    encoding: str = "cp1252"
    separator: str = ","
    month_written: str = ""


@dataclass(frozen=True)
class Formula:
    """A formula and the value that was last calculated."""

    text: str
    value: float


@dataclass(frozen=True)
class Cell:
    """The value of a cell, and how it looks: plain, `bold`, `money` or `month`."""

    content: int | float | str | date | Formula
    style: str = ""


@dataclass(frozen=True)
class Sheet:
    """A named grid; cells by (row, column), counted from 0."""

    name: str
    cells: dict[tuple[int, int], Cell]

    @property
    def rows(self) -> list[list[Cell | None]]:
        """The cells row by row, each row as long as its last cell asks."""
        depth = max((row for row, _ in self.cells), default=-1) + 1
        rows: list[list[Cell | None]] = [[] for _ in range(depth)]
        for (row, column), cell in sorted(self.cells.items(), key=lambda item: item[0]):
            rows[row] += [None] * (column - len(rows[row])) + [cell]
        return rows


def write_return(
    site: Site, month: date, numbers: TypedNumbers, path: Path, *, version: int = 1, look: Look | None = None
) -> Path:
    """Writes the return of a site and month in the layout of that month; a number that is not given stays blank."""
    layout, look = site.layout_on(month), look or Look()
    if layout.kind == "tracker":
        return write_tracker(site, {month: numbers}, path, look=look)
    path.parent.mkdir(parents=True, exist_ok=True)
    if layout.kind == "long":
        _write_csv(path, _long_rows(site, layout, month, numbers, look), look)
    elif layout.kind == "tables":
        _write_ods(path, _tables(site, layout, month, numbers, look))
    else:
        _write_xlsx(path, _blocks(site, layout, month, numbers, look, version))
    return path


def write_tracker(site: Site, months: Mapping[date, TypedNumbers], path: Path, *, look: Look | None = None) -> Path:
    """Writes the tracker of the financial year of the last month given; all months must lie in that year."""
    layout, look = site.layout_on(max(months)), look or Look()
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_xlsx(path, _tracker(site, layout, months, look))
    return path


def name_file(site: Site, month: date, version: int = 1) -> str:
    """The file's name as the site writes it, made from the pattern by which the layout knows it."""
    layout = site.layout_on(month)
    start = financial_year_start(month)
    name = layout.file_name.replace(r"(?P<month>\d{4}-\d{2})", f"{month:%Y-%m}")
    name = name.replace(r"(?P<month>\d{6})", f"{month:%Y%m}")
    name = name.replace(r"( v\d+)?", f" v{version}" if version > 1 else "")
    name = name.replace(r"\d{4}-\d{2}", f"{start.year}-{month_after(start, 12).year % 100:02d}")
    name = name.replace("{label}", site.label)
    return name.replace("\\", "") + "." + ENDINGS[layout.kind]


# The four kinds of layout.


def _blocks(
    site: Site, layout: Layout, month: date, numbers: TypedNumbers, look: Look, version: int
) -> Iterator[Sheet]:
    """Block headings and labels in the second column, numbers in the fourth, a total under each breakdown."""
    speak = _speaker(look)
    yield _cover(site, layout, month, look, version)
    for name in _sheet_names(layout):
        cells = {(0, 1): Cell(_title(site), "bold")}
        if look.note:
            cells[1, 1] = Cell(look.note)
        row = 3 + look.rows_above
        for block in _blocks_on(layout, name):
            row = _block(cells, row, block, numbers, layout, speak) + 1
        yield Sheet(name, cells)
    if look.extra_sheet:
        yield Sheet(look.extra_sheet, {(0, 0): Cell("For our own use"), (1, 0): Cell("Not part of the return")})


def _block(
    cells: dict[tuple[int, int], Cell],
    row: int,
    block: Block,
    numbers: TypedNumbers,
    layout: Layout,
    speak: Callable[[str], str],
) -> int:
    """Adds a block from `row` on and returns the row after it."""
    cells[row, 1] = Cell(block.heading, "bold")
    start = row + 1
    values = [_scaled(numbers, number, layout, block.sheet) for number in block.words]
    for row, (number, words) in enumerate(block.words.items(), start):
        cells[row, 1] = Cell(speak(words))
        _put(cells, row, 3, values[row - start], number)
    if _is_breakdown(block):
        row += 1
        cells[row, 1] = Cell(TOTAL)
        cells[row, 3] = Cell(Formula(f"=SUM(D{start + 1}:D{row})", _sum(values)))
    return row + 1


def _cover(site: Site, layout: Layout, month: date, look: Look, version: int) -> Sheet:
    cells = {(1, 1): Cell("Drive – monthly return", "bold")}
    written = Cell(f"{month:{look.month_written}}") if look.month_written else Cell(month, "month")
    answers = [
        (layout.site_label, Cell(site.label)),
        (layout.month_label, written),
        (layout.version_label, Cell(version)),
    ]
    stamp = standard_layout().ignored_labels[-1]
    answers += [(label, Cell(version_of_definitions() if label == stamp else "–")) for label in layout.ignored_labels]
    for row, (label, answer) in enumerate(answers, 3):
        cells[row, 1], cells[row, 3] = Cell(label), answer
    return Sheet("Cover", cells)


def _long_rows(site: Site, layout: Layout, month: date, numbers: TypedNumbers, look: Look) -> Iterator[list[str]]:
    """A preamble, a row a number, an end line."""
    speak = _speaker(look)
    yield ["Drive - monthly return"]
    yield [_title(site)]
    yield [f"{layout.month_label}: {month:{look.month_written or '%B %Y'}}"]
    yield from ([look.note] for _ in range(bool(look.note)))
    yield from ([] for _ in range(1 + look.rows_above))
    yield [*layout.columns, *layout.ignored_columns]
    blanks = [""] * len(layout.ignored_columns)
    for block in layout.blocks:
        for number, words in block.words.items():
            typed = _in_words(_scaled(numbers, number, layout, block.sheet), number)
            yield [block.sheet, block.heading, speak(words), typed, *blanks]
    yield ["End of return"]


def _tracker(site: Site, layout: Layout, months: Mapping[date, TypedNumbers], look: Look) -> Iterator[Sheet]:
    """A row a number, a column a month of the financial year, then the year to date."""
    speak = _speaker(look)
    start = financial_year_start(max(months))
    if min(months) < start:
        raise ValueError(f"a tracker holds one financial year; {min(months)} and {max(months)} are in two")
    year = months_from(start, month_after(start, 11))
    for name in _sheet_names(layout):
        cells = {(0, 0): Cell(f"{_title(site)}: {name}", "bold")}
        cells[1, 0] = Cell(look.note or "Please complete by the 10th working day")
        header = 2 + look.rows_above
        _head_tracker(cells, header, layout, year, look)
        rows = ((b.heading, n, w) for b in _blocks_on(layout, name) for n, w in b.words.items())
        for row, (heading, number, words) in enumerate(rows, header + 1):
            cells[row, 0] = Cell(f"{name[0]}{row - header}")
            cells[row, 1], cells[row, 2] = Cell(heading), Cell(speak(words))
            values = [_scaled(months.get(month, {}), number, layout, name) for month in year]
            for column, value in enumerate(values, 3):
                _put(cells, row, column, value, "")
            cells[row, 15] = Cell(Formula(f"=SUM(D{row + 1}:O{row + 1})", _sum(values)))
        yield Sheet(name, cells)
    if look.extra_sheet:
        yield Sheet(look.extra_sheet, {(0, 0): Cell("For our own use")})


def _head_tracker(cells: dict[tuple[int, int], Cell], row: int, layout: Layout, year: list[date], look: Look) -> None:
    """The columns' headings: a reference, the layout's own columns, the months, then what nobody reads."""
    reference, *others = layout.ignored_columns
    months = [Cell(f"{m:{look.month_written}}") if look.month_written else Cell(m, "month") for m in year]
    headings = [Cell(word, "bold") for word in (reference, *layout.columns)] + months
    headings += [Cell(word, "bold") for word in others]
    cells.update({(row, column): cell for column, cell in enumerate(headings)})


def _tables(site: Site, layout: Layout, month: date, numbers: TypedNumbers, look: Look) -> Iterator[Sheet]:
    """Tables one below the other: a heading, a row of column headings, a row of numbers."""
    speak = _speaker(look)
    both = f"{WELSH_MONTHS[month.month - 1]} {month.year} / {write_month(month, long=True)}"
    written = f"{month:{look.month_written}}" if look.month_written else both
    for name in _sheet_names(layout):
        cells = {(0, 0): Cell(_title(site)), (1, 0): Cell(layout.month_label), (1, 1): Cell(written)}
        if look.note:
            cells[2, 0] = Cell(look.note)
        row = 3 + look.rows_above
        for block in _blocks_on(layout, name):
            cells[row, 0] = Cell(block.heading)
            for column, (number, words) in enumerate(block.words.items()):
                cells[row + 1, column] = Cell(speak(words))
                _put(cells, row + 2, column, _scaled(numbers, number, layout, name), number)
            row += 4
        yield Sheet(name, cells)
    if look.extra_sheet:
        yield Sheet(look.extra_sheet, {(0, 0): Cell("At ein defnydd ni / For our own use")})


# What the kinds share.


def _title(site: Site) -> str:
    return f"Drive {site.label}"


def _sheet_names(layout: Layout) -> list[str]:
    return list(dict.fromkeys(block.sheet for block in layout.blocks))


def _blocks_on(layout: Layout, sheet: str) -> list[Block]:
    return [block for block in layout.blocks if block.sheet == sheet]


def _is_breakdown(block: Block) -> bool:
    """Whether a block holds the parts of one measure, so that a total under it makes sense."""
    return (
        len(block.words) > 1
        and len({number.partition(".")[0] for number in block.words}) == 1
        and all("." in number for number in block.words)
    )


def _scaled(numbers: TypedNumbers, number: str, layout: Layout, sheet: str) -> Typed:
    """What is typed for a number, in the sheet's own unit (thousands of pounds, say)."""
    measure, _, part = number.partition(".")
    typed = numbers.get((measure, part))
    unit = layout.multiply.get(sheet, 1)
    return typed if unit == 1 or isinstance(typed, str | None) else round(typed / unit, 8)


def _put(cells: dict[tuple[int, int], Cell], row: int, column: int, typed: Typed, number: str) -> None:
    if typed is not None and typed != "":
        money = number and unit_of(number) == "gbp" and not isinstance(typed, str)
        cells[row, column] = Cell(typed, "money" if money else "")


def _in_words(typed: Typed, number: str) -> str:
    """A number as it stands in a CSV file: money as £1,234.50."""
    if isinstance(typed, str | None):
        return typed or ""
    if unit_of(number) == "gbp":
        return f"{'-' if typed < 0 else ''}£{abs(typed):,.2f}"
    return f"{typed:g}" if isinstance(typed, float) else str(typed)


def _sum(values: Iterable[Typed]) -> float:
    return sum(value for value in values if not isinstance(value, str | None))


def _speaker(look: Look) -> Callable[[str], str]:
    """How labels are typed: as laid out, or each a little differently from the one before."""
    if look.words == "as_laid_out":
        return lambda words: words
    ways: tuple[Callable[[str], str], ...] = (
        str.upper,
        lambda words: f"  {words} ",
        lambda words: words.replace(" ", "\N{NO-BREAK SPACE}"),
        lambda words: f"{words}:",
        lambda words: words.replace(" ", "  "),
        lambda words: words.replace("-", "–"),
    )
    spoken = iter(range(10**9))
    return lambda words: ways[next(spoken) % len(ways)](words)


# The three kinds of file.


def _write_csv(path: Path, rows: Iterable[list[str]], look: Look) -> None:
    with path.open("w", encoding=look.encoding, newline="", errors="replace") as file:
        csv.writer(file, delimiter=look.separator).writerows(rows)


def _write_xlsx(path: Path, sheets: Iterable[Sheet]) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": MADE_ON})
        looks = {"bold": {"bold": True}, "money": {"num_format": "£#,##0.00"}, "month": {"num_format": "mmm-yy"}}
        formats = {"": None, **{name: book.add_format(look) for name, look in looks.items()}}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.set_column(1, 2, 30)
            for (row, column), cell in sheet.cells.items():
                form, content = formats[cell.style], cell.content
                if isinstance(content, Formula):
                    page.write_formula(row, column, content.text, form, content.value)
                elif isinstance(content, date):
                    page.write_datetime(row, column, content, form)
                elif isinstance(content, str):
                    page.write_string(row, column, content, form)
                else:
                    page.write_number(row, column, content, form)


_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS = "urn:oasis:names:tc:opendocument:xmlns"
_ODS_CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content office:version="1.2"'
    f' xmlns:office="{_ODS}:office:1.0" xmlns:table="{_ODS}:table:1.0" xmlns:text="{_ODS}:text:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<manifest:manifest manifest:version="1.2" xmlns:manifest="{_ODS}:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _write_ods(path: Path, sheets: Iterable[Sheet]) -> None:
    """An OpenDocument spreadsheet by hand: its type first and not packed, as the standard asks."""
    body = "".join(
        f'<table:table table:name="{escape(sheet.name)}">{"".join(map(_ods_row, sheet.rows))}</table:table>'
        for sheet in sheets
    )
    with ZipFile(path, "w") as archive:
        for name, text, packing in (
            ("mimetype", _ODS_TYPE, ZIP_STORED),
            ("content.xml", _ODS_CONTENT.format(body), ZIP_DEFLATED),
            ("META-INF/manifest.xml", _ODS_MANIFEST, ZIP_DEFLATED),
        ):
            archive.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, packing)


def _ods_row(cells: list[Cell | None]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, cells)) or '<table:table-cell/>'}</table:table-row>"


def _ods_cell(cell: Cell | None) -> str:
    if cell is None:
        return "<table:table-cell/>"
    text = f"<text:p>{escape(str(cell.content), quote=False)}</text:p>"
    if isinstance(cell.content, str):
        text = text.replace("  ", " <text:s/>")
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{cell.content}">{text}</table:table-cell>'
