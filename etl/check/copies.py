"""Returns that are another return: last month's with a new date, or another site's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from etl.check.history import Order, ReturnedMonth, Row
from etl.check.month import CLOSING, OPENING
from etl.definitions.checks import COPIED_AT_LEAST, COPIED_SHARE
from etl.definitions.periods import month_after


@dataclass(frozen=True)
class Copy:
    """What a month was copied from, and in how many of the cells that both have it is the same."""

    site: str
    month: date
    same: int
    of: int


@dataclass(frozen=True, eq=False)
class Shelf:
    """The months in force of all sites for one month, side by side."""

    returned: Sequence[ReturnedMonth]
    values: np.ndarray


def shelve(returned: Iterable[ReturnedMonth]) -> dict[date, Shelf]:
    """What all sites say, month by month."""
    by_month: dict[date, list[ReturnedMonth]] = defaultdict(list)
    for one in returned:
        by_month[one.month].append(one)
    return {month: Shelf(these, np.array([one.values for one in these])) for month, these in by_month.items()}


def may_be_copies(returned: Sequence[ReturnedMonth], before: np.ndarray, shelves: Mapping[date, Shelf]) -> np.ndarray:
    """Which months of a site have enough in common with the month before, or another site, to be looked at closely."""
    alike = _have_enough(np.array([one.values for one in returned]), before)
    pairs = [
        (place, one.values, other.values)
        for place, one in enumerate(returned)
        for month in _near(one.month)
        for other in (shelves[month].returned if month in shelves else ())
        if other.site != one.site
    ]
    if pairs:
        places, values, others = map(np.array, zip(*pairs, strict=True))
        alike[places[_have_enough(values, others)]] = True
    return alike


def copied_month(returned: ReturnedMonth, before: Row, month: date) -> Copy | None:
    """The month before, if the return repeats it."""
    return (
        Copy(returned.site, month, *_same(returned.values, before))
        if _are_copies(returned.values, before[None, :])[0]
        else None
    )


def copied_site(returned: ReturnedMonth, shelves: Mapping[date, Shelf]) -> Copy | None:
    """The return of another site that this one repeats, for the same month or one beside it.

    The site is told whose own history the numbers break; where that tells nothing, the one that came second.
    """
    for month in _near(returned.month):
        for other in _alike(returned, shelves.get(month)):
            if _doubt(other, shelves) < _doubt(returned, shelves):
                return Copy(other.site, month, *_same(returned.values, other.values))
    return None


def _near(month: date) -> tuple[date, date, date]:
    """The months whose returns may be this one's, or this one theirs."""
    return month, month_after(month, -1), month_after(month)


def _doubt(one: ReturnedMonth, shelves: Mapping[date, Shelf]) -> tuple[bool, Order]:
    """How much speaks for a return being another's: cases at start that are not its own last month's, then its time."""
    shelf = shelves.get(month_after(one.month, -1))
    before = [other for other in shelf.returned if other.site == one.site] if shelf else []
    closed = [np.where(last.not_applicable, 0.0, last.values)[CLOSING].sum() for last in before]
    return any(abs(one.values[OPENING] - count) > 1e-9 for count in closed), one.order


def twins(returned: ReturnedMonth, shelves: Mapping[date, Shelf]) -> set[str]:
    """The sites whose returns repeat this one, or are repeated by it."""
    return {one.site for month in _near(returned.month) for one in _alike(returned, shelves.get(month))}


def _alike(returned: ReturnedMonth, shelf: Shelf | None) -> list[ReturnedMonth]:
    if shelf is None:
        return []
    equal = _are_copies(returned.values, shelf.values)
    return [one for one, same in zip(shelf.returned, equal, strict=True) if same and one.site != returned.site]


def _are_copies(values: Row, others: np.ndarray) -> np.ndarray:
    """Whether nearly all cells are equal; those that are nil in both, or not known, prove nothing."""
    enough = _have_enough(values, others)
    if not enough.any():  # nearly always
        return enough
    telling = ((values != 0) | (others != 0)) & ~np.isnan(values) & ~np.isnan(others)
    return enough & (_in_common(values, others) >= COPIED_SHARE * telling.sum(axis=1))


def _have_enough(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    return _in_common(values, others) >= COPIED_AT_LEAST


def _in_common(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    return ((values == others) & (values != 0)).sum(axis=-1)


def _same(values: Row, other: Row) -> tuple[int, int]:
    known = ~np.isnan(values) & ~np.isnan(other)
    return int((known & (values == other)).sum()), int(known.sum())
