"""Verdicts of random facts, held against the rule written down a second time, by trying all that could be."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.methods.readiness import verdict

MET, PARTLY, NOT_MET, NOT_KNOWN = "met", "partly", "not met", "not known"
KNOWN = (MET, PARTLY, NOT_MET)
PLANS = st.sampled_from([3, 10, 75, 100, 125])
COUNTS = st.integers(0, 140)
COSTS = st.integers(180_000, 400_000)
RETURNS = st.fixed_dictionaries(
    {
        "expected": st.just(12),
        "received": st.integers(9, 12),
        "on_time": st.integers(6, 12),
        "required_fields_complete": st.sampled_from([0.85, 0.9, 0.917, 0.949, 0.95, 1.0]),
    }
)


def ends(one: st.SearchStrategy[int]) -> st.SearchStrategy[list[int]]:
    return st.lists(one, min_size=2, max_size=2).map(sorted)


FACTS = st.fixed_dictionaries(
    {
        "planned_annual_cost": st.just(312_000),
        "planned_new_cases": st.none() | PLANS,
        "funding": st.lists(
            st.fixed_dictionaries(
                {
                    "amount": st.sampled_from([50_000, 155_999, 156_000, 275_000, 311_999, 312_000]),
                    "status": st.sampled_from(["approved", "signed", "bid", "expected"]),
                }
            ),
            max_size=2,
        ),
        "cost_12m": st.none() | COSTS | st.sampled_from([234_000, 280_800, 280_799, 327_600, 327_601, 358_800]),
        "count_12m": st.none() | COUNTS,
        "returns": st.none() | RETURNS,
        "self_assessment": st.none() | st.lists(st.none() | st.integers(0, 3), min_size=4, max_size=4),
    },
    optional={"cost_12m_range": ends(COSTS), "count_12m_range": ends(COUNTS)},
)


def at_least(value: Fraction, met: str, partly: str) -> str:
    return MET if value >= Fraction(met) else PARTLY if value >= Fraction(partly) else NOT_MET


def money(facts: dict[str, Any]) -> set[str]:
    secured = sum(one["amount"] for one in facts["funding"] if one["status"] in ("approved", "signed"))
    return {at_least(Fraction(12 * secured, facts["planned_annual_cost"]), "12", "6")}


def spend_at(cost: Fraction, plan: int) -> str:
    ratio = cost / plan
    if Fraction("0.9") <= ratio <= Fraction("1.05"):
        return MET
    return PARTLY if Fraction("0.75") <= ratio <= Fraction("1.15") else NOT_MET


def spend(facts: dict[str, Any]) -> set[str]:
    plan = facts["planned_annual_cost"]
    if facts["cost_12m"] is not None:
        return {spend_at(Fraction(facts["cost_12m"]), plan)}
    if "cost_12m_range" not in facts:
        return set(KNOWN)
    low, high = facts["cost_12m_range"]
    corners = [Fraction(share) * plan for share in ("0.75", "0.9", "1.05", "1.15")]
    tried = [Fraction(low), Fraction(high), *corners, *(c - Fraction(1, 100) for c in corners)]
    tried += [corner + Fraction(1, 100) for corner in corners]
    return {spend_at(cost, plan) for cost in tried if low <= cost <= high}


def cases(facts: dict[str, Any]) -> set[str]:
    plan = facts["planned_new_cases"]
    if plan is None:
        return set(KNOWN)
    if facts["count_12m"] is not None:
        return {at_least(Fraction(facts["count_12m"], plan), "0.9", "0.75")}
    if "count_12m_range" not in facts:
        return set(KNOWN)
    low, high = facts["count_12m_range"]
    return {at_least(Fraction(count, plan), "0.9", "0.75") for count in range(low, high + 1)}


def returns(facts: dict[str, Any]) -> set[str]:
    found = facts["returns"]
    if found is None:
        return set(KNOWN)
    levels = (
        at_least(Fraction(found["received"]), "12", "11"),
        at_least(Fraction(found["on_time"]), "10", "8"),
        at_least(Fraction(str(found["required_fields_complete"])), "0.95", "0.90"),
    )
    return {max(levels, key=KNOWN.index)}


def commitment(facts: dict[str, Any]) -> set[str]:
    answers = facts["self_assessment"]
    if answers is None or None in answers:
        return set(KNOWN)
    if min(answers) >= 2 and answers.count(3) >= 2:
        return {MET}
    return {PARTLY} if min(answers) >= 1 else {NOT_MET}


RULES = {"money": money, "spend": spend, "cases": cases, "returns": returns, "commitment": commitment}


def completed(levels: dict[str, str]) -> str:
    if levels["money"] == NOT_MET or list(levels.values()).count(NOT_MET) >= 2:
        return "not yet"
    return "ready" if set(levels.values()) == {MET} else "ready with conditions"


def should_be(facts: dict[str, Any]) -> tuple[dict[str, set[str]], str]:
    """What each criterion may be, and the verdict."""
    may = {name: rule(facts) for name, rule in RULES.items()}
    known = {name: next(iter(levels)) for name, levels in may.items() if len(levels) == 1}
    if known.get("money") == NOT_MET or list(known.values()).count(NOT_MET) >= 2:
        return may, "not yet"
    if known.get("returns") == NOT_MET:
        return may, "cannot say"
    verdicts = {completed(dict(zip(may, one, strict=True))) for one in product(*may.values())}
    return may, verdicts.pop() if len(verdicts) == 1 else "cannot say"


def check(facts: dict[str, Any]) -> None:
    may, expected = should_be(facts)
    judged = verdict(facts)
    assert judged.levels == {n: next(iter(levels)) if len(levels) == 1 else NOT_KNOWN for n, levels in may.items()}
    assert judged.verdict == expected


@settings(max_examples=300)
@given(FACTS)
def test_a_verdict_is_what_all_that_could_be_agrees_on(facts: dict[str, Any]) -> None:
    check(facts)


@pytest.mark.long
@settings(max_examples=20_000)
@given(FACTS)
def test_twenty_thousand_verdicts(facts: dict[str, Any]) -> None:
    check(facts)


@settings(max_examples=300)
@given(FACTS, st.sampled_from(["cost_12m", "count_12m", "self_assessment", "planned_new_cases", "a return"]))
def test_withholding_never_makes_a_verdict_better(facts: dict[str, Any], withheld: str) -> None:
    """What is not sent makes of a verdict itself or no verdict; where money is not met it stays not yet."""
    before, less = verdict(facts).verdict, without(facts, withheld)
    after = verdict(less).verdict
    assert after in (before, "cannot say", "not yet")
    if money(facts) == {NOT_MET}:
        assert after == "not yet"


def without(facts: dict[str, Any], withheld: str) -> dict[str, Any]:
    """The facts without a number, or with one return less, and with it the year's numbers."""
    lost = ("cost_12m", "count_12m") if withheld == "a return" else (withheld,)
    less = {n: v for n, v in facts.items() if n.removesuffix("_range") not in lost} | dict.fromkeys(lost)
    if withheld == "a return" and facts["returns"]:
        received = facts["returns"]["received"] - 1
        on_time = min(received, facts["returns"]["on_time"])
        less["returns"] = {**facts["returns"], "received": received, "on_time": on_time}
    return less
