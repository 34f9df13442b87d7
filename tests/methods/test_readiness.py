"""The verdict, and whether what is said to change it does."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.methods.readiness import Step, Thresholds, implied, verdict

VECTORS = json.loads((Path(__file__).parent / "vectors" / "readiness.json").read_text())
CASES = {case["name"]: case for case in VECTORS["cases"]}
SEED = CASES["seed_money_rest_invented"]["input"]
GOOD = CASES["caseload_103_below_95"]["input"] | {"count_12m": 125, "cost_12m": 312_000}


def maybe(strategy):
    return st.none() | strategy


SCORES = st.lists(maybe(st.integers(0, 3)), min_size=4, max_size=4) | st.lists(
    st.integers(1, 3), min_size=4, max_size=4
)
MONEY = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 400_000),
        "status": st.sampled_from(["signed", "approved", "bid", "expected", "agreed_in_principle"]),
    }
)
FACTS = st.fixed_dictionaries(
    {
        "planned_annual_cost": maybe(st.integers(1000, 500_000)),
        "planned_new_cases": maybe(st.integers(1, 300)),
        "funding": maybe(st.lists(MONEY, max_size=3)),
        "cost_12m": maybe(st.integers(-500_000, 5_000_000).map(lambda tenths: tenths / 10)),
        "count_12m": maybe(st.integers(0, 300)),
        "returns": maybe(
            st.fixed_dictionaries(
                {
                    "expected": st.just(12),
                    "received": st.integers(8, 12),
                    "on_time": st.integers(5, 12),
                    "required_fields_complete": st.floats(0.8, 1),
                }
            )
        ),
        "self_assessment": maybe(SCORES),
    }
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_as_worked_out(case):
    result, expected = verdict(case["input"]), case["expected"]
    assert (result.levels, result.verdict) == (expected["levels"], expected["verdict"])
    assert result.cover_months == pytest.approx(expected["cover_months"], abs=1e-4)
    for criterion, levels in expected.get("possible_levels", {}).items():
        assert list(result.possible_levels[criterion]) == levels
    if (chance := expected.get("probability_rate_at_least_90_percent_of_plan")) is not None:
        assert result.probability_rate_at_least_90_percent_of_plan == pytest.approx(chance, abs=1e-6)


def test_the_nearest_thresholds_of_the_seed_case():
    result = verdict(SEED)
    assert result.what_would_change[0].steps == (Step("secured", 37_000),)
    assert result.what_would_change[0].verdict == "ready"
    for count, level in ((113, "met"), (112, "partly"), (94, "partly"), (93, "not met")):
        assert verdict({**SEED, "count_12m": count}).levels["cases"] == level
    for cost, level in ((327_600, "met"), (327_600.01, "partly"), (280_800, "met"), (280_799.99, "partly")):
        assert verdict({**SEED, "cost_12m": cost}).levels["spend"] == level
    for cost, level in ((358_800, "partly"), (358_800.01, "not met"), (234_000, "partly"), (233_999.99, "not met")):
        assert verdict({**SEED, "cost_12m": cost}).levels["spend"] == level


def test_a_number_under_query_is_taken_at_both_its_values():
    """As suspected 0.99 of plan, as it stands 1.20: met or not met, and nothing between."""
    queried = {**SEED, "cost_12m": None, "cost_12m_range": [[308_880, 308_880], [374_400, 374_400]]}
    result = verdict(queried)
    assert result.possible_levels["spend"] == ("met", "not met")
    assert result.verdict == "ready with conditions"


def test_what_would_change_it_is_possible_on_what_is_known():
    """A missing month cannot bring more cases than it may have."""
    missing = {**GOOD, "count_12m": None, "count_12m_range": [80, 99]}
    assert verdict(missing).verdict == "ready with conditions"
    assert not [change for change in verdict(missing).what_would_change if "cases" in change.criteria]
    missing["count_12m_range"] = [80, 120]
    (change,) = [c for c in verdict(missing).what_would_change if c.criteria == ("cases",)]
    assert (change.steps, change.verdict) == ((Step("new_cases_of", 113),), "ready")


@pytest.mark.parametrize(
    ("change", "criterion", "level", "expected"),
    [
        ({"cost_12m": None}, "spend", "not known", "cannot say"),
        ({"self_assessment": [3, 3, None, 3]}, "commitment", "not known", "cannot say"),
        ({"self_assessment": []}, "commitment", "not known", "cannot say"),
        ({"returns": None}, "returns", "not known", "cannot say"),
        ({"funding": None}, "money", "not known", "cannot say"),
        ({"funding": []}, "money", "not met", "not yet"),
        ({"funding": [{"amount": 999_999, "status": "bid"}]}, "money", "not met", "not yet"),
        ({"count_12m": None}, "cases", "not known", "cannot say"),
        ({"self_assessment": [0, 3, 3, 3]}, "commitment", "not met", "ready with conditions"),
        ({"self_assessment": [3, 2, 2, 2]}, "commitment", "partly", "ready with conditions"),
        ({}, "money", "met", "ready"),
    ],
)
def test_one_thing_apart_from_ready(change, criterion, level, expected):
    result = verdict({**GOOD, **change})
    assert (result.levels[criterion], result.verdict) == (level, expected)


def test_a_year_in_which_more_came_back_than_was_spent_is_judged():
    assert verdict({**SEED, "cost_12m": -0.01}).levels["spend"] == "not met"


def test_a_caseload_at_the_edge_has_two_verdicts():
    assert verdict({**GOOD, "count_12m": 150}).verdict_at_count_ends == ("ready", "ready")
    assert verdict({**GOOD, "count_12m": 130}).verdict_at_count_ends == ("ready with conditions", "ready")
    assert verdict({**GOOD, "count_12m": None}).verdict_at_count_ends is None


def test_two_shortfalls_together_are_named_when_neither_alone_is_enough():
    three = {**GOOD, "cost_12m": 400_000, "count_12m": 50, "self_assessment": [0, 3, 3, 3]}
    changes = verdict(three).what_would_change
    assert {change.criteria for change in changes} == {
        ("spend", "cases"),
        ("spend", "commitment"),
        ("cases", "commitment"),
    }
    assert {change.verdict for change in changes} == {"ready with conditions"}


def test_other_thresholds_give_another_verdict():
    assert verdict(SEED, Thresholds(cover_met=10)).verdict == "ready"


@given(FACTS)
@settings(max_examples=300, deadline=None)
def test_each_criterion_that_is_not_met_has_a_condition(facts):
    result = verdict(facts)
    assert result.verdict == implied(result.possible_levels)
    assert {condition.criterion for condition in result.conditions} == {
        criterion for criterion, level in result.levels.items() if level != "met"
    }


@given(FACTS)
@settings(max_examples=300, deadline=None)
def test_what_would_change_it_does_change_it(facts):
    before = verdict(facts)
    for change in before.what_would_change:
        after = verdict(change.facts)
        assert after.verdict == change.verdict != before.verdict
        moved = {criterion for criterion in before.levels if after.levels[criterion] != before.levels[criterion]}
        assert moved == set(change.criteria)


@given(st.integers(1, 500_000), st.integers(1000, 500_000), st.sampled_from([6, 12]))
@settings(max_examples=100, deadline=None)
def test_the_pounds_are_the_fewest(secured, planned, months):
    facts = {
        **GOOD,
        "planned_annual_cost": planned,
        "cost_12m": planned,
        "funding": [{"amount": secured, "status": "signed"}],
    }
    for change in verdict(facts).what_would_change:
        if change.criteria == ("money",):
            amount = change.facts["funding"][-1]["amount"]
            short = {
                **facts,
                "funding": [*facts["funding"], {"amount": amount - (1 if amount > 0 else -1), "status": "signed"}],
            }
            assert verdict(short).verdict == verdict(facts).verdict
