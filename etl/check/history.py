"""The months of each return as arrays, so that a month can be compared with the others of its site."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from etl.definitions import REPORTED, REPORTED_KEYS, key, unit_of
from etl.definitions.checks import SMALLEST_DIFFERENCE, SMALLEST_SPREAD
from etl.definitions.periods import months_between, months_from

NUMBERS: tuple[str, ...] = tuple(key(*pair) for pair in REPORTED_KEYS)
COLUMN: dict[str, int] = {number: column for column, number in enumerate(NUMBERS)}
UNITS: tuple[str, ...] = tuple(unit_of(number) for number in NUMBERS)
COUNTS = np.array([unit == "count" for unit in UNITS])
MONEY = np.array([unit == "gbp" for unit in UNITS])
STOCKS = np.array([REPORTED[measure].over_months != "sum" for measure, _ in REPORTED_KEYS])

# Posts come and go by halves and wholes, so only a number three times the usual is asked about.
_SPREAD_OF = {"gbp": SMALLEST_SPREAD, "fte": 0.4, "count": SMALLEST_SPREAD}
_DIFFERENCE_OF = {"gbp": SMALLEST_DIFFERENCE, "fte": 2.0, "count": 1.0}
FLOOR = np.array([_SPREAD_OF[unit] for unit in UNITS])
LEAST = np.array([_DIFFERENCE_OF[unit] for unit in UNITS])

Row = np.ndarray  # one number for each of NUMBERS, NaN where none is known


class Order(NamedTuple):
    """Which of two returns is the newer; one that is only tried comes after all that are loaded."""

    tried: bool
    received: datetime
    version: int
    sha256: str


@dataclass(frozen=True, eq=False)
class ReturnedMonth:
    """What one return says of one month: its numbers, those that do not apply, and the cell of each."""

    return_id: str
    site: str
    month: date
    order: Order
    values: Row
    not_applicable: np.ndarray
    places: Sequence[tuple[str, str]] | np.ndarray  # the sheet and the cell of each


@dataclass(frozen=True, eq=False)
class History:
    """A site's months in force, without a gap: a row a month. `values` has NaN where a number is not known."""

    site: str
    months: tuple[date, ...]
    values: np.ndarray
    not_applicable: np.ndarray

    def row_of(self, month: date) -> int:
        """The row of a month; it may lie before the first or behind the last."""
        return months_between(self.months[0], month)


@dataclass(frozen=True, eq=False)
class Usual:
    """What is usual for each number of a month, by all the other months: arrays of months × numbers.

    `known` is how many other months have the number; `centre` their median, `spread` their median deviation from it in
    units of a standard deviation (with the floor of `etl.definitions.checks`), `low` and `high` the range of the middle
    eight tenths; `mean` and `excess` the mean and how many times chance alone the counts vary.
    """

    known: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    excess: np.ndarray


def newest(returned: Iterable[ReturnedMonth]) -> dict[tuple[str, date], ReturnedMonth]:
    """Whose word counts for each site and month."""
    force: dict[tuple[str, date], ReturnedMonth] = {}
    for one in returned:
        before = force.get((one.site, one.month))
        if before is None or one.order > before.order:
            force[one.site, one.month] = one
    return force


def history_of(site: str, force: Iterable[ReturnedMonth]) -> History:
    """The months in force of a site as one table."""
    rows = {one.month: one for one in force}
    months = tuple(months_from(min(rows), max(rows)))
    values = np.full((len(months), len(NUMBERS)), np.nan)
    not_applicable = np.zeros(values.shape, dtype=bool)
    for row, month in enumerate(months):
        if one := rows.get(month):
            values[row], not_applicable[row] = one.values, one.not_applicable
    return History(site, months, values, not_applicable)


def with_rows(history: History, returned: Iterable[ReturnedMonth]) -> History:
    """The same with some months as another return had them; all of them must lie in the history."""
    values, not_applicable = history.values.copy(), history.not_applicable.copy()
    for one in returned:
        row = history.row_of(one.month)
        values[row], not_applicable[row] = one.values, one.not_applicable
    return History(history.site, history.months, values, not_applicable)


def usual(values: np.ndarray) -> Usual:
    """What is usual for each number, leaving the month itself out.

    An amount as far from it as makes a modified z of 3.5 is queried (B. Iglewicz and D. C. Hoaglin, 1993, How to detect
    and handle outliers, ASQC). Where the median deviation is 0 the mean deviation stands in for it, as in IBM SPSS.
    """
    known = _sum_of_others(~np.isnan(values)).astype(int)
    counted = np.maximum(known, 1)
    centre = _quantile_of_others(values, 0.5)
    mean = _sum_of_others(values) / counted
    middle, total, squares = np.zeros((3, *values.shape))
    for point, where in _each_distinct(centre):
        away = np.abs(values - point)
        middle[where] = _quantile_of_others(away, 0.5)[where]
        total[where] = _sum_of_others(away)[where]
        squares[where] = _sum_of_others(away**2)[where]
    spread = np.where(middle > 0, middle / 0.6745, 1.253314 * total / counted)
    variance = (squares - known * (mean - centre) ** 2) / np.maximum(known - 1, 1)
    return Usual(
        known=known,
        centre=centre,
        spread=np.maximum(spread, FLOOR / 0.6745 * np.abs(centre)),
        low=_quantile_of_others(values, 0.1),
        high=_quantile_of_others(values, 0.9),
        mean=np.where(known > 0, mean, np.nan),
        excess=np.fmax(1.0, variance / np.maximum(mean, 0.5)),
    )


def _each_distinct(centre: np.ndarray) -> Iterator[tuple[Row, np.ndarray]]:
    """The distinct values of each column, one at a time, with their places; medians of all others are few."""
    left = ~np.isnan(centre)
    while left.any():
        point = centre[left.argmax(axis=0), np.arange(centre.shape[1])]
        where = left & (centre == point)
        yield point, where
        left &= ~where


def _sum_of_others(values: np.ndarray) -> np.ndarray:
    """For each row the sum of all others, column by column, without those that are not known."""
    known = np.nan_to_num(values.astype(float))
    nothing = np.zeros_like(known[:1])
    before = np.concatenate([nothing, np.cumsum(known[:-1], axis=0)])
    after = np.concatenate([np.cumsum(known[:0:-1], axis=0)[::-1], nothing])
    return before + after


def _quantile_of_others(values: np.ndarray, share: float) -> np.ndarray:
    """For each row the quantile of all others, column by column, between neighbours; NaN where none is known."""
    ordered = np.vstack([np.sort(values, axis=0), np.full_like(values[:1], np.nan)])  # what is not known comes last
    rank = np.argsort(np.argsort(values, axis=0), axis=0)
    place = np.maximum(_sum_of_others(~np.isnan(values)) - 1, 0) * share
    below, above = np.floor(place).astype(int), np.ceil(place).astype(int)
    low = np.take_along_axis(ordered, below + (below >= rank), axis=0)
    high = np.take_along_axis(ordered, above + (above >= rank), axis=0)
    return low + (high - low) * (place - below)
