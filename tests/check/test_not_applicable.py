"""Numbers that a site gave before and now says do not apply, from a workbook to a year that is not complete."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from etl.warehouse.load import load
from etl.warehouse.store import open_warehouse

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "croydon"
NOVEMBER = SAMPLE / "Croydon Drive return 2019-11.xlsx"
EARLY, LATE = datetime(2019, 12, 9), datetime(2019, 12, 10)


def with_cell(path: Path, sheet: str, cell: str, typed: str, folder: Path) -> Path:
    """A return with something else typed in a cell."""
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = typed
    book.save(folder / path.name)
    return folder / path.name


@pytest.mark.parametrize(
    ("sheet", "cell", "typed", "measure", "said"),
    [
        (
            "Money",
            "D5",
            "n/a",
            "cost_per_new_case",
            "“Case managers” for Nov 2019 says n/a. It was £13,592.97 in Oct 2019",
        ),
        (
            "Money",
            "D5",
            "NA",
            "cost_per_new_case",
            "“Case managers” for Nov 2019 says n/a. It was £13,592.97 in Oct 2019",
        ),
        ("Victims and outcomes", "D5", "N.A.", "victims", "“Victims/survivors” for Nov 2019 says n/a. It was "),
    ],
)
def test_what_a_site_gave_before_is_a_hole_and_a_query(
    sheet: str, cell: str, typed: str, measure: str, said: str, tmp_path: Path
) -> None:
    load([SAMPLE], tmp_path, received=EARLY)
    load([with_cell(NOVEMBER, sheet, cell, typed, tmp_path)], tmp_path, received=LATE)
    con = open_warehouse(tmp_path / "warehouse.duckdb", read_only=True)
    asked = con.execute("select message from problems where code = 'not_applicable'").fetchall()
    assert len(asked) == 1
    assert asked[0][0].startswith(said)
    assert asked[0][0].endswith("not applicable, or not available?")
    year = f"select value, complete from results where site = 'croydon' and measure = '{measure}'"
    assert con.execute(f"{year} and period = 'rolling_year' and starts = '2018-12-01'").fetchall() == [(None, False)]
    state = (
        "select distinct state from observations where month = '2019-11-01' and state not in ('reported', 'missing')"
    )
    assert con.execute(state).fetchall() == [("not_applicable",)]


def test_a_service_that_has_just_begun_is_not_asked_about_its_first_months(tmp_path: Path) -> None:
    """August 2018 was Croydon's second month: all that adds up does, and nothing was usual yet."""
    load([SAMPLE], tmp_path, received=EARLY)
    con = open_warehouse(tmp_path / "warehouse.duckdb", read_only=True)
    assert con.execute("select * from problems where month < '2019-01-01'").fetchall() == []
