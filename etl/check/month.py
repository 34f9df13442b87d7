"""Which checks a month of a site fails, by the rules, its neighbours and its history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import compress
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from etl.check.history import COLUMN, COUNTS, LEAST, NUMBERS, STOCKS, UNITS, History, Row, Usual
from etl.definitions import MEASURES, REPORTED, SUBJECTS
from etl.definitions.checks import (
    COUNTED_AMONG,
    ENOUGH_MONTHS,
    ENOUGH_MONTHS_BEFORE,
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


# Next month's opening is evidence about this month's closing, and is reported there.
NEXT = "next_opening"


@dataclass(frozen=True, eq=False)
class Facts:
    """All that a month's numbers are compared with: rows of numbers, or for several months at once months × numbers."""

    values: Row
    not_applicable: np.ndarray
    last: Row
    next_opening: np.ndarray
    year: Row  # the months of the financial year before this one, added up
    year_missing: np.ndarray  # how many of them are not known
    year_months: np.ndarray
    earlier: np.ndarray  # in how many months before this one the number is known
    known: np.ndarray
    centre: Row
    spread: Row
    low: Row
    high: Row
    mean: Row
    excess: Row


@dataclass(frozen=True, eq=False)
class Month(Facts):
    """One month with all that its numbers are compared with; `last_returned` is last month as its return had it."""

    last_returned: Row
    calendar: Row  # the months from January on before this one, as `year` has those from April on
    calendar_missing: np.ndarray
    calendar_months: np.ndarray
    site: str
    month: date
    last_month: date | None


@cache
def columns_of(measure: str) -> tuple[int, ...]:
    """The columns whose sum is the measure: its own, those of its parts, or those of a total's addends."""
    defined = MEASURES[measure]
    if isinstance(defined, Total):
        return tuple(COLUMN[number] for number in defined.of)
    assert measure in REPORTED
    return tuple(COLUMN[key(*pair)] for pair in keys(REPORTED[measure]))


def facts_of(history: History, usual: Usual, rows: Sequence[int], corrected: np.ndarray, first: date) -> Facts:
    """The facts of the months of some rows; `corrected` are the values with what earlier months turned out to mean.

    `first` is the site's first month.
    """
    at = np.array(rows)
    months = [history.months[row] for row in rows]
    opening = np.append(history.values[:, COLUMN["opening_cases"]], np.nan)
    given = ~np.isnan(history.values)
    year, year_missing, year_months = _so_far(history, corrected, at, [financial_year_start(m) for m in months], first)
    return Facts(
        values=history.values[at],
        not_applicable=history.not_applicable[at],
        last=np.where(at[:, None] > 0, corrected[at - 1], np.nan),
        next_opening=opening[at + 1],
        year=year,
        year_missing=year_missing,
        year_months=year_months,
        earlier=(np.cumsum(given, axis=0) - given)[at],
        **{name: column[at] for name, column in vars(usual).items()},
    )


def month_at(history: History, usual: Usual, row: int, corrected: np.ndarray, first: date) -> Month:
    """The month of a row, as `facts_of` has it."""
    facts = facts_of(history, usual, [row], corrected, first)
    month, before = history.months[row], history.months[row - 1] if row else None
    calendar = _so_far(history, corrected, np.array([row]), [date(month.year, 1, 1)], first)
    added, missing, months = (each[0] for each in calendar)
    return Month(
        **{name: column[0] for name, column in vars(facts).items()},
        last_returned=history.values[row - 1] if row else np.full(len(NUMBERS), np.nan),
        calendar=added,
        calendar_missing=missing,
        calendar_months=months,
        site=history.site,
        month=month,
        last_month=before,
    )


def _so_far(
    history: History, corrected: np.ndarray, rows: np.ndarray, starts: Sequence[date], first: date
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The months from each start to the one before the row: their sum, how many are not known, how many there are."""
    begins = np.array([history.row_of(max(start, first)) for start in starts])
    size = (len(rows), corrected.shape[1])
    added, missing = np.zeros(size), np.zeros(size, dtype=int)
    for begin in np.unique(begins):
        mine, top = begins == begin, max(begin, 0)
        several = corrected[top : max(rows[mine].max(), top)]
        unknown, nothing = np.isnan(several), np.zeros((1, size[1]))
        places = np.maximum(rows[mine] - top, 0)
        added[mine] = np.concatenate([nothing, np.cumsum(np.where(unknown, 0.0, several), axis=0)])[places]
        missing[mine] = np.concatenate([nothing, np.cumsum(unknown, axis=0)])[places] + max(0, -begin)
    return added, missing, np.maximum(rows - begins, 0)


def pass_all(facts: Facts) -> np.ndarray:
    """For each of several months whether it passes all checks; one that may pass by an exception counts as failing."""
    values = facts.values
    counts = _unlikely_counts(facts, values)
    failed = np.asarray(counts.found.any(axis=-1))
    for row in np.flatnonzero(failed):
        failed[row] = any(_unexplained(_Counts(*(each[row] for each in counts))))
    failed |= _opening_differs(facts, values)
    for check in (_uneven, _unlikely_amounts, _wrong_way_round):
        failed |= check(facts, values).any(axis=-1)
    return ~failed


def failures(month: Month, values: Row) -> dict[str, Failed]:
    """The checks that the month would not pass with these values, by a name that tells them apart."""
    return next(failures_of(month, values[None]))


def failures_of(month: Month, tried: np.ndarray) -> Iterator[dict[str, Failed]]:
    """The same for each row of values that is tried."""
    sums = _uneven(month, tried) & _apply(month)
    opening, closing = _opening_differs(month, tried), _next_differs(month, tried)
    amounts, counts, swaps = (
        _unlikely_amounts(month, tried),
        _unlikely_counts(month, tried),
        _wrong_way_round(month, tried),
    )
    for row in range(len(tried)):
        failed = {_SUMS[place].code: _SUM_FAILED[place] for place in np.flatnonzero(sums[row])}
        if opening[row]:
            failed["opening_differs"] = _OPENING_FAILED
        if closing[row]:
            failed[NEXT] = _NEXT_FAILED
        failed |= {_AMOUNTS[place][0]: _AMOUNTS[place][1] for place in np.flatnonzero(amounts[row])}
        for name in _unexplained(_Counts(*(each[row] for each in counts))):
            failed[f"unlikely_count:{name}"] = _COUNT_FAILED[name]
        failed |= {_SWAPS[place][0]: _SWAPS[place][1] for place in np.flatnonzero(swaps[row])}
        yield failed


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
_ARE_EQUAL = np.array([isinstance(check, Equal) for check in _SUMS])


def _uneven(facts: Facts, values: Row) -> np.ndarray:
    """Which sums do not come out; none with a number in it that is not known."""
    made, hole = _left_over(facts, values)
    return ~hole & (np.where(_ARE_EQUAL, np.abs(made), made) > 1e-9)


def _left_over(facts: Facts, values: Row) -> tuple[np.ndarray, np.ndarray]:
    """For each sum by how much its sides differ, and whether a number in it is not known."""
    sums = np.where(facts.not_applicable, 0.0, values)
    unknown = np.isnan(sums)
    year = _TO_DATE * (np.where(unknown, 0.0, facts.year) @ _SIGNS.T)
    made = np.where(unknown, 0.0, sums) @ _SIGNS.T + year
    return made, unknown @ _TAKES_PART.T | _TO_DATE & ((facts.year_missing > 0) @ _TAKES_PART.T)


_SUM_FAILED = [Failed(check.code, columns_in(check)) for check in _SUMS]


def _apply(month: Month) -> np.ndarray:
    """Which sums hold for the month: those of its time whose measures apply to the site."""
    since = [check.since <= month.month for check in _SUMS]
    if month.not_applicable.any():
        since = [due and not _does_not_apply(check, month) for due, check in zip(since, _SUMS, strict=True)]
    return np.array(since)


def _does_not_apply(check: Equal | NoMore, month: Month) -> bool:
    """Whether one of the measures that take part does not apply at all."""
    names = [name for side in _sides(check) for name in side]
    return any(month.not_applicable[list(columns_of(name))].all() for name in names)


OPENING = COLUMN["opening_cases"]
CLOSING = list(columns_of("closing_cases"))


def _opening_differs(facts: Facts, values: Row) -> np.ndarray:
    """Whether opening is not last month's closing."""
    return np.abs(values[..., OPENING] - facts.last[..., CLOSING].sum(axis=-1)) > 1e-9


def _next_differs(facts: Facts, values: Row) -> np.ndarray:
    """Whether next month's opening is not this month's closing."""
    closing = np.where(facts.not_applicable, 0.0, values)[..., CLOSING].sum(axis=-1)
    return np.abs(facts.next_opening - closing) > 1e-9


_OPENING_FAILED, _NEXT_FAILED = Failed("opening_differs", (OPENING,)), Failed(NEXT, tuple(CLOSING))


def _unlikely_amounts(facts: Facts, values: Row) -> np.ndarray:
    """Which amounts are far from the site's other months."""
    distance = np.abs(values - facts.centre)
    with np.errstate(invalid="ignore"):
        beyond = (distance > UNLIKELY_AMOUNT * facts.spread) & (distance >= LEAST)
    return beyond & ~COUNTS & (facts.known >= ENOUGH_MONTHS)


_AMOUNTS = [(f"unlikely_amount:{name}", Failed("unlikely_amount", (place,))) for place, name in enumerate(NUMBERS)]


def _flows() -> dict[str, tuple[int, ...]]:
    """The counts of a month's work, by name: whole measures first, then the parts of referrals and closures."""
    tied = {equal.plus[0] for equal in EQUAL if len(equal.plus) == 1}
    whole = [m for m in REPORTED.values() if m.unit == "count" and m.over_months == "sum" and m.name not in tied]
    parts = {key(*pair): (COLUMN[key(*pair)],) for m in whole if isinstance(m, Breakdown) for pair in keys(m)}
    return {m.name: columns_of(m.name) for m in whole} | parts


_FLOWS = _flows()
_COUNT_FAILED = {name: Failed("unlikely_count", columns) for name, columns in _FLOWS.items()}
_FLOW_COLUMNS = [column for columns in _FLOWS.values() for column in columns]
_FLOW_STARTS = np.cumsum([0, *(len(columns) for columns in _FLOWS.values())])[:-1]


class _Counts(NamedTuple):
    """The counts of last month and of this one, in the order of the flows; which are known, and hardly ever so."""

    before: np.ndarray
    now: np.ndarray
    known: np.ndarray
    found: np.ndarray


def _unlikely_counts(facts: Facts, values: Row) -> _Counts:
    """Counts that chance alone hardly ever changes so much, of which enough months are known to tell."""
    before, now = (np.add.reduceat(row[..., _FLOW_COLUMNS], _FLOW_STARTS, axis=-1) for row in (facts.last, values))
    before = np.broadcast_to(before, now.shape)
    earlier = np.minimum.reduceat(facts.earlier[..., _FLOW_COLUMNS], _FLOW_STARTS, axis=-1)
    known = ~np.isnan(before + now) & (earlier >= ENOUGH_MONTHS_BEFORE)
    chances = map(chance, before[known].astype(int).tolist(), now[known].astype(int).tolist())
    found = np.zeros(known.shape, dtype=bool)
    found[known] = np.array(list(chances), dtype=float) < UNLIKELY_COUNT
    return _Counts(before, now, known, found)


def _unexplained(counts: _Counts) -> Iterator[str]:
    """The unlikely counts of a month; what another count explains is not asked again."""
    if not counts.found.any():
        return
    before, now = (row[counts.known].astype(int).tolist() for row in (counts.before, counts.now))
    pairs = dict(zip(compress(_FLOWS, counts.known.tolist()), zip(before, now, strict=True), strict=True))
    found = set(compress(_FLOWS, counts.found.tolist()))
    in_parts = {name.partition(".")[0] for name in found if "." in name}
    for name in compress(_FLOWS, counts.found.tolist()):
        leaders = (*COUNTED_AMONG.get(name, ()), *(other for other in GOES_WITH.get(name, ()) if other in found))
        led = any(_follows(pairs[name], pairs[leader]) for leader in leaders if leader in pairs)
        if name not in in_parts and not led:
            yield name


def followers_of(columns: tuple[int, ...]) -> list[int]:
    """The columns of the counts that follow those of these columns: what is in doubt with them."""
    names = {NUMBERS[column].partition(".")[0] for column in columns}
    for name, leaders in {**GOES_WITH, **COUNTED_AMONG}.items():
        if names & set(leaders):
            names.add(name)
    return [column for name in names for column in columns_of(name)]


@lru_cache(maxsize=100_000)
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
_SWAPS = [
    (f"wrong_way_round:{NUMBERS[a]}:{NUMBERS[b]}", Failed("wrong_way_round", (a, b)))
    for a, b in PAIRS
    if UNITS[a] == "count"
]
_COUNT_PAIRS = np.array([pair for pair in PAIRS if UNITS[pair[0]] == "count"])


def _wrong_way_round(facts: Facts, values: Row) -> np.ndarray:
    """Which pairs of counts are far likelier the other way round, by the site's other months."""
    a, b = _COUNT_PAIRS[:, 0], _COUNT_PAIRS[:, 1]
    enough = facts.known >= ENOUGH_MONTHS
    enough = enough[..., a] & enough[..., b] & (np.abs(values[..., a] - values[..., b]) > 2)
    enough &= ~STOCKS[a] | (
        np.abs(facts.last[..., a] - facts.last[..., b]) >= 5
    )  # open cases are known by last month's
    *months, pairs = np.nonzero(enough)
    if not len(pairs):
        return enough
    a, b = a[pairs], b[pairs]
    months = [np.tile(each, 4) for each in months]
    counts = values[(*months, np.concatenate([b, a, a, b]))]
    chances = log_chances(facts, np.concatenate([a, b, a, b]), counts, tuple(months))
    a_as_b, b_as_a, a_as_it_is, b_as_it_is = chances.reshape(4, -1)
    enough[enough] = a_as_b + b_as_a - (a_as_it_is + b_as_it_is) > SWAPPED_ODDS
    return enough & ~_swap_breaks_an_identity(facts, values) if enough.any() else enough


_EQUAL_SIGNS = _SIGNS[_ARE_EQUAL]
_UNSETTLED = (_EQUAL_SIGNS[:, _COUNT_PAIRS[:, 0]] != _EQUAL_SIGNS[:, _COUNT_PAIRS[:, 1]]).astype(float)
_OPENING_IN_IT, _CLOSING_IN_IT = (np.isin(_COUNT_PAIRS, c).sum(axis=1) == 1 for c in (OPENING, CLOSING))


def _swap_breaks_an_identity(facts: Facts, values: Row) -> np.ndarray:
    """For which pairs of counts something adds up, or was carried over, that would not if they changed places."""
    made, hole = _left_over(facts, values)
    holds = (~hole & (np.abs(made) < 1e-9))[..., _ARE_EQUAL]
    begins = values[..., OPENING] == facts.last[..., CLOSING].sum(axis=-1)
    ends = np.where(facts.not_applicable, 0.0, values)[..., CLOSING].sum(axis=-1) == facts.next_opening
    carried = begins[..., None] & _OPENING_IN_IT | ends[..., None] & _CLOSING_IN_IT
    return (holds @ _UNSETTLED > 0) | carried


def log_chances(
    facts: Facts, columns: np.ndarray, counts: np.ndarray, months: tuple[np.ndarray, ...] = ()
) -> np.ndarray:
    """How likely counts are by the site's other months (by last month, for cases that stay), as logarithms.

    A negative binomial: Poisson where the months vary by chance alone, wider where they vary more or are few. `months`
    are the places of the months in question, where the facts are of several.
    """
    at = (*months, columns)[-facts.last.ndim :]
    last = facts.last[at]
    stays = STOCKS[columns] & ~np.isnan(last)
    mean = np.where(stays, last, facts.mean[at])
    wider = np.where(stays, 1.5, facts.excess[at]) - 1 + 1 / np.maximum(facts.known[at], 1)
    known = ~np.isnan(mean) & ~np.isnan(counts) & (counts >= 0)
    mean, counts = np.maximum(np.where(known, mean, 1.0), 0.2), np.where(known, counts, 0.0)
    size = mean / np.maximum(wider, 0.02)
    ways = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    chances = ways + size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    return np.where(known, chances, -20.0)


def log_chance(month: Month, column: int, count: float) -> float:
    """How likely a count is by the site's other months, as a logarithm."""
    return float(log_chances(month, np.array([column]), np.array([count]))[0])
