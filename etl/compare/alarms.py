"""Alarms: where new cases or referrals have fallen by more than chance allows, and how often chance alone alarms."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pandas as pd

from etl.compare.bridges import ALL, first_months
from etl.definitions.messages import Month, Number, Plain, Text, _, joined, ngettext
from etl.definitions.periods import day_of, months_between, write_month
from etl.definitions.tables import columns_of
from etl.definitions.writing import figures
from etl.methods import alarm
from etl.provenance.address import NumberAddress
from etl.reference import Rebase

MEASURES = ("new_cases", "referrals")

Values = Sequence[tuple[date, float]]


def alarms(
    results: pd.DataFrame, data_month: date, rebases: Iterable[Rebase] = (), queried: pd.DataFrame | None = None
) -> pd.DataFrame:
    """A row for each alarm that the data month raises; `rebases` are decisions to let a series start afresh.

    `queried` has the site, month and measure of each number that is under query with a likely cause: it counts as not
    known. A site whose newest known month is another one raises none. Of all series that are watched together chance
    alone raises one alarm in `every` months.
    """
    known = dict(_series(results, list(rebases), queried))
    raised = [
        row
        for place, values in known.items()
        if values and values[-1][0] == data_month
        for row in _raised(*place, values, len(known))
    ]
    every = _every(list(known.values())) if raised else 0.0
    said = _("Chance alone raises about one such alarm in {number} months.", number=Plain(figures(every)))
    return pd.DataFrame([(*row, every, said) for row in raised], columns=columns_of("alarms"))


def _series(
    results: pd.DataFrame, rebases: Sequence[Rebase], queried: pd.DataFrame | None
) -> Iterator[tuple[tuple[str, str], Values]]:
    """The known months of each site and measure, from its first month or its last fresh start on."""
    asked = [] if queried is None else zip(queried.site, map(day_of, queried.month), queried.measure, strict=True)
    doubted = set(asked)
    monthly = results[(results.period == "month") & results.measure.isin(MEASURES) & (results.site != ALL)]
    first = first_months(results)
    for (site, measure), own in monthly.sort_values("starts").groupby(["site", "measure"], sort=False):
        start = max([first[site], *(r.month for r in rebases if r.site == site and r.measure == measure)])
        months = [(day_of(row.starts), float(row.value)) for row in own.itertuples() if row.value == row.value]
        yield (site, measure), [(m, v) for m, v in months if m >= start and (site, m, measure) not in doubted]


def _raised(site: str, measure: str, values: Values, series: int) -> Iterator[tuple[object, ...]]:
    """The alarms of a series: of its last month, else of a slow fall."""
    counts, last = [value for _month, value in values], values[-1][0]
    single, slow = alarm.month(counts, series), alarm.fall(counts, series)
    if single is not None and single.alarming:
        before = counts[-1 - alarm.MONTHS_BEFORE : -1]
        span = _("{low} to {high} a month in the year before.", low=_plain(min(before)), high=_plain(max(before)))
        rest = (single.count, min(before), max(before), single.expected, single.chance)
        words, usual = _of_month(site, measure, last, single.count), joined(" ", [span, _rarely(single.chance)])
        yield site, measure, last, "month", last, *rest, words, usual
    elif slow is not None and slow.alarming:
        seen, chance = values[slow.since :], 1 / alarm.false_run(series)
        span = _("About {number} were usual in so many months.", number=_plain(slow.expected))
        words, usual = _of_fall(measure, seen, slow.count), joined(" ", [span, _rarely(chance)])
        yield site, measure, last, "fall", seen[0][0], slow.count, None, None, slow.expected, chance, words, usual


def _plain(number: float) -> Plain:
    return Plain(figures(number))


def _counted(measure: str, count: float, number: Text) -> Text:
    """So many new cases or referrals."""
    if measure == "referrals":
        return ngettext("{number} referral", "{number} referrals", round(count), number=number)
    return ngettext("{number} new case", "{number} new cases", round(count), number=number)


def _of_month(site: str, measure: str, month: date, count: float) -> Text:
    """So many in a month, which is unusually few."""
    address = str(NumberAddress(site, "month", str(month), measure))
    what = _counted(measure, count, Number(figures(count), address, ""))
    return _("{what} in {month}, unusually low", what=what, month=Month(month, "name"))


def _of_fall(measure: str, values: Values, count: float) -> Text:
    """So many over several months, which is unusually few; months that are missing are not counted."""
    since, last = values[0][0], values[-1][0]
    places = {"what": _counted(measure, count, _plain(count)), "months": len(values), "month": write_month(since)}
    if months_between(since, last) + 1 > len(values):
        return _("{what} in the {months} known months since {month}, unusually low", **places)
    if since == last:
        return _("{what} in {month}, unusually low", what=places["what"], month=Month(last, "name"))
    return _("{what} in the {months} months since {month}, unusually low", **places)


def _rarely(chance: float) -> Text:
    """How rare that is, to two figures."""
    months = float(f"{min(1 / chance, 1e6):.2g}")
    return _("By chance about 1 month in {number}.", number=Plain(f"{months:,.0f}"))


def _every(series: Sequence[Values]) -> float:
    """In how many months chance alone raises one alarm, of all series that have months enough to raise any."""
    long = [values[-1 - alarm.MONTHS_BEFORE : -1] for values in series if len(values) > alarm.MONTHS_BEFORE]
    levels = [sum(value for _month, value in year) / alarm.MONTHS_BEFORE for year in long]
    falls = len([level for level in levels if level]) / alarm.false_run(len(series))
    return 1 / (sum(alarm.false_months(level, len(series)) for level in levels) + falls)
