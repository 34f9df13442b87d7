"""What a cell says: a number, nil, nothing, not applicable, hidden by the site, or something that is no number."""

import re
from collections.abc import Callable
from datetime import time
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from math import isfinite
from typing import Literal, NamedTuple

from etl.definitions.measure import Unit
from etl.definitions.writing import HIDDEN
from etl.intake.grid import LENGTH_OF_TIME
from etl.read.words import as_typed, plain, remembered

State = Literal["reported", "missing", "not_applicable", "suppressed", "unreadable"]

# States in which a number should be there and is not; such a hole never becomes 0.
HOLES = ("missing", "suppressed", "unreadable")

_NIL = {"nil", "none", "-"}
_NOT_APPLICABLE = {"n/a", "na", "n.a.", "n.a", "n a", "n\\a", "not applicable", "[z]"}
_SUPPRESSED = {HIDDEN, "c", "*"}
_FEWER = re.compile(r"^(?:(?:<|≤|<=|under|fewer than|less than) ?\d{1,3}|\d{1,3} or (?:under|fewer|less))$")

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(rf"^(?:{_DIGITS})$")
_MONEY = re.compile(rf"^(?P<sign>-?) ?£? ?(?P<inner_sign>-?)(?P<digits>{_DIGITS})$")
_BRACKETS = re.compile(rf"^£? ?\( ?£? ?(?P<digits>{_DIGITS}) ?\)$")

# Larger numbers are not exact in the warehouse, and no return has them.
_LARGEST = Decimal(10) ** 12
_PENNY = Decimal("0.01")
# What a formula adds to a whole number or a number of posts by working in binary.
_DUST = Decimal("1e-9")
# Below this a number of thousands of pounds is exact to far less than a penny.
_EXACT = 1e6

# Words that people type where a number is to follow; only these, and figures, are ever quoted back.
_PLACEHOLDERS = {
    "tbc", "tba", "tbd", "to be confirmed", "to follow", "awaiting", "pending", "unknown", "not known", "not recorded",
    "not available", "see note", "see notes", "see comment", "n/k", "nk", "x", "?", "??", "yes", "no", "true",
    "false", "zero", "one", "two", "three", "four", "five", "various", "error", "formula not calculated", "tbc finance",
}  # fmt: skip
_FIGURES = re.compile(r"^[\d\s.,£$€%()<>=/+*\-–—oOlI:;?#!~]{1,24}$")
_ERROR = re.compile(r"^#[A-Z0-9/!?]+[!?A]?$|^Err:\d{3}$")


class Reading(NamedTuple):
    """The number that a cell says, in people, full-time equivalents or pounds, and the state it is in."""

    value: float | None
    state: State


MISSING = Reading(None, "missing")
UNREADABLE = Reading(None, "unreadable")


def read_cell(cell: object, unit: Unit, times: int = 1) -> Reading:
    """What a cell says as a number of `unit`; `times` is what one typed unit stands for (1,000 in a sheet of £000)."""
    if type(cell) is float:  # nearly every one
        return _read_number(cell, unit, times)
    if cell is None:
        return MISSING
    if isinstance(cell, str):
        return _reader(unit, times)(as_typed(cell))
    return _read_number(cell, unit, times) if type(cell) is int else UNREADABLE


@lru_cache(maxsize=20_000)
def _read_number(number: float, unit: Unit, times: int) -> Reading:
    return _read_plainly(number, unit, times) or _number(Decimal(repr(number)), unit, times)


def _read_plainly(number: float, unit: Unit, times: int) -> Reading | None:
    """A whole number of people or pence, which nearly every cell is; None for any other number."""
    if not 0 <= number < _EXACT:
        return None
    if unit != "gbp":
        return Reading(number + 0.0, "reported") if number == int(number) else None
    pence = number * times * 100
    return Reading(round(pence) / 100, "reported") if abs(pence - round(pence)) < 1e-6 else None


@cache
def _reader(unit: Unit, times: int) -> Callable[[str], Reading]:
    return remembered(lambda text: _read_text(text, unit, times))


def _read_text(text: str, unit: Unit, times: int) -> Reading:
    if not text:
        return MISSING
    if text in _NIL:
        return Reading(0.0, "reported")
    if text in _NOT_APPLICABLE:
        return Reading(None, "not_applicable")
    if text in _SUPPRESSED or _FEWER.match(text):
        return Reading(None, "suppressed")
    number = _read_money(text) if unit == "gbp" else _read_plain_number(text)
    return UNREADABLE if number is None else _number(number, unit, times)


def _read_plain_number(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) if _NUMBER.match(text) else None


def _read_money(text: str) -> Decimal | None:
    if match := _BRACKETS.match(text):
        return -Decimal(match["digits"].replace(",", ""))
    match = _MONEY.match(text)
    if not match or (match["sign"] and match["inner_sign"]):
        return None
    amount = Decimal(match["digits"].replace(",", ""))
    return -amount if match["sign"] or match["inner_sign"] else amount


def _number(number: Decimal, unit: Unit, times: int) -> Reading:
    if not number.is_finite() or abs(number) > _LARGEST:
        return UNREADABLE
    if unit == "gbp":
        return Reading(float((number * times).quantize(_PENNY, ROUND_HALF_UP)) + 0.0, "reported")
    whole = number.to_integral_value()
    if abs(number - whole) <= _DUST:
        number = abs(whole) if whole == 0 else whole
    elif unit == "count":
        return UNREADABLE
    return UNREADABLE if number < 0 else Reading(float(number.quantize(_DUST)), "reported")


def quote(cell: object) -> str:
    """What was typed, in quotation marks, where it is figures or a known stand-in; else only what kind of thing it is.

    Words that could name a person are never repeated.
    """
    text = " ".join(str(getattr(cell, "text", cell)).split())
    if isinstance(cell, bool):
        return f"“{str(cell).upper()}”"
    if isinstance(cell, float) and not isfinite(cell):
        return "a number without end"
    if isinstance(cell, float):
        return f"“{int(cell) if cell == int(cell) and abs(cell) < 1e15 else cell}”"
    if isinstance(cell, time) or text == LENGTH_OF_TIME:
        return "a time"
    if not isinstance(cell, str) and not hasattr(cell, "text"):
        return "a date"
    if text.casefold() in _PLACEHOLDERS or _FIGURES.match(text) or _ERROR.match(text) or _FEWER.match(plain(text)):
        return f"“{text}”"
    return "words" if " " in text else "a word"
