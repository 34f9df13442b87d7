"""Faults with a known cause, planted one at a time in clean made-up returns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.random import Generator, default_rng

from etl.check.compare import compare
from etl.check.history import NUMBERS, UNITS, Order, ReturnedMonth
from etl.check.problem import Problem
from etl.definitions import REPORTED, key, keys
from etl.definitions.checks import CHECKS
from etl.definitions.periods import financial_year_start, month_after
from etl.sample.plan import choose_sites
from etl.sample.simulate import simulate
from etl.sites import Site

Numbers = dict[str, float]
Months = dict[date, Numbers]
FIRST, LAST = date(2018, 4, 1), date(2020, 3, 1)
SPEND = [key(*pair) for pair in keys(REPORTED["spend"])]
LARGE_SPEND = ["spend.case_management", "spend.management", "spend.victim_support", "spend.premises"]
FLOWS = [n for n, unit in zip(NUMBERS, UNITS, strict=True) if unit == "count" and "ing_cases" not in n]


@dataclass(frozen=True)
class Planted:
    """A fault: in which month and cells, and by which of these names its cause may be called ('' where it has none)."""

    month: date
    cells: frozenset[str]
    causes: frozenset[str]
    months: Months
    others: Mapping[str, Months]


Plant = Callable[[Months, date, Generator, Mapping[str, Months]], tuple[set[str], set[str]] | None]


def clean(site: Site, seed: int, last: date = LAST) -> Months:
    """A site's months without any fault."""
    return {
        month: {key(*pair): float(number) for pair, number in numbers.items()}
        for month, numbers in simulate(site.name, site.first_month, last, seed)
    }


def said_of(site: str, months: Mapping[date, Numbers], days: int = 8) -> list[ReturnedMonth]:
    """What a site's returns say, each received `days` after its month."""
    rows = []
    for month, numbers in months.items():
        received = datetime.combine(month_after(month), datetime.min.time()) + timedelta(days=days)
        values = np.array([numbers.get(number, np.nan) for number in NUMBERS])
        places = [("Sheet", f"D{column + 1}") for column in range(len(NUMBERS))]
        order = Order(False, received, 1, f"{site}{month}")
        rows.append(ReturnedMonth(f"{site}-{month}", site, month, order, values, np.zeros(len(NUMBERS), bool), places))
    return rows


def problems_of(site: Site, months: Months, others: Mapping[str, Months] | None = None) -> list[Problem]:
    """What the checks ask about a site's months."""
    said = said_of(site.name, months)
    elsewhere = [one for name, theirs in (others or {}).items() for one in said_of(name, theirs, days=5)]
    found = compare(said, elsewhere, {site.name: site}, {one.return_id for one in said})
    return [problem for _, problem in found if not CHECKS[problem.code].shadow]


def plant(kind: str, number: int, seed: int = 1) -> tuple[Site, Planted]:
    """The `number`-th fault of a kind, in another site and month each time."""
    random = default_rng([seed, number, *kind.encode()])
    sites = choose_sites(40)
    for attempt in range(50):
        site, other = sites[int(random.integers(0, 40))], sites[int(random.integers(4, 40))]
        months = clean(site, seed + number + 100 * attempt)
        others = {other.name: clean(other, seed + number + 1000)} if other.name != site.name else {}
        for month in random.permutation(np.array(list(months)[10:], dtype=object)):
            changed = {m: dict(numbers) for m, numbers in months.items()}
            if done := KINDS[kind](changed, month, random, others):
                return site, Planted(month, frozenset(done[0]), frozenset(done[1]), changed, others)
    raise AssertionError(f"{kind} cannot be planted")


def corpus(each: int = 10, seed: int = 1) -> Iterator[tuple[str, Site, Planted]]:
    """All kinds of faults, `each` of every kind."""
    for kind in KINDS:
        for number in range(each):
            yield (kind, *plant(kind, number, seed))


def _times(factor: float, cause: str) -> Plant:
    def do(months: Months, month: date, random: Generator, others: Mapping[str, Months]):
        number = str(random.choice(SPEND))
        months[month][number] = round(months[month][number] * factor, 2)
        return {number}, {cause}

    return do


def _twelve_months(months, month, random, others):
    """Not in February and March, when the year to date is as much."""
    return _times(12, "times_12")(months, month, random, others) if month.month not in (2, 3) else None


def _times_count(months, month, random, others):
    number = str(random.choice(["new_cases", "opening_cases", "victims", "children", "referrals.police"]))
    if months[month][number] < 4:
        return None
    months[month][number] *= 10
    return {number}, {"times_10"}


def _year_to_date(months, month, random, others):
    number = str(random.choice(SPEND))
    so_far = [m for m in months if financial_year_start(month) <= m <= month]
    if len(so_far) < 2:
        return None
    months[month][number] = round(sum(months[m][number] for m in so_far), 2)
    return {number}, {"year_to_date"}


def _year_to_date_count(months, month, random, others):
    number = str(random.choice(["new_cases", "children", "victims"]))
    so_far = [m for m in months if financial_year_start(month) <= m <= month]
    if len(so_far) < 4 or months[month][number] < 1:
        return None
    months[month][number] = sum(months[m][number] for m in so_far)
    return {number}, {"year_to_date"}


def _year_to_date_all_spend(months, month, random, others):
    so_far = [m for m in months if financial_year_start(month) <= m <= month]
    if len(so_far) < 2:
        return None
    made = {number: round(sum(months[m][number] for m in so_far), 2) for number in SPEND}
    months[month] |= made
    return set(SPEND), {"year_to_date"}


def _thousands_sheet(months, month, random, others):
    money = [n for n, unit in zip(NUMBERS, UNITS, strict=True) if unit == "gbp"]
    months[month] |= {number: round(months[month][number] / 1000, 2) for number in money}
    return set(money), {"a_thousandth"}


def _sign(months, month, random, others):
    number = str(random.choice(LARGE_SPEND))
    months[month][number] *= -1
    return {number}, {"sign"}


def _swapped_digits(numbers: Numbers, number: str) -> bool:
    digits = f"{numbers[number]:.0f}"
    if len(digits) != 2 or digits[0] == digits[1] or digits[1] == "0":
        return False
    numbers[number] = float(digits[::-1])
    return True


def _digits_opening(months, month, random, others):
    return ({"opening_cases"}, {"digits_swapped"}) if _swapped_digits(months[month], "opening_cases") else None


def _digits_new(months, month, random, others):
    return ({"new_cases"}, {"digits_swapped"}) if _swapped_digits(months[month], "new_cases") else None


def _digits_victims_white(months, month, random, others):
    number = str(random.choice(["sex.male", "ethnicity.white", "disability.no"]))
    return ({number}, {"digits_swapped"}) if _swapped_digits(months[month], number) else None


def _digits_money(months, month, random, others):
    number = str(random.choice(SPEND))
    pounds, _, pence = f"{months[month][number]:.2f}".partition(".")
    swapped = float(f"{pounds[1]}{pounds[0]}{pounds[2:]}.{pence}")
    if pounds[1] == "0" or (swapped < 1.5 * months[month][number] and swapped > 0.6 * months[month][number]):
        return None
    months[month][number] = swapped
    return {number}, {"digits_swapped"}


def _last_month(months, month, random, others):
    before = months[month_after(month, -1)]
    kept = {number: months[month][number] for number in ("opening_cases", "case_managers", "marac_repeat_cases")}
    months[month] = {**before, **kept}
    return {""}, {"copied_month"}


def _other_site(months, month, random, others):
    for theirs in others.values():
        months[month] = dict(theirs[month])
        return {""}, {"copied_site"}
    return None


def _swap(months: Months, month: date, a: str, b: str):
    months[month][a], months[month][b] = months[month][b], months[month][a]
    return {a, b}, {"cells_swapped"}


def _swapped_parts(months, month, random, others):
    pairs = [("sex.male", "sex.female"), ("ethnicity.white", "ethnicity.other"), ("disability.no", "disability.yes")]
    a, b = pairs[int(random.integers(0, 3))]
    return _swap(months, month, a, b) if months[month][a] - months[month][b] >= 7 else None


def _swapped_spend(months, month, random, others):
    a, b = "spend.case_management", str(random.choice(["spend.premises", "spend.training", "spend.victim_support"]))
    return _swap(months, month, a, b)


def _swapped_contact(months, month, random, others):
    if months[month]["victims"] - months[month]["victims_in_contact"] < 2:
        return None
    return _swap(months, month, "victims", "victims_in_contact")


def _off(number: str, *others_cells: str) -> Plant:
    """A number that is off by a few for no reason that anyone could name."""

    def do(months: Months, month: date, random: Generator, others: Mapping[str, Months]):
        months[month][number] += float(random.choice([1, 2, 3]))
        return {number, *others_cells}, {"", "one_number"}

    return do


def _above(number: str, whole: str) -> Plant:
    def do(months: Months, month: date, random: Generator, others: Mapping[str, Months]):
        months[month][number] = months[month][whole] + float(random.choice([1, 2]))
        return {number, whole}, {"", "one_number"}

    return do


def _accepted_above(months, month, random, others):
    if month.month not in (4, 5):
        return None
    referred = sum(
        months[m][n]
        for m in months
        for n in NUMBERS
        if n.startswith("referrals.") and financial_year_start(month) <= m <= month
    )
    accepted = sum(months[m]["accepted"] for m in months if financial_year_start(month) <= m < month)
    months[month]["accepted"] = referred - accepted + 1
    return {"accepted"}, {"", "one_number"}


def _half_year(months, month, random, others):
    number = str(random.choice(LARGE_SPEND))
    if month.month in (8, 9, 10, 6, 7):
        return None
    months[month][number] = round(sum(months[month_after(month, -step)][number] for step in range(6)), 2)
    return {number}, {"several_months"}


def _parts(measure: str) -> list[str]:
    return [key(*pair) for pair in keys(REPORTED[measure])]


KINDS: dict[str, Plant] = {
    "year to date typed as the month, one amount": _year_to_date,
    "year to date typed as the month, a count": _year_to_date_count,
    "year to date typed as the month, all spend": _year_to_date_all_spend,
    "twelve months' amount": _twelve_months,
    "six months' amount": _half_year,
    "ten times an amount": _times(10, "times_10"),
    "ten times a count": _times_count,
    "pence as pounds": _times(100, "times_100"),
    "pounds in a sheet of thousands": _times(1000, "times_1000"),
    "thousands typed as pounds": _times(0.001, "a_thousandth"),
    "thousands typed as pounds, all money": _thousands_sheet,
    "the wrong sign": _sign,
    "digits swapped in open cases": _digits_opening,
    "digits swapped in new cases": _digits_new,
    "digits swapped in a part": _digits_victims_white,
    "digits swapped in an amount": _digits_money,
    "last month's return again": _last_month,
    "another site's return": _other_site,
    "two parts swapped": _swapped_parts,
    "two amounts swapped": _swapped_spend,
    "victims and in contact swapped": _swapped_contact,
    "open cases not carried over": _off("opening_cases"),
    "cases do not add up": _off("closing_cases.direct", *_parts("closing_cases")),
    "parts do not add up": _off("age.35_44", *_parts("age"), "new_cases"),
    "risk does not add up": _off("risk_change.same", *_parts("risk_change"), *_parts("closed_cases")),
    "more repeat perpetrators than new cases": _above("repeat_perpetrators", "new_cases"),
    "more victims in contact than victims": _above("victims_in_contact", "victims"),
    "more accepted than referred": _accepted_above,
}
