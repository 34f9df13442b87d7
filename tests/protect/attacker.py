"""An attack on published ranges, written apart from the code that makes them.

It knows what an audience's results show in every edition, what everybody knows of the numbers (parts add up to their
public total, or are no more than it), and a lead's own months. A variable is one part of one site in one month; whether
a small count can be as large or as small as it must be able to be is asked in whole numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from made_up import Programme
from scipy.optimize import Bounds, LinearConstraint, milp

from etl.definitions import MEASURES
from etl.definitions.measure import Breakdown

# What is no more than what; of breakdowns the parts make the total.
NO_MORE = {"repeat_perpetrators": "new_cases", "victims_in_contact": "victims"}
SUMS = {
    "risk_reduced": ("risk_change.much_lower", "risk_change.lower"),
    "risk_known": ("risk_change.much_lower", "risk_change.lower", "risk_change.same", "risk_change.higher"),
}
STOCK = "closing_cases"
LENGTHS = {"month": 1, "quarter": 3, "year": 12, "rolling_year": 12}


@dataclass(frozen=True)
class Count:
    """A count that somebody must not know: of the sites, the months and the parts that it adds up."""

    number: str
    sites: tuple[str, ...]
    months: tuple[date, ...]
    reader: str  # a site's lead, or '' for somebody outside


def later(month: date, by: int) -> date:
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


class Attack:
    """What one reader can work out of one breakdown from what several editions showed."""

    def __init__(self, whole: str, programme: Programme, seen: Sequence[tuple[Programme, pd.DataFrame]], reader: str):
        self.whole, self.programme, self.reader = whole, programme, reader
        measure = MEASURES[whole]
        broken_down = isinstance(measure, Breakdown)
        self.parts = [f"{whole}.{part.name}" for part in measure.parts] if broken_down else [whole]
        self.total = whole if broken_down else NO_MORE[whole]
        self.places = [
            (site, month, part) for site, own in programme.sites.items() for month in own for part in self.parts
        ]
        self.at = {place: i for i, place in enumerate(self.places)}
        self.truth = np.array([float(programme.sites[site][month][part]) for site, month, part in self.places])
        self.rows: list[np.ndarray] = []
        self.low: list[float] = []
        self.high: list[float] = []
        for site, own in programme.sites.items():
            for month, numbers in own.items():
                total = float(numbers[self.total])
                self._know([(site, month, part) for part in self.parts], total if broken_down else 0.0, total)
        for past, results in seen:
            self._read(past, results)

    def _know(self, places: Sequence[tuple[str, date, str]], low: float, high: float) -> None:
        row = np.zeros(len(self.places))
        row[[self.at[place] for place in places]] = 1.0
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def _read(self, past: Programme, results: pd.DataFrame) -> None:
        """What an edition showed of months that are still as they were then."""
        numbers = {part: (part,) for part in self.parts} | {n: p for n, p in SUMS.items() if p[0] in self.parts}
        shown = results[results.measure.isin(list(numbers))]
        for row in shown.itertuples():
            low, high = (row.value, row.value) if pd.notna(row.value) else (row.range_low, row.range_high)
            if pd.isna(low):
                continue
            months = self._months(row.period, pd.Timestamp(row.starts).date(), past)
            sites = [row.site] if row.site != "all" else list(past.sites)
            places = [(s, m, p) for s in sites for m in months if m in past.sites[s] for p in numbers[row.measure]]
            if self.whole == STOCK:
                places = [place for place in places if place[1] == max(m for s, m, _ in places if s == place[0])]
            same = all(self.programme.sites[s][m] == past.sites[s][m] for s, m, _ in places)
            if same:
                self._know(places, low, high)

    def _months(self, period: str, starts: date, past: Programme) -> list[date]:
        return [m for by in range(LENGTHS[period]) if (m := later(starts, by)) <= past.last]

    def can_be(self, count: Count, sign: int, bound: float) -> bool:
        """Whether a count can reach a bound, for all that the reader knows."""
        parts = SUMS.get(count.number, (count.number,))
        own = np.array([s in count.sites and m in count.months and p in parts for s, m, p in self.places], dtype=float)
        fixed = np.array([site == self.reader for site, *_ in self.places])
        low = np.where(fixed, self.truth, 0.0)
        high = np.where(fixed, self.truth, np.inf)
        rows = [*self.rows, own]
        ends = ([*self.low, bound], [*self.high, np.inf]) if sign > 0 else ([*self.low, -np.inf], [*self.high, bound])
        answer = milp(
            np.zeros(len(self.places)),
            constraints=LinearConstraint(np.array(rows), *ends),
            bounds=Bounds(low, high),
            integrality=np.ones(len(self.places)),
        )
        return answer.x is not None

    def small_counts(self) -> Iterator[tuple[Count, float, float]]:
        """Each small count that the reader does not have, with the count itself and its public total."""
        names = [*self.programme.sites]
        others = [site for site in names if site != self.reader]
        groups = [(site,) for site in others] + ([tuple(others)] if len(names) > 1 and len(others) > 1 else [])
        groups = groups if self.reader or len(names) == 1 else groups[-1:]
        numbers = [*self.parts, *(n for n, parts in SUMS.items() if parts[0] in self.parts)]
        for sites in groups:
            for months in self._windows(sites):
                cells = [self.programme.sites[s][m] for s in sites for m in months if m in self.programme.sites[s]]
                if not cells:
                    continue
                total = float(sum(cell[self.total] for cell in cells))
                for number in numbers:
                    value = float(sum(cell[part] for cell in cells for part in SUMS.get(number, (number,))))
                    if 1 <= value <= 4:
                        yield Count(number, sites, months, self.reader), value, total

    def _windows(self, sites: Sequence[str]) -> list[tuple[date, ...]]:
        last = self.programme.last
        months = sorted({month for site in sites for month in self.programme.sites[site]})
        if self.whole == STOCK:  # what is counted at the end of a month is printed of the last of a year alone
            return [(month,) for month in months if month.month == 3 or month == last]
        found: dict[tuple[date, ...], None] = {}
        for month in months:
            found[(month,)] = None
            if month.month % 3 == 1:
                found[tuple(m for by in range(3) if (m := later(month, by)) in months)] = None
            if month.month == 4 or later(month, 11) <= last:
                found[tuple(m for by in range(12) if (m := later(month, by)) in months)] = None
        return list(found)
