"""What a measure is: reported, broken down, totalled or divided; its unit, and how a number in that unit is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

OverMonths = Literal["sum", "first", "last"]
Unit = Literal["count", "fte", "gbp", "share", "ratio", "gbp_each"]

MINUS = "\N{MINUS SIGN}"
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
    """A number that sites send every month, from `since` on; before, nobody knows it."""

    name: str
    label: str
    unit: Unit
    over_months: OverMonths
    meaning: str
    since: date = FIRST_ASKED


@dataclass(frozen=True)
class Breakdown:
    """A number that sites send in parts, from `since` on; its own value is the sum of them."""

    name: str
    label: str
    unit: Unit
    over_months: OverMonths
    meaning: str
    parts: tuple[Part, ...]
    since: date = FIRST_ASKED


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


def key(measure: str, part: str) -> str:
    """The name of a number in `results`: `measure`, or `measure.part`."""
    return f"{measure}.{part}" if part else measure


def write(value: float | None, unit: Unit) -> str:
    """A number as people read it: 1,234 people, 3.5 posts, £1,234, 63%; 'not known' where there is none."""
    if value is None or value != value:
        return "not known"
    if unit in ("gbp", "gbp_each"):
        return _signed(value, f"£{round_half_up(abs(value)):,.0f}")
    if unit == "share":
        return f"{round_half_up(value * 100):.0f}%"
    if unit == "count":
        return _signed(value, f"{abs(value):,.0f}")
    text = f"{abs(value):,.2f}" if unit == "ratio" and abs(value) < 10 else f"{abs(value):,.1f}"
    return _signed(value, text)


def write_pence(value: float) -> str:
    """Money with its pence: £1,234.50."""
    return _signed(value, f"£{abs(value):,.2f}")


def round_half_up(value: float, digits: int = 0) -> float:
    """Rounds as people do: 2.5 to 3, not to the nearest even number."""
    scale = 10**digits
    return float(int(abs(value) * scale + 0.5 + 1e-9)) / scale * (1 if value >= 0 else -1)


def _signed(value: float, text: str) -> str:
    """The text with a real minus sign, unless it rounds to nil."""
    return f"{MINUS}{text}" if value < 0 and any(digit in text for digit in "123456789") else text
