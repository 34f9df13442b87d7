"""Trackers: a column a month and the year sent again; blank months, merged names, moved columns, two years."""

from datetime import date

import pytest

from etl.intake import Grid, Sheet, address
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

SITE = "west_mercia"
SHEETS = ("Activity", "Equalities", "Finance £000")
APRIL, MAY, JULY = date(2019, 4, 1), date(2019, 5, 1), date(2019, 7, 1)


@pytest.fixture
def grid() -> Grid:
    return written(SITE)


def everywhere(grid: Grid, change: object) -> Grid:
    for name in SHEETS:
        grid = with_sheet(grid, name, change)  # type: ignore[arg-type]
    return grid


def header_row(sheet: Sheet) -> int:
    return next(row for (row, _), value in sheet.cells.items() if value == "Indicator")


def headed(grid: Grid, pattern: str) -> Grid:
    """The tracker with its months written by a pattern."""

    def change(sheet: Sheet) -> Sheet:
        row = header_row(sheet)
        say = {p: f"{v:{pattern}}" for p, v in sheet.cells.items() if p[0] == row and isinstance(v, date)}
        return Sheet(sheet.name, sheet.cells | say | {(1, 1): f"West Mercia Drive 2019-20: {sheet.name}"})

    return everywhere(grid, change)


def without_months(grid: Grid, *months: date) -> Grid:
    """The tracker with nothing typed in some months."""

    def change(sheet: Sheet) -> Sheet:
        row = header_row(sheet)
        columns = {c for (r, c), v in sheet.cells.items() if r == row and v in months}
        return Sheet(sheet.name, {(r, c): v for (r, c), v in sheet.cells.items() if c not in columns or r <= row})

    return everywhere(grid, change)


def test_every_month_up_to_the_last_with_a_number(grid: Grid) -> None:
    found = read(grid)
    assert (found.month, found.months) == (MONTH, (APRIL, MAY, MONTH))
    assert len(found.entries) == 3 * 69
    for month in found.months:
        assert numbers(grid, month) == expected(SITE, month)


@pytest.mark.parametrize("pattern", ["%b-%y", "%b %y", "%B %Y", "%Y-%m", "%d/%m/%Y", "%b", "%B", "%b."])
def test_headings_as_text(grid: Grid, pattern: str) -> None:
    assert numbers(headed(grid, pattern), MAY) == expected(SITE, MAY)


def test_months_without_a_year_need_one_in_a_title(grid: Grid) -> None:
    untitled = everywhere(headed(grid, "%b"), lambda s: Sheet(s.name, s.cells | {(1, 1): "Drive tracker"}))
    assert "of which year" in refusal(untitled).sentence
    assert numbers(with_cells(untitled, "Equalities", {"A1": "Drive 2019/20"})) == expected(SITE)


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize(("row", "column"), [(1, 1), (3, 2), (4, 4), (9, 6), (20, 16)])
def test_rows_and_columns_inserted(grid: Grid, sheet: str, row: int, column: int) -> None:
    changed = insert(grid, sheet, row=row, rows=2, column=column, columns=1)
    assert numbers(changed) == expected(SITE)
    assert numbers(changed, APRIL) == expected(SITE, APRIL)


def test_months_in_another_order(grid: Grid) -> None:
    def change(sheet: Sheet) -> Sheet:
        return Sheet(sheet.name, {(r, 19 - c if 4 <= c <= 15 else c): v for (r, c), v in sheet.cells.items()})

    assert numbers(everywhere(grid, change)) == expected(SITE)
    assert numbers(with_sheet(grid, "Equalities", change), APRIL) == expected(SITE, APRIL)


def test_merged_indicators_and_notes_between_the_rows(grid: Grid) -> None:
    def change(sheet: Sheet) -> Sheet:
        cells = dict(sheet.cells)
        for row in sorted({r for r, _ in cells if r > header_row(sheet) + 1}, reverse=True):
            if cells.get((row, 2)) == cells.get((row - 1, 2)):
                cells.pop((row, 2), None)
        return Sheet(sheet.name, cells)

    merged = everywhere(grid, change)
    assert numbers(merged) == expected(SITE)
    row = where(merged, "Activity", "IDVA (WMWA)")[0]
    noted = with_cells(insert(merged, "Activity", row=row, rows=1), "Activity", {f"B{row}": "figures to be checked"})
    assert numbers(noted) == expected(SITE)


def test_lines_with_a_heading_only(grid: Grid) -> None:
    row = where(grid, "Activity", "Exits")[0]
    assert numbers(with_cells(insert(grid, "Activity", row=row, rows=1), "Activity", {f"B{row}": "Exits"})) == expected(
        SITE
    )


@pytest.mark.parametrize("say", [str.upper, lambda t: f" {t} ", lambda t: t.replace(" ", "\N{NO-BREAK SPACE}")])
def test_words_typed_a_little_differently(grid: Grid, say: object) -> None:
    assert numbers(with_words(grid, say)) == expected(SITE)  # type: ignore[arg-type]


def test_a_month_left_blank_between_others_is_a_hole(grid: Grid) -> None:
    blank = without_months(grid, MAY)
    assert read(blank).months == (APRIL, MAY, MONTH)
    assert set(numbers(blank, MAY).values()) == {(None, "missing")}
    assert numbers(blank) == expected(SITE)


def test_the_last_month_with_a_number_on_any_sheet(grid: Grid) -> None:
    assert read(without_months(grid, MONTH)).month == MAY
    row = where(grid, "Finance £000", "Training")[0]
    one = with_cells(without_months(grid, MONTH), "Finance £000", {f"F{row}": 0.0})
    assert read(one).month == MONTH
    assert numbers(one)["spend", "training"] == (0, "reported")
    assert numbers(one)["new_cases", ""] == (None, "missing")


def test_words_in_months_to_come_are_no_numbers(grid: Grid) -> None:
    row = where(grid, "Activity", "West Mercia Police")[0]
    assert read(with_cells(grid, "Activity", {f"H{row}": "tbc", f"I{row}": "n/a"})).month == MONTH


def test_another_financial_year(grid: Grid) -> None:
    def change(sheet: Sheet) -> Sheet:
        later = {p: date(v.year - 1, v.month, 1) for p, v in sheet.cells.items() if isinstance(v, date)}
        return Sheet(sheet.name, sheet.cells | later)

    found = read(everywhere(grid, change))
    assert found.months == (date(2018, 4, 1), date(2018, 5, 1), date(2018, 6, 1))


def test_money_in_thousands_and_other_sheets_as_they_are(grid: Grid) -> None:
    row = where(grid, "Finance £000", "Training")[0]
    odd = with_cells(grid, "Finance £000", {f"F{row}": "£1.234567", f"F{row + 1}": "(0.5)", f"F{row - 1}": "-"})
    assert numbers(odd) == expected(
        SITE,
        spend__training=(1234.57, "reported"),
        spend__evaluation=(-500.0, "reported"),
        spend__premises=(0.0, "reported"),
    )


def test_the_year_to_date_is_kept_apart(grid: Grid) -> None:
    row = where(grid, "Activity", "West Mercia Police")[0]
    found = read(grid)
    assert len(found.to_date) == 69
    told = next(e for e in found.to_date if (e.measure, e.part) == ("referrals", "police"))
    assert (told.month, told.value) == (MONTH, sheet_of(grid, "Activity").cells[row, 16])


def test_a_row_missing_or_twice_is_named(grid: Grid) -> None:
    row, column = where(grid, "Activity", "Lost contact")
    gone = refusal(with_cells(grid, "Activity", {address(row, column): "Gone"}))
    assert "Exits, Lost contact" in gone.sentence and "missing" in gone.sentence
    twice = refusal(with_cells(grid, "Activity", {"B90": "Exits", "C90": "Lost contact"}))
    assert "Exits, Lost contact" in twice.sentence and "twice" in twice.sentence


@pytest.mark.parametrize(
    ("column", "heading", "words"),
    [
        ("E", "Apr-19", "stands twice"),
        ("E", "mid May", "May 2019"),
        ("D", "Target", "Apr 2019"),
        ("D", "Apr-18", "two years"),
    ],
)
def test_wrong_months_are_named(grid: Grid, column: str, heading: str, words: str) -> None:
    row = header_row(sheet_of(grid, "Activity"))
    assert words in refusal(with_cells(grid, "Activity", {f"{column}{row}": heading})).sentence


def test_sheets_that_do_not_have_the_same_months(grid: Grid) -> None:
    row = header_row(sheet_of(grid, "Activity"))
    assert "same months" in refusal(with_cells(grid, "Activity", {f"O{row}": "to come"})).sentence


def test_a_tracker_without_any_number(grid: Grid) -> None:
    assert "no number in any month" in refusal(without_months(grid, APRIL, MAY, MONTH)).sentence
