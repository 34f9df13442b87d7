"""Whether a site can carry on without the grant: five criteria in words, a verdict that no criterion can
outvote, and what would change it.

Source: the project's own proposal (thresholds to be agreed with the owner); the intervals are
`intervals.poisson`. No score is made: a verdict by rules cannot hide an unmet criterion behind a good
average.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from etl.methods import intervals, runway, thresholds

MET, PARTIAL, NOT_MET, UNKNOWN = "met", "partial", "not met", "unknown"
BEST_FIRST = (MET, PARTIAL, NOT_MET, UNKNOWN)

MONEY, SPEND, CASES, RETURNS, COMMITMENT = "money", "spend", "cases", "returns", "commitment"
CRITERIA = {MONEY: "money", SPEND: "spend", CASES: "caseload", RETURNS: "returns", COMMITMENT: "commitment"}
QUESTIONS = ("owner and governance after the grant", "partners", "workforce and contract", "benefits accepted")

CANNOT_SAY, NOT_YET, CONDITIONAL, READY = "cannot say", "not yet", "ready with conditions", "ready"
BEST_LAST = (CANNOT_SAY, NOT_YET, CONDITIONAL, READY)

Facts = Mapping[str, Any]
Levels = dict[str, str]
Interval = tuple[float, float]


_PROPOSED = thresholds("readiness")


@dataclass(frozen=True)
class Thresholds:
    """Where each criterion is met and where it is partly met: a proposal for the owner to settle."""

    cover_met: float = _PROPOSED["cover_met"]
    cover_partial: float = _PROPOSED["cover_partial"]
    spend_met: float = _PROPOSED["spend_met"]
    spend_partial: float = _PROPOSED["spend_partial"]
    caseload_met_level: float = _PROPOSED["caseload_met_level"]
    caseload_partial_level: float = _PROPOSED["caseload_partial_level"]
    received_met: int = _PROPOSED["received_met"]
    received_partial: int = _PROPOSED["received_partial"]
    on_time_met: int = _PROPOSED["on_time_met"]
    on_time_partial: int = _PROPOSED["on_time_partial"]
    filled_met: float = _PROPOSED["filled_met"]
    filled_partial: float = _PROPOSED["filled_partial"]
    score_met: int = _PROPOSED["score_met"]
    top_score: int = _PROPOSED["top_score"]
    top_scores_met: int = _PROPOSED["top_scores_met"]
    score_partial: int = _PROPOSED["score_partial"]
    not_met_for_not_yet: int = _PROPOSED["not_met_for_not_yet"]
    secured_statuses: tuple[str, ...] = ("signed", "approved")


@dataclass(frozen=True)
class Change:
    """One thing that would change the verdict: in words, as the facts after it, and the verdict that they
    give.
    """

    criteria: tuple[str, ...]
    text: str
    facts: dict[str, Any]
    verdict: str


@dataclass(frozen=True)
class Condition:
    """A criterion that is not met, and the least that would meet it (as far as it can be told)."""

    criterion: str
    level: str
    text: str


@dataclass(frozen=True)
class Readiness:
    """A verdict with its reasons. Money in pounds, intervals as (low, high); None where the facts do not say.

    `levels` is keyed money, spend, cases, returns, commitment. `verdict_at_count_ends` holds
    the verdict at both ends of the 95% interval of the caseload.
    """

    levels: Levels
    verdict: str
    cover_months: float | None
    unit_cost: float | None
    count_ci95: Interval | None
    conditions: tuple[Condition, ...]
    what_would_change: tuple[Change, ...]
    verdict_at_count_ends: tuple[str, str] | None


def verdict(facts: Facts, thresholds: Thresholds = Thresholds()) -> Readiness:
    """Judge a site by its `facts`; what is None or absent is unknown, never failed.

    `planned_annual_cost` and `planned_new_cases` for the assessed year; `funding`, a list of `amount` and
    `status`; `cost_12m` and `count_12m` of the last twelve months; `returns` with `expected`, `received`,
    `on_time` and `required_fields_complete` (a share); `self_assessment`, four scores from 0 to 3.
    """
    levels = judge(facts, thresholds)
    count, cost = facts.get("count_12m"), facts.get("cost_12m")
    ends = _verdicts_at_ends(facts, thresholds)
    result = implied(levels, thresholds)
    return Readiness(
        levels=levels,
        verdict=result,
        cover_months=_cover_months(facts, thresholds),
        unit_cost=cost / count if cost is not None and count else None,
        count_ci95=None if count is None else intervals.poisson(count, thresholds.caseload_met_level),
        conditions=tuple(_conditions(facts, levels, thresholds)),
        what_would_change=tuple(_changes(facts, levels, thresholds)),
        verdict_at_count_ends=ends,
    )


def judge(facts: Facts, thresholds: Thresholds = Thresholds()) -> Levels:
    """The level of each criterion."""
    return {criterion: level(facts, thresholds) for criterion, level in _LEVELS.items()}


def implied(levels: Mapping[str, str], thresholds: Thresholds = Thresholds()) -> str:
    """The verdict that five levels imply.

    Money or returns that are not known cannot be judged either: money gates the verdict, and returns are
    the evidence.
    """
    unknown = {criterion for criterion, level in levels.items() if level == UNKNOWN}
    if levels[RETURNS] == NOT_MET or unknown - {CASES}:
        return CANNOT_SAY
    failed = sum(level == NOT_MET for level in levels.values())
    if levels[MONEY] == NOT_MET or failed >= thresholds.not_met_for_not_yet:
        return NOT_YET
    return READY if all(level == MET for level in levels.values()) else CONDITIONAL


# The level of each criterion


def _money(facts: Facts, at: Thresholds) -> str:
    months = _exact_cover(facts, at)
    return _at_least(months, at.cover_met, at.cover_partial)


def _spend(facts: Facts, at: Thresholds) -> str:
    cost, planned = facts.get("cost_12m"), facts.get("planned_annual_cost")
    if cost is None or not planned:
        return UNKNOWN
    return _at_least(-_exact(cost) / _exact(planned), -at.spend_met, -at.spend_partial)


def _caseload(facts: Facts, at: Thresholds) -> str:
    count, planned = facts.get("count_12m"), facts.get("planned_new_cases")
    if count is None or planned is None:
        return UNKNOWN
    if _reaches(count, planned, at.caseload_met_level):
        return MET
    return PARTIAL if _reaches(count, planned, at.caseload_partial_level) else NOT_MET


def _reaches(count: float, planned: float, level: float) -> bool:
    return intervals.poisson(count, level)[1] >= planned


def _returns(facts: Facts, at: Thresholds) -> str:
    received, on_time, filled = _return_facts(facts)
    if received is None or on_time is None or filled is None:
        return UNKNOWN
    return _worst(
        _at_least(received, at.received_met, at.received_partial),
        _at_least(on_time, at.on_time_met, at.on_time_partial),
        _at_least(filled, at.filled_met, at.filled_partial),
    )


def _commitment(facts: Facts, at: Thresholds) -> str:
    scores = facts.get("self_assessment")
    if not scores or len(scores) < len(QUESTIONS) or any(score is None for score in scores):
        return UNKNOWN
    if min(scores) >= at.score_met and sum(score >= at.top_score for score in scores) >= at.top_scores_met:
        return MET
    return PARTIAL if min(scores) >= at.score_partial else NOT_MET


_LEVELS: dict[str, Callable[[Facts, Thresholds], str]] = {
    MONEY: _money,
    SPEND: _spend,
    CASES: _caseload,
    RETURNS: _returns,
    COMMITMENT: _commitment,
}


def _at_least(value: float | Fraction | None, met: float, partial: float) -> str:
    if value is None:
        return UNKNOWN
    exact = _exact(value)
    return MET if exact >= _exact(met) else PARTIAL if exact >= _exact(partial) else NOT_MET


def _worst(*levels: str) -> str:
    return max(levels, key=BEST_FIRST.index)


def _exact(number: float | Fraction) -> Fraction:
    """A typed number as it was typed, so that £327,600 is 1.05 times £312,000."""
    return number if isinstance(number, Fraction) else Fraction(str(number))


def _secured(facts: Facts, at: Thresholds) -> Fraction | None:
    funding = facts.get("funding")
    if funding is None:
        return None
    amounts = [money.get("amount") for money in funding if money.get("status") in at.secured_statuses]
    return None if None in amounts else sum(map(_exact, amounts), Fraction(0))


def _exact_cover(facts: Facts, at: Thresholds) -> Fraction | None:
    planned, secured = facts.get("planned_annual_cost"), _secured(facts, at)
    return runway.MONTHS * secured / _exact(planned) if planned and secured is not None else None


def _cover_months(facts: Facts, at: Thresholds) -> float | None:
    months = _exact_cover(facts, at)
    return None if months is None else float(months)


def _return_facts(facts: Facts) -> tuple[Any, Any, Any]:
    returns = facts.get("returns") or {}
    return returns.get("received"), returns.get("on_time"), returns.get("required_fields_complete")


def _verdicts_at_ends(facts: Facts, at: Thresholds) -> tuple[str, str] | None:
    if (count := facts.get("count_12m")) is None:
        return None
    low, high = (
        implied(judge({**facts, "count_12m": end}, at), at) for end in intervals.poisson(count, at.caseload_met_level)
    )
    return low, high


# The least that takes a criterion to another level: a sentence and the facts that it changes


@dataclass(frozen=True)
class _Edit:
    text: str
    facts: dict[str, Any]


def _edit(criterion: str, level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    """The smallest edit that puts a criterion at `level`, or None where none does (it is tried, not
    trusted).
    """
    edit = _EDITS[criterion](level, facts, at)
    if edit is None or _LEVELS[criterion]({**facts, **edit.facts}, at) != level:
        return None
    return edit


def _edit_money(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    planned = facts.get("planned_annual_cost")
    if not planned:
        return None
    secured = _secured(facts, at)
    floors = {MET: at.cover_met, PARTIAL: at.cover_partial}
    status = at.secured_statuses[-1]
    if secured is None:
        need = math.ceil(_exact(planned) * _exact(floors.get(level, 0)) / runway.MONTHS)
        return _Edit(f"{_pounds(need)} of money found to be secured", {"funding": [{"amount": need, "status": status}]})
    if BEST_FIRST.index(level) < BEST_FIRST.index(_money(facts, at)):
        step = math.ceil(_exact(planned) * _exact(floors[level]) / runway.MONTHS - secured)
        text = f"{_pounds(step)} more secured money"
    else:
        above = {PARTIAL: at.cover_met, NOT_MET: at.cover_partial}.get(level)
        if above is None:
            return None
        step = -_just_over(secured - _exact(planned) * _exact(above) / runway.MONTHS)
        text = f"{_pounds(-step)} less secured money"
    return _Edit(text, {"funding": [*facts["funding"], {"amount": step, "status": status}]})


def _edit_spend(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    planned, cost = facts.get("planned_annual_cost"), facts.get("cost_12m")
    if not planned:
        return None
    ceilings = {MET: at.spend_met, PARTIAL: at.spend_partial}
    if cost is None or BEST_FIRST.index(level) < BEST_FIRST.index(_spend(facts, at)):
        if level not in ceilings:
            return None
        after = math.floor(_exact(planned) * _exact(ceilings[level]))
        if cost is None:
            return _Edit(f"a twelve-month spend of {_pounds(after)}", {"cost_12m": after})
        return _Edit(f"{_pounds(math.ceil(_exact(cost) - after))} less spend", {"cost_12m": after})
    above = {PARTIAL: at.spend_met, NOT_MET: at.spend_partial}.get(level)
    if above is None:
        return None
    step = _just_over(_exact(planned) * _exact(above) - _exact(cost))
    return _Edit(f"{_pounds(step)} more spend", {"cost_12m": float(_exact(cost) + step)})


def _edit_caseload(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    planned, count = facts.get("planned_new_cases"), facts.get("count_12m")
    if planned is None:
        return None
    needs = {MET: at.caseload_met_level, PARTIAL: at.caseload_partial_level}
    if count is None:
        if level not in needs:
            return None
        least = _fewest_reaching(planned, needs[level])
        return _Edit(f"a count of {least} new cases in the twelve months", {"count_12m": least})
    if BEST_FIRST.index(level) < BEST_FIRST.index(_caseload(facts, at)):
        after = _fewest_reaching(planned, needs[level])
        return _Edit(f"{_some(after - count, 'more new case')} in the twelve months", {"count_12m": after})
    above = {PARTIAL: at.caseload_met_level, NOT_MET: at.caseload_partial_level}.get(level)
    after = _fewest_reaching(planned, above) - 1 if above is not None else -1
    if after < 0:
        return None
    return _Edit(f"{_some(count - after, 'fewer new case')} in the twelve months", {"count_12m": after})


def _fewest_reaching(planned: float, level: float) -> int:
    low, high = -1, math.ceil(planned)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _reaches(middle, planned, level) else (middle, high)
    return high


def _edit_returns(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    received, on_time, _ = _return_facts(facts)
    floors = {
        MET: (at.received_met, at.on_time_met, at.filled_met),
        PARTIAL: (at.received_partial, at.on_time_partial, at.filled_partial),
    }
    if level in floors and BEST_FIRST.index(level) < BEST_FIRST.index(_returns(facts, at)):
        return _better_returns(floors[level], facts)
    above = {PARTIAL: MET, NOT_MET: PARTIAL}.get(level)
    if above is None or on_time is None or received is None:
        return None
    step = on_time - floors[above][1] + 1
    lost = received - floors[above][0] + 1
    if lost < step:
        after = {"received": received - lost, "on_time": min(on_time, received - lost)}
        return _Edit(f"{_some(lost, 'fewer return')} received", {"returns": {**facts["returns"], **after}})
    return _Edit(f"{_some(step, 'fewer return')} on time", {"returns": {**facts["returns"], "on_time": on_time - step}})


def _better_returns(floor: tuple[int, int, float], facts: Facts) -> _Edit:
    names = ("received", "on_time", "required_fields_complete")
    texts = []
    after = dict(facts.get("returns") or {})
    for name, need in zip(names, floor, strict=True):
        now = after.get(name)
        if now is None or now < need:
            texts.append(_returns_words(name, need, now))
            after[name] = need
    if after["on_time"] > after["received"]:
        after["received"] = after["on_time"]
    return _Edit(" and ".join(texts), {"returns": after})


def _returns_words(name: str, need: float, now: float | None) -> str:
    if name == "required_fields_complete":
        return f"{need:.0%} of required numbers filled" + ("" if now is None else f" (now {now:.1%})")
    manner = "received" if name == "received" else "on time"
    return f"{need} returns {manner}" if now is None else f"{_some(need - now, 'more return')} {manner}"


def _edit_commitment(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    now = list(facts.get("self_assessment") or [])
    now += [None] * (len(QUESTIONS) - len(now))
    better = level in (MET, PARTIAL) and BEST_FIRST.index(level) < BEST_FIRST.index(_commitment(facts, at))
    after = _raised(now, level, at) if better else _lowered(now, level, at)
    if after is None:
        return None
    told = [
        f"{QUESTIONS[i] if i < len(QUESTIONS) else f'question {i + 1}'} at {new}"
        for i, (old, new) in enumerate(zip(now, after, strict=True))
        if old != new
    ]
    return _Edit("in the self-assessment, " + ", ".join(told), {"self_assessment": after})


def _raised(now: Sequence[int | None], level: str, at: Thresholds) -> list[int]:
    floor = at.score_met if level == MET else at.score_partial
    after = [floor if score is None or score < floor else score for score in now]
    missing = at.top_scores_met - sum(score >= at.top_score for score in after) if level == MET else 0
    for i in sorted(range(len(after)), key=lambda i: -after[i]):
        if missing > 0 and after[i] < at.top_score:
            after[i], missing = at.top_score, missing - 1
    return after


def _lowered(now: Sequence[int | None], level: str, at: Thresholds) -> list[int] | None:
    scores = [score for score in now if score is not None]
    if len(scores) < len(now) or level not in (PARTIAL, NOT_MET):
        return None
    lowest = scores.index(min(scores))
    tops = [i for i, score in enumerate(scores) if score >= at.top_score]
    if level == PARTIAL and len(tops) == at.top_scores_met:
        scores[tops[0]] = at.top_score - 1
    else:
        scores[lowest] = (at.score_met if level == PARTIAL else at.score_partial) - 1
    return scores


_EDITS: dict[str, Callable[[str, Facts, Thresholds], _Edit | None]] = {
    MONEY: _edit_money,
    SPEND: _edit_spend,
    CASES: _edit_caseload,
    RETURNS: _edit_returns,
    COMMITMENT: _edit_commitment,
}


# What would change the verdict


def _conditions(facts: Facts, levels: Levels, at: Thresholds) -> Iterator[Condition]:
    for criterion, level in levels.items():
        if level != MET:
            edit = _edit(criterion, MET, facts, at)
            yield Condition(criterion, level, f"{CRITERIA[criterion]}: {edit.text if edit else 'not known'}")


def _changes(facts: Facts, levels: Levels, at: Thresholds) -> Iterator[Change]:
    """Each criterion's nearest step, up and down, that changes the verdict by itself; and if none improves
    it, the fewest together.
    """
    singles = [change for criterion in CRITERIA for change in _single_changes(criterion, facts, levels, at)]
    yield from singles
    rank = BEST_LAST.index(implied(levels, at))
    if all(BEST_LAST.index(change.verdict) <= rank for change in singles):
        yield from _fewest_together(facts, levels, at)


def _single_changes(criterion: str, facts: Facts, levels: Levels, at: Thresholds) -> Iterator[Change]:
    place = BEST_FIRST.index(levels[criterion])
    now = implied(levels, at)
    for direction in (_upwards(levels[criterion]), BEST_FIRST[place + 1 : -1]):
        for level in direction:
            if implied({**levels, criterion: level}, at) == now:
                continue
            if edit := _edit(criterion, level, facts, at):
                yield _change((criterion,), (edit,), facts, at)
                break


def _upwards(level: str) -> tuple[str, ...]:
    """The better levels, nearest first; what is not known is asked for at its best first."""
    better = BEST_FIRST[: BEST_FIRST.index(level)]
    return better if level == UNKNOWN else better[::-1]


def _fewest_together(facts: Facts, levels: Levels, at: Thresholds) -> Iterator[Change]:
    rank = BEST_LAST.index(implied(levels, at))
    short = [criterion for criterion, level in levels.items() if level != MET]
    for size in range(2, len(short) + 1):
        found = [
            change
            for criteria in combinations(short, size)
            for change in _together(criteria, facts, levels, at)
            if BEST_LAST.index(change.verdict) > rank
        ]
        if found:
            yield from found
            return


def _together(criteria: tuple[str, ...], facts: Facts, levels: Levels, at: Thresholds) -> Iterator[Change]:
    """The least improvement of all these criteria at once that changes the verdict."""
    ladders = [_upwards(levels[criterion]) for criterion in criteria]
    rank = BEST_LAST.index(implied(levels, at))
    for steps in product(*ladders):
        after = {**levels, **dict(zip(criteria, steps, strict=True))}
        if BEST_LAST.index(implied(after, at)) > rank:
            edits = [_edit(criterion, step, facts, at) for criterion, step in zip(criteria, steps, strict=True)]
            if all(edits):
                yield _change(criteria, tuple(edit for edit in edits if edit), facts, at)
                return


def _change(criteria: tuple[str, ...], edits: tuple[_Edit, ...], facts: Facts, at: Thresholds) -> Change:
    after = dict(facts)
    for edit in edits:
        after |= edit.facts
    return Change(criteria, ", and ".join(edit.text for edit in edits), after, implied(judge(after, at), at))


def _just_over(pounds: Fraction) -> int:
    return math.floor(pounds) + 1


def _pounds(amount: int) -> str:
    return f"£{amount:,}"


def _some(number: float, thing: str) -> str:
    return f"{number:g} {thing}" if number == 1 else f"{number:g} {thing}s"
