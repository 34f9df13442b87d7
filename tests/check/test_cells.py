"""Sums that a site typed itself: a year to date and totals that its own cells do not make."""

from datetime import date

import pytest
from msgspec.structs import replace
from read.grids import MONTH, RECEIVED, SITES, read, with_cells, written

from etl.check import check_return
from etl.check.problem import Problem
from etl.intake import Grid
from etl.read import read_return

TRACKER, BLOCKS = "west_mercia", "croydon"
POLICE = "P4"  # the year to date of referrals by the police: 3, 1 and 3
POSTS, PREMISES = "P12", "P7"


def asked(grid: Grid, code: str) -> list[Problem]:
    return [problem for problem in check_return(read(grid)) if problem.code == code]


def typed(cells: dict[str, object], sheet: str = "Activity") -> list[Problem]:
    return asked(with_cells(written(TRACKER), sheet, cells), "to_date_differs")


def test_a_year_to_date_that_its_months_make_is_not_asked_about() -> None:
    assert typed({}) == [] and typed({POLICE: 7.0}) == []


def test_another_one_is_asked_about_once_at_its_cell_with_what_the_months_make() -> None:
    (problem,) = typed({POLICE: 8.0})
    assert (problem.sheet, problem.cell, problem.month, problem.measure) == (
        "Activity",
        POLICE,
        MONTH,
        "referrals.police",
    )
    assert "says 8" in problem.message and "to Jun 2019 make 7" in problem.message and "7" in problem.fix


@pytest.mark.parametrize("said", [None, "n/a", "tbc", "see note"])
def test_nothing_is_held_against_a_month_or_a_sum_that_is_not_known(said: object) -> None:
    assert typed({"E4": said, POLICE: 99.0}) == []
    assert typed({POLICE: said}) == []


@pytest.mark.parametrize(("more", "asked_about"), [(0.00001, 0), (0.00002, 1), (-0.00002, 1)])
def test_money_agrees_to_the_penny_also_in_thousands(more: float, asked_about: int) -> None:
    cells = read(written(TRACKER)).to_date
    premises = next(said for said in cells if (said.measure, said.part) == ("spend", "premises"))
    assert premises.cell == PREMISES and premises.value is not None
    assert len(typed({PREMISES: premises.value / 1000 + more}, "Finance £000")) == asked_about


def test_what_months_do_not_add_up_to_is_not_asked_about() -> None:
    assert typed({POSTS: 1.0, "P21": 1.0}) == []  # open cases


def test_the_year_of_a_site_that_began_in_may_is_what_it_has_since() -> None:
    sites = SITES | {TRACKER: replace(SITES[TRACKER], first_month=date(2019, 5, 1))}
    grid = written(TRACKER)
    for sheet in ("Activity", "Equalities", "Finance £000"):
        april = {f"D{row}": None for row in range(4, 80)}
        grid = with_cells(grid, sheet, april)
    for told, times in ((4.0, 0), (7.0, 1)):
        found = check_return(read_return(with_cells(grid, "Activity", {POLICE: told}), "", RECEIVED, sites))
        assert sum((p.code, p.measure) == ("to_date_differs", "referrals.police") for p in found) == times


def test_a_total_that_its_lines_do_not_make_is_asked_about_once_at_its_cell() -> None:
    grid = written(BLOCKS)
    assert asked(grid, "total_differs") == []
    (problem,) = asked(with_cells(grid, "Caseload", {"D12": 11.0}), "total_differs")
    assert (problem.sheet, problem.cell, problem.measure) == ("Caseload", "D12", "referrals")
    assert "says 11" in problem.message and "make 10" in problem.message
    assert asked(with_cells(grid, "Caseload", {"D12": 11.0, "D6": None}), "total_differs") == []
