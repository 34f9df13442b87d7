"""Tables one below the other: rows, columns and notes come between; two rows of numbers are refused."""

import pytest

from etl.intake import Grid, Sheet, Unreadable, address
from read.grids import (
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

SITE = "south_wales"
CASES, PEOPLE, MONEY = "Achosion - Cases", "Pobl - People", "Arian - Money"


@pytest.fixture
def grid() -> Grid:
    return written(SITE)


@pytest.mark.parametrize("sheet", [CASES, PEOPLE, MONEY])
@pytest.mark.parametrize(("row", "column"), [(1, 1), (4, 2), (5, 3), (6, 4), (7, 1)])
def test_rows_and_columns_inserted(grid: Grid, sheet: str, row: int, column: int) -> None:
    assert numbers(insert(grid, sheet, row=row, rows=2, column=column, columns=1)) == expected(SITE)


@pytest.mark.parametrize(
    "say", [str.upper, lambda t: f"  {t} ", lambda t: t.replace("-", "–"), lambda t: t.replace(" / ", "/")]
)
def test_words_typed_a_little_differently(grid: Grid, say: object) -> None:
    assert numbers(with_words(grid, say)) == expected(SITE)  # type: ignore[arg-type]


@pytest.mark.parametrize("note", ["Nodyn: 2 achos / Note: 2 cases", "Checked 2019", "Arall"])
def test_a_note_between_headings_and_numbers(grid: Grid, note: str) -> None:
    row, _ = where(grid, CASES, "Heddlu / Police")
    assert numbers(with_cells(insert(grid, CASES, row=row + 1, rows=1), CASES, {f"A{row + 1}": note})) == expected(SITE)


def test_a_table_with_no_number_at_all(grid: Grid) -> None:
    row, _ = where(grid, PEOPLE, "Oes / Yes")
    said: dict[str, object] = {f"A{row + 1}": None, f"B{row + 1}": "<5", f"C{row + 1}": "n/a"}
    noted = insert(with_cells(grid, PEOPLE, said), PEOPLE, row=row + 1, rows=1)
    noted = with_cells(noted, PEOPLE, {f"A{row + 1}": "Nodyn / Note"})
    assert numbers(noted) == expected(
        SITE,
        disability__yes=(None, "missing"),
        disability__no=(None, "suppressed"),
        disability__not_stated=(None, "not_applicable"),
    )


def test_an_error_and_a_word_in_a_row(grid: Grid) -> None:
    row, _ = where(grid, MONEY, "Costau / Costs")
    odd = with_cells(grid, MONEY, {f"A{row + 1}": Unreadable("#REF!"), f"B{row + 1}": "tbc"})
    assert numbers(odd) == expected(SITE, spend_in_kind=(None, "unreadable"), funding_in_kind=(None, "unreadable"))


def test_shares_under_the_counts_are_no_counts(grid: Grid) -> None:
    row, _ = where(grid, PEOPLE, "Gwryw / Male")
    assert numbers(
        with_cells(grid, PEOPLE, {f"A{row + 2}": 0.83, f"B{row + 2}": 0.17, f"C{row + 2}": 0.0})
    ) == expected(SITE)


def test_two_rows_of_numbers(grid: Grid) -> None:
    row, _ = where(grid, CASES, "Heddlu / Police")
    more = {(row + 2, c): value for (r, c), value in sheet_of(grid, CASES).cells.items() if r == row + 1}
    refused = refusal(with_sheet(grid, CASES, lambda s: Sheet(s.name, s.cells | more)))
    assert refused.code == "two_rows"
    assert f"A{row + 1} and A{row + 2}" in refused.sentence and "Atgyfeiriadau / Referrals" in refused.sentence


def test_two_rows_of_which_one_is_last_months(grid: Grid) -> None:
    moved = insert(grid, CASES, column=1, columns=1)
    row, _ = where(moved, CASES, "Heddlu / Police")
    more: dict[tuple[int, int], object] = {(row + 2, c): 1.0 for (r, c) in sheet_of(moved, CASES).cells if r == row + 1}
    more |= {(row + 1, 1): "Mis hwn / This month", (row + 2, 1): "Mis diwethaf / Last month"}
    assert numbers(with_sheet(moved, CASES, lambda s: Sheet(s.name, s.cells | more))) == expected(SITE)


def test_a_total_is_kept_apart(grid: Grid) -> None:
    row, _ = where(grid, CASES, "Heddlu / Police")
    found = read(
        with_cells(
            grid, CASES, {f"H{row}": "Cyfanswm / Total", f"H{row + 1}": 9.0, f"I{row}": "Ysgol", f"I{row + 1}": 1.0}
        )
    )
    assert [(e.measure, e.value) for e in found.totals] == [("referrals", 9)]
    assert [e.cell for e in found.unknown] == [f"I{row}"]


def test_the_words_of_a_heading_in_a_note(grid: Grid) -> None:
    assert numbers(with_cells(grid, PEOPLE, {"A3": "Rhyw / Sex", "K20": "Oedran / Age"})) == expected(SITE)


@pytest.mark.parametrize(
    ("sheet", "text"), [(CASES, "Llif achosion / Case flow"), (PEOPLE, "Benyw / Female"), (MONEY, "CHTh / PCC")]
)
def test_missing_words_are_named(grid: Grid, sheet: str, text: str) -> None:
    refused = refusal(with_cells(grid, sheet, {address(*where(grid, sheet, text)): "Rhywbeth"}))
    assert f"“{text}”" in refused.sentence and f"“{sheet}”" in refused.sentence and "missing" in refused.sentence


def test_a_column_heading_twice_is_named(grid: Grid) -> None:
    row, _ = where(grid, PEOPLE, "Gwryw / Male")
    refused = refusal(with_cells(grid, PEOPLE, {f"E{row}": "Gwryw / Male"}))
    assert "“Gwryw / Male”" in refused.sentence and "twice" in refused.sentence


def test_months_on_the_sheets(grid: Grid) -> None:
    one_only = with_cells(with_cells(grid, PEOPLE, {"B2": None}), MONEY, {"B2": "Mehefin 2019"})
    assert numbers(one_only) == expected(SITE)
    refused = refusal(with_cells(grid, MONEY, {"B2": "Mai 2019 / May 2019"}))
    assert refused.code == "months_disagree"
    assert "June 2019" in refused.sentence and "May 2019" in refused.sentence
