"""The funding arithmetic."""

import json
import math
from pathlib import Path

import pytest

from etl.methods import runway

CASES = json.loads((Path(__file__).parent / "vectors" / "runway.json").read_text())["cases"]
BY_NAME = {case["name"]: case for case in CASES["deterministic"]}


def test_a_local_share_alone():
    case, year = BY_NAME["local_only"], 12 * 26000
    assert runway.cover(year, case["secured"]) == case["cover_months"]
    assert math.floor(runway.cover(year, case["secured"])) == case["whole_months"]


def test_cover_with_the_central_team():
    case = BY_NAME["gap_with_central_team"]
    assert runway.cover(case["planned"], case["secured"]) / 12 == pytest.approx(case["cover_ratio"], abs=1e-6)


@pytest.mark.parametrize("row", BY_NAME["cases_affordable_at_275000_by_fixed_share"]["table"])
def test_cases_that_a_budget_pays_for(row):
    cases = runway.cases_affordable(row["budget"], 312000, 125, row["fixed_share"])
    expected = row["cases_affordable"]
    assert cases == (None if expected is None else pytest.approx(expected, abs=1e-6))
    assert expected is None or math.floor(cases) == row["whole_cases"]


@pytest.mark.parametrize(
    ("secured", "months", "whole"), [(312000, 12.0, 12), (0, 0.0, 0), (311999, 12 * 311999 / 312000, 11)]
)
def test_cover_is_not_rounded_up(secured, months, whole):
    assert runway.cover(312000, secured) == pytest.approx(months)
    assert math.floor(runway.cover(312000, secured)) == whole


def test_edges():
    assert runway.cases_affordable(400000, 312000, 125, 1) == math.inf
    with pytest.raises(ValueError):
        runway.cover(0, 10)
