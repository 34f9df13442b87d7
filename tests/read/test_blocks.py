"""Layouts in blocks: what people insert, move and add does not change what is read; what is not clear is refused."""

import pytest

from etl.intake import Grid, Sheet, Unreadable, address
from read.grids import (
    MONTH,
    expected,
    insert,
    numbers,
    read,
    refusal,
    sheet_of,
    where,
    with_cells,
    with_sheet,
    with_words,
    written,
)

SITE = "croydon"
SHEETS = ("Caseload", "Clients", "Victims and outcomes", "Money")


@pytest.fixture
def grid() -> Grid:
    return written(SITE)


def beside(grid: Grid, sheet: str, label: str, nth: int = 0, column: str = "D") -> str:
    return f"{column}{where(grid, sheet, label, nth)[0]}"


def copied(sheet: Sheet, rows: range, down: int) -> Sheet:
    more = {(r + down, c): value for (r, c), value in sheet.cells.items() if r in rows}
    return Sheet(sheet.name, sheet.cells | more)


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize(("row", "column"), [(1, 1), (5, 2), (12, 3), (9, 4)])
def test_rows_and_columns_inserted(grid: Grid, sheet: str, row: int, column: int) -> None:
    assert numbers(insert(grid, sheet, row=row, rows=3, column=column, columns=2)) == expected(SITE)


@pytest.mark.parametrize("say", [str.upper, lambda t: f" {t}: ", lambda t: t.replace(" ", "\N{NO-BREAK SPACE}\n")])
def test_words_typed_a_little_differently(grid: Grid, say: object) -> None:
    assert numbers(with_words(grid, say)) == expected(SITE)  # type: ignore[arg-type]


def test_sheets_in_another_order_and_more_of_them(grid: Grid) -> None:
    notes = Sheet("Notes", {(1, 1): "Caseload", (2, 1): "Police", (2, 4): 99.0})
    assert numbers(Grid("xlsx", (notes, *reversed(grid.sheets)), ())) == expected(SITE)


@pytest.mark.parametrize("column", ["C", "E", "J"])
def test_a_note_beside_the_numbers(grid: Grid, column: str) -> None:
    noted = with_cells(grid, "Caseload", {beside(grid, "Caseload", "Police", column=column): "two late ones, 2 more"})
    assert numbers(noted) == expected(SITE)


@pytest.mark.parametrize("heading", ["Last month", "YTD", "Target", "%", "May 2019", "2018-19", "Previous", "Notes"])
@pytest.mark.parametrize("side", [3, 5])
def test_another_column_of_numbers_with_a_heading(grid: Grid, heading: str, side: int) -> None:
    def change(sheet: Sheet) -> Sheet:
        more: dict[tuple[int, int], object] = {(r, side): v for (r, c), v in sheet.cells.items() if c == 4}
        return Sheet(sheet.name, sheet.cells | more | {(3, side): heading, (3, 4): "June 2019"})

    assert numbers(with_sheet(grid, "Caseload", change)) == expected(SITE)


def test_the_column_of_this_month_though_it_is_empty(grid: Grid) -> None:
    def change(sheet: Sheet) -> Sheet:
        moved = {(r, 3 if c == 4 else c): value for (r, c), value in sheet.cells.items()}
        return Sheet(sheet.name, moved | {(3, 3): "May 2019", (3, 4): "June 2019"})

    found = numbers(with_sheet(grid, "Money", change))
    assert {state for (measure, _), (_, state) in found.items() if "spend" in measure} == {"missing"}


def test_shares_beside_counts_are_no_counts(grid: Grid) -> None:
    def change(sheet: Sheet) -> Sheet:
        shares: dict[tuple[int, int], object] = {(r, 5): 0.17 for (r, c) in sheet.cells if c == 4}
        return Sheet(sheet.name, sheet.cells | shares)

    assert numbers(with_sheet(grid, "Clients", change)) == expected(SITE)


def test_two_columns_of_numbers_without_a_word(grid: Grid) -> None:
    def change(sheet: Sheet) -> Sheet:
        return Sheet(sheet.name, sheet.cells | {(r, 5): v for (r, c), v in sheet.cells.items() if c == 4})

    refused = refusal(with_sheet(grid, "Money", change))
    assert refused.code == "two_columns"
    assert "Money" in refused.sentence and "D and E" in refused.sentence


def test_one_block_whose_numbers_were_moved(grid: Grid) -> None:
    row, _ = where(grid, "Caseload", "Staffing")

    def change(sheet: Sheet) -> Sheet:
        return Sheet(sheet.name, {(r, c + 2 * (r > row and c == 4)): v for (r, c), v in sheet.cells.items()})

    assert numbers(with_sheet(grid, "Caseload", change)) == expected(SITE)


def test_a_note_above_the_numbers_does_not_hide_them(grid: Grid) -> None:
    for note in ("Completed 5 July 2019", "The plan for this year is 125 and nobody knows what happens after that"):
        assert numbers(with_cells(grid, "Caseload", {"D2": note})) == expected(SITE)


def test_cells_in_every_state(grid: Grid) -> None:
    odd: dict[str, object] = {
        "Police": None, "NPS / CRC": "n/a", "IDVA service": "<5", "Children's Social Care": Unreadable("#REF!"),
        "Health": "nil", "Housing": "1O",
    }  # fmt: skip
    changed = with_cells(grid, "Caseload", {beside(grid, "Caseload", label): v for label, v in odd.items()})
    assert numbers(changed) == expected(
        SITE,
        referrals__police=(None, "missing"),
        referrals__probation=(None, "not_applicable"),
        referrals__idva=(None, "suppressed"),
        referrals__childrens_services=(None, "unreadable"),
        referrals__health=(0, "reported"),
        referrals__housing=(None, "unreadable"),
    )


def test_each_number_has_its_sheet_and_cell(grid: Grid) -> None:
    found = {(e.measure, e.part): (e.sheet, e.cell) for e in read(grid).entries}
    assert found["sex", "not_stated"] == ("Clients", beside(grid, "Clients", "Not stated"))
    assert found["disability", "not_stated"] == ("Clients", beside(grid, "Clients", "Not stated", nth=3))


def test_an_empty_return_says_nothing(grid: Grid) -> None:
    empty = Grid("xlsx", tuple(Sheet(s.name, {p: v for p, v in s.cells.items() if p[1] != 4}) for s in grid.sheets), ())
    empty = with_cells(empty, "Cover", {"D4": "Croydon", "D5": MONTH})
    assert {state for _, state in numbers(empty).values()} == {"missing"}


def test_the_words_of_a_heading_in_a_note(grid: Grid) -> None:
    assert numbers(with_cells(grid, "Caseload", {"B3": "Cases", "F9": "Cases"})) == expected(SITE)
    last = max(row for row, _ in sheet_of(grid, "Caseload").cells)
    assert numbers(with_cells(grid, "Caseload", {f"B{last + 3}": "Cases"})) == expected(SITE)


@pytest.mark.parametrize(("sheet", "label"), [("Caseload", "Cases"), ("Caseload", "Police"), ("Money", "In kind")])
def test_missing_words_are_named(grid: Grid, sheet: str, label: str) -> None:
    row, column = where(grid, sheet, label)
    refused = refusal(with_cells(grid, sheet, {address(row, column): "Something else"}))
    assert refused.code == "missing_words"
    assert f"“{label}”" in refused.sentence and f"“{sheet}”" in refused.sentence


def test_a_label_twice_in_its_block_is_named(grid: Grid) -> None:
    row, _ = where(grid, "Caseload", "Police")
    doubled = with_cells(insert(grid, "Caseload", row=row, rows=1), "Caseload", {f"B{row}": "Police", f"D{row}": 3.0})
    assert "“Police”" in refusal(doubled).sentence and "twice" in refusal(doubled).sentence


def test_last_years_table_underneath_is_refused(grid: Grid) -> None:
    first, last = where(grid, "Caseload", "Cases")[0], where(grid, "Caseload", "Closures by reason")[0]
    twice = with_sheet(grid, "Caseload", lambda sheet: copied(sheet, range(first, last - 1), 60))
    assert "“Cases”" in refusal(twice).sentence and "twice" in refusal(twice).sentence


@pytest.mark.parametrize(("say", "times"), [(None, "missing"), ("Money", "twice")])
def test_a_sheet_missing_or_twice(grid: Grid, say: str | None, times: str) -> None:
    sheets = [sheet for sheet in grid.sheets if sheet.name != "Money" or say]
    more = [Sheet(f"{say} ", sheet_of(grid, "Money").cells)] if say else []
    refused = refusal(Grid("xlsx", (*sheets, *more), ()))
    assert "sheet “Money”" in refused.sentence and times in refused.sentence


def test_totals_are_kept_apart_and_other_lines_are_told(grid: Grid) -> None:
    row, _ = where(grid, "Caseload", "Total")
    changed = with_cells(grid, "Caseload", {f"B{row}": "Total referrals", f"B{row + 1}": "Schools", f"D{row + 1}": 2.0})
    found = read(changed)
    assert [(e.sheet, e.cell) for e in found.unknown] == [("Caseload", f"B{row + 1}")]
    assert [e.value for e in found.totals if e.measure == "referrals"] == [sheet_of(grid, "Caseload").cells[row, 4]]
