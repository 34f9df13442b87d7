"""Why a cost per case changed between two periods: the part of spending and the part of volume, to the penny.

Pairs: a financial year and each one before it; the financial year to date and the same months a year before; a rolling
year and the one that ended twelve months before; a quarter, the quarter before it and the same quarter a year before.
A period in which a site had not begun, or that has not ended, is in no pair but that of the same months.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from etl.compare.components import components, count_behind
from etl.compare.intervals import in_columns
from etl.definitions import DERIVED
from etl.definitions.measure import Ratio
from etl.definitions.messages import Month, _
from etl.definitions.periods import (
    day_of,
    financial_year_start,
    last_month,
    month_after,
    months_from,
    write_month,
    write_period,
)
from etl.definitions.settings import LEAST_COUNT
from etl.definitions.tables import columns_of
from etl.methods import binomial, bridge, holm

ALL = "all"
TO_DATE = "year_to_date"
# A part that makes at least so much of the change is its reason.
MAIN_PART = 0.8
# Counts whose cases are different people in the two periods, so that chance can be told from change.
INDEPENDENT = {"new_cases", "closed_cases.completed"}
BEYOND_CHANCE = 0.05
REASONS = {
    ("spending", True): _("because more was spent"),
    ("spending", False): _("because less was spent"),
    ("volume", True): _("because fewer cases share it"),
    ("volume", False): _("because more cases share it"),
}


@dataclass(frozen=True)
class Span:
    """A period of a site: what kind it is, and its first and last month."""

    kind: str
    starts: date
    ends: date

    @property
    def words(self) -> str:
        """The period as people read it."""
        if self.kind != TO_DATE:
            return write_period(self.kind, self.starts)
        if self.starts == self.ends:
            return write_month(self.starts)
        return _("{month} to {last_month}", month=Month(self.starts, "abbreviated"), last_month=write_month(self.ends))


@dataclass(frozen=True)
class Pair:
    """Two periods, and the kind of pair that they are."""

    kind: str
    before: Span
    after: Span


Numbers = Mapping[str, float]


def bridges(results: pd.DataFrame, data_month: date, queried: pd.DataFrame | None = None) -> pd.DataFrame:
    """Why each cost per case changed: a row for each site, measure and pair; none on a count under 10.

    `queried` has the site, month and measure of each number that is under query with a likely cause.
    `latest` marks the pairs that end with the data month, or with the last whole quarter or year before its end.
    """
    costs = [m for m in DERIVED.values() if isinstance(m, Ratio) and m.unit == "gbp_each"]
    wanted = {part for m in costs for part in (m.numerator, m.denominator, count_behind(m.name))}
    wide = in_columns(results[results.measure.isin(wanted)])
    first = first_months(results)
    rows = []
    for site in first:
        numbers = _numbers(wide.loc[site], first[site], data_month)
        found = list(pairs(numbers, data_month))
        latest = {pair.kind: max(p.after.ends for p in found if p.kind == pair.kind) for pair in found}
        rows += [
            (*row, pair.after.ends == latest[pair.kind])
            for pair in found
            for measure in costs
            if (row := _row(site, measure, pair, numbers[pair.before], numbers[pair.after]))
        ]
    judged = ["p_adjusted", "within_chance", "words", "queried"]
    frame = pd.DataFrame(rows, columns=[name for name in columns_of("bridges") if name not in judged])
    frame["p_adjusted"] = over_sites(frame, ["measure", "span", "from_starts", "to_starts"])
    frame["within_chance"] = (frame.p_adjusted >= BEYOND_CHANCE).astype("boolean").mask(frame.p_adjusted.isna())
    explained = frame.within_chance.fillna(value=False)
    parts = zip(frame.spending, frame.volume, frame.change, explained, strict=True)
    frame["words"] = [reason(*row) for row in parts]
    spans = (("from_starts", "from_ends"), ("to_starts", "to_ends"))
    frame["queried"] = np.logical_or(*(rests_on(frame, frame[a], frame[b], queried) for a, b in spans))
    return frame[columns_of("bridges")]


def rests_on(rows: pd.DataFrame, starts: pd.Series, ends: pd.Series, queried: pd.DataFrame | None) -> np.ndarray:
    """Whether a row's measure, over its months, is made of a number that is under query."""
    found = np.zeros(len(rows), dtype=bool)
    if queried is None:
        return found
    names = rows.measure.unique()
    for (site, month), own in queried.groupby(["site", "month"]):
        doubted, day = set(own.measure), day_of(month)
        of = rows.measure.isin([name for name in names if doubted & components(name)])
        found |= (rows.site.isin([site, ALL]) & of & (starts <= day) & (ends >= day)).to_numpy(dtype=bool)
    return found


def over_sites(frame: pd.DataFrame, family: list[str]) -> pd.Series:
    """The p of each row, adjusted for the sites that answer the same question; the programme's own stays as it is."""
    found = frame.p.astype(float)
    for _key, own in frame[frame.site.ne(ALL) & frame.p.notna()].groupby(family):
        found[own.index] = holm.adjusted(own.p.tolist())
    return found


def first_months(results: pd.DataFrame) -> dict[str, date]:
    """The first month of each site; of all sites together, the first in which every site had begun."""
    monthly = results[results.period == "month"]
    first = monthly.groupby("site", sort=False).starts.min().to_dict()
    sites = [month for site, month in first.items() if site != ALL]
    return first | ({ALL: max(sites)} if ALL in first and sites else {})


def pairs(spans: Mapping[Span, Numbers], data_month: date) -> Iterator[Pair]:
    """The pairs of periods that can be compared."""
    steps = {
        "quarter": {"quarter": 3, "quarter_year_ago": 12},
        TO_DATE: {TO_DATE: 12},
        "rolling_year": {"rolling_year": 12},
    }
    years = [span for span in spans if span.kind == "year"]
    for after in spans:
        for kind, months in steps.get(after.kind, {}).items():
            before = Span(after.kind, month_after(after.starts, -months), month_after(after.ends, -months))
            if before in spans:
                yield Pair(kind, before, after)
        if after.kind == "year":
            yield from (Pair("year", before, after) for before in years if before.starts < after.starts)


def _numbers(own: pd.DataFrame, first: date, data_month: date) -> dict[Span, dict[str, float]]:
    """The numbers of each whole period of a site, and of the financial year to date and the same months before."""
    found = {}
    for (period, starts), row in zip(own.index, own.to_dict("records"), strict=True):
        span = Span(period, starts, last_month(period, starts))
        if period != "month" and starts >= first and span.ends <= data_month:
            found[span] = row
    starts = financial_year_start(data_month)
    for back in (-12, 0):
        span = Span(TO_DATE, month_after(starts, back), month_after(data_month, back))
        months = [("month", month) for month in months_from(span.starts, span.ends)]
        if span.starts >= first and set(months) <= set(own.index):
            found[span] = _added_up(own.loc[months])
    return found


def _added_up(months: pd.DataFrame) -> dict[str, float]:
    """Months make a period: summed, a hole in one makes a hole; open at start counts in the first month only."""
    sums = months.sum(skipna=False).to_dict()
    if {"worked_with", "new_cases"} <= set(sums):
        opening = months.worked_with.iloc[0] - months.new_cases.iloc[0]
        sums["worked_with"] = opening + sums["new_cases"]
    return sums


def _row(site: str, measure: Ratio, pair: Pair, before: Numbers, after: Numbers) -> tuple[object, ...] | None:
    """The bridge of a measure; None where a number is not known or rests on fewer than 10."""
    cost0, count0, people0 = (before.get(n, float("nan")) for n in _three(measure))
    cost1, count1, people1 = (after.get(n, float("nan")) for n in _three(measure))
    known = all(number == number for number in (cost0, cost1)) and count0 > 0 and count1 > 0
    if not known or not (people0 >= LEAST_COUNT and people1 >= LEAST_COUNT):
        return None
    spending, volume, change = map(float, bridge.unit_cost(cost0, count0, cost1, count1).to_the_penny())
    largest = "spending" if abs(spending) >= abs(volume) else "volume"
    share = (spending if largest == "spending" else volume) / change if change else None
    before_words = (pair.before.starts, pair.before.ends, pair.before.words)
    after_words = (pair.after.starts, pair.after.ends, pair.after.words)
    beyond = _beyond_chance(count0, count1) if measure.denominator in INDEPENDENT else None
    return (
        *(site, measure.name, pair.kind, *before_words, *after_words),
        *(cost0, count0, cost0 / count0, cost1, count1, cost1 / count1),
        *(round(cost1 - cost0, 2), round(count1 - count0, 2), change, spending, volume, largest, share),
        *(_chance(cost0 / count0, people0, cost1 / count1, people1), beyond),
    )


def _three(measure: Ratio) -> tuple[str, str, str]:
    return measure.numerator, measure.denominator, count_behind(measure.name)


def reason(spending: float, volume: float, change: float, within_chance: bool) -> str:
    """Why a cost per case changed: the part that makes most of it; no cause for what chance explains."""
    if not change:
        return _("no change")
    if within_chance:
        return _("within chance")
    name, part = ("spending", spending) if abs(spending) >= abs(volume) else ("volume", volume)
    return REASONS[name, part > 0] if part / change >= MAIN_PART else _("because of spending and volume together")


@lru_cache(maxsize=100_000)
def _chance(unit0: float, people0: float, unit1: float, people1: float) -> float | None:
    """The p of a change of the cost per case, spend as it was and the people behind it moved by chance.

    Given both counts together each weighs as its spend, so that one is binomial.
    """
    if not (unit0 > 0 and unit1 > 0) or people0 != int(people0) or people1 != int(people1):
        return None
    return binomial.month_on_month(int(people0), int(people1), unit0 * people0, unit1 * people1)


@lru_cache(maxsize=100_000)
def _beyond_chance(count0: float, count1: float) -> bool | None:
    """Whether two counts of equally many months differ by more than chance (95%)."""
    if count0 != int(count0) or count1 != int(count1):
        return None
    return binomial.month_on_month(int(count0), int(count1)) < BEYOND_CHANCE
