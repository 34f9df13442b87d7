"""What the cells of one return show by themselves: holes, numbers that nobody asked for, sums that the site typed."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from itertools import dropwhile

from etl.check.naming import name_number, write_number
from etl.check.problem import Problem
from etl.definitions import DERIVED, MEASURES, REPORTED, REPORTED_KEYS, key, unit_of
from etl.definitions.checks import CHECKS, MONEY_TOLERANCE
from etl.definitions.measure import Breakdown, Ratio, Total, Unit, keys
from etl.definitions.periods import financial_year_start, months_from, write_month
from etl.definitions.writing import write_in_full
from etl.read import Entry, Return
from etl.read.cell import HOLES, quote
from etl.read.entries import PLACES

_WANTED: dict[Unit, str] = {
    "count": "Type a whole number of people, such as 12, or 0 if there were none.",
    "fte": "Type the full-time equivalent, such as 3.5.",
    "gbp": "Type the amount in pounds, such as 1,234.50, or 0 if there was none.",
}
_IN_THOUSANDS = "Type the amount in thousands of pounds, such as 1.23 for £1,230, or 0 if there was none."


def check_cells(content: Return) -> list[Problem]:
    """What a return shows to be wrong in its own cells."""
    holes = [place for place, state in enumerate(content.entries.states) if state in HOLES]
    problems = [_hole(content.entries[place], content) for place in holes]
    problems += [_unknown(entry) for entry in content.unknown]
    problems += _typed_totals(content)
    problems += _typed_to_date(content)
    return problems


def _hole(entry: Entry, content: Return) -> Problem:
    """The query for a cell without a number, with what it leaves incomplete."""
    number = key(entry.measure, entry.part)
    name = f"{name_number(content.layout, number)} for {write_month(entry.month)}"
    fix = _wanted(entry, content)
    if entry.state == "missing":
        message = f"{name} is empty."
    elif entry.state == "suppressed":
        message = f"{name} says {quote(entry.typed)}."
        fix = "Type the exact number: small numbers are hidden before anything is published."
    else:
        message = f"{name} says {quote(entry.typed)}, which is not a number that can be used."
    message += f" {_incomplete(number)}"
    return Problem(entry.month, entry.sheet, entry.cell, entry.state, "query", message, fix, number)


def _wanted(entry: Entry, content: Return) -> str:
    unit = unit_of(key(entry.measure, entry.part))
    if unit == "gbp" and content.layout.multiply.get(entry.sheet) == 1000:
        return _IN_THOUSANDS
    return _WANTED[unit]


@cache
def _incomplete(number: str) -> str:
    """What cannot be worked out without the number: its total and what is made from it."""
    needed = {number, number.partition(".")[0]}
    sums = [m.name for m in DERIVED.values() if isinstance(m, Total) and needed & {*m.of, *_wholes(m)}]
    ratios = [m for m in DERIVED.values() if isinstance(m, Ratio) and {m.numerator, m.denominator} & {*needed, *sums}]
    measure = MEASURES[number.partition(".")[0]]
    first = [measure.label] if isinstance(measure, Breakdown) else [MEASURES[name].label for name in sums[:1]]
    rest = len(sums) + len(ratios) - (0 if isinstance(measure, Breakdown) else len(sums[:1]))
    if not first and not rest:
        return "Until it is there, no total with it can be shown."
    if not first:
        first, rest = [ratios[0].label], rest - 1
    more = f" and {rest} more that need it" if rest > 1 else f" and {ratios[-1].label}" if rest and ratios else ""
    return f"Until it is there, these cannot be worked out for the month, its quarter and its year: {first[0]}{more}."


def _wholes(total: Total) -> set[str]:
    return {number.partition(".")[0] for number in total.of}


def _unknown(entry: Entry) -> Problem:
    message = "A number stands beside a label that the layout does not have, so it is not counted."
    fix = CHECKS["unknown_label"].fix
    return Problem(entry.month, entry.sheet, entry.cell, "unknown_label", "query", message, fix)


def _typed_totals(content: Return) -> Iterator[Problem]:
    """Totals that the site made itself and that their parts do not add up to; none where a part is not known."""
    parts: dict[tuple[str, date], list[float | None]] = defaultdict(list)
    entries = content.entries
    columns = zip(entries.numbers, entries.months, entries.values, entries.states, strict=True)
    for number, month, value, state in columns if content.totals else ():
        if state != "not_applicable":
            parts[REPORTED_KEYS[number][0], month].append(value)
    for total in content.totals:
        added = _sum(parts[total.measure, total.month])
        if total.value is None or added is None or abs(added - total.value) < MONEY_TOLERANCE / 2:
            continue
        measure = REPORTED[total.measure]
        said, made = _amount(total.value, measure.unit), _amount(added, measure.unit)
        message = f"{measure.label}: the total for {write_month(total.month)} says {said}, but its lines make {made}."
        fix = CHECKS["total_differs"].fix
        yield Problem(total.month, total.sheet, total.cell, "total_differs", "query", message, fix, total.measure)


def _typed_to_date(content: Return) -> Iterator[Problem]:
    """Years to date that the site typed and that its months do not add up to; none where a month is not known."""
    if not content.to_date:
        return
    entries = content.entries
    values = dict(zip(zip(entries.numbers, entries.months, strict=True), entries.values, strict=True))
    year = months_from(financial_year_start(content.month), content.month)
    for said in content.to_date:
        place = PLACES[said.measure, said.part]
        if said.value is None or place not in _TO_DATE_TOLERANCE:
            continue
        added = _sum([values.get((place, month)) for month in _from_first(place, year, values)])
        if added is None or abs(added - said.value) <= _TO_DATE_TOLERANCE[place]:
            continue
        number = key(said.measure, said.part)
        message = (
            f"The year to date of {name_number(content.layout, number)} says {write_number(number, said.value)}, but "
            f"its months to {write_month(said.month)} make {write_number(number, added)}."
        )
        fix = f"Correct the year to date or the month that is wrong; the months make {write_number(number, added)}."
        yield Problem(said.month, said.sheet, said.cell, "to_date_differs", "query", message, fix, number)


def _from_first(place: int, year: list[date], asked: Collection[tuple[int, date]]) -> Iterator[date]:
    """The months of a year from the first one on for which a number was asked."""
    return dropwhile(lambda month: (place, month) not in asked, year)


# The numbers that months add up to: counts agree exactly and money to the penny, in whatever unit it is typed.
_TO_DATE_TOLERANCE = {
    PLACES[pair]: MONEY_TOLERANCE + 1e-6 if measure.unit == "gbp" else 1e-9
    for measure in REPORTED.values()
    for pair in keys(measure)
    if measure.over_months == "sum" and measure.unit != "fte"
}


def _sum(values: list[float | None]) -> float | None:
    """The sum, or None where one is not known or there is none."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _amount(value: float, unit: Unit) -> str:
    return write_in_full(value, unit)
