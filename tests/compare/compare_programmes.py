"""Made-up programmes for the tests of `etl.compare`: monthly numbers, and results added up by code of its own."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from etl.compare import why_unknown, with_intervals
from etl.definitions import DERIVED, MEASURES
from etl.definitions.measure import Breakdown, Ratio, key, keys
from etl.definitions.periods import MONTHS_IN, month_after, months_from

LINES = ("case_management", "management", "victim_support", "premises", "training", "evaluation", "other")
SHARED = ("case_management", "management")
NUMBERS = (
    *("referrals.police", "accepted", "opening_cases", "new_cases", "closed_cases.completed", "closed_cases.custody"),
    *("closing_cases.direct", "case_managers", "victims", "repeat_perpetrators"),
    *(f"spend.{line}" for line in LINES),
    *("spend_in_kind", "funding.home_office", "planned_new_cases", "planned_cost", "planned_open_cases"),
)
OVER = {"opening_cases": "first", "closing_cases.direct": "last", "case_managers": "last", "planned_open_cases": "last"}


@dataclass
class Programme:
    """Sites' numbers: `numbers[site][month][number]`, None for a hole; a site's first month is its first key."""

    last: date
    numbers: dict[str, dict[date, dict[str, float | None]]] = field(default_factory=dict)

    @property
    def sites(self) -> list[str]:
        return list(self.numbers)

    def over(self, site: str, number: str, starts: date, ends: date) -> float | None:
        """A reported number over some months; None with a hole among those that count."""
        months = [m for m in months_from(starts, min(ends, self.last)) if m in self.numbers[site]]
        if OVER.get(number):
            months = months[:1] if OVER[number] == "first" else months[-1:]
        each = [self.numbers[site][m].get(number) for m in months]
        return None if not each or any(v is None for v in each) else sum(each)

    def spend(self, site: str, starts: date, ends: date, lines: tuple[str, ...] = LINES) -> float | None:
        each = [self.over(site, f"spend.{line}", starts, ends) for line in lines]
        return None if None in each else sum(each)

    def results(self) -> pd.DataFrame:
        """As the warehouse has them: months first, sites second, ratios last."""
        rows = []
        for site, own in self.numbers.items():
            first = min(own)
            for period, starts in _periods(first, self.last):
                rows.append((site, period, starts, self._of_place(site, period, starts)))
        places: dict[tuple[str, date], list[dict[str, float | None]]] = {}
        for _, period, starts, found in rows:
            places.setdefault((period, starts), []).append(found)
        for (period, starts), found in places.items():
            rows.append(("all", period, starts, {n: _whole([one[n] for one in found]) for n in found[0]}))
        return _as_results(rows, self.last)

    def _of_place(self, site: str, period: str, starts: date) -> dict[str, float | None]:
        ends = month_after(starts, MONTHS_IN[period] - 1)
        found = {number: self.over(site, number, starts, ends) for number in NUMBERS}
        for measure in MEASURES.values():
            if isinstance(measure, Breakdown):
                own = [found[key(*pair)] for pair in keys(measure) if key(*pair) in found]
                if own:
                    found[measure.name] = _whole(own)
        found["worked_with"] = _whole([found["opening_cases"], found["new_cases"]])
        months = months_from(max(starts, min(self.numbers[site])), min(ends, self.last))
        found["open_case_months"] = _whole([self.over(site, "closing_cases.direct", m, m) for m in months])
        found["spend_shared"] = self.spend(site, starts, ends, SHARED)
        found["spend_with_in_kind"] = _whole([found["spend"], found["spend_in_kind"]])
        return found


def programme(seed: int, sites: int = 4, months: int = 26, holes: float = 0.02) -> Programme:
    """A random programme: sites that begin at different times, grow, differ in cost and leave holes."""
    chance = np.random.default_rng(seed)
    last = date(2019, 11, 1)
    made = Programme(last)
    for at in range(sites):
        first = month_after(last, 1 - months + int(chance.integers(0, 4)))
        made.numbers[f"site_{at}"] = _site(chance, first, last, holes)
    return made


def _site(chance: np.random.Generator, first: date, last: date, holes: float) -> dict[date, dict[str, float | None]]:
    rate, cost, plan = chance.uniform(0.3, 14), chance.uniform(1500, 7000), chance.uniform(0.3, 14)
    stay, opened = chance.uniform(0.05, 0.3), int(chance.integers(0, 40))
    own: dict[date, dict[str, float | None]] = {}
    for month in months_from(first, last):
        new = int(chance.poisson(rate))
        closed = int(chance.binomial(opened, stay))
        completed = int(chance.binomial(closed, 0.6))
        spent = np.round(chance.dirichlet(np.ones(len(LINES))) * rate * cost * chance.uniform(0.9, 1.1), 2)
        row: dict[str, float | None] = dict(zip((f"spend.{line}" for line in LINES), map(float, spent), strict=True))
        row |= {"opening_cases": opened, "new_cases": new, "closing_cases.direct": opened + new - closed}
        row |= {"closed_cases.completed": completed, "closed_cases.custody": closed - completed}
        row |= {"referrals.police": new + int(chance.poisson(3)), "accepted": new + int(chance.poisson(1))}
        row |= {"case_managers": 3.0, "victims": new + int(chance.poisson(1)), "spend_in_kind": 100.0}
        row |= {"repeat_perpetrators": int(chance.binomial(new, 0.5)), "funding.home_office": float(spent.sum())}
        row |= {"planned_new_cases": plan, "planned_cost": plan * 2500.0, "planned_open_cases": 50.0}
        for number in NUMBERS:
            if chance.random() < holes / 4 and not number.startswith("planned_"):
                row[number] = None
        if chance.random() < holes:
            row = {number: value if number.startswith("planned_") else None for number, value in row.items()}
        own[month] = {number: None if value is None else float(value) for number, value in row.items()}
        opened = opened + new - closed
    return own


def _periods(first: date, last: date) -> list[tuple[str, date]]:
    months = months_from(first, last)
    quarters = {date(m.year, (m.month - 1) // 3 * 3 + 1, 1) for m in months}
    years = {date(m.year - (m.month < 4), 4, 1) for m in months}
    rolling = [m for m in months if month_after(m, 11) <= last]
    return [
        *(("month", m) for m in months),
        *(("quarter", m) for m in sorted(quarters)),
        *(("year", m) for m in sorted(years)),
        *(("rolling_year", m) for m in rolling),
    ]


def _whole(numbers: list[float | None]) -> float | None:
    return None if any(n is None for n in numbers) else round(sum(numbers), 6)


def _as_results(rows: list[tuple[str, str, date, dict[str, float | None]]], last: date) -> pd.DataFrame:
    frame = []
    for site, period, starts, found in rows:
        unfinished = month_after(starts, MONTHS_IN[period] - 1) > last
        named = found
        frame += [(site, period, starts, n, v, v is not None and not unfinished) for n, v in named.items()]
        for ratio in (m for m in DERIVED.values() if isinstance(m, Ratio)):
            if ratio.numerator in named and ratio.denominator in named:
                over, under = named[ratio.numerator], named[ratio.denominator]
                known = over is not None and under is not None
                value = over / under if known and under else None
                frame.append((site, period, starts, ratio.name, value, known and not unfinished))
    results = pd.DataFrame(frame, columns=["site", "period", "starts", "measure", "value", "complete"])
    results["value"] = results.value.astype(float)
    results = results.sort_values(["site", "period", "starts", "measure"], ignore_index=True)
    results["ends"] = [month_after(s, MONTHS_IN[p] - 1) for s, p in zip(results.starts, results.period, strict=True)]
    results = with_intervals(results)
    labels = {site: site for site in results.site.unique() if site != "all"}
    holes = pd.DataFrame({"site": [], "month": [], "measure": [], "state": []})
    return results.assign(why=why_unknown(results, holes, labels))


__all__ = ["LINES", "SHARED", "Programme", "programme"]
