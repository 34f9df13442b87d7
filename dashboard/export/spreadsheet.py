"""An exhibit as a file that a spreadsheet opens: numbers stay numbers, and no text is run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

from dashboard.data.printed import RUN, safe
from dashboard.export.exhibits import MARKERS, Cell, Exhibit, Number
from etl.definitions.writing import MINUS

BOM = "\ufeff"
# How numbers are written: what stands round them, and their decimals.
AROUND, DIGITS = (("", ""), ("£", ""), ("", "%")), (0, 1, 2)
TIDY = (
    "exhibit", "row", "column", "shown", "value", "marker", "site", "measure", "unit", "period", "starts", "ends",
    "low", "high", "number", "code", "cell",
)  # fmt: skip


@dataclass(frozen=True)
class About:
    """What a file says of itself: the page, what is chosen there, and of which data it is made."""

    page: str
    question: str
    headline: str
    chosen: str
    data_to: str
    edition: str
    audience: str
    address: str

    def lines(self, exhibit: Exhibit | None = None) -> list[tuple[str, str]]:
        """The same as names and what they say."""
        of = [] if exhibit is None else [("Exhibit", exhibit.headline), ("Subtitle", exhibit.subtitle)]
        said = exhibit.chosen if exhibit is not None else self.chosen
        end = [("Chosen", said), ("Data to", self.data_to), ("Edition", self.edition), ("For", self.audience)]
        source = [("Source", exhibit.source)] if exhibit is not None else [("Headline", self.headline)]
        return [("Page", self.page), *of, *end, *source, ("Address", self.address)]


def as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as CSV in UTF-8 with its mark, as spreadsheets want it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow(["" if cell is None else safe(cell) if isinstance(cell, str) else cell for cell in row])
    return (BOM + out.getvalue()).encode("utf-8")


def table_csv(exhibit: Exhibit, about: About) -> bytes:
    """An exhibit as it is shown; beside numbers, their full values, markers and codes; what it is, in each row."""
    said = about.lines(exhibit)
    head: list[str] = []
    for place, name in enumerate(exhibit.columns):
        values, marked = _width(exhibit, place)
        head += [name, *(_named(name, "value", index) for index in range(values))]
        head += [_named(name, "marker", 0)] if marked else []
        head += [_named(name, "code", 0)] if _coded(exhibit, place) else []
    body = []
    for row in exhibit.rows:
        line: list[Any] = []
        for place, cell in enumerate(row):
            values, marked = _width(exhibit, place)
            line += [cell.text, *(_values(cell) + [None] * values)[:values]]
            line += [" ".join(dict.fromkeys(n.marker for n in cell.numbers if n.marker))] if marked else []
            line += [" ".join(n.code for n in cell.numbers if n.code)] if _coded(exhibit, place) else []
        body.append([*line, *(text for _, text in said)])
    return as_csv([[*head, *(f"About: {name.lower()}" for name, _ in said)], *body])


def _width(exhibit: Exhibit, place: int) -> tuple[int, bool]:
    """How many values a cell of a column has at most, and whether any is marked."""
    cells = [row[place] for row in exhibit.rows]
    return max((len(_values(c)) for c in cells), default=0), any(n.marker for c in cells for n in c.numbers)


def _coded(exhibit: Exhibit, place: int) -> bool:
    """Whether a number of a column has a code."""
    return any(number.code for row in exhibit.rows for number in row[place].numbers)


def _named(name: str, what: str, index: int) -> str:
    return f"{name} ({what}{f' {index + 1}' if index else ''})"


def _values(cell: Cell) -> list[float | int]:
    """The full values of a cell's numbers."""
    return [value for value in map(full, cell.numbers) if value is not None]


def full(number: Number) -> float | int | None:
    """A number's full value, whole where it is whole."""
    value = number.value
    return int(value) if value is not None and value == int(value) else value


def tidy(exhibits: Sequence[Exhibit]) -> list[list[Any]]:
    """All that a page shows: a row for each number, and for each cell that is words alone."""
    rows: list[list[Any]] = []
    for exhibit in exhibits:
        for line in exhibit.rows:
            for column, cell in zip(exhibit.columns[1:], line[1:], strict=True):
                for n in cell.numbers or ([Number(cell.text)] if cell.text else []):
                    of = [n.site, n.measure, n.unit, n.period, n.starts, n.ends, n.low, n.high, n.key, n.code]
                    more = cell.text if cell.text != n.shown else ""
                    rows.append([exhibit.name, line[0].text, column, n.shown, full(n), n.marker, *of, more])
    return rows


def number_format(text: str, value: float) -> str:
    """The format in which a spreadsheet, which rounds half up, prints a value as the screen does; '' where none."""
    size = abs(Decimal(repr(value)))
    for (before, after), digits, plus, minus in product(AROUND, DIGITS, ("", "+"), (MINUS, "-")):
        step = Decimal(1).scaleb(-digits)
        rounded = (100 * size if after else size).quantize(step, ROUND_HALF_UP)
        sign = plus if value >= 0 else minus if rounded else ""
        if text == f"{sign}{before}{rounded:,}{after}":
            whole = "#,##0" if before or rounded >= 1000 else "0"
            body = f"{before}{whole}{'.' + digits * '0' if digits else ''}{after}"
            return f'{plus}{body};"{minus}"{body};{body}'
    return ""


def table_xlsx(exhibit: Exhibit, about: About) -> bytes:
    """An exhibit as a workbook: the table as it is shown, its numbers in full one a row, and what it is."""
    import xlsxwriter  # weighs 10 MB, and most processes never write a workbook

    out = io.BytesIO()
    safe_ways = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd", **safe_ways})
    book.set_properties({"title": exhibit.headline, "subject": about.page, "comments": f"Edition {about.edition}"})
    paper = Paper(book)
    paper.sheet("Table", exhibit.columns, [[_shown(cell) for cell in row] for row in exhibit.rows])
    paper.sheet("Numbers", TIDY, [[_plainly(cell) for cell in row] for row in tidy([exhibit])])
    lines = [*about.lines(exhibit), *MARKERS.items()]
    paper.sheet("About", ("What", "Says"), [[_plainly(name), _plainly(said)] for name, said in lines])
    book.close()
    return out.getvalue()


Written = tuple[Any, str]  # what is written, and the format of a number


def _shown(cell: Cell) -> Written:
    """A cell as the screen prints it: a number in full under a format, or words."""
    number = cell.only
    value = full(number) if number is not None else None
    if number is None or value is None:
        return cell.text, ""
    for written in (value, *(round(value, digits) for digits in DIGITS)):
        if style := number_format(number.shown, written):
            return written, style
    return cell.text, ""


def _plainly(value: Any) -> Written:
    return value, ""


class Paper:
    """A workbook that is written sheet by sheet."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.words = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.numbers: dict[str, Any] = {}

    def sheet(self, name: str, heads: Sequence[str], rows: Sequence[Sequence[Written]]) -> None:
        """A sheet with a row of heads that stays in sight."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for x, text in enumerate(heads):
            sheet.write_string(0, x, text, self.head)
            longest = max([len(text) / 2, *(len(str(row[x][0] or "")) for row in rows)], default=8)
            sheet.set_column(x, x, min(max(10, longest + 2), 60))
        for y, row in enumerate(rows, 1):
            for x, (value, style) in enumerate(row):
                self.write(sheet, y, x, value, style)

    def write(self, sheet: Any, y: int, x: int, value: Any, style: str) -> None:
        """A cell: a number, a day, or words that are never run."""
        if value is None:
            return
        if isinstance(value, (int, float)):
            sheet.write_number(y, x, value, self.of(style) if style else None)
        elif isinstance(value, str):
            sheet.write_string(y, x, value, self.quoted if RUN.match(value) else self.words)
        else:
            sheet.write_datetime(y, x, value, self.day)

    def of(self, style: str) -> Any:
        """The format of a number, made once."""
        if style not in self.numbers:
            self.numbers[style] = self.book.add_format({"num_format": style, "valign": "top"})
        return self.numbers[style]
