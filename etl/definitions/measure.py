"""What a measure is: reported, broken down, totalled or divided; its unit, and how it is made of others."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

OverMonths = Literal["sum", "first", "last"]
Unit = Literal["count", "fte", "gbp", "share", "ratio", "gbp_each"]
# What a count of people tells of one of them: that the service worked with so many (published exactly), or who they are
# or what became of them (small numbers are protected). What is no count of people tells nothing.
Tells = Literal["activity", "attribute", "not people"]

FIRST_ASKED = date(2018, 4, 1)


@dataclass(frozen=True)
class Part:
    """One of the parts that a breakdown is made of, such as `police` of `referrals`.

    `since` is the first month of which sites are asked for it; before, it was counted among the other parts.
    """

    name: str
    label: str
    meaning: str
    since: date = FIRST_ASKED


@dataclass(frozen=True)
class Reported:
    """A number that sites send every month, from `since` on; before, nobody knows it.

    What it `tells` of a person is said here; of a count of which nobody has said it, small numbers are protected.
    """

    name: str
    label: str
    unit: Unit
    over_months: OverMonths
    meaning: str
    since: date = FIRST_ASKED
    tells: Tells | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Breakdown:
    """A number that sites send in parts, from `since` on; its own value is the sum of them.

    What the sum `tells` is said here; each part of a count of people is an attribute.
    """

    name: str
    label: str
    unit: Unit
    over_months: OverMonths
    meaning: str
    parts: tuple[Part, ...]
    since: date = FIRST_ASKED
    tells: Tells | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Total:
    """The sum of other numbers, named by their keys; with a hole in one of them it is no sum.

    `over_months` replaces the way in which the addends' own months make a longer period: open cases counted at
    each month's end add up to open case-months. `lines_shared_only` keeps the spend lines that every site counts
    (`data/reference/scope.csv`).
    """

    name: str
    label: str
    unit: Unit
    of: tuple[str, ...]
    meaning: str
    over_months: OverMonths | None = None
    lines_shared_only: bool = False


@dataclass(frozen=True)
class Ratio:
    """One number divided by another, both over the same sites and months."""

    name: str
    label: str
    unit: Unit
    numerator: str
    denominator: str
    meaning: str


Measure = Reported | Breakdown | Total | Ratio


def keys(measure: Reported | Breakdown) -> Iterator[tuple[str, str]]:
    """The (measure, part) pairs that a site reports for this measure; the part is '' where there is none."""
    if isinstance(measure, Reported):
        yield measure.name, ""
    else:
        yield from ((measure.name, part.name) for part in measure.parts)


def addends(total: Total, shared: Collection[str]) -> tuple[str, ...]:
    """The numbers that a total is the sum of, where `shared` are the spend lines that every site counts."""
    return tuple(n for n in total.of if not total.lines_shared_only or n.partition(".")[2] in shared)


def key(measure: str, part: str) -> str:
    """The name of a number in `results`: `measure`, or `measure.part`."""
    return f"{measure}.{part}" if part else measure
