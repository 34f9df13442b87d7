"""The made-up sample, from returns to an edition: what the pages of caseload and costs say comes out."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

RETURNS = Path(__file__).parents[1] / "given" / "sample"


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    data = tmp_path_factory.mktemp("compare")
    for words in (["load", str(RETURNS)], ["publish", "--central-only", "--as-of", "2019-12-11"]):
        subprocess.run([sys.executable, "-m", "etl", *words, "--data", str(data)], check=False, capture_output=True)
    name = json.loads((data / "editions" / "current.json").read_text())["edition"]
    with duckdb.connect(str(data / "editions" / name / "central.duckdb"), read_only=True) as con:
        yield con


def rows(edition, sql):
    return edition.execute(sql).fetchall()


def test_costs_per_new_case_on_shared_lines(edition):
    found = rows(
        edition,
        "select site, shown, round(low), round(high), hollow, same_basis from comparisons join sites using (site)"
        " where latest and period = 'rolling_year' and measure = 'cost_per_new_case_shared' order by position",
    )
    assert found == [
        ("croydon", "£2,200", 1831, 2667, True, True),
        ("west_midlands", "£6,484", 5326, 7978, True, True),
        ("west_mercia", "£2,880", 2218, 3813, False, True),
        ("south_wales", "£2,410", 1958, 3000, False, True),
    ]


def test_new_cases_against_plan(edition):
    found = rows(
        edition,
        "select site, shown, plan_shown, verdict, month(ends) from comparisons join sites using (site)"
        " where latest and period = 'rolling_year' and measure = 'new_cases' order by position",
    )
    assert found == [
        ("croydon", "122", "125", "near", 11),
        ("west_midlands", "99", "100", "near", 7),
        ("west_mercia", "56", "75", "below", 11),
        ("south_wales", "89", "100", "near", 11),
    ]


def test_one_site_stands_out_and_between_the_others_there_is_no_clear_difference(edition):
    found = rows(
        edition,
        "select kind, sites, words, same_basis from findings"
        " where latest and period = 'rolling_year' and measure = 'cost_per_new_case_shared'",
    )
    assert found == [
        ("higher", "west_midlands", "1.6 to 3.9 times as much", True),
        ("alike", "croydon, west_mercia, south_wales", "no clear difference", True),
    ]
    assert rows(edition, "select distinct same_basis from findings where measure = 'cost_per_new_case'") == [(False,)]


def test_a_dearer_case_is_given_no_cause_where_chance_explains_it(edition):
    found = rows(
        edition,
        "select from_words, to_words, round(unit0), round(unit1), change, spending, volume, words from bridges"
        " where site = 'west_mercia' and measure = 'cost_per_new_case_shared' and span = 'year_to_date'",
    )
    says = "within chance"
    assert found == [("Apr to Nov 2018", "Apr to Nov 2019", 2127, 2827, 699.44, -28.34, 727.78, says)]


def test_open_cases_and_charts(edition):
    flows = "select site, from_value, to_value, direction, left_out from trends where measure = 'new_cases'"
    assert rows(edition, f"{flows} and span = 12 and site = 'all'") == [("all", 131, 130, "unclear", "Aug 2019")]
    chart = "select kind, points, words from control_charts where measure = 'new_cases' and site = 'west_mercia'"
    assert rows(edition, chart) == [("poisson", 20, "no clear change")]
    assert rows(edition, "select count(*) from control_charts where measure = 'days_late'") == [(4,)]


def test_no_month_has_a_cost_per_case_beside_others(edition):
    assert rows(edition, "select distinct period from comparisons order by 1") == [("rolling_year",), ("year",)]
    assert rows(edition, "select count(*) from control_charts where measure like 'cost_per%'") == [(0,)]
    assert rows(edition, "select count(*) from bridges where least(count0, count1) < 10") == [(0,)]


def test_readiness_waits_only_for_what_leaves_a_criterion_open(edition):
    """Croydon's spend is met whatever its training cost; the West Midlands' September decides."""
    found = rows(edition, "select site, month(month), measure, holds_verdict from queries where site <> 'south_wales'")
    assert sorted(found) == [
        ("croydon", 10, "spend.training", False),
        ("west_midlands", 2, "new_cases", False),
        ("west_midlands", 9, "spend.case_management", True),
        ("west_midlands", 10, "new_cases", False),
    ]
