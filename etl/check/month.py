"""One month of a site held against the rules, its neighbours and its history: which checks it does not pass."""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import compress
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

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


@cache
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
    unknown = np.isnan(rows)
    return np.where(unknown, 0.0, rows).sum(axis=0), unknown.sum(axis=0) + max(0, -begins), max(row - begins, 0)


def failures(month: Month, values: Row) -> dict[str, Failed]:
    """The checks that the month would not pass with these values, by a name that tells them apart."""
    sums = np.where(month.not_applicable, 0.0, values)
    failed: dict[str, Failed] = {}
    _sums(month, sums, failed)
    _stock(month, values, sums, failed)
    _unlikely_amounts(month, values, failed)
    _unlikely_counts(month, values, failed)
    _wrong_way_round(month, values, failed)
    return failed


_SUMS: tuple[Equal | NoMore, ...] = (*EQUAL, *NO_MORE)


def _sides(check: Equal | NoMore) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (check.plus, check.minus) if isinstance(check, Equal) else ((check.part,), (check.whole,))


def columns_in(check: Equal | NoMore) -> tuple[int, ...]:
    """The columns of the numbers that take part in a sum."""
    return tuple(column for side in _sides(check) for name in side for column in columns_of(name))


def _signs() -> np.ndarray:
    """For each sum and number whether it is added, taken off or left out."""
    signs = np.zeros((len(_SUMS), len(NUMBERS)))
    for row, check in enumerate(_SUMS):
        for side, sign in zip(_sides(check), (1.0, -1.0), strict=True):
            for name in side:
                signs[row, list(columns_of(name))] = sign
    return signs


_SIGNS = _signs()
_TAKES_PART = _SIGNS != 0
_TO_DATE = np.array([isinstance(check, NoMore) and check.to_date for check in _SUMS])


def _sums(month: Month, sums: Row, failed: dict[str, Failed]) -> None:
    """Sums that do not come out; none with a number in it that is not known."""
    unknown = np.isnan(sums)
    made = _SIGNS @ np.where(unknown, 0.0, sums) + _TO_DATE * (_SIGNS @ np.where(unknown, 0.0, month.year))
    hole = _TAKES_PART @ unknown | _TO_DATE & (_TAKES_PART @ (month.year_missing > 0))
    for row in np.flatnonzero(~hole & (np.abs(made) > 1e-9)):
        check = _SUMS[row]
        wrong = isinstance(check, Equal) or made[row] > 0
        if wrong and check.since <= month.month and not _does_not_apply(check, month):
            failed[check.code] = Failed(check.code, columns_in(check))


def _does_not_apply(check: Equal | NoMore, month: Month) -> bool:
    """Whether one of the measures that take part does not apply at all."""
    names = [name for side in _sides(check) for name in side]
    return any(month.not_applicable[list(columns_of(name))].all() for name in names)


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
_FLOW_COLUMNS = [column for columns in _FLOWS.values() for column in columns]
_FLOW_STARTS = np.cumsum([0, *(len(columns) for columns in _FLOWS.values())])[:-1]


def _pairs_of_counts(month: Month, values: Row) -> dict[str, tuple[int, int]]:
    """The counts of last month and of this one, where both are known."""
    before, now = (np.add.reduceat(row[_FLOW_COLUMNS], _FLOW_STARTS) for row in (month.last, values))
    known = ~np.isnan(before + now)
    counts = zip(before[known].astype(int).tolist(), now[known].astype(int).tolist(), strict=True)
    return dict(zip(compress(_FLOWS, known.tolist()), counts, strict=True))


def _unlikely_counts(month: Month, values: Row, failed: dict[str, Failed]) -> None:
    """Counts that chance alone hardly ever changes so much; what another count explains is not asked again."""
    if month.last_month is None:
        return
    pairs = _pairs_of_counts(month, values)
    found = {name: pair for name, pair in pairs.items() if chance(*pair) < UNLIKELY_COUNT}
    for name, pair in found.items():
        by_parts = any(other.startswith(f"{name}.") for other in found)
        leaders = (*COUNTED_AMONG.get(name, ()), *(other for other in GOES_WITH.get(name, ()) if other in found))
        if not by_parts and not any(_follows(pair, pairs[leader]) for leader in leaders if leader in pairs):
            failed[f"unlikely_count:{name}"] = Failed("unlikely_count", _FLOWS[name])


def followers_of(columns: tuple[int, ...]) -> list[int]:
    """The columns of the counts that follow those of these columns: what is in doubt with them."""
    names = {NUMBERS[column].partition(".")[0] for column in columns}
    for name, leaders in {**GOES_WITH, **COUNTED_AMONG}.items():
        if names & set(leaders):
            names.add(name)
    return [column for name in names for column in columns_of(name)]


def _follows(pair: tuple[int, int], leader: tuple[int, int]) -> bool:
    """Whether a count changed no more than the one that it follows did, as far as chance can tell."""
    return month_on_month(*pair, max(leader[0], 0.5), max(leader[1], 0.5)) >= UNLIKELY_COUNT


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
    enough &= ~STOCKS[a] | (np.abs(month.last[a] - month.last[b]) >= 5)  # cases that stay are known by last month's
    if not enough.any():
        return
    a, b = a[enough], b[enough]
    columns, counts = np.concatenate([a, b, a, b]), values[np.concatenate([b, a, a, b])]
    a_as_b, b_as_a, a_as_it_is, b_as_it_is = log_chances(month, columns, counts).reshape(4, -1)
    odds = a_as_b + b_as_a - (a_as_it_is + b_as_it_is)
    for first, second in zip(a[odds > SWAPPED_ODDS], b[odds > SWAPPED_ODDS], strict=True):
        name = f"wrong_way_round:{NUMBERS[first]}:{NUMBERS[second]}"
        failed[name] = Failed("wrong_way_round", (int(first), int(second)))


def log_chances(month: Month, columns: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """How likely counts are by the site's other months (by last month, for cases that stay), as logarithms.

    A negative binomial: Poisson where the months vary by chance alone, wider where they vary more or are few.
    """
    stays = STOCKS[columns] & ~np.isnan(month.last[columns])
    mean = np.where(stays, month.last[columns], month.mean[columns])
    wider = np.where(stays, 1.5, month.excess[columns]) - 1 + 1 / np.maximum(month.known[columns], 1)
    known = ~np.isnan(mean) & ~np.isnan(counts) & (counts >= 0)
    mean, counts = np.maximum(np.where(known, mean, 1.0), 0.2), np.where(known, counts, 0.0)
    size = mean / np.maximum(wider, 0.02)
    ways = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    chances = ways + size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    return np.where(known, chances, -20.0)


def log_chance(month: Month, column: int, count: float) -> float:
    """How likely a count is by the site's other months, as a logarithm."""
    return float(log_chances(month, np.array([column]), np.array([count]))[0])


__all__ = ["CHECKS", "MONEY", "NEXT", "PAIRS", "Failed", "Month", "columns_of", "failures", "log_chance", "month_at"]
