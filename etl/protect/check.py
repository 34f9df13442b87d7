"""A last look at files before and after they are published: do they show only what is printed for their audience?

Every number of people in any table of an audience's file is held against the ranges that are printed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from etl.compare.intervals import LIMITS
from etl.definitions import MEASURES
from etl.definitions.measure import Ratio
from etl.definitions.periods import day_of
from etl.definitions.tables import all_columns
from etl.protect.attributes import attribute_of
from etl.protect.audience import CENTRAL, Unclassified, mask_results, tells_of_people
from etl.protect.files import read_tables

# Where tables give numbers of people: the column of the measure (or the measure), of its first and last day, and of it.
TELLS = tuple((own.name, *one.count_of, one.name) for own, one in all_columns() if one.count_of)
SEEN = ["value", "shown", "range_low", "range_high", *LIMITS]


class Unsafe(ValueError):
    """Files that must not be published: they show a hidden number, or it can be worked out."""


@dataclass(frozen=True)
class Finding:
    """Something wrong with an edition: in whose file, and what."""

    audience: str
    words: str


def check_file(folder: Path, audience: str, printed: pd.DataFrame) -> None:
    """Stops an edition where an audience's file shows anything that is not printed for it. Raises Unsafe."""
    full = read_tables(folder / f"{CENTRAL}.duckdb", ["results"])["results"]
    for finding in look_at_files(folder, [audience], full, printed):
        raise Unsafe(f"Nothing is published: in the file for {finding.audience} {finding.words}, which is hidden.")


def look_at_files(
    folder: Path, audiences: Sequence[str], full: pd.DataFrame, printed: pd.DataFrame
) -> Iterator[Finding]:
    """What is in an audience's file and should not be: hidden numbers in any table, other values than the centre's."""
    exact = {(row.site, row.number, row.starts, row.ends) for row in printed.itertuples() if row.low == row.high}
    first = {str(site): day_of(day) for site, day in full[full.period == "month"].groupby("site").starts.min().items()}
    expected = mask_results(full, printed) if "total" in printed else None
    for audience in audiences:
        tables = read_tables(folder / f"{audience}.duckdb", ["results", *(place[0] for place in TELLS)])
        if expected is not None:
            yield from _as_expected(audience, tables["results"], expected, full)
        yield from _only_printed(audience, tables["results"], printed)
        for place in TELLS:
            for words in _told(audience, tables, place, exact, first):
                yield Finding(audience, words)


def _as_expected(audience: str, results: pd.DataFrame, expected: pd.DataFrame, full: pd.DataFrame) -> Iterator[Finding]:
    """Each result is what others see of it; the audience's own is the central team's."""
    keys = ["site", "period", "starts", "measure"]
    right = pd.concat([expected[expected.site.ne(audience)], full[full.site.eq(audience)]])
    days = (frame.assign(starts=pd.to_datetime(frame.starts)) for frame in (results, right))
    both = next(days).merge(next(days), on=keys, suffixes=("", "_right"), how="outer", indicator=True)
    if (both["_merge"] != "both").any():
        yield Finding(audience, "the file has other results than the central team's")
        return
    for name in SEEN:
        one, other = both[name], both[f"{name}_right"]
        wrong = both[~(one.eq(other) | (one.isna() & other.isna()))]
        for row in wrong.itertuples():
            yield Finding(audience, f"results tell {row.measure} of {row.site}, {row.period} {row.starts}")


def _only_printed(audience: str, results: pd.DataFrame, printed: pd.DataFrame) -> Iterator[Finding]:
    """Every count of an attribute of others that has a value or a range is one that is printed, as it is printed."""
    ends = {(row.site, row.number, row.ends, row.low, row.high) for row in printed.itertuples()}
    counts = results.measure.map(lambda name: attribute_of(name) is not None).astype(bool) & results.site.ne(audience)
    for row in results[counts & (results.value.notna() | results.range_low.notna())].itertuples():
        low, high = (row.value, row.value) if row.value == row.value else (row.range_low, row.range_high)
        last = min(day_of(row.ends), max((place[2] for place in ends), default=day_of(row.ends)))
        if (row.site, row.measure, last, low, high) not in ends:
            yield Finding(audience, f"results tell {row.measure} of {row.site}, {row.period} {row.starts}")


def _told(
    audience: str,
    tables: dict[str, pd.DataFrame],
    place: tuple[str, ...],
    exact: Collection[tuple[Any, ...]],
    first: dict,
) -> Iterator[str]:
    name, measure, starts, ends, number = place
    if name not in tables:
        return
    words = [] if measure.startswith("=") else measure.split(".")
    columns = [column for column in tables[name] if column in {"site", "basis", starts, ends, *words}]
    for row in tables[name].loc[tables[name][number].notna(), columns].to_dict("records"):
        what = ".".join(str(row[word]) for word in words) or measure[1:]
        if row["site"] in (audience, None) or row["site"] not in first or row.get("basis", "actual") != "actual":
            continue
        window = max(day_of(row[starts]), first[row["site"]]), day_of(row[ends])
        for count in attributes_in(what):
            if (row["site"], count, *window) not in exact:
                yield f"{name} tells {what} of {row['site']} from {window[0]} to {window[1]}"


@cache
def attributes_in(measure: str) -> tuple[str, ...]:
    """The attributes that a measure is made of; days late and money have none."""
    own = MEASURES.get(measure)
    if isinstance(own, Ratio):
        return attributes_in(own.numerator) + attributes_in(own.denominator)
    try:
        return (measure,) if measure.partition(".")[0] in MEASURES and tells_of_people(measure) else ()
    except Unclassified:
        return (measure,)
