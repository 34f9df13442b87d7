"""A return sent back to its site: its own workbook with its cells marked, and a first sheet of what to correct."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from etl.check.problem import Problem, Severity
from etl.definitions.checks import CHECKS
from etl.definitions.periods import write_month
from etl.warehouse.load import Checked

TO_MEND = "To mend"
AUTHOR = "Drive monitoring"
_FILLS: dict[Severity, str] = {"reject": "F4B6B6", "query": "FFE3A3", "info": "CFE3F5"}
_WORDS: dict[Severity, str] = {"reject": "Not used", "query": "Please look", "info": "For information"}
_WORST: dict[Severity, int] = {"reject": 0, "query": 1, "info": 2}
_HEADINGS = (
    ("No.", 6),
    ("What", 26),
    ("Month", 11),
    ("Sheet", 22),
    ("Cell", 8),
    ("What is wrong", 78),
    ("What to do", 60),
)
_LARGEST_COMMENT = 2_000


def mark(one: Checked, content: bytes) -> bytes:
    """The file's workbook with its problems marked; a list of them where the file is no workbook or was refused.

    Values and formulas stay as they were sent. Call it only with a file that the intake has let in.
    """
    if one.content is None or not content.startswith(b"PK") or not _is_workbook(content):
        return list_problems(one)
    book = load_workbook(BytesIO(content))
    if len(book.sheetnames) == 1:  # a table's problems do not name its sheet
        here = (replace(problem, sheet=book.sheetnames[0]) if problem.cell else problem for problem in one.problems)
        one = replace(one, problems=tuple(here))
    for (sheet, cell), problems in _by_cell(one.problems).items():
        _mark_cell(book, sheet, cell, problems)
    _add_list(book, one)
    out = BytesIO()
    book.save(out)
    return _with_calculated(out.getvalue(), _calculated(content))


def list_problems(one: Checked) -> bytes:
    """What to correct, as a workbook of its own, for a return that is no workbook."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(TO_MEND)
    words = book.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, _title(one), book.add_format({"bold": True, "font_size": 14}))
    page.write_string(1, 0, _summary(one), book.add_format({}))
    heading = book.add_format({"bold": True, "bg_color": "#12436D", "font_color": "#FFFFFF"})
    for column, (name, width) in enumerate(_HEADINGS):
        page.write_string(3, column, name, heading)
        page.set_column(column, column, width)
    for row, problem in enumerate(one.problems, 4):
        fill = book.add_format({"bg_color": f"#{_FILLS[problem.severity]}", "valign": "top"})
        for column, text in enumerate(_line(row - 3, problem)):
            page.write_string(row, column, text, fill if column == 4 else words)
    page.freeze_panes(4, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def write_marked(one: Checked, out: Path) -> Path:
    """Writes the marked workbook, or the list, to `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(mark(one, one.file.path.read_bytes()))
    return out


def _is_workbook(content: bytes) -> bool:
    with ZipFile(BytesIO(content)) as parts:
        return "xl/workbook.xml" in parts.namelist()


def _by_cell(problems: Iterable[Problem]) -> dict[tuple[str, str], list[Problem]]:
    cells: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.sheet and problem.cell:
            cells.setdefault((problem.sheet, problem.cell), []).append(problem)
    return cells


def _mark_cell(book: Workbook, sheet: str, cell: str, problems: list[Problem]) -> None:
    """Fills the cell by its worst problem and puts the words beside it; a comment of the site's own stays."""
    page = book[sheet]
    target: Any = page[cell]
    if isinstance(target, MergedCell):
        target = _anchor(page, cell)
    worst = min((problem.severity for problem in problems), key=lambda severity: _WORST[severity])
    target.fill = PatternFill("solid", start_color=_FILLS[worst], end_color=_FILLS[worst])
    words = [f"{_WORDS[problem.severity]}: {problem.message} {problem.fix}" for problem in problems]
    before = [target.comment.text] if target.comment else []
    comment = Comment("\n\n".join([*before, *words])[:_LARGEST_COMMENT], AUTHOR)
    comment.width, comment.height = 360, 60 + 20 * (sum(map(len, words)) // 50)
    target.comment = comment


def _anchor(page: Worksheet, cell: str) -> Any:
    """The cell that shows the words of a merged area."""
    area = next(area for area in page.merged_cells.ranges if cell in area)
    return page.cell(area.min_row, area.min_col)


def _add_list(book: Workbook, one: Checked) -> None:
    """The first sheet: what to correct, a line each, with a link to the cell."""
    page = book.create_sheet(_free_name(book), 0)
    page["A1"], page["A2"] = _title(one), _summary(one)
    page["A1"].font = Font(bold=True, size=14)
    for column, (name, width) in enumerate(_HEADINGS, 1):
        cell = page.cell(4, column, name)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", start_color="12436D")
        page.column_dimensions[cell.column_letter].width = width
    for number, problem in enumerate(one.problems, 1):
        _add_line(page, number, problem)
    page.freeze_panes = "A5"
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for other in book.worksheets:
        other.sheet_view.tabSelected = False
    book.active = 0


def _add_line(page: Worksheet, number: int, problem: Problem) -> None:
    row = 4 + number
    for column, text in enumerate(_line(number, problem), 1):
        cell = page.cell(row, column)
        cell.value, cell.data_type = text, "s"
        cell.alignment = Alignment(wrap_text=column > 5, vertical="top")
    target = page.cell(row, 5)
    target.fill = PatternFill("solid", start_color=_FILLS[problem.severity])
    if problem.sheet and problem.cell:
        sheet = problem.sheet.replace("'", "''")
        target.hyperlink = Hyperlink(ref=target.coordinate, location=f"'{sheet}'!{problem.cell}", display=problem.cell)
        target.font = Font(underline="single", color="12436D")


def _line(number: int, problem: Problem) -> tuple[str, ...]:
    label = CHECKS[problem.code].label if problem.code in CHECKS else _WORDS[problem.severity]
    month = write_month(problem.month) if problem.month else ""
    return (str(number), label, month, problem.sheet, problem.cell or "Whole file", problem.message, problem.fix)


def _title(one: Checked) -> str:
    if one.content is None:
        return "The return cannot be used yet"
    return f"The return for {write_month(one.content.month, long=True)}: what to mend"


def _summary(one: Checked) -> str:
    count = len(one.problems)
    if not count:
        return "Nothing to mend. Thank you."
    things = "One thing" if count == 1 else f"{count} things"
    return f"{things} to look at. Correct the cells and send the return again, or tell us that the numbers are right."


def _free_name(book: Workbook) -> str:
    taken = {name.casefold() for name in book.sheetnames}
    names = [TO_MEND, *(f"{TO_MEND} {number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name.casefold() not in taken)


# Formulas keep the value that was last calculated, which openpyxl does not write.

_FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f\b.*?</f>|<f\b[^>]*/>)<v ?/?>(?:</v>)?</c>', re.DOTALL)


def _calculated(content: bytes) -> dict[str, dict[str, object]]:
    """The last calculated values of all formulas, by sheet and cell."""
    values = load_workbook(BytesIO(content), data_only=True)
    formulas = load_workbook(BytesIO(content))
    return {
        page.title: {
            cell.coordinate: values[page.title][cell.coordinate].value
            for row in page.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }
        for page in formulas.worksheets
    }


def _with_calculated(content: bytes, values: Mapping[str, Mapping[str, object]]) -> bytes:
    """The same workbook with the calculated values put back with their formulas."""
    paths = {f"xl/worksheets/sheet{place}.xml": sheet for place, sheet in enumerate(_sheets(content), 1)}
    out = BytesIO()
    with ZipFile(BytesIO(content)) as parts, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for info in parts.infolist():
            data = parts.read(info)
            known = values.get(paths.get(info.filename, ""), {})
            if known:
                data = _FORMULA.sub(partial(_filled, known), data.decode()).encode()
            made.writestr(ZipInfo(info.filename, info.date_time), data, ZIP_DEFLATED)
    return out.getvalue()


def _sheets(content: bytes) -> list[str]:
    """The sheets in order: openpyxl numbers their parts in the same way."""
    return load_workbook(BytesIO(content), read_only=True).sheetnames


def _filled(known: Mapping[str, object], found: re.Match[str]) -> str:
    cell, attributes, formula = found[1], re.sub(r'\s*t="[a-z]+"', "", found[2]), found[3]
    value = known.get(cell)
    if isinstance(value, bool):
        return f'<c r="{cell}"{attributes} t="b">{formula}<v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{cell}"{attributes}>{formula}<v>{value!r}</v></c>'
    if isinstance(value, str):
        kind = "e" if value.startswith("#") else "str"
        return f'<c r="{cell}"{attributes} t="{kind}">{formula}<v>{escape(value)}</v></c>'
    return found[0]
