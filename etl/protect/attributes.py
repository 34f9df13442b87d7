"""What is protected: for each attribute its parts, their public total, and what months of each site say.

What a count tells is said at its measure (`tells`). How many people were referred, taken on, worked with or closed is
an activity: it is published exactly. Who they are, or what became of them, is an attribute. Each attribute is a small
problem of its own, as its totals are public: one breakdown, or one count that is no more than a public one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.definitions import DERIVED, REPORTED, key
from etl.definitions.checks import EQUAL, NO_MORE
from etl.definitions.measure import Breakdown, Reported, Total
from etl.definitions.periods import day_of, last_month

ALL = "all"
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Attribute:
    """Parts that make a public total, with what else is the sum of some of them (`sums`: name and parts).

    With `rest` the parts are no more than the total, and what is left of it is published nowhere. The total of a month
    is the sum of the parts; where a part is missing it is one of `totals`, sums and differences of public counts.
    """

    name: str
    parts: tuple[str, ...]
    sums: Mapping[str, tuple[str, ...]]
    totals: tuple[Mapping[str, int], ...]
    rest: bool
    stock: bool

    @property
    def numbers(self) -> tuple[str, ...]:
        """Everything that is protected: the parts, and the sums of some of them."""
        return (*self.parts, *self.sums)


@cache
def attributes() -> tuple[Attribute, ...]:
    """All attributes, in the order of the definitions."""
    found = []
    for measure in REPORTED.values():
        if isinstance(measure, Breakdown) and measure.unit == "count":
            parts = tuple(key(measure.name, part.name) for part in measure.parts)
            stock = measure.over_months == "last"
            found.append(Attribute(measure.name, parts, _sums(parts), _totals(measure.name), False, stock))
        elif isinstance(measure, Reported) and measure.unit == "count" and measure.tells != "activity":
            wholes = [check.whole for check in NO_MORE if check.part == measure.name and not check.to_date]
            totals = tuple(dict.fromkeys(_addends(whole), 1) for whole in wholes)
            found.append(Attribute(measure.name, (measure.name,), {}, totals, True, False))
    return tuple(found)


@cache
def attribute_of(number: str) -> Attribute | None:
    """The attribute that a count belongs to; None of an activity, and of all that is no count of people."""
    return next((own for own in attributes() if number in own.numbers), None)


def _sums(parts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The totals of some of the parts, but not of all."""
    totals = {name: own.of for name, own in DERIVED.items() if isinstance(own, Total)}
    return {name: of for name, of in totals.items() if set(of) < set(parts)}


def _addends(whole: str) -> tuple[str, ...]:
    total = DERIVED.get(whole)
    return total.of if isinstance(total, Total) else (whole,)


def _totals(name: str) -> tuple[Mapping[str, int], ...]:
    """What else gives the total of a month: that of another breakdown of the same people, or what a check adds up."""
    found: list[Mapping[str, int]] = []
    for check in EQUAL:
        sides = (check.plus, check.minus)
        for own, other in (sides, sides[::-1]):
            if name in own:
                less = {one: -1 for one in own if one != name}
                found.append(less | dict.fromkeys(other, 1))
    return tuple(found)


@dataclass(frozen=True)
class Counts:
    """What a site's months say of an attribute: from month `first` (months since year 0) on, a row each.

    `total` is infinite where nobody can know it. `parts` has a column for each part and, where the attribute has a
    rest, one for that; holes are filled with what fits, and `known` says which are none.
    """

    site: str
    first: int
    total: Numbers
    parts: Numbers
    known: NDArray[np.bool_]


def index_of(month: date) -> int:
    """The number of a month since the year 0."""
    return month.year * 12 + month.month - 1


def month_of(index: int) -> date:
    """The month of a number since the year 0."""
    return date(index // 12, index % 12 + 1, 1)


class Monthly:
    """The monthly numbers of all sites, from the results of an edition."""

    def __init__(self, results: pd.DataFrame, data_month: date) -> None:
        own = results[(results.period == "month") & (results.site != ALL)]
        self.last = index_of(data_month)
        self.first = {str(site): index_of(day_of(day)) for site, day in own.groupby("site").starts.min().items()}
        self._values: dict[tuple[str, str], Numbers] = {}
        for place, some in own.groupby(["site", "measure"]):
            site, number = str(place[0]), str(place[1])
            row = np.full(self.last - self.first[site] + 1, np.nan)
            at = np.array([index_of(day_of(day)) for day in some.starts], dtype=int) - self.first[site]
            inside = (at >= 0) & (at < row.size)
            row[at[inside]] = some.value.to_numpy(dtype=float)[inside]
            self._values[site, number] = row

    def row(self, site: str, number: str) -> Numbers:
        """A site's months of a number; nothing where it is not known."""
        blank = np.full(self.last - self.first[site] + 1, np.nan)
        return self._values.get((site, number), blank)

    def counts(self, attribute: Attribute) -> list[Counts]:
        """What each site's months say of an attribute."""
        return [self._counts(attribute, site) for site in self.first]

    def _counts(self, attribute: Attribute, site: str) -> Counts:
        parts = np.column_stack([self.row(site, number) for number in attribute.parts])
        known = ~np.isnan(parts)
        made = np.where(known, parts, 0.0).sum(axis=1)
        total = np.where(known.all(axis=1) & (not attribute.rest), made, np.nan)
        for other in attribute.totals:
            total = np.where(np.isnan(total), self._made(site, other), total)
        if attribute.stock:
            opening = np.append(self.row(site, "opening_cases")[1:], np.nan)
            total = np.where(np.isnan(total), opening, total)
        total = np.where(np.isnan(total), np.inf, np.maximum(total, made))
        left = np.where(np.isinf(total), 0.0, total - made)
        filled = np.where(known, parts, 0.0)
        if attribute.rest:
            filled, left = np.column_stack([filled, left]), np.zeros_like(left)
        hole = np.argmin(known, axis=1)
        rows = np.flatnonzero(~known.all(axis=1) & (left > 0))
        filled[rows, hole[rows]] += left[rows]
        known_total, whole = (np.asarray(np.round(own), dtype=np.float64) for own in (total, filled))
        return Counts(site, self.first[site], known_total, whole, known)

    def _made(self, site: str, of: Mapping[str, int]) -> Numbers:
        found = np.zeros(self.last - self.first[site] + 1)
        for number, sign in of.items():
            found = found + sign * self.row(site, number)
        return np.where(found >= 0, found, np.nan)


def clipped(site: str, period: str, starts: date, monthly: Monthly) -> tuple[int, int]:
    """The first and the last month of a result: of its period those that a site has, up to the edition's last."""
    first = max(index_of(starts), monthly.first.get(site, 0))
    return first, min(index_of(last_month(period, starts)), monthly.last)
