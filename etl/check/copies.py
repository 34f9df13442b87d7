"""Returns that are another return: last month's with a new date, or another site's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from etl.check.history import Row, Said
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

    said: Sequence[Said]
    values: np.ndarray


def shelve(said: Iterable[Said]) -> dict[date, Shelf]:
    """What all sites say, month by month."""
    by_month: dict[date, list[Said]] = defaultdict(list)
    for one in said:
        by_month[one.month].append(one)
    return {month: Shelf(these, np.array([one.values for one in these])) for month, these in by_month.items()}


def copied_month(said: Said, before: Row, month: date) -> Copy | None:
    """The month before, if the return repeats it."""
    return Copy(said.site, month, *_same(said.values, before)) if _are_copies(said.values, before[None, :])[0] else None


def copied_site(said: Said, shelves: Mapping[date, Shelf]) -> Copy | None:
    """The earlier return of another site that this one repeats, for the same month or the one before."""
    for month in (said.month, month_after(said.month, -1)):
        for other in _alike(said, shelves.get(month)):
            if other.order < said.order:
                return Copy(other.site, month, *_same(said.values, other.values))
    return None


def twins(said: Said, shelves: Mapping[date, Shelf]) -> set[str]:
    """The sites whose later returns repeat this one."""
    months = (said.month, month_after(said.month))
    return {one.site for month in months for one in _alike(said, shelves.get(month)) if one.order > said.order}


def _alike(said: Said, shelf: Shelf | None) -> list[Said]:
    if shelf is None:
        return []
    equal = _are_copies(said.values, shelf.values)
    return [one for one, same in zip(shelf.said, equal, strict=True) if same and one.site != said.site]


def _are_copies(values: Row, others: np.ndarray) -> np.ndarray:
    """Whether nearly all cells are equal; those that are nil in both, or not known, prove nothing."""
    same = ((values == others) & (values != 0)).sum(axis=1)
    enough = same >= COPIED_AT_LEAST
    if not enough.any():  # nearly always
        return enough
    telling = ((values != 0) | (others != 0)) & ~np.isnan(values) & ~np.isnan(others)
    return enough & (same >= COPIED_SHARE * telling.sum(axis=1))


def _same(values: Row, other: Row) -> tuple[int, int]:
    known = ~np.isnan(values) & ~np.isnan(other)
    return int((known & (values == other)).sum()), int(known.sum())
