"""The central team's cost: shown apart, and shared out among the sites by a choice that the reader sees.

Its cost is the approved cash agreed for it, evenly over each agreement's months; where those do not reach, it is not
known. One-off money, such as for developing a model, is no running cost and is left out; where an agreement is for both
together and nobody has told them apart, what it shares out is not known. Money that is earmarked for a site stays
there; only the rest is shared out. Where all of it is earmarked, nobody
has said what the other sites cost the team: that is not known, and not £0. Bases: `actual` (what the sites spent),
`planned` (their plans) and `secured` (the cash approved for them), the last two over their planned new cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from etl.compare.bridges import ALL
from etl.compare.intervals import in_columns
from etl.definitions.messages import Number, _, joined
from etl.definitions.periods import last_month, months_from, write_month, write_period
from etl.definitions.settings import LEAST_COUNT, TOO_FEW
from etl.definitions.tables import columns_of
from etl.definitions.writing import pounds, write
from etl.judge.money import APPROVED, Standing, plan_over, standing
from etl.methods import intervals
from etl.provenance.address import NumberAddress
from etl.reference import MADE_UP, Reference, newest
from etl.reference.cells import CENTRAL_TEAM

NONE, BY_NEW_CASES, EQUALLY = "none", "by_new_cases", "equally"
ALLOCATIONS = {NONE: "Shown apart", BY_NEW_CASES: "Shared by new cases", EQUALLY: "Shared equally"}


@dataclass(frozen=True)
class Year:
    """A year of one basis: what each site costs and how many cases that is for (None where not known)."""

    basis: str
    period: str
    starts: date
    cost: Mapping[str, float | None]
    count: Mapping[str, float | None]

    @property
    def months(self) -> list[date]:
        """The months of the year."""
        return months_from(self.starts, last_month(self.period, self.starts))


@dataclass(frozen=True)
class Central:
    """The central team's money of a year: what is earmarked for each site, and the rest, in pounds.

    `untold` are the sites ('' for the rest) whose money is for running and one-off costs together.
    """

    earmarked: Mapping[str, float]
    rest: float
    source: str
    untold: frozenset[str] = frozenset()

    @property
    def amount(self) -> float:
        """All of it."""
        return sum(self.earmarked.values()) + self.rest


def central_costs(results: pd.DataFrame, reference: Reference, sites: Sequence[str], data_month: date) -> pd.DataFrame:
    """Cost per new case of each site (and of all) without and with a share of the central team's cost.

    Rows for the year to the data month and whole financial years (`actual`), and for each financial year with a plan
    in which the central team's cost is known (`planned`, `secured`). A row of the site `central_team` has its cost
    alone.
    """
    money = [m for m in standing(reference.agreements) if _counts(m)]
    years = [*_actual(results, sites, data_month), *_ahead(reference, sites, money)]
    rows = [row for year in years for row in _rows(year, _central_of(year, reference, money), sites)]
    return pd.DataFrame(rows, columns=columns_of("central"))


def shares(allocation: str, central: Central, count: Mapping[str, float | None]) -> dict[str, float | None]:
    """What each site gets of the central team's cost, in pounds; None where nobody has said, and for all where a count
    is needed that is not known.
    """
    if allocation == NONE:
        return dict.fromkeys(count, 0.0)
    if "" in central.untold:
        return dict.fromkeys(count)
    kept = {site: None if site in central.untold else money for site, money in central.earmarked.items()}
    if not central.rest:
        return {site: kept.get(site) for site in count}
    if allocation == EQUALLY:
        part: dict[str, float] = {site: central.rest / len(count) for site in count}
    else:
        known = [number for number in count.values() if number is not None]
        if len(known) < len(count) or not sum(known):
            return dict.fromkeys(count)
        part = {site: central.rest * (number or 0) / sum(known) for site, number in count.items()}
    own = {site: kept.get(site, 0.0) for site in count}
    return {site: None if more is None else part[site] + more for site, more in own.items()}


def _counts(money: Standing) -> bool:
    own = money.agreement
    return own.site == CENTRAL_TEAM and money.status == APPROVED and own.form == "cash" and own.one_off != "yes"


def _actual(results: pd.DataFrame, sites: Sequence[str], data_month: date) -> Iterator[Year]:
    own = results[results.measure.isin(["spend", "new_cases"]) & results.period.isin(["year", "rolling_year"])]
    wide = in_columns(own)
    for period, starts in sorted({(period, starts) for _site, period, starts in wide.index}):
        ends = last_month(period, starts)
        if ends == data_month or (period == "year" and ends < data_month):
            here = {site: (site, period, starts) for site in sites}
            known = {site: wide.loc[at] for site, at in here.items() if at in wide.index}
            cost = {site: _number(known[site].spend) for site in known}
            yield Year("actual", period, starts, cost, {site: _number(known[site].new_cases) for site in known})


def _ahead(reference: Reference, sites: Sequence[str], money: Sequence[Standing]) -> Iterator[Year]:
    """The financial years in which the central team has money: what the sites plan, and what is secured for them."""
    starts = sorted({date(m.year - (m.month < 4), 4, 1) for one in money for m in one.months})
    for year in starts:
        months = months_from(year, last_month("year", year))
        count = {site: plan_over(reference.plans, site, months, "new_cases") for site in sites}
        cost = {site: plan_over(reference.plans, site, months, "cost") for site in sites}
        planning = {site: number for site, number in count.items() if number is not None or cost[site] is not None}
        yield Year("planned", "year", year, cost, planning)
        yield Year("secured", "year", year, {s: _secured(reference, s, months) for s in sites}, planning)


def _secured(reference: Reference, site: str, months: Sequence[date]) -> float:
    own = [
        m
        for m in standing(reference.agreements)
        if m.agreement.site == site and m.status == APPROVED and m.agreement.form == "cash"
    ]
    return sum(m.months.get(month, 0) for m in own for month in months) / 100


def _central_of(year: Year, reference: Reference, money: Sequence[Standing]) -> Central | None:
    """The central team's cost of a year; None where its agreements do not reach over all of its months."""
    if not all(any(month in m.months for m in money) for month in year.months):
        return None
    marked = {row.agreement: row.site for row in newest(reference.earmarks, "agreement")}
    earmarked: dict[str, int] = {}
    rest, sources, untold = 0, [], set()
    for one in money:
        pence = sum(one.months.get(month, 0) for month in year.months)
        site = marked.get(one.agreement.agreement)
        if site:
            earmarked[site] = earmarked.get(site, 0) + pence
        else:
            rest += pence
        if pence:
            sources.append(one.agreement.source)
        if pence and one.agreement.one_off == "in part":
            untold.add(site or "")
    whole = {site: pence / 100 for site, pence in earmarked.items()}
    return Central(whole, rest / 100, "; ".join(dict.fromkeys(sources)), frozenset(untold))


def _rows(year: Year, central: Central | None, sites: Sequence[str]) -> Iterator[tuple[object, ...]]:
    yield _row(year, central, CENTRAL_TEAM, NONE, None, central.amount if central else None, None, None)
    here = [site for site in sites if site in year.count]
    for allocation in ALLOCATIONS:
        part: dict[str, float | None] = dict.fromkeys(year.count, None if allocation != NONE else 0.0)
        most = part
        if central:
            part = shares(allocation, central, year.count)
            most = shares(allocation, replace(central, untold=frozenset()), year.count)
        for site in here:
            yield _row(year, central, site, allocation, year.cost[site], part[site], most[site], year.count[site])
        yield _row(year, central, ALL, allocation, _sum(year.cost), _sum(part), _sum(most), _sum(year.count))


def _row(
    year: Year,
    central: Central | None,
    site: str,
    allocation: str,
    cost: float | None,
    part: float | None,
    most: float | None,
    count: float | None,
) -> tuple[object, ...]:
    total = None if cost is None or part is None else cost + part
    unit, low, high = _unit(total, count)
    most = most if part is None else None
    unit_most, *_ends = _unit(None if cost is None or most is None else cost + most, count)
    source = central.source if central and allocation != NONE else ""
    marked = central.earmarked if central and allocation != NONE else {}
    own = sum(marked.values()) if site == ALL else marked.get(site, 0.0)
    ends = last_month(year.period, year.starts)
    return (
        *(site, year.basis, allocation, ALLOCATIONS[allocation], year.period, year.starts, ends),
        *(write_period(year.period, year.starts), cost, part, own, total, count),
        *(unit, write(unit, "gbp_each") if unit is not None else "", low, high, most, unit_most),
        *(_why(year, central, site, cost, part, count), source, MADE_UP in source),
    )


def _unit(total: float | None, count: float | None) -> tuple[float | None, float | None, float | None]:
    if total is None or count is None or count < LEAST_COUNT:
        return None, None, None
    return (total / count, *(intervals.unit_cost(total, count) if total >= 0 else (None, None)))


def _why(
    year: Year, central: Central | None, site: str, cost: float | None, part: float | None, count: float | None
) -> str:
    """Why there is no cost per case; '' where there is."""
    if part is None and central is None:
        return _("the central team's cost is not known for all months from {month}", month=write_month(year.starts))
    if site == CENTRAL_TEAM:
        return ""
    if cost is None:
        return _("what was spent is not known") if year.basis == "actual" else _("no plan known")
    if count is None:
        return _("new cases are not known") if year.basis == "actual" else _("no plan known")
    if part is None and central and (untold := central.untold & {site, ""}):
        return _untold(year, central, site if site in untold else "")
    if part is None and central and not central.rest:
        return _("nobody has said what the site costs the central team")
    if part is None:
        return _("new cases of a site are not known, so that they cannot share the cost")
    return joined(": ", [TOO_FEW, _("new cases")]) if count < LEAST_COUNT else ""


def _untold(year: Year, central: Central, site: str) -> str:
    """Why a share is not known: its money is for running and one-off costs together."""
    money = central.earmarked[site] if site else central.rest
    own = f"{year.period}.{year.basis}.{NONE}.central"
    address = NumberAddress(CENTRAL_TEAM, "central", str(year.starts), own) if money == central.amount else ""
    amount = Number(pounds(money), str(address), _("the central team’s cost"))
    return _("{amount} is for running and one-off costs together, which nobody has told apart", amount=amount)


def _sum(numbers: Mapping[str, float | None]) -> float | None:
    """A sum with a hole in it is no sum."""
    known = [number for number in numbers.values() if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _number(value: float) -> float | None:
    return None if value != value else float(value)
