"""Scenarios: cost, money, cases and verdict if the grant, local money, the caseload or the areas changed.

Scenario, not a forecast: each output follows from its choices and from what is known of one site; nothing here changes
an actual. Nobody has measured how much of the cost stays when cases fall, so that the answer is a range over two fixed
shares. A cost with fixed share f at k times the planned cases is C(f + (1 − f)k).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from etl.methods import caseload_forecast, dispersion, intervals, runway
from etl.methods.readiness import Readiness, verdict

MONTHS = 12
LABEL = "Scenario, not a forecast"


@dataclass(frozen=True)
class Start:
    """What is known of a site: pounds, cases and posts of a year.

    `local` is what is secured for the assessed year without the grant, `grant` what the grant paid in its last year;
    `posts` are those of case managers, `open_cases` the cases that they have open.
    """

    planned_cost: float
    planned_cases: float
    local: float
    grant: float
    posts: float | None = None
    open_cases: float | None = None


@dataclass(frozen=True)
class Choices:
    """What is supposed. All at their defaults: the grant ends, everything else stays.

    The grant goes on whole for `grant_months` and then at `grant_share` of it; local money is `local` times what is
    secured, new cases `caseload` times the plan; `fixed_shares` are the lowest and the highest share of cost that does
    not change with cases. `extra` pounds come from elsewhere. With `cases_per_post`, posts are those that the open
    cases need at that many each, and each post more or less than at today's rate costs `post_cost` more or less.
    """

    grant_months: int = 0
    grant_share: float = 0.0
    local: float = 1.0
    extra: float = 0.0
    caseload: float = 1.0
    fixed_shares: tuple[float, float] = (0.25, 0.8)
    cases_per_post: float | None = None
    post_cost: float = 0.0

    def __post_init__(self) -> None:
        low, high = self.fixed_shares
        if not (0 <= self.grant_months <= MONTHS and 0 <= self.grant_share <= 1 and 0 <= low <= high <= 1):
            raise ValueError(f"Months of grant go from 0 to {MONTHS}, shares from 0 to 1; got {self}.")
        if min(self.local, self.caseload) < 0 or not math.isfinite(self.local + self.caseload + self.extra):
            raise ValueError(f"Local money and caseload are not below 0; got {self}.")
        if (self.cases_per_post is not None and not self.cases_per_post > 0) or self.post_cost < 0:
            raise ValueError(f"Cases for each post are above 0, and a post costs no less than 0; got {self}.")


@dataclass(frozen=True)
class Range:
    """The lowest and the highest answer."""

    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """A year under a scenario: pounds, cases, months of cover and posts, each over the range of the fixed share.

    `unit_cost_by_chance` widens the range of the cost per new case by the exact 95% limits of the count. None: there
    are no cases, or posts are not known.
    """

    money: float
    cases: float
    cost: Range
    gap: Range
    months: Range
    unit_cost: Range | None
    unit_cost_by_chance: Range | None
    posts: float | None


def suppose(start: Start, choices: Choices) -> Outcome:
    """The assessed year of one site under some choices."""
    staff = staffing(start, choices)
    costs = [cost_at(start.planned_cost, choices.caseload, fixed, staff) for fixed in choices.fixed_shares]
    return _outcome(start, choices, money_for(start, choices), start.planned_cases * choices.caseload, costs)


def money_for(start: Start, choices: Choices) -> float:
    """The year's pounds: local money, what is left of the grant, and what comes from elsewhere."""
    months = choices.grant_months + choices.grant_share * (MONTHS - choices.grant_months)
    return round(start.local * choices.local + start.grant * months / MONTHS + choices.extra, 2)


def cost_at(planned_cost: float, caseload: float, fixed_share: float, staff: float = 0.0) -> float:
    """The cost of a year in which new cases are `caseload` times the plan; `staff` pounds come on top, or go off."""
    return round(max(0.0, planned_cost * (fixed_share + (1 - fixed_share) * caseload) + staff), 2)


def staffing(start: Start, choices: Choices) -> float:
    """What it costs to have other cases for each post than today, for the supposed caseload; 0 where posts are not
    known.
    """
    needed = posts_needed(start, choices)
    if needed is None or start.posts is None or choices.cases_per_post is None:
        return 0.0
    return (needed - start.posts * choices.caseload) * choices.post_cost


def posts_needed(start: Start, choices: Choices, caseload: float | None = None) -> float | None:
    """Posts for a caseload, usually the supposed one: at today's rate, or at so many open cases each; None: unknown."""
    load = choices.caseload if caseload is None else caseload
    if choices.cases_per_post is not None and start.open_cases is not None:
        return start.open_cases * load / choices.cases_per_post
    return None if start.posts is None or choices.cases_per_post is not None else start.posts * load


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """The programme: sites added up, where one site's money does not close another's gap."""
    cost, gap = (_sum([getattr(one, name) for one in outcomes]) for name in ("cost", "gap"))
    cases = sum(one.cases for one in outcomes)
    posts = [one.posts for one in outcomes]
    covered = [runway.cover(c, c - g) for c, g in ((cost.low, gap.low), (cost.high, gap.high))]
    return Outcome(
        money=round(sum(one.money for one in outcomes), 2),
        cases=cases,
        cost=cost,
        gap=gap,
        months=Range(min(covered), max(covered)),
        unit_cost=_each(cost, cases),
        unit_cost_by_chance=_by_chance(cost, cases),
        posts=None if None in posts else sum(post for post in posts if post is not None),
    )


def affordable(start: Start, budget: float, fixed_shares: tuple[float, float]) -> Range:
    """The cases that a budget pays for, at either fixed share; 0 where the fixed cost alone takes it all."""
    found = [
        runway.cases_affordable(budget, start.planned_cost, start.planned_cases, share) or 0.0 for share in fixed_shares
    ]
    return Range(min(found), max(found))


def keep_going(start: Start, choices: Choices) -> dict[str, Range]:
    """Three ways to answer a budget: pounds still needed to `maintain` the plan, cases if it is to `reduce` to the
    money there is, and pounds needed to `uplift` to the supposed caseload.
    """
    money = money_for(start, choices)
    missing = max(0.0, round(start.planned_cost - money, 2))
    return {
        "maintain": Range(missing, missing),
        "reduce": affordable(start, money, choices.fixed_shares),
        "uplift": suppose(start, choices).gap,
    }


def still_needed(sites: Sequence[tuple[Start, Choices]]) -> float:
    """Pounds still needed to maintain the plan of each of some sites, added up."""
    return round(sum(keep_going(start, choices)["maintain"].low for start, choices in sites), 2)


@dataclass(frozen=True)
class Month:
    """A month of the supposed year in pounds: local money, the grant, money from elsewhere, the range of its cost."""

    local: float
    grant: float
    extra: float
    cost: Range

    @property
    def is_short(self) -> bool:
        """Whether its money does not pay even its lowest cost; a pound is rounding."""
        return self.cost.low - self.local - self.grant - self.extra > 1


def by_month(start: Start, choices: Choices, local: Sequence[float]) -> tuple[Month, ...]:
    """The twelve months of the year; `local` is what agreements pay in each, the grant and the rest come evenly."""
    cost = suppose(start, choices).cost
    each = Range(cost.low / MONTHS, cost.high / MONTHS)
    shares = [1.0] * choices.grant_months + [choices.grant_share] * (MONTHS - choices.grant_months)
    return tuple(
        Month(paid * choices.local, start.grant * share / MONTHS, choices.extra / MONTHS, each)
        for paid, share in zip(local, shares, strict=True)
    )


def months_together(sites: Sequence[Sequence[Month]]) -> tuple[Month, ...]:
    """The programme's months: sites added up."""
    return tuple(
        Month(
            sum(one.local for one in month),
            sum(one.grant for one in month),
            sum(one.extra for one in month),
            _sum([one.cost for one in month]),
        )
        for month in zip(*sites, strict=True)
    )


def cases_paid_for(starts: Sequence[Start], budgets: Sequence[float], share: float) -> float:
    """The cases that budgets pay for at a fixed share, site by site and added up; the plan of each at most."""
    return sum(_at_most_plan(start, budget, share) for start, budget in zip(starts, budgets, strict=True))


def by_fixed_share(
    starts: Sequence[Start], budgets: Sequence[float], steps: int = 20
) -> tuple[tuple[float, float], ...]:
    """The cases that budgets pay for at fixed shares from 0 to 1."""
    return tuple((step / steps, cases_paid_for(starts, budgets, step / steps)) for step in range(steps + 1))


def _at_most_plan(start: Start, budget: float, share: float) -> float:
    return min(start.planned_cases, affordable(start, budget, (share, share)).low)


@dataclass(frozen=True)
class NextYear:
    """New cases of the next twelve months if referrals go on as they did: the mean, and where 95 in 100 years fall."""

    mean: float
    low: int
    high: int


def next_year(cases: int, months: int, index: float = 1.0) -> NextYear:
    """From the cases of the last months: the negative binomial of `methods.caseload_forecast`.

    Wider where the months vary more than chance explains: `index` is that of `methods.dispersion`.
    """
    found = caseload_forecast.forecast(cases, months, MONTHS)
    low, high = dispersion.widened((found.quantile(0.025), found.quantile(0.975)), found.mean, index)
    return NextYear(found.mean, max(0, math.floor(low)), math.ceil(high))


def roll_out(start: Start, areas: int, choices: Choices) -> Outcome:
    """As many areas like this one, with the same cases in each; local money and the grant stay those of one."""
    if areas < 1:
        raise ValueError(f"A rollout needs one area or more; got {areas}.")
    return _rolled_out(start, [choices.caseload] * areas, choices)


def roll_out_by_volume(start: Start, volumes: Mapping[str, float], site_volume: float, choices: Choices) -> Outcome:
    """Areas with cases in proportion to their MARAC volumes; `site_volume` is that of the area we start from."""
    if site_volume <= 0 or not volumes or min(volumes.values()) < 0:
        raise ValueError("A rollout by MARAC volume needs areas with volumes, and that of the area itself above 0.")
    return _rolled_out(start, [choices.caseload * volume / site_volume for volume in volumes.values()], choices)


def verdicts_under(facts: Mapping[str, Any], outcome: Outcome) -> tuple[Readiness, Readiness]:
    """The verdict at the lowest and at the highest cost, with the other facts of `methods.readiness` as they are.

    Only money is judged again: spend, cases, returns and answers are what happened, against the plan that was in force.
    """
    return _verdict_at(facts, outcome.money, outcome.cost.low), _verdict_at(facts, outcome.money, outcome.cost.high)


def _verdict_at(facts: Mapping[str, Any], money: float, cost: float) -> Readiness:
    """The method knows one planned cost, here the scenario's: past spend is put in proportion, so that it stays judged
    against its own plan.
    """
    planned, spent, ranges = (facts.get(name) for name in ("planned_annual_cost", "cost_12m", "cost_12m_range"))
    times = Fraction(str(cost)) / Fraction(str(planned)) if planned else Fraction(1)
    supposed = {
        "funding": [{"amount": money, "status": "approved"}],
        "planned_annual_cost": cost,
        "cost_12m": None if spent is None else Fraction(str(spent)) * times,
        "cost_12m_range": ranges and [[Fraction(str(end)) * times for end in own] for own in ranges],
    }
    return verdict({**facts, **supposed})


def _rolled_out(start: Start, caseloads: Sequence[float], choices: Choices) -> Outcome:
    each = [replace(choices, caseload=load) for load in caseloads]
    costs = [
        round(sum(cost_at(start.planned_cost, one.caseload, fixed, staffing(start, one)) for one in each), 2)
        for fixed in choices.fixed_shares
    ]
    cases = start.planned_cases * sum(caseloads)
    outcome = _outcome(start, choices, money_for(start, choices), cases, costs)
    needed = [posts_needed(start, one) for one in each]
    return replace(outcome, posts=None if None in needed else sum(_posts(post) for post in needed if post is not None))


def _outcome(start: Start, choices: Choices, money: float, cases: float, costs: Sequence[float]) -> Outcome:
    cost = Range(min(costs), max(costs))
    gaps = [max(0.0, round(end - money, 2)) for end in (cost.low, cost.high)]
    months = [runway.cover(end, money) if end > 0 else math.inf for end in (cost.high, cost.low)]
    needed = posts_needed(start, choices)
    return Outcome(
        money=money,
        cases=cases,
        cost=cost,
        gap=Range(*gaps),
        months=Range(*months),
        unit_cost=_each(cost, cases),
        unit_cost_by_chance=_by_chance(cost, cases),
        posts=None if needed is None else _posts(needed),
    )


def _posts(needed: float) -> float:
    """Posts are filled by halves."""
    return math.ceil(round(needed * 2, 6)) / 2


def _sum(ranges: Sequence[Range]) -> Range:
    return Range(round(sum(one.low for one in ranges), 2), round(sum(one.high for one in ranges), 2))


def _each(cost: Range, cases: float) -> Range | None:
    return Range(cost.low / cases, cost.high / cases) if cases > 0 else None


def _by_chance(cost: Range, cases: float) -> Range | None:
    if cases <= 0 or cost.low < 0:
        return None
    return Range(intervals.unit_cost(cost.low, cases)[0], intervals.unit_cost(cost.high, cases)[1])
