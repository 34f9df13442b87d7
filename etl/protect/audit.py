"""An edition's files attacked as a stranger would: do they show only what may be seen, and can a small number be found?

Every reader's attack is run on what all editions printed together, widening nothing: a small count that is not open
then can be worked out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from etl.definitions.periods import day_of
from etl.protect.attributes import Monthly, attributes
from etl.protect.audience import CENTRAL
from etl.protect.cell_suppression import audit as cells
from etl.protect.check import Finding, look_at_files
from etl.protect.files import read_tables
from etl.protect.problem import Problem
from etl.protect.ranges import ranges
from etl.protect.told import COVERED, Record, read_record


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


def audit_any(folder: Path) -> Report | cells.Report:
    """The audit of an edition under the rule by which it was made."""
    made = read_tables(folder / f"{CENTRAL}.duckdb", ["published", cells.TABLE])
    by_cells = cells.TABLE in made or "low" not in made.get("published", {"low": ()})
    return cells.audit_edition(folder) if by_cells else audit_edition(folder)


def audit_edition(folder: Path) -> Report:
    """Looks at every file of an edition and attacks what they show together with all that was published before."""
    others = sorted(path.stem for path in folder.glob("*.duckdb") if path.stem != CENTRAL)
    if not others:
        return Report(folder.name, (), 0, 0, 0, ())
    central = read_tables(folder / f"{CENTRAL}.duckdb", ["results", "edition", "published", "told_before", COVERED])
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
