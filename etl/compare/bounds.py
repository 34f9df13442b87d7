"""What a year may come to where a number in it is missing or under query: its two ends, worked out and not given up.

A missing number may be anything that the site itself had in the twelve months, widened by half (`etl.methods.bounds`).
A number under query whose likely cause is known is taken at both its values: as it stands, and as suspected. A return
that copies another says nothing of its month.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import pandas as pd

from etl.compare.components import components, over_months_of
from etl.definitions import MEASURES, is_asked, unit_of
from etl.definitions.measure import Ratio, Total, addends
from etl.definitions.messages import Listing, Month
from etl.definitions.periods import day_of, last_month, months_from
from etl.definitions.tables import columns_of
from etl.definitions.writing import HIDDEN
from etl.methods.bounds import Range, added, divided, usual_range

PERIODS = ("rolling_year", "year")
OUTCOME = "closed_cases.completed"
ALL = "all"


@dataclass(frozen=True)
class Site:
    """A site's months: the numbers that are known, those that are suspected in place of some, and what is missing.

    Numbers are by name and month; a suspected one is nan where only the site can know it. `holes` are
    (month, number), with '' for a whole return; what is `hidden` from an audience cannot be bounded for it.
    """

    known: Mapping[str, Mapping[date, float]]
    suspected: Mapping[tuple[date, str], float] = field(default_factory=dict)
    holes: Collection[tuple[date, str]] = ()
    hidden: Collection[tuple[date, str]] = ()

    def lacks(self, month: date, number: str) -> bool:
        """Whether a month's number should be there and is not."""
        return (month, "") in self.holes or (month, number) in self.holes

    def stated(self, number: str, month: date) -> float | None:
        """A month's number as it was sent: nothing where it does not apply, None where it is missing."""
        return None if self.lacks(month, number) else self.known.get(number, {}).get(month, 0.0)

    def supposed(self, number: str, month: date) -> float | None:
        """A month's number as it is believed to be."""
        if (month, number) not in self.suspected:
            return self.stated(number, month)
        meant = self.suspected[month, number]
        return None if meant != meant else meant


@dataclass(frozen=True)
class Ends:
    """What a sum may be: `stated` with numbers under query as they stand, `supposed` with them as suspected."""

    stated: Range
    supposed: Range


@dataclass(frozen=True)
class Open:
    """What a year of a site leaves open: the ends, what the known months add up to, the usual sum, and which months."""

    ends: Ends
    least: float | None
    usual: float | None
    missing: tuple[date, ...]
    queried: tuple[date, ...]

    def row(self) -> tuple[object, ...]:
        """The columns of the table after the measure."""
        low, high = min(self.ends.stated[0], self.ends.supposed[0]), max(self.ends.stated[1], self.ends.supposed[1])
        months = (_months(sorted(set(own))) for own in (self.missing, self.queried))
        return low, high, self.least, self.usual, *self.ends.stated, *self.ends.supposed, *months


Years = dict[tuple[str, date], dict[str, dict[str, Open]]]  # by period and start: by measure and site


def bounds(
    results: pd.DataFrame, holes: pd.DataFrame, asked: pd.DataFrame, shared: Collection[str], data_month: date
) -> pd.DataFrame:
    """A row for each site, year and measure that a hole, a copy or a query with a known cause leaves open, and for all
    sites together.

    `results` has site, period, starts, measure, value, shown; `holes` site, month, measure ('' for a whole return);
    `asked` site, month, measure, is_suspected, suspected, of the numbers under query. `shared` are the spend lines that
    every site counts. Money in pounds.
    """
    years = results.loc[results.period.isin(PERIODS), ["site", "period", "starts"]].drop_duplicates()
    found: Years = {}
    for name, site in _sites(results, holes, asked).items():
        first = min((month for own in site.known.values() for month in own), default=data_month)
        for period, starts in zip(*(years.loc[years.site == name, c] for c in ("period", "starts")), strict=True):
            last = min(last_month(period, day_of(starts)), data_month)
            window = months_from(max(day_of(starts), first), last) if first <= last else []
            for measure, one in _year(site, window, tuple(shared)):
                found.setdefault((str(period), day_of(starts)), {}).setdefault(measure, {})[name] = one
    _add_programme(found, results)
    rows = [
        (site, *year, measure, *one.row())
        for year, measures in found.items()
        for measure, sites in measures.items()
        for site, one in sites.items()
    ]
    return pd.DataFrame(rows, columns=columns_of("bounds"))


def _add_programme(found: Years, results: pd.DataFrame) -> None:
    """All sites together, where each is known or bounded: sums of sums, and ratios of those."""
    wanted = results[results.period.isin(PERIODS) & results.measure.isin(_measures()) & (results.site != ALL)]
    known: dict[tuple[str, date, str], dict[str, float | None]] = {}
    for row in zip(wanted.period, wanted.starts, wanted.measure, wanted.site, wanted.value, strict=True):
        period, starts, measure, site, value = row
        known.setdefault((period, day_of(starts), measure), {})[site] = None if value != value else float(value)
    for (period, starts), measures in found.items():
        together = {
            measure: _together(sites, known.get((period, starts, measure), {}))
            for measure, sites in measures.items()
            if len(_parts(measure)) == 1
        }
        for measure, sites in measures.items():
            parts = [_of_all(part, together, known.get((period, starts, part), {})) for part in _parts(measure)]
            one = parts[0] if len(parts) == 1 else _divided(*parts)
            if one is not None:
                sites[ALL] = one


def _of_all(measure: str, together: Mapping[str, Open | None], known: Mapping[str, float | None]) -> Open | None:
    return together[measure] if measure in together else _together({}, known)


def _together(open_ones: Mapping[str, Open], known: Mapping[str, float | None]) -> Open | None:
    """The sum over sites; None where a site is neither known nor bounded."""
    each = [open_ones.get(site) or _exactly(value) for site, value in known.items()]
    if not each or None in each:
        return None
    sites = [one for one in each if one]
    least = None if any(one.least is None for one in sites) else math.fsum(one.least or 0.0 for one in sites)
    return Open(
        Ends(added(one.ends.stated for one in sites), added(one.ends.supposed for one in sites)),
        least,
        math.fsum(one.usual or 0.0 for one in sites),
        tuple(month for one in sites for month in one.missing),
        tuple(month for one in sites for month in one.queried),
    )


def _exactly(value: float | None) -> Open | None:
    return None if value is None else Open(Ends((value, value), (value, value)), value, value, (), ())


def _divided(over: Open | None, under: Open | None) -> Open | None:
    ends = _ratio(over.ends, under.ends) if over and under else None
    if ends is None or over is None or under is None:
        return None
    return Open(ends, None, None, over.missing + under.missing, over.queried + under.queried)


def _sites(results: pd.DataFrame, holes: pd.DataFrame, asked: pd.DataFrame) -> dict[str, Site]:
    """The sites that have a hole or such a query, with their months."""
    meant = asked[asked.is_suspected]
    months = results[results.period == "month"]
    monthly = months[months.value.notna()]
    masked = months[months.shown.eq(HIDDEN)]
    sites = {}
    for name in sorted({*holes.site, *meant.site}):
        known: dict[str, dict[date, float]] = {}
        own = monthly[monthly.site == name]
        for number, starts, value in zip(own.measure, own.starts, own.value, strict=True):
            known.setdefault(str(number), {})[day_of(starts)] = float(value)
        said = meant[meant.site == name]
        sites[str(name)] = Site(
            known,
            {(day_of(m), str(n)): v for m, n, v in zip(said.month, said.measure, said.suspected, strict=True)},
            {(day_of(m), str(n)) for m, n in holes.loc[holes.site == name, ["month", "measure"]].to_numpy()},
            {(day_of(m), str(n)) for m, n in masked.loc[masked.site == name, ["starts", "measure"]].to_numpy()},
        )
    return sites


def _year(site: Site, window: Sequence[date], shared: tuple[str, ...]) -> Iterator[tuple[str, Open]]:
    """What each measure of a year may come to, and because of which months."""
    sums: dict[str, Ends | None] = {}  # of the parts: several measures have the same
    for measure in _measures():
        parts = _parts(measure)
        numbers = {number for part in parts for number in _numbers(part, shared)}
        missing = tuple(month for month in window if any(site.lacks(month, number) for number in numbers))
        queried = tuple(month for month in window if any((month, number) in site.suspected for number in numbers))
        if not (missing or queried):
            continue
        for part in parts:
            if part not in sums:
                sums[part] = _ends(site, window, _numbers(part, shared), unit_of(part))
        found = [sums[part] for part in parts]
        ends = _ratio(*found) if len(found) == 2 else found[0]
        if ends is not None:
            least = _known(site, window, _numbers(measure, shared)) if unit_of(measure) == "count" else None
            usual = _at_usual(site, window, _numbers(measure, shared)) if len(parts) == 1 else None
            yield measure, Open(ends, least, usual, missing, queried)


@cache
def _measures() -> tuple[str, ...]:
    """The measures that add up over months, and the ratios of two such."""
    summed = [m.name for m in MEASURES.values() if not isinstance(m, Ratio) and _adds_up(m.name)]
    ratios = [m for m in MEASURES.values() if isinstance(m, Ratio)]
    both = {*summed, OUTCOME}
    return (*summed, OUTCOME, *(m.name for m in ratios if {m.numerator, m.denominator} <= both))


def _adds_up(measure: str) -> bool:
    return all(over_months_of(number) == "sum" for number in components(measure))


def _parts(measure: str) -> tuple[str, ...]:
    own = MEASURES.get(measure)
    return (own.numerator, own.denominator) if isinstance(own, Ratio) else (measure,)


@cache
def _numbers(measure: str, shared: tuple[str, ...]) -> tuple[str, ...]:
    """The reported numbers that a measure is the sum of."""
    own = MEASURES.get(measure)
    return addends(own, shared) if isinstance(own, Total) else tuple(sorted(components(measure)))


def _ends(site: Site, window: Sequence[date], numbers: Sequence[str], unit: str) -> Ends | None:
    """The ends of a sum over months; None where nothing is known by which to bound it."""
    both = []
    for month in window:
        asked = [number for number in numbers if is_asked(number, month)]
        stated = supposed = _month(site, site.stated, month, window, asked, whole=unit == "count")
        if any((month, number) in site.suspected for number in asked):
            supposed = _month(site, site.supposed, month, window, asked, whole=unit == "count")
        both.append((stated, supposed))
        if None in both[-1]:
            return None
    return Ends(*(added(own for own in each if own) for each in zip(*both, strict=True)))


Value = Callable[[str, date], float | None]


def _month(
    site: Site, value: Value, month: date, window: Sequence[date], asked: Sequence[str], *, whole: bool
) -> Range | None:
    """The ends of one month: where all of it is missing those of its sum, else of each number that is."""
    if any((month, number) in site.hidden for number in asked):
        return None
    values = [value(number, month) for number in asked]
    if asked and all(one is None for one in values):
        return _usual(site, window, asked, whole=whole)
    each = [
        _usual(site, window, [number], whole=whole) if one is None else (one, one)
        for number, one in zip(asked, values, strict=True)
    ]
    return None if None in each else added([(0.0, 0.0), *(own for own in each if own)])


def _usual(site: Site, window: Sequence[date], numbers: Sequence[str], *, whole: bool) -> Range | None:
    """The range of what the site had of these numbers together, of the months in which all of them are known."""
    sums = []
    for month in window:
        values = [site.supposed(number, month) for number in numbers]
        if all(value is not None for value in values):
            sums.append(sum(value for value in values if value is not None))
    return usual_range(sums, whole=whole)


def _at_usual(site: Site, window: Sequence[date], numbers: Sequence[str]) -> float:
    """The sum as it is believed to be, with each missing number at the mean of those that are known."""
    total = 0.0
    for number in numbers:
        found = [site.supposed(number, month) for month in window if is_asked(number, month)]
        known = [value for value in found if value is not None]
        total += math.fsum(known) * len(found) / len(known) if known else 0.0
    return total


def _known(site: Site, window: Sequence[date], numbers: Sequence[str]) -> float:
    """The sum of the months that are known whole: it is at least that."""
    found = [[site.supposed(number, month) for number in numbers] for month in window]
    return sum(sum(v for v in own if v is not None) for own in found if None not in own)


def _ratio(over: Ends | None, under: Ends | None) -> Ends | None:
    if over is None or under is None:
        return None
    stated, supposed = divided(over.stated, under.stated), divided(over.supposed, under.supposed)
    return Ends(stated, supposed) if stated and supposed else None


def _months(months: Sequence[date]) -> str:
    """Months by their names: August, or August and October."""
    names = [Month(month, "name") for month in months]
    return Listing(names) if len(names) > 1 else names[0] if names else ""
