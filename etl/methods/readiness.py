"""Whether a site can carry on without the grant: five criteria in words, a verdict that no criterion can outvote, and
what would change it.

Source: the project's own proposal (thresholds to be agreed with the owner). No score is made: a verdict by rules cannot
hide an unmet criterion behind a good average. What is not known may lie anywhere in its range (C. F. Manski, 2003,
Partial identification of probability distributions): a level, or a verdict, is known where all of it agrees. How sure
it is that too few cases are no chance: the Gamma posterior of a Poisson rate (`intervals.probability_at_least`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from etl.methods import intervals, runway, thresholds

MET, PARTLY, NOT_MET, NOT_KNOWN = "met", "partly", "not met", "not known"
BEST_FIRST = (MET, PARTLY, NOT_MET)

MONEY, SPEND, CASES, RETURNS, COMMITMENT = "money", "spend", "cases", "returns", "commitment"
CRITERIA = (MONEY, SPEND, CASES, RETURNS, COMMITMENT)
QUESTIONS = 4

CANNOT_SAY, NOT_YET, CONDITIONAL, READY = "cannot say", "not yet", "ready with conditions", "ready"
BEST_LAST = (CANNOT_SAY, NOT_YET, CONDITIONAL, READY)

Facts = Mapping[str, Any]
Levels = dict[str, str]
May = Mapping[str, tuple[str, ...]]
Interval = tuple[float, float]
Ranges = Sequence[tuple[Fraction, ...]]


_PROPOSED = thresholds("readiness")


@dataclass(frozen=True)
class Thresholds:
    """Where each criterion is met and where it is partly met: a proposal for the owner to settle."""

    cover_met: float = _PROPOSED["cover_met"]
    cover_partial: float = _PROPOSED["cover_partial"]
    spend_met_from: float = _PROPOSED["spend_met_from"]
    spend_met_to: float = _PROPOSED["spend_met_to"]
    spend_partial_from: float = _PROPOSED["spend_partial_from"]
    spend_partial_to: float = _PROPOSED["spend_partial_to"]
    caseload_met: float = _PROPOSED["caseload_met"]
    caseload_partial: float = _PROPOSED["caseload_partial"]
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
class Step:
    """One thing to change: `secured`, `spend` (pounds) or `new_cases` by so much; `spend_of`, `new_cases_of`,
    `received`, `on_time`, `filled` (a share) and `answer_1` to `answer_4` to what they have to be.
    """

    what: str
    by: float


@dataclass(frozen=True)
class Change:
    """Steps that together would change the verdict, the facts after them, and the verdict that they give."""

    criteria: tuple[str, ...]
    steps: tuple[Step, ...]
    facts: dict[str, Any]
    verdict: str


@dataclass(frozen=True)
class Condition:
    """A criterion that is not met, and the least that would meet it: nothing where it cannot be told."""

    criterion: str
    level: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Readiness:
    """A verdict with its reasons. Money in pounds, intervals as (low, high); None where the facts do not say.

    `levels` is keyed money, spend, cases, returns, commitment; `possible_levels` are those that each may have, best
    first. `delivered` is the share of planned new cases. `verdict_at_count_ends` holds the verdict at both ends of the
    95% interval of the caseload, `possible_verdicts` those that what is not known leaves open, worst first.
    """

    levels: Levels
    verdict: str
    cover_months: float | None
    unit_cost: float | None
    delivered: float | None
    count_ci95: Interval | None
    probability_rate_at_least_90_percent_of_plan: float | None
    conditions: tuple[Condition, ...]
    what_would_change: tuple[Change, ...]
    verdict_at_count_ends: tuple[str, str] | None
    possible_levels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    possible_verdicts: tuple[str, ...] = ()


def verdict(facts: Facts, thresholds: Thresholds = Thresholds()) -> Readiness:
    """Judge a site by its `facts`; what is None or absent is not known, never failed.

    `planned_annual_cost` and `planned_new_cases` for the assessed year; `funding`, a list of `amount` and
    `status`; `cost_12m` and `count_12m` of the last twelve months, or in place of a missing one `cost_12m_range` or
    `count_12m_range`: its lowest and highest plausible value, or several such pairs; `returns` with `expected`,
    `received`, `on_time`, `required_fields_complete` (a share); `self_assessment`, four scores from 0 to 3.
    """
    may = possible(facts, thresholds)
    count, cost, planned = facts.get("count_12m"), facts.get("cost_12m"), facts.get("planned_new_cases")
    return Readiness(
        levels={name: _known(levels) for name, levels in may.items()},
        verdict=implied(may, thresholds),
        cover_months=_cover_months(facts, thresholds),
        unit_cost=cost / count if cost is not None and count else None,
        delivered=count / planned if count is not None and planned else None,
        count_ci95=None if count is None else intervals.poisson(count),
        probability_rate_at_least_90_percent_of_plan=_probability(count, planned, thresholds),
        conditions=tuple(_conditions(facts, may, thresholds)),
        what_would_change=tuple(_changes(facts, may, thresholds)),
        verdict_at_count_ends=_verdicts_at_ends(facts, thresholds),
        possible_levels=may,
        possible_verdicts=tuple(sorted(_completions(may, thresholds), key=BEST_LAST.index)),
    )


def possible(facts: Facts, thresholds: Thresholds = Thresholds()) -> dict[str, tuple[str, ...]]:
    """The levels that each criterion may have, best first; one alone is known."""
    return {criterion: rule(facts, thresholds) for criterion, rule in _LEVELS.items()}


def implied(may: May, thresholds: Thresholds = Thresholds()) -> str:
    """The verdict that five criteria imply, each with the levels that it may have.

    What is known decides first: money gates the verdict, and returns are the evidence for all else. Then all
    completions of what is not known have to agree.
    """
    known = {criterion: levels[0] for criterion, levels in may.items() if len(levels) == 1}
    if _fails(known, thresholds):
        return NOT_YET
    if known.get(RETURNS) == NOT_MET:
        return CANNOT_SAY
    found = _completions(may, thresholds)
    return found.pop() if len(found) == 1 else CANNOT_SAY


def _completions(may: May, at: Thresholds) -> set[str]:
    """The verdicts that all combinations of levels give."""
    return {_completed(dict(zip(may, levels, strict=True)), at) for levels in product(*may.values())}


def _completed(levels: Mapping[str, str], at: Thresholds) -> str:
    if _fails(levels, at):
        return NOT_YET
    return READY if set(levels.values()) == {MET} else CONDITIONAL


def _fails(known: Mapping[str, str], at: Thresholds) -> bool:
    failed = list(known.values()).count(NOT_MET)
    return known.get(MONEY) == NOT_MET or failed >= at.not_met_for_not_yet


def _known(levels: Sequence[str]) -> str:
    return levels[0] if len(levels) == 1 else NOT_KNOWN


# The levels that each criterion may have


def _money(facts: Facts, at: Thresholds) -> tuple[str, ...]:
    months = _exact_cover(facts, at)
    return BEST_FIRST if months is None else (_at_least(months, at.cover_met, at.cover_partial),)


def _spend(facts: Facts, at: Thresholds) -> tuple[str, ...]:
    planned, ranges = facts.get("planned_annual_cost"), _ranges(facts, "cost_12m")
    if not ranges or not planned:
        return BEST_FIRST
    bands = _spend_bands(_exact(planned), at)
    return _in_order(level for level in BEST_FIRST if any(_meets(own, bands[level]) for own in ranges))


@dataclass(frozen=True)
class _Band:
    """Values from `low` to `high`; an open end does not belong to it."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False


def _spend_bands(planned: Fraction, at: Thresholds) -> dict[str, tuple[_Band, ...]]:
    met_from, met_to = (_exact(share) * planned for share in (at.spend_met_from, at.spend_met_to))
    partly_from, partly_to = (_exact(share) * planned for share in (at.spend_partial_from, at.spend_partial_to))
    return {
        MET: (_Band(met_from, met_to),),
        PARTLY: (_Band(partly_from, met_from, high_open=True), _Band(met_to, partly_to, low_open=True)),
        NOT_MET: (_Band(None, partly_from, high_open=True), _Band(partly_to, None, low_open=True)),
    }


def _meets(own: tuple[Fraction, ...], bands: Sequence[_Band]) -> bool:
    """Whether a range has a value in one of the bands."""
    low, high = own
    return any(
        (band.low is None or high > band.low or (high == band.low and not band.low_open))
        and (band.high is None or low < band.high or (low == band.high and not band.high_open))
        for band in bands
    )


def _caseload(facts: Facts, at: Thresholds) -> tuple[str, ...]:
    planned, ranges = facts.get("planned_new_cases"), _ranges(facts, "count_12m")
    if not ranges or not planned:
        return BEST_FIRST
    met, partly = (_exact(share) * _exact(planned) for share in (at.caseload_met, at.caseload_partial))
    found = set()
    for low, high in ranges:
        between = max(low, partly) if low == high else Fraction(math.ceil(max(low, partly)))
        found |= {MET} if high >= met else set()
        found |= {PARTLY} if between <= high and between < met else set()
        found |= {NOT_MET} if low < partly else set()
    return _in_order(found)


def _fewest(planned: float, at: Thresholds) -> dict[str, int]:
    """The fewest new cases that are met, and partly met."""
    shares = {MET: at.caseload_met, PARTLY: at.caseload_partial, NOT_MET: 0.0}
    return {level: math.ceil(_exact(share) * _exact(planned)) for level, share in shares.items()}


def _returns(facts: Facts, at: Thresholds) -> tuple[str, ...]:
    received, on_time, filled = _return_facts(facts)
    if received is None or on_time is None or filled is None:
        return BEST_FIRST
    levels = (
        _at_least(received, at.received_met, at.received_partial),
        _at_least(on_time, at.on_time_met, at.on_time_partial),
        _at_least(filled, at.filled_met, at.filled_partial),
    )
    return (max(levels, key=BEST_FIRST.index),)


def _commitment(facts: Facts, at: Thresholds) -> tuple[str, ...]:
    scores = facts.get("self_assessment")
    if not scores or len(scores) < QUESTIONS or any(score is None for score in scores):
        return BEST_FIRST
    if min(scores) >= at.score_met and sum(score >= at.top_score for score in scores) >= at.top_scores_met:
        return (MET,)
    return (PARTLY,) if min(scores) >= at.score_partial else (NOT_MET,)


_LEVELS: dict[str, Callable[[Facts, Thresholds], tuple[str, ...]]] = {
    MONEY: _money,
    SPEND: _spend,
    CASES: _caseload,
    RETURNS: _returns,
    COMMITMENT: _commitment,
}


def _in_order(levels: Iterator[str] | set[str]) -> tuple[str, ...]:
    found = set(levels)
    return tuple(level for level in BEST_FIRST if level in found)


def _ranges(facts: Facts, name: str) -> Ranges:
    """The ranges that a number may lie in: a known one is a range of itself; none where nothing is known."""
    value, ranges = facts.get(name), facts.get(f"{name}_range")
    if value is not None:
        return [(_exact(value), _exact(value))]
    if not ranges:
        return []
    pairs = ranges if isinstance(ranges[0], Sequence) else [ranges]
    return [(_exact(low), _exact(high)) for low, high in pairs]


def _at_least(value: float | Fraction, met: float, partial: float) -> str:
    exact = _exact(value)
    return MET if exact >= _exact(met) else PARTLY if exact >= _exact(partial) else NOT_MET


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


def _probability(count: float | None, planned: float | None, at: Thresholds) -> float | None:
    if count is None or not planned:
        return None
    return intervals.probability_at_least(count, at.caseload_met * planned)


def _return_facts(facts: Facts) -> tuple[Any, Any, Any]:
    returns = facts.get("returns") or {}
    return returns.get("received"), returns.get("on_time"), returns.get("required_fields_complete")


def _verdicts_at_ends(facts: Facts, at: Thresholds) -> tuple[str, str] | None:
    if (count := facts.get("count_12m")) is None:
        return None
    low, high = intervals.poisson(count)
    ends = (math.ceil(low), math.floor(high))
    first, last = (implied(possible({**facts, "count_12m": end}, at), at) for end in ends)
    return first, last


# The least that takes a criterion to another level: its steps, and the facts that they change


@dataclass(frozen=True)
class _Edit:
    steps: tuple[Step, ...]
    facts: dict[str, Any]


def _edit(criterion: str, level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    """The smallest edit that puts a criterion at `level`, or None where none does (it is tried, not trusted)."""
    edit = _EDITS[criterion](level, facts, at)
    if edit is None or _LEVELS[criterion]({**facts, **edit.facts}, at) != (level,):
        return None
    return edit


def _edit_money(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    planned, secured = facts.get("planned_annual_cost"), _secured(facts, at)
    if not planned:
        return None
    floors = {MET: at.cover_met, PARTLY: at.cover_partial, NOT_MET: 0.0}
    need = math.ceil(_exact(planned) * _exact(floors[level]) / runway.MONTHS - (secured or 0))
    if secured is not None and BEST_FIRST.index(level) > BEST_FIRST.index(_money(facts, at)[0]):
        above = {PARTLY: at.cover_met, NOT_MET: at.cover_partial}[level]
        need = -_just_over(secured - _exact(planned) * _exact(above) / runway.MONTHS)
    entry = {"amount": need, "status": at.secured_statuses[-1]}
    before = facts["funding"] if secured is not None else []
    return _Edit((Step("secured", need),), {"funding": [*before, entry]})


def _edit_spend(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    """The nearest whole pound at that level; of a spend that is not known, within what it may be."""
    planned, cost = facts.get("planned_annual_cost"), facts.get("cost_12m")
    if not planned:
        return None
    now = _exact(cost) if cost is not None else _exact(planned)
    ranges = [] if cost is not None else _ranges(facts, "cost_12m")
    found = [own for band in _spend_bands(_exact(planned), at)[level] for own in _nearest(band, now, ranges)]
    if not found:
        return None
    after = min(found, key=lambda own: abs(own - now))
    if cost is None:
        return _Edit((Step("spend_of", float(after)),), {"cost_12m": float(after)})
    return _Edit((Step("spend", float(after - now)),), {"cost_12m": float(after)})


def _nearest(band: _Band, now: Fraction, ranges: Ranges) -> Iterator[Fraction]:
    """The whole pounds of a band that are nearest to a number, within each of the ranges if there are any."""
    low = None if band.low is None else _up(band.low, open_end=band.low_open)
    high = None if band.high is None else -_up(-band.high, open_end=band.high_open)
    for own in ranges or [()]:
        start = [end for end in (low, *own[:1]) if end is not None]
        stop = [end for end in (high, *own[1:]) if end is not None]
        after = min([max([now, *start]), *stop])
        if all(after >= end for end in start):
            yield after


def _up(value: Fraction, *, open_end: bool) -> Fraction:
    """The next whole number, beyond an end that does not belong to its band."""
    whole = math.ceil(value)
    return Fraction(whole + 1 if open_end and whole == value else whole)


def _edit_caseload(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    planned, count = facts.get("planned_new_cases"), facts.get("count_12m")
    if not planned:
        return None
    fewest = _fewest(planned, at)
    low, high = fewest[level], {PARTLY: fewest[MET] - 1, NOT_MET: fewest[PARTLY] - 1}.get(level)
    if count is not None:
        after = max(count, low) if high is None else min(max(count, low), high)
        return _Edit((Step("new_cases", after - count),), {"count_12m": after})
    ranges = _ranges(facts, "count_12m") or [(Fraction(low), Fraction(high if high is not None else low))]
    found = [max(low, math.ceil(least)) for least, _most in ranges]
    fits = [n for n, (_least, most) in zip(found, ranges, strict=True) if n <= most and (high is None or n <= high)]
    return _Edit((Step("new_cases_of", min(fits)),), {"count_12m": min(fits)}) if fits else None


def _edit_returns(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    received, on_time, _filled = _return_facts(facts)
    floors = {
        MET: (at.received_met, at.on_time_met, at.filled_met),
        PARTLY: (at.received_partial, at.on_time_partial, at.filled_partial),
    }
    now = _returns(facts, at)
    if level in floors and (len(now) > 1 or BEST_FIRST.index(level) < BEST_FIRST.index(now[0])):
        return _better_returns(floors[level], facts)
    above = {PARTLY: MET, NOT_MET: PARTLY}.get(level)
    if above is None or on_time is None or received is None:
        return None
    after = {"on_time": floors[above][1] - 1}
    if received - floors[above][0] < on_time - floors[above][1]:
        after = {"received": floors[above][0] - 1, "on_time": min(on_time, floors[above][0] - 1)}
    return _Edit(_steps_to(facts["returns"], after), {"returns": {**facts["returns"], **after}})


def _better_returns(floor: tuple[int, int, float], facts: Facts) -> _Edit:
    before = dict(facts.get("returns") or {})
    after = dict(before)
    for name, need in zip(("received", "on_time", "required_fields_complete"), floor, strict=True):
        if after.get(name) is None or after[name] < need:
            after[name] = need
    after["received"] = max(after["received"], after["on_time"])
    return _Edit(_steps_to(before, after), {"returns": after})


def _steps_to(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Step, ...]:
    names = {"received": "received", "on_time": "on_time", "required_fields_complete": "filled"}
    return tuple(Step(what, after[n]) for n, what in names.items() if n in after and after[n] != before.get(n))


def _edit_commitment(level: str, facts: Facts, at: Thresholds) -> _Edit | None:
    now = list(facts.get("self_assessment") or [])
    now += [None] * (QUESTIONS - len(now))
    levels = _commitment(facts, at)
    better = level != NOT_MET and (len(levels) > 1 or BEST_FIRST.index(level) < BEST_FIRST.index(levels[0]))
    after = _raised(now, level, at) if better else _lowered(now, level, at)
    if after is None:
        return None
    steps = [Step(f"answer_{i}", new) for i, (old, new) in enumerate(zip(now, after, strict=True), 1) if old != new]
    return _Edit(tuple(steps), {"self_assessment": after})


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
    if len(scores) < len(now) or level == MET:
        return None
    lowest = scores.index(min(scores))
    tops = [i for i, score in enumerate(scores) if score >= at.top_score]
    if level == PARTLY and len(tops) == at.top_scores_met:
        scores[tops[0]] = at.top_score - 1
    else:
        scores[lowest] = (at.score_met if level == PARTLY else at.score_partial) - 1
    return scores


_EDITS: dict[str, Callable[[str, Facts, Thresholds], _Edit | None]] = {
    MONEY: _edit_money,
    SPEND: _edit_spend,
    CASES: _edit_caseload,
    RETURNS: _edit_returns,
    COMMITMENT: _edit_commitment,
}


# What would change the verdict


def _conditions(facts: Facts, may: May, at: Thresholds) -> Iterator[Condition]:
    for criterion, levels in may.items():
        if levels != (MET,):
            edit = _edit(criterion, MET, facts, at)
            yield Condition(criterion, _known(levels), edit.steps if edit else ())


def _changes(facts: Facts, may: May, at: Thresholds) -> Iterator[Change]:
    """Each criterion's nearest step, up and down, that changes the verdict by itself; and if none improves it, the
    fewest together.
    """
    singles = [change for criterion in CRITERIA for change in _single_changes(criterion, facts, may, at)]
    yield from singles
    rank = BEST_LAST.index(implied(may, at))
    if all(BEST_LAST.index(change.verdict) <= rank for change in singles):
        yield from _fewest_together(facts, may, at)


def _single_changes(criterion: str, facts: Facts, may: May, at: Thresholds) -> Iterator[Change]:
    now = implied(may, at)
    for direction in (_upwards(may[criterion]), _downwards(may[criterion])):
        for level in direction:
            if implied({**may, criterion: (level,)}, at) == now:
                continue
            if edit := _edit(criterion, level, facts, at):
                yield _change((criterion,), (edit,), facts, at)
                break


def _upwards(levels: Sequence[str]) -> tuple[str, ...]:
    """The better levels, nearest first; of what is not known those that it may have, the best first."""
    return tuple(levels) if len(levels) > 1 else BEST_FIRST[: BEST_FIRST.index(levels[0])][::-1]


def _downwards(levels: Sequence[str]) -> tuple[str, ...]:
    return () if len(levels) > 1 else BEST_FIRST[BEST_FIRST.index(levels[0]) + 1 :]


def _fewest_together(facts: Facts, may: May, at: Thresholds) -> Iterator[Change]:
    rank = BEST_LAST.index(implied(may, at))
    short = [criterion for criterion, levels in may.items() if levels != (MET,)]
    for size in range(2, len(short) + 1):
        found = [
            change
            for criteria in combinations(short, size)
            for change in _together(criteria, facts, may, at)
            if BEST_LAST.index(change.verdict) > rank
        ]
        if found:
            yield from found
            return


def _together(criteria: tuple[str, ...], facts: Facts, may: May, at: Thresholds) -> Iterator[Change]:
    """The least improvement of all these criteria at once that changes the verdict."""
    ladders = [_upwards(may[criterion]) for criterion in criteria]
    rank = BEST_LAST.index(implied(may, at))
    for steps in product(*ladders):
        after = {**may, **{criterion: (level,) for criterion, level in zip(criteria, steps, strict=True)}}
        if BEST_LAST.index(implied(after, at)) > rank:
            edits = [_edit(criterion, step, facts, at) for criterion, step in zip(criteria, steps, strict=True)]
            if all(edits):
                yield _change(criteria, tuple(edit for edit in edits if edit), facts, at)
                return


def _change(criteria: tuple[str, ...], edits: tuple[_Edit, ...], facts: Facts, at: Thresholds) -> Change:
    after = dict(facts)
    for edit in edits:
        after |= edit.facts
    steps = tuple(step for edit in edits for step in edit.steps)
    return Change(criteria, steps, after, implied(possible(after, at), at))


def _just_over(pounds: Fraction) -> int:
    return math.floor(pounds) + 1
