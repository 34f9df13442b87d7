"""How a number, an amount of money, a count of things, a list and a capital are written, wherever they are read."""

import math
from collections.abc import Callable, Iterable, Sequence

from etl.definitions.measure import Unit
from etl.definitions.messages import (
    MONTH_NAMES,
    Capital,
    Count,
    Listing,
    Name,
    Number,
    Plain,
    Small,
    Text,
    _,
    joined,
    ngettext,
)

MINUS = "\N{MINUS SIGN}"
ARROW = " → "  # from what was to what is
# What is shown in place of a number that an audience may not see.
HIDDEN = "[c]"
# Names that keep their capital anywhere in a sentence.
NAMES = (*MONTH_NAMES, "Home Office", "Drive")


def write(value: float | None, unit: Unit) -> str:
    """A number as people read it: 1,234 people, 3.5 posts, £1,234, 63%; 'not known' where there is none."""
    if value is None or value != value:
        return "not known"
    if unit in ("gbp", "gbp_each"):
        return _with_minus(value, _pounds(value))
    if unit == "share":
        return f"{round_half_up(100 * value):.0f}%"
    if unit == "count":
        return figures(value)
    return figures(value, 2 if unit == "ratio" and round_half_up(abs(value), 2) < 10 else 1)


def figures(value: float, digits: int = 0) -> str:
    """A number in figures, rounded half-up, the thousands apart: 1,234.5."""
    return _with_minus(value, f"{round_half_up(abs(value), digits):,.{digits}f}")


def write_in_full(value: float | None, unit: Unit) -> str:
    """A number as `write` has it, but money with its pence."""
    if value is not None and value == value and unit in ("gbp", "gbp_each"):
        return write_pence(value)
    return write(value, unit)


def write_limit(value: float | None, unit: Unit) -> str:
    """A line of a control chart as a table has it, to a tenth; money in whole pounds; nothing where there is none."""
    if value is None:
        return ""
    money = unit in ("gbp", "gbp_each")
    shown = write(value, unit) if money else figures(value, 1)
    return Number(shown, "", "", round_half_up(value, 0 if money else 1))


def write_pence(value: float) -> str:
    """Money with its pence: £1,234.50."""
    return _with_minus(value, f"£{figures(abs(value), 2)}")


def pounds(amount: float) -> Number:
    """Whole pounds without a sign: £1,234."""
    return Number(_pounds(amount), "", "", round_half_up(abs(amount)))


def write_count(number: float) -> Number:
    """A whole number in figures: 1,234."""
    return Number(figures(number), "", "", round_half_up(number))


def pounds_short(amount: float) -> Plain:
    """Pounds on an axis: £850, £132k, £1.6m."""
    amount = abs(amount)
    if amount < 1000:
        return Plain(pounds(amount))
    if amount < 999_500:
        return Plain(f"{pounds(amount / 1000)}k")
    return Plain(f"£{round_half_up(amount / 1_000_000, 1):g}m")


def signed_pounds(amount: float) -> str:
    """A change in whole pounds: +£728, −£28."""
    return f"{'+' if amount >= 0 else MINUS}{pounds(amount)}"


def percent(share: float | None) -> Number:
    """A share in whole per cent; nothing where there is none."""
    if share is None:
        return Number("")
    whole = round_half_up(100 * share)
    return Number(f"{whole:.0f}%", "", "", whole / 100)


def write_interval(low: float | None, high: float | None, unit: Unit) -> str:
    """An interval: 102 to 145; nothing where an end is not known."""
    if low is None or high is None:
        return ""
    return _("{low} to {high}", low=write_end(low, unit, "low"), high=write_end(high, unit, "high"))


def write_end(end: float, unit: Unit, side: str) -> Number:
    """The low or the high end of an interval: inwards to a whole number, so that it holds only what the interval holds.

    Money is half-up, as everywhere: a pound is no number of people.
    """
    if unit in ("gbp", "gbp_each"):
        return pounds(end)
    scale = 100 if unit == "share" else 1
    whole = math.ceil(scale * end - 1e-9) if side.startswith("low") else math.floor(scale * end + 1e-9)
    return Number(f"{whole}%", "", "", whole / 100) if unit == "share" else write_count(whole)


def rounded(shares: Iterable[float | None]) -> bool:
    """Whether shares of one whole do not add up to 100% as they are printed, though they do in truth."""
    known = [share for share in shares if share is not None]
    together = abs(sum(known) - 1) < 1e-6
    return together and sum(round_half_up(100 * share) for share in known) != 100


def count(number: int) -> Text:
    """A whole number in a sentence: two, 12."""
    return Count(number)


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things in a sentence: one site, two sites."""
    return f"{count(number)} {_things(number, one, many)}"


def counted_figure(number: int, one: str, many: str = "") -> str:
    """A number of things in figures: 1 day, 33 days."""
    return f"{number:,} {_things(number, one, many)}"


def first_upper(words: str) -> Text:
    """The words with a capital at their start."""
    return Capital(words)


def lower_first(words: str) -> str:
    """The words with a small letter at their start, unless they begin with a name or an abbreviation."""
    if words.startswith(NAMES) or (words[:2].isalpha() and words[:2].isupper()):
        return words
    return Small(words)


def spaced(name: str | None) -> str:
    """A name of the code as people read it: accepted with queries."""
    return (name or "").replace("_", " ")


def named(label: str) -> Text:
    """A site's label in a sentence: the West Midlands, but Croydon."""
    return Name(label, True)


def listed(labels: Sequence[str], most: int = 4) -> Text:
    """Sites in a row: A, B and C; beyond `most` of them, how many."""
    if len(labels) > most:
        return ngettext("{number} site", "{number} sites", len(labels))
    return Listing([named(label) for label in labels])


def round_half_up(value: float, digits: int = 0) -> float:
    """Rounds as people do: 2.5 to 3, not to the nearest even number."""
    scale = 10**digits
    return float(int(abs(value) * scale + 0.5 + 1e-9)) / scale * (1 if value >= 0 else -1)


def range_ends(low: float, high: float, unit: Unit) -> tuple[Plain, Plain]:
    """The ends of all that a number may be: outwards to whole pounds and per cents, so that it holds every value."""
    if unit not in ("gbp", "gbp_each", "share"):
        return Plain(write(low, unit)), Plain(write(high, unit))
    sign, scale, end = ("£", 1, "") if unit != "share" else ("", 100, "%")
    least, most = math.floor(scale * low + 1e-9), math.ceil(scale * high - 1e-9)
    return Plain(f"{sign}{least:,}{end}"), Plain(f"{sign}{most:,}{end}")


def write_range(low: float, high: float, unit: Unit) -> Text:
    """All that a number may be, from end to end."""
    first, last = range_ends(low, high, unit)
    return first if first == last else _("{low} to {high}", low=first, high=last)


def why_open(missing: str, queried: str) -> Text:
    """Why a number is not known exactly: the months that are missing, and those under query."""
    lacking = [_("{months} missing", months=missing)] if missing else []
    asked = [_("{months} under query", months=queried)] if queried else []
    return joined("; ", [*lacking, *asked])


def write_on_its_side(value: float, digits: int, level: Callable[[float], str]) -> str:
    """A number with so many decimals, and with more where it would else be printed on another side of a threshold.

    `level` says for a number which side it is on: 11.96 months of money are not printed as 12.0.
    """
    for more in range(digits, digits + 4):
        rounded = round_half_up(value, more)
        if level(rounded) == level(value):
            return f"{rounded:,.{more}f}"
    return f"{value:,.{digits + 4}f}"


def _pounds(amount: float) -> str:
    return f"£{round_half_up(abs(amount)):,.0f}"


def _with_minus(value: float, text: str) -> str:
    """The text with a real minus sign, unless it rounds to nil."""
    return f"{MINUS}{text}" if value < 0 and any(digit in text for digit in "123456789") else text


def _things(number: int, one: str, many: str) -> str:
    return one if number == 1 else many or f"{one}s"
