"""The returns of the given sample as other libraries read them: a cell by its file, sheet and name."""

import csv
import io
from functools import cache
from pathlib import Path

import openpyxl
from odf.opendocument import load
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from openpyxl.utils.cell import get_column_letter

GIVEN = Path(__file__).parents[1] / "given" / "sample"
Cells = dict[tuple[str, str], object]


def typed(file: str, sheet: str, cell: str) -> float:
    """The number that stands in a cell of a return; in pounds where the sheet is in thousands."""
    text = str(cells_of(file)[sheet, cell]).replace("£", "").replace(",", "").strip().lower()
    value = 0.0 if text == "nil" else float(text)
    return round(value * 1000, 2) if sheet.endswith("£000") else value


@cache
def cells_of(file: str) -> Cells:
    """All cells of a return by sheet and name."""
    path = GIVEN / file
    return {".xlsx": workbook, ".ods": open_document, ".csv": separated}[path.suffix](path)


def workbook(path: Path) -> Cells:
    """A workbook, as openpyxl reads it."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {(s.title, c.coordinate): c.value for s in book for row in s.iter_rows() for c in row if c.value is not None}


def open_document(path: Path) -> Cells:
    """An OpenDocument sheet, as odfpy reads it."""
    found: Cells = {}
    for table in load(str(path)).spreadsheet.getElementsByType(Table):
        y = 0
        for row in table.getElementsByType(TableRow):
            x = 0
            for cell in [
                part for part in row.childNodes if part.qname in (TableCell().qname, CoveredTableCell().qname)
            ]:
                value = cell.getAttribute("value") or "".join(str(part) for part in cell.childNodes)
                times = int(cell.getAttribute("numbercolumnsrepeated") or 1)
                if value:
                    for step in range(times):
                        found[table.getAttribute("name"), f"{get_column_letter(x + step + 1)}{y + 1}"] = value
                x += times
            y += int(row.getAttribute("numberrowsrepeated") or 1)
    return found


def separated(path: Path) -> Cells:
    """A text with commas, as Python's own reader reads it."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return {("", f"{get_column_letter(x)}{y}"): v for y, row in enumerate(rows, 1) for x, v in enumerate(row, 1) if v}
