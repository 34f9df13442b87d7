"""An edition's files attacked as a stranger would: do they show only what may be seen, and can a small number be found?

Every number in any table of an audience's file is held against the ranges that are printed, and every reader's attack
is run on what all editions printed together, widening nothing: a small count that is not open then can be worked out.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
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
from etl.protect.attributes import Monthly, attribute_of, attributes
from etl.protect.audience import CENTRAL, Unclassified, mask_results, tells_of_people
from etl.protect.files import read_tables
from etl.protect.problem import Problem
from etl.protect.ranges import ranges
from etl.protect.told import COVERED, Record, read_record

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


@dataclass(frozen=True)
class Report:
    """What an audit looked at and found: `findings` is empty where an edition is safe.

    `printed` numbers of attributes, of which so many `ranges`; `told_before` small counts that earlier editions gave
    away, as a later return changed what hangs together.
    """

    edition: str
    audiences: tuple[str, ...]
    printed: int
    ranges: int
    told_before: int
    findings: tuple[Finding, ...]

    def lines(self) -> Iterator[str]:
        """The report as it is printed."""
        yield f"Edition {self.edition}: files for {', '.join(self.audiences) or 'the central team only'}."
        if self.audiences:
            yield (
                f"{self.printed:,} numbers that tell of people are published, {self.ranges:,} of them as ranges;"
                f" {self.told_before:,} small counts were given away before."
            )
        for finding in self.findings:
            yield f"  {finding.audience}: {finding.words}"
        if self.audiences:
            yield "It can be broken." if self.findings else "Nobody can work out a small number from it."


def audit_edition(folder: Path) -> Report:
    """Looks at every file of an edition and attacks what they show together with all that was published before."""
    others = sorted(path.stem for path in folder.glob("*.duckdb") if path.stem != CENTRAL)
    if not others:
        return Report(folder.name, (), 0, 0, 0, ())
    central = read_tables(folder / f"{CENTRAL}.duckdb", ["results", "edition", "published", "told_before", COVERED])
    if COVERED not in central:
        raise Unsafe("This edition was made under the rule of whole cells: audit it with the version that made it.")
    edition, told = central["edition"], central["told_before"]
    monthly = Monthly(central["results"], day_of(edition.data_month[0]))
    printed = _printed(central["published"], folder.name)
    findings = list(look_at_files(folder, others, central["results"], printed))
    findings += _attacked(monthly, _until(read_record(folder.parent), folder.name), told)
    wide = int((printed.low < printed.high).sum())
    return Report(folder.name, tuple(others), len(printed), wide, len(told), tuple(findings))


def _until(record: Record, edition: str) -> Record:
    """What was told up to an edition, and not what later ones told."""
    names = list(record.covered.edition_id)
    names = names[: names.index(edition) + 1] if edition in names else names
    keep = {"published": record.published, "behind": record.behind}
    kept = {name: frame[frame.edition.isin(names)].reset_index(drop=True) for name, frame in keep.items()}
    return Record(covered=record.covered[record.covered.edition_id.isin(names)].reset_index(drop=True), **kept)


def _printed(published: pd.DataFrame, edition: str) -> pd.DataFrame:
    """The ranges of one edition, each with its period and its public total as far as they matter here."""
    own = published[published.edition == edition].reset_index(drop=True)
    days = {name: own[name].map(day_of) for name in ("starts", "ends")}
    return own.assign(**days)


def check_file(folder: Path, audience: str, results: pd.DataFrame, printed: pd.DataFrame) -> None:
    """Stops an edition where an audience's file shows anything that is not printed for it. Raises Unsafe."""
    for finding in look_at_files(folder, [audience], results, printed):
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


def _attacked(monthly: Monthly, record: Record, told_before: pd.DataFrame) -> Iterator[Finding]:
    """What any reader can work out, an example for each reader."""
    known = set(zip(told_before.reader, told_before.site, told_before.number, told_before.sign, strict=True))
    found: dict[str, list[str]] = {}
    for attribute in attributes():
        counts = monthly.counts(attribute)
        told, _ = record.knowledge(attribute, counts)
        outcome = ranges(Problem(attribute, counts, [], told))
        for reader, secret in outcome.given_away:
            if (reader, secret.site, secret.number, float(secret.sign)) not in known:
                found.setdefault(reader, []).append(f"{secret.number} of {secret.site}")
    yield from _examples(found.items())


def _examples(found: Iterable[tuple[str, list[str]]]) -> Iterator[Finding]:
    for reader, names in found:
        yield Finding(reader or "forum", f"{len(names)} small numbers can be worked out, such as {names[0]}")
