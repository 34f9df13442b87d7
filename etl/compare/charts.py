"""The control chart of each monthly number of each site: its limits, its signals, and what they say in words.

Counts under 10 a month have exact Poisson limits, on which only a point outside is a signal, and wider ones where they
vary more than that allows; all other charts are XmR charts. Limits rest on 12 months or more, are trial limits from 6,
and are not there at all below. What is open or in post at a time has no chart: it remembers the month before, so that
with nothing changing nearly every such chart would signal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from statistics import mean, median

import pandas as pd

from etl.compare.bridges import ALL, first_months
from etl.compare.components import components, over_months_of
from etl.definitions import MEASURES, REPORTED, label_of, unit_of
from etl.definitions.measure import Breakdown, Total
from etl.definitions.messages import Message, Plain, _, joined
from etl.definitions.periods import write_month, write_months
from etl.definitions.settings import DAYS_LATE
from etl.definitions.tables import columns_of
from etl.definitions.writing import figures
from etl.methods import dispersion
from etl.methods.control_chart import (
    ASSURANCE_WORDS,
    COMMON_CAUSE,
    ENOUGH_POINTS,
    TRIAL_POINTS,
    VARIATION_WORDS,
    poisson_limits,
    signals_by_chance,
    xmr,
)
from etl.reference import Rebase

# Under so many a month the lower XmR limit is below nought: no fall could signal.
SMALL_MEAN, UNDER_SMALL = 10, 9.9
XMR, POISSON = "xmr", "poisson"
# The parts of these are the new cases or closures again: their totals would be the same chart twice.
TWICE = {"sex", "age", "ethnicity", "disability", "risk_change"}
PLANS = {"new_cases": "planned_new_cases", "spend": "planned_cost"}
ON_PLAN_WORDS = {
    "always_above": _("plan below what chance allows: every month can be expected to exceed it"),
    "always_below": _("plan above what chance allows: no month can be expected to reach it"),
    "inconsistent": _("plan within what chance allows: some months reach it, some do not"),
}
# A chart with more signals than this share of its months is not stable: what its limits say of a plan means nothing.
MOST_SIGNALS = 0.25
FAR_OUT = 3.5
# Sums of stocks over months, or of a stock and a flow: they remember too.
SUMMED_STOCKS = frozenset({"worked_with", "open_case_months"})
FAR_OUT_WORDS = _("one month is far out: check it before reading this chart")

Limit = float | None


@dataclass(frozen=True)
class Stretch:
    """The months between two rebases: one mean and one pair of limits, and a label a month (None where none)."""

    mean: Limit
    lower: Limit
    upper: Limit
    labels: tuple[str | None, ...]
    kinds: tuple[str | None, ...]
    points: int
    far_out: bool = False
    dispersion: float = 1.0

    @property
    def drawn(self) -> bool:
        """Whether there are limits: enough months, and not all the same."""
        return self.lower is not None

    @property
    def signals(self) -> int:
        """How many months are signals."""
        return sum(label not in (None, COMMON_CAUSE) for label in self.labels)


@dataclass(frozen=True)
class Series:
    """What a chart is drawn of: a value or a gap for each month, and the plan of each month."""

    site: str
    measure: str
    months: tuple[date, ...]
    values: tuple[Limit, ...]
    plan: tuple[Limit, ...]


def control_charts(
    results: pd.DataFrame, calendar: pd.DataFrame | None = None, rebases: Iterable[Rebase] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a chart, and one a point; `rebases` are those known, `calendar` has site, month, state, days_late."""
    log = list(rebases)
    charts, points = [], []
    for series in [*_monthly(results), *_lateness(calendar)]:
        row, drawn = _chart(series, log)
        charts.append(row)
        points += drawn
    return (
        pd.DataFrame(charts, columns=columns_of("control_charts")),
        pd.DataFrame(points, columns=columns_of("control_points")),
    )


def chance_words(middle: float, months: int, *, is_count: bool) -> str:
    """What chance alone does on charts of this length, and of counts of this mean."""
    about = figures(20 * signals_by_chance(middle if is_count else None, months))
    if about == "0":
        return _("Of 20 such charts of {months} months of pure chance, fewer than one shows a signal.", months=months)
    return _(
        "Of 20 such charts of {months} months of pure chance, about {about} show a signal.",
        months=months,
        about=Plain(about),
    )


def improvement(measure: str) -> str | None:
    """Which direction is better: spending less and sending sooner are; of caseload neither direction is."""
    if measure == DAYS_LATE.name:
        return "decrease"
    return "decrease" if unit_of(measure) == "gbp" and measure.startswith("spend") else None


def _monthly(results: pd.DataFrame) -> Iterable[Series]:
    """The series of each site and number that sites report; of all sites together where each has its own."""
    charted = [
        m.name
        for m in MEASURES.values()
        if m.name not in TWICE and (isinstance(m, Breakdown | Total) or m.name in REPORTED) and is_flow(m.name)
    ]
    wanted = {*charted, *PLANS.values()}
    monthly = results[(results.period == "month") & results.measure.isin(wanted)]
    wide = monthly.pivot(index=["site", "starts"], columns="measure", values="value")
    for site, first in first_months(results).items():
        own = wide.loc[site]
        own = own[own.index >= first]
        months = tuple(own.index)
        columns = {number: _numbers(own[number]) for number in own.columns}
        for measure in charted:
            if measure in columns:
                plan = columns.get(PLANS.get(measure, ""), (None,) * len(months))
                yield Series(site, measure, months, columns[measure], plan)


def _numbers(column: pd.Series) -> tuple[Limit, ...]:
    return tuple(None if value != value else value for value in column.astype(float).tolist())


def _lateness(calendar: pd.DataFrame | None) -> Iterable[Series]:
    """How many days late each site's returns came; a month whose return has not come is a gap."""
    if calendar is None:
        return
    for site, rows in calendar[calendar.state != "not_due"].groupby("site", sort=False):
        rows = rows.sort_values("month")
        came = rows.state.isin(["on_time", "late"])
        values = tuple(float(d) if c else None for d, c in zip(rows.days_late, came, strict=True))
        yield Series(str(site), DAYS_LATE.name, tuple(rows.month), values, (0.0,) * len(values))


def _chart(series: Series, log: Sequence[Rebase]) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
    own = [r for r in log if (r.site or ALL) == series.site and r.measure == series.measure]
    decisions = {r.month: r for r in own}
    starts = [i for i, month in enumerate(series.months) if month in decisions and i > 0]
    edges = [0, *starts, len(series.months)]
    kind = _kind(series, edges)
    stretches = [_stretch(series.values[a:b], kind, series.measure) for a, b in pairwise(edges)]
    last, target = stretches[-1], series.plan[-1] if series.plan else None
    rebased = decisions[series.months[starts[-1]]] if starts else None
    labels = [label for stretch in stretches for label in stretch.labels]
    variation = None if last.far_out else next((k for k in reversed(last.kinds) if k), None)
    assurance, assured = _assurance(last, target, series.measure)
    row = (
        series.site,
        series.measure,
        DAYS_LATE.label if series.measure == DAYS_LATE.name else label_of(series.measure),
        kind,
        last.points,
        last.drawn and last.points < ENOUGH_POINTS,
        last.drawn,
        variation,
        _state(last, variation),
        _variation_words(last, variation),
        target,
        assurance,
        assured,
        sum(stretch.signals for stretch in stretches),
        signal_words(series.months, labels),
        _chance(series, last, kind) if last.drawn else "",
        *((rebased.month, rebased.reason, rebased.who) if rebased else (None, "", "")),
    )
    return row, _points(series, stretches)


def _points(series: Series, stretches: Sequence[Stretch]) -> list[tuple[object, ...]]:
    limits = [
        (s.mean, s.lower, s.upper, label, s.drawn and s.points < ENOUGH_POINTS, number)
        for number, s in enumerate(stretches, 1)
        for label in s.labels
    ]
    months = zip(series.months, series.values, limits, series.plan, strict=True)
    return [(series.site, series.measure, month, value, *limit, plan) for month, value, limit, plan in months]


def is_flow(measure: str) -> bool:
    """Whether a measure counts what comes in a month, and not what is there at a time."""
    return all(over_months_of(number) == "sum" for number in components(measure)) and measure not in SUMMED_STOCKS


def _is_count(measure: str) -> bool:
    return measure != DAYS_LATE.name and unit_of(measure) == "count"


def _kind(series: Series, edges: Sequence[int]) -> str:
    """Poisson limits for a chart of counts any stretch of which has a small mean."""
    if not _is_count(series.measure):
        return XMR
    known = [[v for v in series.values[a:b] if v is not None] for a, b in pairwise(edges)]
    return POISSON if any(values and mean(values) < SMALL_MEAN for values in known) else XMR


def _stretch(values: Sequence[Limit], kind: str, measure: str) -> Stretch:
    known = [value for value in values if value is not None]
    unlabelled = (None,) * len(values)
    middle = mean(known) if known else None
    if middle is None or len(known) < TRIAL_POINTS:
        return Stretch(None, None, None, unlabelled, unlabelled, len(known))
    if kind == POISSON:
        index = dispersion.index(known)
        low, high = dispersion.widened(poisson_limits(middle), middle, index)
        labels = tuple(None if value is None else _outside(value, low, high) for value in values)
        return Stretch(middle, low, high, labels, _kinds(labels, measure), len(known), dispersion=index)
    chart = xmr(values, improvement(measure))
    low_limit, high_limit = chart.lower[-1], chart.upper[-1]
    if low_limit is None or low_limit == high_limit:
        return Stretch(middle, None, None, unlabelled, unlabelled, len(known))
    far_out = measure != DAYS_LATE.name and unit_of(measure) == "gbp" and _is_far_out(known)
    return Stretch(middle, low_limit, high_limit, chart.labels, chart.point_types, len(known), far_out)


def _is_far_out(known: Sequence[float]) -> bool:
    """Whether a month's money is so far from all others that it moves the mean out of their midst: a typing error most
    likely, such as twelve times the month, and no limits that rest on it say anything.
    """
    middle = median(known)
    spread = median(abs(value - middle) for value in known)
    return abs(mean(known) - middle) > FAR_OUT * spread > 0


def _outside(value: float, low: float, high: float) -> str:
    if low <= value <= high:
        return COMMON_CAUSE
    return "above_limit" if value > high else "below_limit"


def _kinds(labels: Iterable[str | None], measure: str) -> tuple[str | None, ...]:
    """What each label means for the reader, as `etl.methods.control_chart` names it."""
    better = improvement(measure)
    words = {
        "above_limit": "special_cause_concern" if better else "special_cause_neutral_high",
        "below_limit": "special_cause_improvement" if better else "special_cause_neutral_low",
    }
    return tuple(None if label is None else words.get(label, label) for label in labels)


def _chance(series: Series, last: Stretch, kind: str) -> str:
    """What chance alone does on such a chart, and that its limits are wider where they are."""
    is_count = _is_count(series.measure)
    middle = last.mean or 0.0
    # A stretch is drawn as the chart is, whatever its own mean: with exact limits, or with XmR's.
    middle = min(middle, UNDER_SMALL) if kind == POISSON else max(middle, SMALL_MEAN)
    words = chance_words(middle, last.points, is_count=is_count)
    if last.dispersion == 1.0:
        return words
    times = Plain(figures(last.dispersion**0.5, 1))
    return joined(
        " ", [words, _("The months vary more than chance explains; limits are {times} times as wide.", times=times)]
    )


def _state(last: Stretch, variation: str | None) -> str:
    """What a chart can be said to show, in a word."""
    if last.points < TRIAL_POINTS:
        return "few_months"
    if not last.drawn:
        return "constant"
    if last.far_out:
        return "far_out"
    if variation == COMMON_CAUSE:
        return "earlier" if last.signals else "chance"
    return "signal"


def _variation_words(last: Stretch, variation: str | None) -> str:
    if last.points < TRIAL_POINTS:
        return _("too few months for limits")
    if not last.drawn:
        return _("nearly always the same: no limits")
    if last.far_out:
        return FAR_OUT_WORDS
    if variation == COMMON_CAUSE and last.signals:
        return _("a change earlier, none now")
    return _(VARIATION_WORDS[variation]) if variation in VARIATION_WORDS else ""


def _assurance(last: Stretch, target: Limit, measure: str) -> tuple[str | None, str]:
    """Whether the plan of a month lies within the limits, and in words what that means."""
    if target is None or last.lower is None or last.upper is None:
        return None, ""
    if last.far_out or last.signals > MOST_SIGNALS * last.points:
        return None, _("not stable enough to say whether the plan will be reached")
    if last.lower <= target <= last.upper:
        name = "inconsistent"
    elif improvement(measure) == "decrease":
        name = "consistent_pass" if target > last.upper else "consistent_fail"
    else:
        name = "always_below" if target > last.upper else "always_above"
    return name, _(ASSURANCE_WORDS[name]) if improvement(measure) else ON_PLAN_WORDS[name]


def signal_words(months: Sequence[date], labels: Sequence[str | None]) -> str:
    """The signals of a chart, the newest first: each run of months with the same label once; at most three."""
    runs = [
        (label, [month for month, _ in run]) for label, run in groupby(zip(months, labels, strict=True), lambda p: p[1])
    ]
    told = [_run_words(label, run) for label, run in reversed(runs) if label not in (None, COMMON_CAUSE)]
    earlier = [_("and {number} earlier", number=len(told) - 3)] if len(told) > 3 else []
    return joined("; ", [*told[:3], *earlier]) if told else ""


def _run_words(label: str | None, months: Sequence[date]) -> Message:
    when = write_month(months[0]) if len(months) == 1 else write_months(months[0], months[-1])
    return _(_SIGNALS[label or ""], months=when)


_SIGNALS = {
    "above_limit": "{months} above the upper limit",
    "below_limit": "{months} below the lower limit",
    "trend_up": "{months} in a run of rising months",
    "trend_down": "{months} in a run of falling months",
    "two_in_three_above": "{months} near the upper limit",
    "two_in_three_below": "{months} near the lower limit",
    "shift_above": "{months} in a run above the average",
    "shift_below": "{months} in a run below the average",
}
