"""Turns the text of a cell of a reference table into a value, or says why it cannot."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from etl.definitions.funding import FUNDING

CENTRAL_TEAM = "central_team"
FUNDERS = tuple(part.name for part in FUNDING.parts)


@dataclass(frozen=True)
class Reader:
    """How the text of a cell becomes a value: `read` raises ValueError for a text that is not `needed`."""

    read: Callable[[str], Any]
    needed: str
    example: str


def one_of(*words: str) -> Reader:
    """One of the given words, spelt as they are here."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    return Reader(read, f"one of {', '.join(words)}", words[0])


def whole(least: int, most: int) -> Reader:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return Reader(read, f"a whole number from {least:,} to {most:,}", str(min(most, 2)))


def _written(pattern: str, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Reads a text that is written as a pattern has it, whole, and raises ValueError for any other."""

    def read_written(text: str) -> Any:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError
        return read(text)

    return read_written


_read_name = _written(r"[a-z0-9][a-z0-9_-]{0,79}", str)
_read_day = _written(r"\d{4}-\d{2}-\d{2}", date.fromisoformat)
_read_pounds = _written(r"[0-9]{1,10}(\.[0-9]{1,2})?", float)
_read_growth = _written(r"-?0\.[0-9]{1,8}", float)


def _read_funders(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not set(names) <= set(FUNDERS) or len(set(names)) < len(names):
        raise ValueError
    return names


def _read_text(text: str) -> str:
    if len(text) > 500 or not text.isprintable():
        raise ValueError
    return text


TEXT = Reader(_read_text, "words, at most 500 letters", "board paper")
NAME = Reader(_read_name, "a name of small letters, digits, - and _", "croydon-mopac-2020")
DAY = Reader(_read_day, "a day as year-month-day", "2020-03-31")
POUNDS = Reader(_read_pounds, "pounds, not negative, with at most two decimals and no commas", "56709.50")
GROWTH = Reader(_read_growth, "growth as a share of one", "0.018963")
YES_NO = Reader(lambda text: one_of("yes", "no").read(text) == "yes", "yes or no", "yes")
FUNDER = one_of(*FUNDERS)
FUNDER_LIST = Reader(_read_funders, f"one or more, with commas between, of {', '.join(FUNDERS)}", "commissioner")
SITE = Reader(_read_name, "a site", "croydon")  # the sites themselves are checked with the folders' own sites


@dataclass(frozen=True)
class Column:
    """A column of a table; `blank` is what an empty cell means, where one may be empty; `also` are more site names."""

    reader: Reader
    blank: Any = ...
    also: tuple[str, ...] = ()


Text = Annotated[str, Column(TEXT)]
TextOrBlank = Annotated[str, Column(TEXT, blank="")]
Name = Annotated[str, Column(NAME)]
NameOrBlank = Annotated[str, Column(NAME, blank="")]
Day = Annotated[date, Column(DAY)]
DayOrBlank = Annotated[date | None, Column(DAY, blank=None)]
Pounds = Annotated[float, Column(POUNDS)]
PoundsOrBlank = Annotated[float | None, Column(POUNDS, blank=None)]
YesNo = Annotated[bool, Column(YES_NO)]
SiteName = Annotated[str, Column(SITE)]
SiteOrBlank = Annotated[str, Column(SITE, blank="")]
SiteOrCentral = Annotated[str, Column(SITE, also=(CENTRAL_TEAM,))]


def read_cell(text: str, column: Column, sites: set[str]) -> tuple[str, Any]:
    """What is wrong with a cell ('' if nothing), and its value (... if something)."""
    reader = column.reader
    needed, example = reader.needed, reader.example
    if text == "" and column.blank is not ...:
        return "", column.blank
    if re.match(r"[=+@\-](?![0-9.]+$)", text):
        return f"typed {text[:40]!r}, which looks like a formula; needed: {needed}, such as {example}", ...
    if reader is SITE:
        allowed = [*sorted(sites), *column.also]
        reader = one_of(*allowed)
        needed = reader.needed
    try:
        if text == "":
            raise ValueError
        return "", reader.read(text)
    except ValueError:
        typed = f"typed {text[:40]!r}" if text else "nothing typed"
        return f"{typed}; needed: {needed}, such as {example}", ...
