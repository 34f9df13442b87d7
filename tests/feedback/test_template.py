"""The standard return as a workbook: what was typed is read back, and what is known is filled in and locked."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from etl.definitions import REPORTED_KEYS
from etl.definitions.settings import version
from etl.feedback.template import LABELS, NOTES, NUMBERS, write_template
from etl.intake import Reader
from etl.read import read_return
from etl.sample import name_file
from etl.sample.plan import choose_sites
from etl.sample.simulate import simulate
from etl.sites import standard_layout

MONTH, BEFORE = date(2019, 6, 1), date(2019, 5, 1)
SITES = {site.name: site for site in choose_sites(6)}
SITE = SITES["area_5"]
TRUE = dict(simulate("area_5", date(2018, 4, 1), MONTH, 1))
WORDS = {number: (block, label) for block in standard_layout().blocks for number, label in block.words.items()}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("template") / "blank.xlsx"
    return openpyxl.load_workbook(write_template(SITE, MONTH, path, closing=TRUE[BEFORE]))


def rows_of(page: Worksheet, label: str) -> list[int]:
    return [cell.row for cell in page["B"] if cell.value == label]


def number_cells(book: openpyxl.Workbook) -> Iterator[tuple[str, openpyxl.cell.Cell]]:
    for number, (block, label) in WORDS.items():
        page = book[block.sheet]
        heading = rows_of(page, block.heading)[0]
        row = min(row for row in rows_of(page, label) if row > heading)
        yield number, page.cell(row, NUMBERS + 1)


def test_what_was_typed_is_read(reader: Reader, tmp_path: Path) -> None:
    odd = {("funding", "health"): "n/a", ("children", ""): None, ("spend", "other"): -120.5, ("sex", "female"): "<5"}
    typed = {**TRUE[MONTH], **odd}
    path = write_template(SITE, MONTH, tmp_path / name_file(SITE, MONTH), numbers=typed)
    found = read_return(reader.read(path.read_bytes()), path.name, datetime(2019, 7, 8), SITES)
    read = {(entry.measure, entry.part): (entry.value, entry.state) for entry in found.entries}
    states = {"n/a": "not_applicable", None: "missing", "<5": "suppressed"}
    assert (found.site, found.month, found.version) == ("area_5", MONTH, 1)
    assert set(read) == set(REPORTED_KEYS)
    for pair, value in typed.items():
        assert read[pair] == ((None, states[value]) if value in states else (value, "reported")), pair


def test_a_template_sent_back_empty_says_nothing(reader: Reader, tmp_path: Path) -> None:
    path = write_template(SITE, MONTH, tmp_path / name_file(SITE, MONTH))
    found = read_return(reader.read(path.read_bytes()), path.name, datetime(2019, 7, 8), SITES)
    assert {entry.state for entry in found.entries} == {"missing"}


def test_last_month_is_filled_in_and_locked(blank: openpyxl.Workbook) -> None:
    cells = dict(number_cells(blank))
    closing = sum(value for (measure, _), value in TRUE[BEFORE].items() if measure == "closing_cases")
    assert cells["opening_cases"].value == closing
    assert cells["opening_cases"].protection.locked
    others = [cell for number, cell in cells.items() if number != "opening_cases"]
    assert all(cell.value is None and not cell.protection.locked for cell in others)


def test_a_hole_last_month_leaves_the_start_open(tmp_path: Path) -> None:
    closing = {**TRUE[BEFORE], ("closing_cases", "both"): None}
    book = openpyxl.load_workbook(write_template(SITE, MONTH, tmp_path / "hole.xlsx", closing=closing))
    cell = dict(number_cells(book))["opening_cases"]
    assert cell.value is None
    assert not cell.protection.locked


def test_every_open_number_is_asked_for_in_its_unit(blank: openpyxl.Workbook) -> None:
    kinds = {"Caseload": {"whole", "decimal"}, "People": {"whole"}, "Costs": {"decimal"}, "Funding": {"decimal"}}
    for sheet, wanted in kinds.items():
        page = blank[sheet]
        asked = {str(rule.sqref): rule.type for rule in page.data_validations.dataValidation}
        cells = [cell for number, cell in number_cells(blank) if cell.parent is page and number != "opening_cases"]
        assert {cell.coordinate for cell in cells} == {c for ranges in asked for c in ranges.split()}
        assert set(asked.values()) == wanted


def test_the_meaning_stands_beside_every_number(blank: openpyxl.Workbook) -> None:
    for number, cell in number_cells(blank):
        assert cell.parent.cell(cell.row, LABELS + 1).value == WORDS[number][1]
        assert len(cell.parent.cell(cell.row, NOTES + 1).value) > 20, number


def test_sheets_are_protected_and_printable(blank: openpyxl.Workbook) -> None:
    for page in blank:
        assert page.protection.sheet and not page.protection.password
        assert page.page_setup.paperSize == 9
        assert page.sheet_properties.pageSetUpPr.fitToPage


def test_the_definitions_are_stamped(blank: openpyxl.Workbook) -> None:
    row = rows_of(blank["Cover"], standard_layout().ignored_labels[-1])[0]
    assert blank["Cover"].cell(row, NUMBERS + 1).value == version()


def test_totals_hold_what_was_last_calculated(tmp_path: Path) -> None:
    path = write_template(SITE, MONTH, tmp_path / "filled.xlsx", numbers=TRUE[MONTH])
    page = openpyxl.load_workbook(path, data_only=True)["Costs"]
    spend = sum(value for (measure, _), value in TRUE[MONTH].items() if measure == "spend")
    assert page.cell(rows_of(page, "Total")[0], NUMBERS + 1).value == pytest.approx(spend)
