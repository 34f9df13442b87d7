"""Scenarios: choices in, a year's money, cost, cases and verdict out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.judge.scenario import (
    Choices,
    Range,
    Start,
    affordable,
    by_fixed_share,
    by_month,
    cases_paid_for,
    keep_going,
    money_for,
    months_together,
    next_year,
    roll_out,
    roll_out_by_volume,
    still_needed,
    suppose,
    together,
    verdicts_under,
)
from etl.methods.readiness import Step

CROYDON = Start(planned_cost=312000, planned_cases=125, local=275000, grant=196560, posts=5.0)
FACTS = {
    "planned_annual_cost": 312000,
    "planned_new_cases": 125,
    "funding": [{"amount": 275000, "status": "approved"}],
    "cost_12m": 312000,
    "count_12m": 125,
    "returns": {"expected": 12, "received": 12, "on_time": 11, "required_fields_complete": 0.98},
    "self_assessment": [3, 3, 2, 2],
}


def test_nothing_supposed_is_what_is_known() -> None:
    year = suppose(CROYDON, Choices())
    assert (year.money, year.cases, year.posts) == (275000, 125, 5)
    assert year.cost == Range(312000, 312000)
    assert year.gap == Range(37000, 37000)
    assert year.months.low == pytest.approx(10.576923)
    assert year.unit_cost == Range(2496, 2496)
    assert year.unit_cost_by_chance is not None
    assert round(year.unit_cost_by_chance.low) == 2095
    assert round(year.unit_cost_by_chance.high) == 2999


@pytest.mark.parametrize(
    ("choices", "money"),
    [
        (Choices(grant_months=6), 275000 + 98280),
        (Choices(grant_share=0.5), 275000 + 98280),
        (Choices(grant_months=6, grant_share=0.5), 275000 + 98280 + 49140),
        (Choices(local=0.5), 137500),
        (Choices(extra=37000), 312000),
    ],
)
def test_the_grant_and_local_money_make_the_money(choices: Choices, money: float) -> None:
    assert money_for(CROYDON, choices) == money


def test_more_cases_cost_a_range() -> None:
    year = suppose(CROYDON, Choices(caseload=1.2, fixed_shares=(0.25, 0.8)))
    assert year.cases == 150
    assert year.cost == Range(312000 * 1.04, 312000 * 1.15)
    assert year.gap == Range(49480, 83800)
    assert year.posts == 6


@pytest.mark.parametrize(
    ("fixed", "cases"), [(0, 110.176282), (0.25, 105.235043), (0.5, 95.352564), (0.8, 50.88141), (1.0, 0)]
)
def test_cases_that_a_budget_pays_for(fixed: float, cases: float) -> None:
    assert affordable(CROYDON, 275000, (fixed, fixed)).low == pytest.approx(cases, abs=1e-6)


def test_maintain_reduce_or_uplift() -> None:
    ways = keep_going(CROYDON, Choices(caseload=1.2))
    assert ways["maintain"] == Range(37000, 37000)
    assert ways["reduce"].low == pytest.approx(50.88141)
    assert ways["reduce"].high == pytest.approx(105.235043)
    assert ways["uplift"] == Range(49480, 83800)


def test_thirty_two_areas_with_equal_cases() -> None:
    london = roll_out(CROYDON, 32, Choices())
    assert (london.cases, london.posts) == (4000, 160)
    assert london.cost == Range(32 * 312000, 32 * 312000)
    assert london.gap == Range(32 * 312000 - 275000, 32 * 312000 - 275000)
    assert roll_out(CROYDON, 1, Choices()) == suppose(CROYDON, Choices())


def test_areas_by_their_marac_volume() -> None:
    two = roll_out_by_volume(CROYDON, {"half": 300, "double": 1200}, 600, Choices(fixed_shares=(0.0, 1.0)))
    assert two.cases == 125 * 2.5
    assert two.cost == Range(2 * 312000, 2.5 * 312000)
    assert two.posts == 2.5 + 10


def test_the_programme_keeps_each_sites_gap() -> None:
    rich = suppose(CROYDON, Choices(extra=100000))
    poor = suppose(CROYDON, Choices())
    both = together([rich, poor])
    assert both.gap == Range(37000, 37000)
    assert both.months.low == pytest.approx(12 * (624000 - 37000) / 624000)
    assert both.posts == 10


def test_the_verdict_under_a_scenario() -> None:
    def said(choices: Choices) -> tuple[str, str]:
        low, high = verdicts_under(FACTS, suppose(CROYDON, choices))
        return low.verdict, high.verdict

    assert said(Choices()) == ("ready with conditions", "ready with conditions")
    assert said(Choices(grant_months=3)) == ("ready", "ready")
    assert said(Choices(local=0.5)) == ("not yet", "not yet")
    assert said(Choices(caseload=0.8)) == ("ready", "ready with conditions")


def test_the_scenarios_money_is_judged_against_its_own_cost() -> None:
    year = suppose(CROYDON, Choices(caseload=1.2, extra=83800, fixed_shares=(0.25, 0.25)))
    low, high = verdicts_under({**FACTS, "cost_12m": 327600}, year)
    assert low.levels == high.levels
    assert (low.verdict, low.levels["money"], low.levels["spend"]) == ("ready", "met", "met")
    short = suppose(CROYDON, Choices(caseload=1.2, extra=83799, fixed_shares=(0.25, 0.25)))
    assert verdicts_under(FACTS, short)[0].what_would_change[0].steps == (Step("secured", 1),)


def test_posts_follow_the_cases_that_each_is_to_have() -> None:
    staffed = replace(CROYDON, open_cases=100)
    fewer = Choices(cases_per_post=16, post_cost=40000)
    year = suppose(staffed, fewer)
    assert year.posts == 6.5
    assert year.cost == Range(312000 + 1.25 * 40000, 312000 + 1.25 * 40000)
    assert suppose(staffed, replace(fewer, post_cost=0)).cost == Range(312000, 312000)
    assert suppose(staffed, Choices(cases_per_post=20, caseload=1.2)).posts == 6
    assert suppose(CROYDON, fewer).posts is None
    assert roll_out(staffed, 4, fewer).posts == 26


def test_months_lay_local_money_as_agreed_and_the_grant_at_the_start() -> None:
    uneven = [40000.0] * 6 + [35000 / 6] * 6
    months = by_month(CROYDON, Choices(grant_months=3, extra=12000), uneven)
    assert [month.is_short for month in months] == [False] * 6 + [True] * 6
    assert [month.grant for month in months[:4]] == [16380, 16380, 16380, 0]
    assert sum(m.local + m.grant + m.extra for m in months) == pytest.approx(275000 + 49140 + 12000)
    both = months_together([months, months])
    assert both[0].cost == Range(52000, 52000)
    assert both[0].grant == 2 * 16380


def test_cases_paid_for_add_up_site_by_site_and_never_pass_a_plan() -> None:
    assert cases_paid_for([CROYDON, CROYDON], [1e6, 275000], 0.25) == pytest.approx(125 + 105.235043)
    curve = by_fixed_share([CROYDON], [275000], 4)
    assert [share for share, _ in curve] == [0, 0.25, 0.5, 0.75, 1]
    assert [cases for _, cases in curve] == sorted((cases for _, cases in curve), reverse=True)


def test_what_is_still_needed_is_added_up_and_no_site_pays_for_another() -> None:
    assert still_needed([(CROYDON, Choices()), (CROYDON, Choices(extra=1e6))]) == 37000


def test_next_years_cases_are_a_negative_binomial() -> None:
    ahead = next_year(122, 12)
    assert (ahead.mean, ahead.low, ahead.high) == (122.5, 93, 155)
    assert next_year(98, 11).mean == pytest.approx(98.5 * 12 / 11)
    wider = next_year(122, 12, 4.0)  # months that vary four times as much: twice as wide, rounded outwards
    assert (wider.mean, wider.low, wider.high) == (122.5, 63, 188)
    assert next_year(3, 12, 9.0).low == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"grant_months": 13},
        {"grant_share": 1.1},
        {"local": -1},
        {"fixed_shares": (0.8, 0.2)},
        {"extra": float("nan")},
        {"cases_per_post": 0},
        {"post_cost": -1},
    ],
)
def test_choices_that_make_no_sense_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        Choices(**wrong)


choices = st.builds(
    Choices,
    grant_months=st.integers(0, 12),
    grant_share=st.floats(0, 1),
    local=st.floats(0, 3),
    extra=st.floats(0, 1e6),
    caseload=st.floats(0, 3),
    fixed_shares=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda pair: (min(pair), max(pair))),
)


@given(choices, st.integers(1, 40))
def test_ranges_are_in_order_and_gaps_are_what_is_missing(supposed: Choices, areas: int) -> None:
    for year in (suppose(CROYDON, supposed), roll_out(CROYDON, areas, supposed)):
        for name in ("cost", "gap", "months", "unit_cost", "unit_cost_by_chance"):
            found = getattr(year, name)
            assert found is None or found.low <= found.high
        assert year.gap.high == pytest.approx(max(0, year.cost.high - year.money), abs=0.01)


@given(choices)
def test_money_never_hurts(supposed: Choices) -> None:
    richer = replace(supposed, extra=supposed.extra + 1000)
    assert suppose(CROYDON, richer).months.low >= suppose(CROYDON, supposed).months.low
