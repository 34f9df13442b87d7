"""What every number means: each measure is written once, in its subject's file, and all else is made from it."""

from datetime import date
from functools import cache

from etl.definitions import caseload, costs, funding, outcomes, people, plans, victims
from etl.definitions.measure import FIRST_ASKED, Breakdown, Measure, Reported, Unit, key, keys

SUBJECTS = {
    "caseload": caseload,
    "people": people,
    "victims": victims,
    "outcomes": outcomes,
    "costs": costs,
    "funding": funding,
}

REPORTED: dict[str, Reported | Breakdown] = {
    measure.name: measure for subject in SUBJECTS.values() for measure in subject.REPORTED
}
PLANNED: dict[str, Reported] = {measure.name: measure for measure in plans.PLANNED}
DERIVED: dict[str, Measure] = {
    measure.name: measure for subject in (*SUBJECTS.values(), plans) for measure in subject.DERIVED
}
MEASURES: dict[str, Measure] = {**REPORTED, **PLANNED, **DERIVED}

# The numbers of a monthly return, in the order of the definitions: (measure, part).
REPORTED_KEYS: tuple[tuple[str, str], ...] = tuple(pair for measure in REPORTED.values() for pair in keys(measure))


def _since(measure: Reported | Breakdown, part: str) -> date:
    own = [p.since for p in measure.parts if p.name == part] if isinstance(measure, Breakdown) else []
    return max([measure.since, *own])


# The numbers that sites were not asked for from the beginning, and the first month of which they are.
ASKED_LATER: dict[str, date] = {
    key(*pair): first for pair in REPORTED_KEYS if (first := _since(REPORTED[pair[0]], pair[1])) > FIRST_ASKED
}


def is_asked(number: str, month: date) -> bool:
    """Whether sites are asked for a reported number, named `measure` or `measure.part`, of a month."""
    return month >= ASKED_LATER.get(number, month)


def nil_before(number: str) -> date | None:
    """The first month of a part that joined its breakdown later: before, there was nothing of it; None of any other."""
    name, _, part = number.partition(".")
    first = ASKED_LATER.get(number)
    return first if part and first and first > REPORTED[name].since else None


def count_asked(month: date) -> int:
    """How many numbers a return of a month has."""
    return len(REPORTED_KEYS) - sum(first > month for first in ASKED_LATER.values())


def subject_of(measure: str) -> str:
    """The subject whose file names this measure; a plan belongs to 'plans'."""
    for name, subject in SUBJECTS.items():
        if any(measure == entry.name for entry in (*subject.REPORTED, *subject.DERIVED)):
            return name
    return "plans"


@cache
def unit_of(number: str) -> Unit:
    """The unit of a number of `results`, named `measure` or `measure.part`."""
    return MEASURES[number if number in MEASURES else number.partition(".")[0]].unit


def label_of(number: str) -> str:
    """The label of a number of `results`, named `measure` or `measure.part`."""
    name, _, part = number.partition(".")
    if number in MEASURES:
        return MEASURES[number].label
    measure = MEASURES[name]
    assert isinstance(measure, Breakdown)
    return next(entry.label for entry in measure.parts if entry.name == part)
