"""Plants the mistakes of `trouble.toml` in returns: numbers typed wrongly, sent late or never, or put right later."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from etl.definitions import unit_of
from etl.definitions.periods import financial_year_start
from etl.sample.write import Look, Typed

Typing = dict[tuple[str, str], Typed]


def plant(site: str, months: Mapping[date, Typing]) -> dict[date, Typing]:
    """What the site typed for each month in the end, given the true numbers; years to date are of the months given."""
    typed = {month: dict(numbers) for month, numbers in months.items()}
    for month, entry in _of(site, "year_to_date"):
        for pair in map(split, entry["numbers"]) if month in typed else ():
            so_far = [n[pair] for m, n in months.items() if financial_year_start(month) <= m <= month]
            typed[month][pair] = round(sum(float(n) for n in so_far if isinstance(n, int | float)), 2)
    for month, entry in _of(site, "off_by"):
        if month in typed:
            typed[month] = shift(typed[month], entry["numbers"])
    for month, entry in _of(site, "typed"):
        if month in typed:
            typed[month] |= {split(name): words or None for name, words in entry["numbers"].items()}
    return typed


def is_missing(site: str, month: date) -> bool:
    """Whether the return of this month never came."""
    return any(month == missing for missing, _ in _of(site, "missing"))


def came_on(site: str, month: date) -> datetime | None:
    """When a late return came, or nothing where it came as usual."""
    return next((entry["on"] for late, entry in _of(site, "received") if late == month), None)


def corrected(site: str, month: date) -> tuple[datetime, dict[str, float]] | None:
    """When a second version came, and by how much the first was wrong."""
    return next(((entry["on"], entry["numbers"]) for m, entry in _of(site, "corrected") if m == month), None)


def as_first_sent(site: str, sent: date, months: Mapping[date, Typing]) -> dict[date, Typing]:
    """The months of a tracker as they stood in the tracker of the month `sent`, before some were put right."""
    wrong = {month: entry["numbers"] for month, entry in _of(site, "restated") if sent < entry["from"]}
    return {month: shift(typed, wrong.get(month, {})) for month, typed in months.items()}


def look_of(site: str, month: date) -> Look:
    """How the return departs from its layout."""
    names = {field.name for field in fields(Look)}
    entries = (entry for m, entry in _of(site, "look") if m == month)
    return Look(**{name: value for entry in entries for name, value in entry.items() if name in names})


def shift(typed: Typing, by: Mapping[str, float]) -> Typing:
    """Numbers changed by so much; a count does not fall below 0, and what is no number stays as it is."""
    return {**typed, **{split(name): _plus(typed.get(split(name)), name, step) for name, step in by.items()}}


def split(number: str) -> tuple[str, str]:
    """A number's measure and part."""
    measure, _, part = number.partition(".")
    return measure, part


def _plus(typed: Typed, number: str, step: float) -> Typed:
    if isinstance(typed, str | None):
        return typed
    return round(typed + step, 2) if unit_of(number) == "gbp" else max(0, int(typed + step))


def _of(site: str, kind: str) -> Iterator[tuple[date, dict[str, Any]]]:
    return ((entry["month"], entry) for entry in _trouble().get(kind, ()) if entry["site"] == site)


@cache
def _trouble() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "trouble.toml").read_text(encoding="utf-8"))
