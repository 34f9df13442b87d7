"""One month of a site held against the rules, its neighbours and its history: which checks it does not pass."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import lgamma, log
from typing import NamedTuple

import numpy as np

from etl.check.history import COLUMN, COUNTS, LEAST, MONEY, NUMBERS, STOCKS, UNITS, History, Row, Usual
from etl.definitions import MEASURES, REPORTED, SUBJECTS
from etl.definitions.checks import (
    CHECKS,
    COUNTED_AMONG,
    ENOUGH_MONTHS,
    EQUAL,
    GOES_WITH,
    NO_MORE,
    SWAPPED_ODDS,
    UNLIKELY_AMOUNT,
    UNLIKELY_COUNT,
    Equal,
    NoMore,
)
from etl.definitions.measure import Breakdown, Total, key, keys
from etl.definitions.periods import financial_year_start
from etl.methods.binomial import month_on_month


class Failed(NamedTuple):
    """A check that a month does not pass, with the columns of the numbers that take part in it."""

    code: str
    columns: tuple[int, ...]


# Next month's opening is evidence about this month's closing, and is reported where it stands.
NEXT = "next_opening"


@dataclass(frozen=True, eq=False)
class Month:
    """All that a month's numbers are held against."""

    site: str
    month: date
    values: Row
    not_applicable: np.ndarray
    last: Row
    last_month: date | None
    next_opening: float
    year: Row  # the months of the financial year before this one, added up
    year_missing: np.ndarray  # how many of them are not known
    year_months: int
    calendar: Row  # the same from January on
    calendar_missing: np.ndarray
    calendar_months: int
    known: np.ndarray
    centre: Row
    spread: Row
    low: Row
    high: Row
    mean: Row
    excess: Row


def columns_of(measure: str) -> tuple[int, ...]:
    """The columns whose sum is the measure: its own, those of its parts, or those of a total's addends."""
    defined = MEASURES[measure]
    if isinstance(defined, Total):
        return tuple(COLUMN[number] for number in defined.of)
    assert measure in REPORTED
    return tuple(COLUMN[key(*pair)] for pair in keys(REPORTED[measure]))


def month_at(history: History, usual: Usual, row: int, corrected: np.ndarray, first: date) -> Month:
    """The month of a row; `corrected` are the values with what earlier months turned out to mean."""
    month = history.months[row]
    nothing = np.full(len(NUMBERS), np.nan)
    year, year_missing, year_months = _so_far(history, corrected, row, financial_year_start(month), first)
    calendar, calendar_missing, calendar_months = _so_far(history, corrected, row, date(month.year, 1, 1), first)
    has_next = row + 1 < len(history.months)
    return Month(
        site=history.site,
        month=month,
        values=history.values[row],
        not_applicable=history.not_applicable[row],
        last=corrected[row - 1] if row else nothing,
        last_month=history.months[row - 1] if row else None,
        next_opening=float(history.values[row + 1, COLUMN["opening_cases"]]) if has_next else np.nan,
        year=year,
        year_missing=year_missing,
        year_months=year_months,
        calendar=calendar,
        calendar_missing=calendar_missing,
        calendar_months=calendar_months,
        **{name: getattr(usual, name)[row] for name in ("known", "centre", "spread", "low", "high", "mean", "excess")},
    )


def _so_far(history: History, corrected: np.ndarray, row: int, start: date, first: date) -> tuple[Row, np.ndarray, int]:
    """The months from `start` to the one before the row: their sum, how many are not known, how many there are."""
    begins = history.row_of(max(start, first))
    rows = corrected[max(begins, 0) : row]
    missing = np.isnan(rows).sum(axis=0) + max(0, -begins)
    return np.nansum(rows, axis=0), missing, max(row - begins, 0)


def failures(month: Month, values: Row) -> dict[str, Failed]:
    """The checks that the month would not pass with these values, by a name that tells them apart."""
    sums = np.where(month.not_applicable, 0.0, values)
    failed: dict[str, Failed] = {}
    for equal in EQUAL:
        if _applies(equal, month) and abs(_made(equal, month, sums)) > 1e-9:
            failed[equal.code] = Failed(equal.code, _columns(equal))
    for no_more in NO_MORE:
        if _applies(no_more, month) and _exceeds(no_more, month, sums):
            failed[no_more.code] = Failed(no_more.code, (*columns_of(no_more.part), *columns_of(no_more.whole)))
    _stock(month, values, sums, failed)
    _unlikely_amounts(month, values, failed)
    _unlikely_counts(month, values, failed)
    _wrong_way_round(month, values, failed)
    return failed


def _applies(check: Equal | NoMore, month: Month) -> bool:
    return check.since <= month.month


def _columns(equal: Equal) -> tuple[int, ...]:
    return tuple(column for name in (*equal.plus, *equal.minus) for column in columns_of(name))


_PLUS = {equal.code: [list(columns_of(name)) for name in equal.plus] for equal in EQUAL}
_MINUS = {equal.code: [list(columns_of(name)) for name in equal.minus] for equal in EQUAL}


def _made(equal: Equal, month: Month, sums: Row) -> float:
    """By how much the two sides differ; 0 where a number is not known or a whole side does not apply."""
    sides = (*_PLUS[equal.code], *_MINUS[equal.code])
    if any(month.not_applicable[columns].all() for columns in sides):
        return 0.0
    made = sum(sums[columns].sum() for columns in _PLUS[equal.code])
    made -= sum(sums[columns].sum() for columns in _MINUS[equal.code])
    return 0.0 if np.isnan(made) else float(made)


def _exceeds(check: NoMore, month: Month, sums: Row) -> bool:
    part, whole = list(columns_of(check.part)), list(columns_of(check.whole))
    before = 0.0
    if check.to_date:
        if month.year_missing[part].any() or month.year_missing[whole].any():
            return False
        before = month.year[part].sum() - month.year[whole].sum()
    return bool(before + sums[part].sum() - sums[whole].sum() > 1e-9)  # false where one is not known


_OPENING = COLUMN["opening_cases"]
_CLOSING = list(columns_of("closing_cases"))


def _stock(month: Month, values: Row, sums: Row, failed: dict[str, Failed]) -> None:
    """Opening is last month's closing; and next month's opening this month's closing."""
    closed_with = month.last[_CLOSING].sum()
    if abs(values[_OPENING] - closed_with) > 1e-9:
        failed["opening_differs"] = Failed("opening_differs", (_OPENING,))
    if abs(month.next_opening - sums[_CLOSING].sum()) > 1e-9:
        failed[NEXT] = Failed(NEXT, tuple(_CLOSING))


_BY_HISTORY = ~COUNTS


def _unlikely_amounts(month: Month, values: Row, failed: dict[str, Failed]) -> None:
    distance = np.abs(values - month.centre)
    with np.errstate(invalid="ignore"):
        beyond = (distance > UNLIKELY_AMOUNT * month.spread) & (distance >= LEAST)
    for column in np.flatnonzero(beyond & _BY_HISTORY & (month.known >= ENOUGH_MONTHS)):
        failed[f"unlikely_amount:{NUMBERS[column]}"] = Failed("unlikely_amount", (int(column),))


def _flows() -> dict[str, tuple[int, ...]]:
    """The counts of a month's work, by name: whole measures first, then the parts of referrals and closures."""
    tied = {equal.plus[0] for equal in EQUAL if len(equal.plus) == 1}
    whole = [m for m in REPORTED.values() if m.unit == "count" and m.over_months == "sum" and m.name not in tied]
    parts = {key(*pair): (COLUMN[key(*pair)],) for m in whole if isinstance(m, Breakdown) for pair in keys(m)}
    return {m.name: columns_of(m.name) for m in whole} | parts


_FLOWS = _flows()


def _unlikely_counts(month: Month, values: Row, failed: dict[str, Failed]) -> None:
    """Counts that chance alone hardly ever changes so much; what another count explains is not asked again."""
    if month.last_month is None:
        return
    found: dict[str, tuple[float, float]] = {}
    for name in _FLOWS:
        before, now = _pair(month, values, name)
        if before == before and now == now and chance(int(before), int(now)) < UNLIKELY_COUNT:
            found[name] = (before, now)
    for name, pair in found.items():
        by_parts = any(other.startswith(f"{name}.") for other in found)
        leaders = (*COUNTED_AMONG.get(name, ()), *(other for other in GOES_WITH.get(name, ()) if other in found))
        if not by_parts and not any(_follows(pair, _pair(month, values, leader)) for leader in leaders):
            failed[f"unlikely_count:{name}"] = Failed("unlikely_count", _FLOWS[name])


def _pair(month: Month, values: Row, name: str) -> tuple[float, float]:
    """A count of last month and of this one."""
    columns = list(_FLOWS[name])
    if len(columns) == 1:
        return float(month.last[columns[0]]), float(values[columns[0]])
    return float(month.last[columns].sum()), float(values[columns].sum())


def followers_of(columns: tuple[int, ...]) -> list[int]:
    """The columns of the counts that follow those of these columns: what is in doubt with them."""
    names = {NUMBERS[column].partition(".")[0] for column in columns}
    for name, leaders in {**GOES_WITH, **COUNTED_AMONG}.items():
        if names & set(leaders):
            names.add(name)
    return [column for name in names for column in columns_of(name)]


def _follows(pair: tuple[float, float], leader: tuple[float, float]) -> bool:
    """Whether a count changed no more than the one that it follows did, as far as chance can tell."""
    if leader[0] != leader[0] or leader[1] != leader[1]:
        return False
    weights = max(leader[0], 0.5), max(leader[1], 0.5)
    return month_on_month(int(pair[0]), int(pair[1]), *weights) >= UNLIKELY_COUNT


@lru_cache(maxsize=100_000)
def chance(before: int, now: int) -> float:
    """The exact binomial p of a count after another."""
    return month_on_month(before, now)


def _pairs() -> list[tuple[int, int]]:
    """Numbers that a hand may put into each other's cells: parts of one breakdown, single numbers of one subject."""
    groups = [[COLUMN[key(*pair)] for pair in keys(m)] for m in REPORTED.values() if isinstance(m, Breakdown)]
    for subject in SUBJECTS.values():
        for unit in ("count", "gbp", "fte"):
            singles = [m for m in subject.REPORTED if not isinstance(m, Breakdown) and m.unit == unit]
            groups.append([COLUMN[m.name] for m in singles])
    return [(a, b) for group in groups for place, a in enumerate(group) for b in group[place + 1 :]]


PAIRS = _pairs()
_COUNT_PAIRS = np.array([pair for pair in PAIRS if UNITS[pair[0]] == "count"])


def _wrong_way_round(month: Month, values: Row, failed: dict[str, Failed]) -> None:
    """Pairs of counts that are far likelier the other way round, by the site's other months."""
    a, b = _COUNT_PAIRS[:, 0], _COUNT_PAIRS[:, 1]
    enough = (month.known[a] >= ENOUGH_MONTHS) & (month.known[b] >= ENOUGH_MONTHS) & (np.abs(values[a] - values[b]) > 2)
    for first, second in _COUNT_PAIRS[enough]:
        odds = (
            log_chance(month, first, values[second])
            + log_chance(month, second, values[first])
            - log_chance(month, first, values[first])
            - log_chance(month, second, values[second])
        )
        if odds > SWAPPED_ODDS:
            name = f"wrong_way_round:{NUMBERS[first]}:{NUMBERS[second]}"
            failed[name] = Failed("wrong_way_round", (int(first), int(second)))


def log_chance(month: Month, column: int, count: float) -> float:
    """How likely a count is by the site's other months (by last month, for cases that stay), as a logarithm.

    A negative binomial: Poisson where the months vary by chance alone, wider where they vary more or are few.
    """
    mean, excess, known = month.mean[column], month.excess[column], month.known[column]
    if STOCKS[column]:
        mean, excess = (month.last[column], 1.5) if month.last[column] == month.last[column] else (mean, excess)
    if mean != mean or count < 0 or count != count:
        return -20.0
    mean = max(float(mean), 0.2)
    wider = max(float(excess) - 1 + 1 / max(int(known), 1), 0.02)
    size = mean / wider
    return (
        lgamma(count + size)
        - lgamma(size)
        - lgamma(count + 1)
        + size * log(size / (size + mean))
        + count * log(mean / (size + mean))
    )


__all__ = ["CHECKS", "MONEY", "NEXT", "PAIRS", "Failed", "Month", "columns_of", "failures", "log_chance", "month_at"]
