"""What stands beside a result: its interval, why it is not known, its control chart, and the bridge of a change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache

import pandas as pd

from etl.definitions import DERIVED, MEASURES, REPORTED, key, label_of, unit_of
from etl.definitions.measure import Breakdown, Measure, Ratio, Total, keys, write
from etl.definitions.periods import MONTHS_IN, last_month, month_after, months_between, write_month
from etl.methods import bridge, control_chart, intervals

# No rate is shown with an interval where the count behind it is smaller.
LEAST_COUNT = 10
_STATE_WORDS = {
    "missing": "empty",
    "suppressed": "hidden by the site",
    "unreadable": "not a number",
    "no_return": "return missing",
}
_LIMITS = ["low", "high", "low_998", "high_998"]


def with_intervals(results: pd.DataFrame) -> pd.DataFrame:
    """The results with `low` and `high` (95%) and `low_998` and `high_998` (99.8%), where the measure has an interval.

    Counts of cases and people: exact Poisson. Shares: Wilson. Costs per case: the spend over the limits of the count.
    """
    values = {(r.site, r.period, r.starts, r.measure): r.value for r in results.itertuples()}
    limits = [_limits(r, values) for r in results.itertuples()]
    return results.assign(**{name: [limit[i] for limit in limits] for i, name in enumerate(_LIMITS)})


def why_unknown(results: pd.DataFrame, holes: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """For each result without a value: the first hole that it falls into, in words; '' where there is a value.

    `holes` has site, month, measure (as in results) and state; `labels` are the sites' names.
    """
    by_site: dict[str, list[tuple[date, str, str]]] = defaultdict(list)
    for hole in holes.sort_values("month").itertuples():
        by_site[hole.site].append((hole.month, hole.measure, hole.state))
    return [_why(r, by_site, labels) if pd.isna(r.value) and not r.complete else "" for r in results.itertuples()]


def control_charts(results: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The control chart of each monthly count and amount of each site: one row a chart, and one a point."""
    charted = {m.name for m in MEASURES.values() if isinstance(m, Breakdown | Total) or m.name in REPORTED}
    monthly = results[(results.period == "month") & results.measure.isin(charted)]
    charts, points = [], []
    for (site, measure), rows in monthly.sort_values("starts").groupby(["site", "measure"], sort=False):
        chart = control_chart.xmr([None if pd.isna(v) else float(v) for v in rows.value], _improvement(measure))
        fitted = chart.fitted[-1] if chart.fitted else 0
        words = control_chart.VARIATION_WORDS.get(chart.variation or "", "")
        charts.append((site, measure, fitted, chart.trial, chart.drawn, chart.variation, chart.assurance, words))
        limits = zip(chart.mean, chart.lower, chart.upper, chart.labels, strict=True)
        points += [(site, measure, m, v, *limit) for m, v, limit in zip(rows.starts, rows.value, limits, strict=True)]
    chart_names = ["site", "measure", "points", "trial", "drawn", "variation", "assurance", "words"]
    point_names = ["site", "measure", "month", "value", "mean", "lower", "upper", "label"]
    return pd.DataFrame(charts, columns=chart_names), pd.DataFrame(points, columns=point_names)


def bridges(results: pd.DataFrame, data_month: date) -> pd.DataFrame:
    """Why each cost per case changed: the financial year to date and the last twelve months, against a year before."""
    monthly = results[results.period == "month"]
    values = {(r.site, r.measure, r.starts): r.value for r in monthly.itertuples()}
    sites = list(dict.fromkeys(monthly.site))
    costs = [
        m for m in DERIVED.values() if isinstance(m, Ratio) and m.unit == "gbp_each" and m.denominator != "worked_with"
    ]
    to_date = months_between(date(data_month.year - (data_month.month < 4), 4, 1), data_month) + 1
    spans = {"year_to_date": to_date, "rolling_year": 12}
    rows = [
        row
        for site in sites
        for measure in costs
        for words, months in spans.items()
        if (row := _bridge(site, measure, words, months, data_month, values))
    ]
    names = ["site", "measure", "span", "from_starts", "from_ends", "to_starts", "to_ends"]
    names += ["cost0", "count0", "unit0", "cost1", "count1", "unit1", "spending", "volume", "largest"]
    return pd.DataFrame(rows, columns=names)


@cache
def components(number: str) -> frozenset[str]:
    """The reported numbers that a number of `results` is made of."""
    measure = MEASURES.get(number)
    if isinstance(measure, Ratio):
        return components(measure.numerator) | components(measure.denominator)
    if isinstance(measure, Total):
        return frozenset().union(*(components(part) for part in measure.of))
    if isinstance(measure, Breakdown):
        return frozenset(key(*pair) for pair in keys(measure))
    return frozenset({number})


def _limits(row: object, values: dict[tuple[str, str, date, str], float]) -> tuple[float | None, ...]:
    measure = MEASURES.get(row.measure)  # type: ignore[attr-defined]
    nothing = (None, None, None, None)
    if pd.isna(row.value):  # type: ignore[attr-defined]
        return nothing
    if isinstance(measure, Ratio):
        place = (row.site, row.period, row.starts)  # type: ignore[attr-defined]
        over, under = values.get((*place, measure.numerator)), values.get((*place, measure.denominator))
        return _ratio_limits(measure, over, under) if over is not None and under is not None else nothing
    if unit_of(row.measure) == "count" and not row.measure.startswith("planned_") and row.measure != "open_case_months":  # type: ignore[attr-defined]
        return (*_poisson(row.value, 0.95), *_poisson(row.value, 0.998))  # type: ignore[attr-defined]
    return nothing


def _ratio_limits(measure: Ratio, over: float, under: float) -> tuple[float | None, ...]:
    nothing = (None, None, None, None)
    if measure.unit == "share" and unit_of(measure.numerator) == "count" and under >= LEAST_COUNT and over <= under:
        return (*intervals.wilson(over, under), *intervals.wilson(over, under, 0.998))
    if measure.unit == "gbp_each" and under >= LEAST_COUNT and over >= 0:
        (low, high), (low_998, high_998) = _poisson(under, 0.95), _poisson(under, 0.998)
        return (over / high, over / low, over / high_998, over / low_998)
    return nothing


@lru_cache(maxsize=100_000)
def _poisson(count: float, level: float) -> tuple[float, float]:
    return intervals.poisson(count, level)


def _improvement(measure: str) -> str | None:
    """Which direction is better: spending less is; of caseload neither direction is."""
    return "decrease" if unit_of(measure) == "gbp" and measure.startswith("spend") else None


def _why(row: object, by_site: dict[str, list[tuple[date, str, str]]], labels: dict[str, str]) -> str:
    wanted = components(row.measure)  # type: ignore[attr-defined]
    months = (row.starts, last_month(row.period, row.starts))  # type: ignore[attr-defined]
    sites = list(labels) if row.site == "all" else [row.site]  # type: ignore[attr-defined]
    found = list(_holes_of(wanted, months, sites, by_site))
    if not found:
        return "no plan known" if any(n.startswith("planned_") for n in wanted) else "not known"
    site, month, number, state = found[0]
    what = _STATE_WORDS[state] if state == "no_return" else f"{label_of(number)} {_STATE_WORDS[state]}"
    more = {(s, m) for s, m, *_ in found[1:]} - {(site, month)}
    place = f"{labels[site]}, {write_month(month)}" if row.site == "all" else write_month(month)  # type: ignore[attr-defined]
    return f"{place}: {what}" + (f", and {len(more)} more" if more else "")


def _holes_of(
    wanted: frozenset[str],
    months: tuple[date, date],
    sites: Iterable[str],
    by_site: dict[str, list[tuple[date, str, str]]],
) -> Iterator[tuple[str, date, str, str]]:
    for site in sites:
        for month, number, state in by_site.get(site, ()):
            if months[0] <= month <= months[1] and (state == "no_return" or number in wanted):
                yield site, month, number, state


def _bridge(
    site: str, measure: Ratio, span: str, months: int, data_month: date, values: dict[tuple[str, str, date], float]
) -> tuple[object, ...] | None:
    """The bridge from the same months a year before; None where a number of either is not known."""
    sums = {}
    for name, number in (("cost", measure.numerator), ("count", measure.denominator)):
        for when, last in (("0", month_after(data_month, -12)), ("1", data_month)):
            each = [values.get((site, number, month_after(last, -step))) for step in range(months)]
            if any(value is None or pd.isna(value) for value in each):
                return None
            sums[name + when] = sum(value for value in each if value is not None)
    if not sums["count0"] or not sums["count1"]:
        return None
    made = bridge.unit_cost(sums["cost0"], sums["count0"], sums["cost1"], sums["count1"])
    spending, volume = (float(part) for part in made.to_the_penny()[:2])
    unit0, unit1 = sums["cost0"] / sums["count0"], sums["cost1"] / sums["count1"]
    to_starts = month_after(data_month, 1 - months)
    spans = (month_after(to_starts, -12), month_after(data_month, -12), to_starts, data_month)
    largest = "spending" if abs(spending) >= abs(volume) else "volume"
    return (
        site,
        measure.name,
        span,
        *spans,
        sums["cost0"],
        sums["count0"],
        unit0,
        sums["cost1"],
        sums["count1"],
        unit1,
        spending,
        volume,
        largest,
    )


def formula_of(measure: Measure) -> str:
    """How a measure is made, in words."""
    if isinstance(measure, Ratio):
        return f"{label_of(measure.numerator)} ÷ {label_of(measure.denominator)}"
    if isinstance(measure, Total):
        return " + ".join(label_of(number) for number in measure.of)
    if isinstance(measure, Breakdown):
        return " + ".join(part.label for part in measure.parts)
    return "as reported"


def shown(value: float | None, number: str) -> str:
    """A number as it is printed; '' where there is none."""
    return "" if value is None or pd.isna(value) else write(value, unit_of(number))


def months_of(period: str) -> int:
    """How many months a period has."""
    return MONTHS_IN[period]
