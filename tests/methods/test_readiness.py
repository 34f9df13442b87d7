"""The verdict, and whether what is said to change it does."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.methods.readiness import Thresholds, implied, verdict

VECTORS = json.loads((Path(__file__).parent / "vectors" / "readiness.json").read_text())
CASES = {case["name"]: case for case in VECTORS["cases"]}
SEED = CASES["seed_money_rest_invented"]["input"]
GOOD = CASES["caseload_103_below_95"]["input"] | {"count_12m": 125}


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
    assert result.unit_cost == pytest.approx(expected["unit_cost"], abs=1e-4)
    assert result.count_ci95 == pytest.approx(expected["count_ci95"], abs=1e-4)


def test_the_nearest_thresholds_of_the_seed_case():
    nearest = VECTORS["what_would_change_the_verdict"]
    result = verdict(SEED)
    assert result.what_would_change[0].text == "£37,000 more secured money"
    assert result.what_would_change[0].verdict == "ready"
    smallest = nearest["smallest_count_keeping_V_met"]
    assert verdict({**SEED, "count_12m": smallest}).levels["cases"] == "met"
    assert verdict({**SEED, "count_12m": smallest - 1}).levels["cases"] == "partial"
    largest = nearest["largest_cost_keeping_C_met"]
    assert verdict({**SEED, "cost_12m": largest}).levels["spend"] == "met"
    assert verdict({**SEED, "cost_12m": largest + 0.01}).levels["spend"] == "partial"


@pytest.mark.parametrize(
    ("change", "criterion", "level", "expected"),
    [
        ({"cost_12m": None}, "spend", "unknown", "cannot say"),
        ({"self_assessment": [3, 3, None, 3]}, "commitment", "unknown", "cannot say"),
        ({"self_assessment": []}, "commitment", "unknown", "cannot say"),
        ({"returns": None}, "returns", "unknown", "cannot say"),
        ({"funding": None}, "money", "unknown", "cannot say"),
        ({"funding": []}, "money", "not met", "not yet"),
        ({"funding": [{"amount": 999_999, "status": "bid"}]}, "money", "not met", "not yet"),
        ({"count_12m": None}, "cases", "unknown", "ready with conditions"),
        ({"self_assessment": [0, 3, 3, 3]}, "commitment", "not met", "ready with conditions"),
        ({"self_assessment": [3, 2, 2, 2]}, "commitment", "partial", "ready with conditions"),
        ({}, "money", "met", "ready"),
    ],
)
def test_one_thing_apart_from_ready(change, criterion, level, expected):
    result = verdict({**GOOD, **change})
    assert (result.levels[criterion], result.verdict) == (level, expected)


def test_a_year_in_which_more_came_back_than_was_spent_is_judged():
    assert verdict({**SEED, "cost_12m": -0.01}).levels["spend"] == "met"


def test_a_caseload_at_the_edge_has_two_verdicts():
    assert verdict({**GOOD, "count_12m": 150}).verdict_at_count_ends == ("ready", "ready")
    assert verdict({**GOOD, "count_12m": 108}).verdict_at_count_ends == ("ready with conditions", "ready")
    assert verdict({**GOOD, "count_12m": None}).verdict_at_count_ends is None


def test_two_shortfalls_together_are_named_when_neither_alone_is_enough():
    late = {"expected": 12, "received": 9, "on_time": 9, "required_fields_complete": 1.0}
    both = {**GOOD, "returns": late, "self_assessment": [None] * 4}
    (change,) = verdict(both).what_would_change
    assert change.criteria == ("returns", "commitment") and change.verdict == "ready with conditions"


def test_other_thresholds_give_another_verdict():
    assert verdict(SEED, Thresholds(cover_met=10)).verdict == "ready"


@given(FACTS)
@settings(max_examples=300, deadline=None)
def test_the_verdict_is_what_the_five_cells_imply(facts):
    result = verdict(facts)
    levels = result.levels
    if levels["returns"] == "not met" or "unknown" in (
        levels["money"],
        levels["spend"],
        levels["returns"],
        levels["commitment"],
    ):
        expected = "cannot say"
    elif levels["money"] == "not met" or list(levels.values()).count("not met") >= 2:
        expected = "not yet"
    elif set(levels.values()) == {"met"}:
        expected = "ready"
    else:
        expected = "ready with conditions"
    assert result.verdict == implied(levels) == expected
    assert {condition.criterion for condition in result.conditions} == {
        criterion for criterion, level in levels.items() if level != "met"
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
