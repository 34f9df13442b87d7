"""What every number means: each measure is written once, in its subject's file, and all else is made from it."""

from etl.definitions import caseload, costs, funding, outcomes, people, plans, victims
from etl.definitions.measure import Breakdown, Measure, Reported, Unit, key, keys

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


def subject_of(measure: str) -> str:
    """The subject whose file names this measure; a plan belongs to 'plans'."""
    for name, subject in SUBJECTS.items():
        if any(measure == entry.name for entry in (*subject.REPORTED, *subject.DERIVED)):
            return name
    return "plans"


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


__all__ = [
    "DERIVED",
    "MEASURES",
    "PLANNED",
    "REPORTED",
    "REPORTED_KEYS",
    "SUBJECTS",
    "Breakdown",
    "key",
    "keys",
    "label_of",
    "subject_of",
    "unit_of",
]
