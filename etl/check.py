"""Entries in, problems out: each with its cell, its likely cause and how to mend it."""

from collections import defaultdict
from datetime import date

from etl.definitions import REPORTED, key, unit_of
from etl.definitions.measure import Breakdown, Unit, write
from etl.definitions.periods import write_month
from etl.problem import Problem
from etl.read import Entry, Return
from etl.read.cell import quote

_WANTED: dict[Unit, str] = {
    "count": "Type a whole number of people, such as 12, or 0 if there were none.",
    "fte": "Type the full-time equivalent, such as 3.5.",
    "gbp": "Type the amount in pounds, such as 1,234.50, or 0 if there was none.",
}


def check_return(given: Return) -> list[Problem]:
    """What a return alone shows to be wrong."""
    problems = [problem for entry in given.entries if (problem := _hole(entry))]
    problems += [_unknown(entry) for entry in given.unknown]
    for month in sorted({entry.month for entry in given.entries}):
        entries = {key(e.measure, e.part): e for e in given.entries if e.month == month}
        problems += _totals_typed(given, month, entries)
    return problems


def _hole(entry: Entry) -> Problem | None:
    """The query for a cell without a number."""
    number = key(entry.measure, entry.part)
    label, wanted = f"“{entry.label}”", _WANTED[unit_of(number)]
    if entry.state == "missing":
        message, fix = f"{label} for {write_month(entry.month)} is empty.", wanted
    elif entry.state == "suppressed":
        message = f"{label} for {write_month(entry.month)} says {quote(entry.typed)}."
        fix = "Type the exact number: small numbers are hidden before anything is published."
    elif entry.state == "unreadable":
        message, fix = (
            f"{label} for {write_month(entry.month)} says {quote(entry.typed)}, which is not a number that can be used.",
            wanted,
        )
    else:
        return None
    return Problem(entry.month, entry.sheet, entry.cell, entry.state, "query", message, fix, number)


def _unknown(entry: Entry) -> Problem:
    message = "A number stands beside a label that the layout does not have, so it is not counted."
    fix = "Add the number to the line that it belongs to, or ask for a line of its own."
    return Problem(entry.month, entry.sheet, entry.cell, "unknown_label", "query", message, fix)


def _totals_typed(given: Return, month: date, entries: dict[str, Entry]) -> list[Problem]:
    """A total that the site made itself and that its parts do not add up to."""
    parts: dict[str, list[float | None]] = defaultdict(list)
    for entry in entries.values():
        if entry.part:
            parts[entry.measure].append(entry.value)
    problems = []
    for total in given.totals:
        values = parts[total.measure]
        if total.month != month or total.value is None or None in values:
            continue
        added = sum(value for value in values if value is not None)
        if abs(added - total.value) > 0.005:
            measure = REPORTED[total.measure]
            assert isinstance(measure, Breakdown)
            said, made = write(total.value, measure.unit), write(added, measure.unit)
            message = (
                f"{measure.label}: the total for {write_month(month)} says {said}, but the lines above it make {made}."
            )
            fix = "Correct the total or the line that is wrong."
            problems.append(
                Problem(month, total.sheet, total.cell, "total_differs", "query", message, fix, total.measure)
            )
    return problems
