"""Returns that are another return: last month's with a new date, or another site's."""

from collections.abc import Mapping, Sequence
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


def copied_month(said: Said, before: Row, month: date) -> Copy | None:
    """The month before, if the return repeats it."""
    same, of = _same(said.values, before)
    return Copy(said.site, month, same, of) if _is_copy(said.values, before) else None


def copied_site(said: Said, others: Mapping[date, Sequence[Said]]) -> Copy | None:
    """The earlier return of another site that this one repeats, for the same month or the one before."""
    for month in (said.month, month_after(said.month, -1)):
        for other in others.get(month, ()):
            if other.site != said.site and other.order < said.order and _is_copy(said.values, other.values):
                same, of = _same(said.values, other.values)
                return Copy(other.site, month, same, of)
    return None


def twins(said: Said, others: Mapping[date, Sequence[Said]]) -> set[str]:
    """The sites whose later returns repeat this one."""
    return {
        other.site
        for month in (said.month, month_after(said.month))
        for other in others.get(month, ())
        if other.site != said.site and other.order > said.order and _is_copy(said.values, other.values)
    }


def _is_copy(values: Row, other: Row) -> bool:
    """Whether nearly all cells are equal; those that are nil in both, or not known, prove nothing."""
    telling = ((values != 0) | (other != 0)) & ~np.isnan(values) & ~np.isnan(other)
    equal = int((telling & (values == other)).sum())
    return bool(equal >= COPIED_AT_LEAST and equal >= COPIED_SHARE * telling.sum())


def _same(values: Row, other: Row) -> tuple[int, int]:
    known = ~np.isnan(values) & ~np.isnan(other)
    return int((known & (values == other)).sum()), int(known.sum())
