"""Made-up programmes: what sites counted month by month, and the results that follow, added up by code of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from stranger import MONTHS, Counts, Place, months_on

from etl.definitions import MEASURES
from etl.definitions.measure import Breakdown

FIRST = date(2018, 4, 1)
# What hangs together is made up together; new cases are in every programme.
SUBJECTS = (
    ("referrals",),
    ("opening_cases", "closed_cases", "closing_cases"),
    ("sex",),
    ("disability",),
    ("repeat_perpetrators",),
    ("victims", "victims_in_contact"),
)
FLOW, OVER = SUBJECTS[1], {"opening_cases": "first", "closing_cases": "last"}
Months = dict[date, dict[str, int]]


@dataclass(frozen=True)
class Programme:
    """Each site's numbers by month; `last` is the month of the edition."""

    sites: dict[str, Months]
    last: date

    def results(self) -> pd.DataFrame:
        """As an edition has them, with a row for each site and for all, of each month and longer period."""
        rows = [(*place, float(value)) for place, value in self.values().items()]
        frame = pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "value"])
        frame["starts"] = pd.to_datetime(frame.starts)
        blank = dict.fromkeys(("low", "high", "low_998", "high_998"), np.nan)
        return frame.assign(**blank, shown=frame.value.map("{:.0f}".format), why="")

    def values(self) -> dict[Place, int]:
        found: dict[Place, int] = {}
        for period, starts in self._periods():
            own = {site: self._site(site, period, starts) for site in self.sites}
            for name in next(iter(next(iter(self.sites.values())).values())):
                there = {site: one[name] for site, one in own.items() if one}
                found |= {(site, period, starts, name): value for site, value in there.items()}
                if there:
                    found["all", period, starts, name] = sum(there.values())
        return found

    def counts(self) -> Counts:
        """The truth, as a stranger keeps numbers."""
        months = {site: sorted(own) for site, own in self.sites.items()}
        months["all"] = sorted(set().union(*months.values()))
        return Counts(dict(self.values()), months, {name: OVER.get(name, "sum") for name in _names()})

    def _site(self, site: str, period: str, starts: date) -> dict[str, int]:
        own = [m for m in months_on(starts, MONTHS[period]) if m in self.sites[site]]
        if not own:
            return {}
        ends = {"first": own[:1], "last": own[-1:]}
        names = self.sites[site][own[0]]
        return {n: sum(self.sites[site][m][n] for m in ends.get(OVER.get(_whole(n), ""), own)) for n in names}

    def _periods(self) -> Iterator[tuple[str, date]]:
        months = sorted(set().union(*self.sites.values()))
        for month in months:
            yield "month", month
            if (month.month - 4) % 3 == 0:
                yield "quarter", month
            if month.month == 4:
                yield "year", month
            if months_on(month, 12)[-1] <= self.last:
                yield "rolling_year", month


def make_up(seed: int, *, most_sites: int = 3, most_months: int = 5) -> Programme:
    """Another programme for each seed; most numbers are small."""
    random = np.random.default_rng(seed)
    names = [f"site_{number}" for number in range(1, random.integers(1, most_sites + 1) + 1)]
    months = months_on(FIRST, int(random.integers(1, most_months + 1)))
    chosen = [subject for subject in SUBJECTS if random.random() < 0.35]
    sites = {}
    for name in names:
        late = int(random.integers(0, len(months))) if random.random() < 0.3 else 0
        sites[name] = _site(
            random, months[late:] if name != names[0] else months, chosen, random.choice([0.6, 2, 6, 20])
        )
    return Programme(sites, months[-1])


def _site(random: np.random.Generator, months: list[date], subjects: list[tuple[str, ...]], size: float) -> Months:
    found, opening = {}, int(random.poisson(3 * size))
    for month in months:
        new = int(random.poisson(size))
        own = {"new_cases": new}
        for subject in subjects:
            if subject == FLOW:
                closed = int(random.binomial(opening + new, 0.3))
                own |= {"opening_cases": opening, **_split(random, "closed_cases", closed)}
                opening += new - closed
                own |= _split(random, "closing_cases", opening)
            elif subject == ("referrals",):
                own |= _split(random, "referrals", int(random.poisson(1.5 * size)))
            elif subject == ("repeat_perpetrators",):
                own["repeat_perpetrators"] = int(random.binomial(new, 0.4))
            elif subject[0] == "victims":
                own["victims"] = int(random.poisson(1.2 * size))
                own["victims_in_contact"] = int(random.binomial(own["victims"], 0.7))
            else:
                own |= _split(random, subject[0], new)
        found[month] = own
    return found


def _split(random: np.random.Generator, number: str, whole: int) -> dict[str, int]:
    """A number and its parts, of which the first are the commonest."""
    measure = MEASURES[number]
    assert isinstance(measure, Breakdown)
    share = 0.5 ** np.arange(len(measure.parts))
    parts = random.multinomial(whole, share / share.sum())
    names = [f"{number}.{part.name}" for part in measure.parts]
    return {number: whole} | {name: int(value) for name, value in zip(names, parts, strict=True)}


def _names() -> list[str]:
    own = [name for name, measure in MEASURES.items() if measure.unit == "count"]
    return own + [f"{n}.{part.name}" for n in own if isinstance(m := MEASURES[n], Breakdown) for part in m.parts]


def _whole(number: str) -> str:
    return number.partition(".")[0]
