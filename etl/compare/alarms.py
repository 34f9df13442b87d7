"""Alarms: where new cases or referrals have fallen by more than chance allows, and how often chance alone alarms."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pandas as pd

from etl.compare.bridges import ALL, first_months
from etl.definitions.messages import Month, Number, Plain, Text, _, ngettext
from etl.definitions.periods import day_of, months_between, write_month
from etl.definitions.tables import columns_of
from etl.definitions.writing import figures
from etl.methods import alarm
from etl.provenance.address import NumberAddress
from etl.reference import Rebase

# Referrals come before new cases and vary with them: a month alone is looked at in both, a slow fall in new cases.
MONTHS_OF = ("new_cases", "referrals")
FALLS_OF = ("new_cases",)

Values = Sequence[tuple[date, float]]


def alarms(results: pd.DataFrame, data_month: date, rebases: Iterable[Rebase] = ()) -> pd.DataFrame:
    """A row for each alarm that the data month raises; `rebases` are decisions to let a series start afresh.

    A site whose newest known month is another one raises none. Of all series that are watched together chance alone
    raises one alarm in `every` months.
    """
    known = {measure: dict(_series(results, measure, list(rebases))) for measure in MONTHS_OF}
    watched = {measure: len(own) for measure, own in known.items()}
    months, falls = sum(watched[m] for m in MONTHS_OF), sum(watched[m] for m in FALLS_OF)
    rows = [
        row
        for measure, sites in known.items()
        for site, values in sites.items()
        if values and values[-1][0] == data_month
        for row in _raised(site, measure, values, months, falls)
    ]
    every = _every(known, months, falls)
    said = _("Chance alone raises about one such alarm in {number} months.", number=Plain(figures(every or 0)))
    return pd.DataFrame([(*row, every, said) for row in rows], columns=columns_of("alarms"))


def _series(results: pd.DataFrame, measure: str, rebases: Sequence[Rebase]) -> Iterator[tuple[str, Values]]:
    """The known months of each site's measure, from its first month or its last fresh start on."""
    monthly = results[(results.period == "month") & (results.measure == measure) & (results.site != ALL)]
    first = first_months(results)
    for site, own in monthly.sort_values("starts").groupby("site", sort=False):
        begins = [r.month for r in rebases if r.site == site and r.measure == measure]
        start = max([first[site], *begins])
        months = zip(map(day_of, own.starts), own.value, strict=True)
        yield str(site), [(month, float(value)) for month, value in months if value == value and month >= start]


def _raised(site: str, measure: str, values: Values, months: int, falls: int) -> Iterator[tuple[object, ...]]:
    """The alarms of a series: of its last month, else of a slow fall."""
    counts = [value for _month, value in values]
    last = values[-1][0]
    single = alarm.month(counts, months)
    if single is not None and single.alarming:
        usual = counts[-1 - alarm.MONTHS_BEFORE : -1]
        words, before = _of_month(site, measure, last, single), _usual(min(usual), max(usual), single.chance)
        low, high = min(usual), max(usual)
        yield site, measure, last, "month", last, single.count, low, high, single.expected, single.chance, words, before
        return
    slow = alarm.fall(counts, falls) if measure in FALLS_OF else None
    if slow is not None and slow.alarming:
        since = values[slow.since][0]
        words = _of_fall(values[slow.since :], slow)
        before = _("About {number} were usual in so many months.", number=Plain(figures(slow.expected)))
        yield site, measure, last, "fall", since, slow.count, None, None, slow.expected, None, words, before


def _of_month(site: str, measure: str, month: date, found: alarm.Month) -> Text:
    """So many in a month, which is unusually few."""
    address = str(NumberAddress(site, "month", str(month), measure))
    places = {"number": Number(figures(found.count), address, ""), "month": Month(month, "name")}
    count = round(found.count)
    if measure == "referrals":
        one, many = "{number} referral in {month}, unusually low", "{number} referrals in {month}, unusually low"
    else:
        one, many = "{number} new case in {month}, unusually low", "{number} new cases in {month}, unusually low"
    return ngettext(one, many, count, **places)


def _usual(low: float, high: float, chance: float) -> Text:
    """What the year before had, and how rare so few are."""
    places = {"low": Plain(figures(low)), "high": Plain(figures(high)), "number": Plain(_rounded(1 / chance))}
    return _("{low} to {high} a month in the year before. By chance about 1 month in {number}.", **places)


def _rounded(number: float) -> str:
    """A rough number, to two figures."""
    return f"{float(f'{min(number, 1e6):.2g}'):,.0f}"


def _of_fall(values: Values, found: alarm.Fall) -> Text:
    """So many over several months, which is unusually few; months that are missing are not counted."""
    since, last = values[0][0], values[-1][0]
    places = {"number": Plain(figures(found.count)), "months": len(values), "month": write_month(since)}
    if months_between(since, last) + 1 > len(values):
        return _("{number} new cases in the {months} known months since {month}, unusually low", **places)
    if len(values) == 1:
        return _("{number} new cases in {month}, unusually low", **places)
    return _("{number} new cases in the {months} months since {month}, unusually low", **places)


def _every(known: dict[str, dict[str, Values]], months: int, falls: int) -> float | None:
    """In how many months chance alone raises one alarm, of all series that are watched."""
    rate = 0.0
    for measure, sites in known.items():
        for values in sites.values():
            counts = [value for _month, value in values]
            if (single := alarm.month(counts, months)) is not None:
                rate += alarm.false_months(single.expected, months)
                rate += 1 / alarm.false_run(falls) if measure in FALLS_OF else 0.0
    return 1 / rate if rate else None
