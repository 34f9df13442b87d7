"""Files under the rule of whole cells, attacked as a stranger would.

Every count in any table of an audience's file is looked up in the mask, and every reader's attack is run on what the
files show. An attack that does not finish counts as a success.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

from etl.compare.intervals import LIMITS
from etl.definitions.periods import day_of, last_month
from etl.definitions.tables import all_columns
from etl.definitions.writing import HIDDEN
from etl.protect.audience import CENTRAL, FORUM
from etl.protect.cell_suppression import broken, requirements_by_reader, without
from etl.protect.cell_suppression.hide import Disclosure
from etl.protect.cell_suppression.lattice import Cell, Lattice, Mask, build, counts
from etl.protect.cell_suppression.ledger import TABLE, Ledger, read_ledger
from etl.protect.cell_suppression.mask import counts_in
from etl.protect.cell_suppression.witnesses import TooLong
from etl.protect.check import Finding, Unsafe
from etl.protect.files import read_tables

SECONDS = 600.0
# Where tables give counts: the column of the measure (or the measure), of its first and last day, and of the number.
TELLS = tuple((own.name, *one.count_of, one.name) for own, one in all_columns() if one.count_of)


@dataclass(frozen=True)
class Report:
    """What an audit looked at and found: `findings` is empty where an edition is safe."""

    edition: str
    audiences: tuple[str, ...]
    cells: int
    shown: int
    small: int
    findings: tuple[Finding, ...]

    def lines(self) -> Iterator[str]:
        """The report as it is printed."""
        yield f"Edition {self.edition}: files for {', '.join(self.audiences) or 'the central team only'}."
        if self.audiences:
            yield f"{self.cells:,} counts can be asked about, {self.shown:,} are shown, {self.small:,} are small."
        for finding in self.findings:
            yield f"  {finding.audience}: {finding.words}"
        if self.audiences:
            yield "It can be broken." if self.findings else "Nobody can work out a small number from it."


def audit_edition(folder: Path, seconds: float = SECONDS) -> Report:
    """Looks at every file of an edition and attacks what they show together with all that was published before."""
    others = sorted(path.stem for path in folder.glob("*.duckdb") if path.stem != CENTRAL)
    if not others:
        return Report(folder.name, (), 0, 0, 0, ())
    lattice, told, ledger = _lattice_of(folder)
    shown = told | ledger.known(lattice)
    findings = [*look_at_files(folder, lattice, shown, others)]
    findings += _attacked(lattice, shown, ledger, _disclosed(folder, lattice), process_time() + seconds)
    small = int((lattice.small & lattice.stated).sum())
    return Report(folder.name, tuple(others), len(lattice.cells), int(shown.sum()), small, tuple(findings))


def check_file(folder: Path, audience: str, lattice: Lattice, shown: Mask) -> None:
    """Stops an edition where an audience's file shows anything that its mask hides; the mask was attacked when it was
    chosen. The forum's file is also compared with the record of what was published in the central team's file, as the
    next edition relies on that record.
    """
    for finding in look_at_files(folder, lattice, shown, [audience]):
        raise Unsafe(f"Nothing is published: in the file for {finding.audience} {finding.words}, which is hidden.")
    if audience == FORUM:
        ledger = read_ledger([folder / f"{CENTRAL}.duckdb"])
        if (shown_in(folder / f"{FORUM}.duckdb", lattice) & ~ledger.known(lattice)).any():
            raise Unsafe("Nothing is published: the forum's file shows counts that are not noted as published.")


def _lattice_of(folder: Path) -> tuple[Lattice, Mask, Ledger]:
    """The counts of an edition, those that the forum's file shows, and all that was ever published."""
    central = read_tables(folder / f"{CENTRAL}.duckdb", ["results", "edition"])
    ledger = read_ledger([folder / f"{CENTRAL}.duckdb"])
    lattice = build(central["results"], day_of(central["edition"].data_month[0]), ledger.cells())
    return lattice, shown_in(folder / f"{FORUM}.duckdb", lattice), ledger


def shown_in(path: Path, lattice: Lattice) -> Mask:
    """The cells whose counts the results of a file give."""
    results = read_tables(path, ["results"])["results"]
    told = results[results.value.notna() & results.measure.isin(list(counts()))]
    mask = np.zeros(len(lattice.cells), dtype=bool)
    for site, period, starts, measure in zip(told.site, told.period, told.starts, told.measure, strict=True):
        day = day_of(starts)
        mask[lattice.place[lattice.spans.cell(site, measure, day, last_month(period, day))]] = True
    return mask


def look_at_files(folder: Path, lattice: Lattice, shown: Mask, audiences: Sequence[str]) -> Iterator[Finding]:
    """What is in an audience's file and should not be: hidden counts in any table, other values than the centre's."""
    full = read_tables(folder / f"{CENTRAL}.duckdb", ["results"])["results"]
    names = ["results", *(place[0] for place in TELLS)]
    for audience in audiences:
        tables = read_tables(folder / f"{audience}.duckdb", names)
        open_to = shown | lattice.known_to(audience)
        yield from _results_as_masked(audience, tables["results"], full, lattice, open_to)
        for place in TELLS:
            for words in _told(tables, place, lattice, open_to):
                yield Finding(audience, words)


def _results_as_masked(
    audience: str, results: pd.DataFrame, full: pd.DataFrame, lattice: Lattice, open_to: Mask
) -> Iterator[Finding]:
    """Each result is either the central team's or hidden, and hidden where a count in it is."""
    keys = ["site", "period", "starts", "measure"]
    both = results.merge(full, on=keys, suffixes=("", "_full"), how="outer", indicator=True)
    if (both["_merge"] != "both").any():
        yield Finding(audience, "the file has other results than the central team's")
        return
    told = both[["value", *LIMITS]].notna().any(axis=1) | (both.shown.ne(HIDDEN) & both.value_full.notna())
    for row in both.loc[told, [*keys, "value", "value_full"]].itertuples():
        hidden = [n for n in counts_in(row.measure) if not _open(lattice, open_to, row.site, n, row.starts, row.period)]
        if hidden:
            yield Finding(audience, f"results tell {row.measure} of {row.site}, {row.period} {row.starts}")
        elif row.value == row.value and row.value != row.value_full:
            yield Finding(audience, f"results have another {row.measure} of {row.site}, {row.period} {row.starts}")


def _open(lattice: Lattice, open_to: Mask, site: str, number: str, starts: object, period: str) -> bool:
    day = day_of(starts)
    return _may(lattice, open_to, lattice.spans.cell(site, number, day, last_month(period, day)))


def _may(lattice: Lattice, open_to: Mask, cell: Cell) -> bool:
    """Whether a number may be in the file: it is shown, or there is none."""
    at = lattice.place.get(cell)
    return at is None or bool(open_to[at]) or not lattice.stated[at]


def _told(tables: dict[str, pd.DataFrame], place: tuple[str, ...], lattice: Lattice, open_to: Mask) -> Iterator[str]:
    name, measure, starts, ends, number = place
    if name not in tables:
        return
    words = [] if measure.startswith("=") else measure.split(".")
    columns = [column for column in tables[name] if column in {"site", "basis", starts, ends, *words}]
    for row in tables[name].loc[tables[name][number].notna(), columns].to_dict("records"):
        what = ".".join(str(row[word]) for word in words) or measure[1:]
        if row["site"] not in lattice.spans.first or row.get("basis", "actual") != "actual":
            continue
        first, last = day_of(row[starts]), day_of(row[ends])
        for count in _counts_of(what):
            if not _may(lattice, open_to, lattice.spans.cell(row["site"], count, first, last)):
                yield f"{name} tells {what} of {row['site']} from {first} to {last}"


def _counts_of(measure: str) -> list[str]:
    """The counts that a measure is made of; days late and money have none."""
    try:
        return counts_in(measure)
    except (KeyError, ValueError):
        return []


def _disclosed(folder: Path, lattice: Lattice) -> set[Disclosure]:
    """What earlier editions disclosed, so that this one could not hide it."""
    told = read_tables(folder / f"{CENTRAL}.duckdb", ["told_before"])["told_before"]
    cells = [Cell(row.site, row.number, day_of(row.starts), day_of(row.ends)) for row in told.itertuples()]
    return {(row.reader, lattice.place[c], float(row.sign)) for row, c in zip(told.itertuples(), cells, strict=True)}


def _attacked(
    lattice: Lattice, shown: Mask, ledger: Ledger, disclosed: set[Disclosure], until: float
) -> Iterator[Finding]:
    """What any reader can work out, an example for each reader."""
    asked = {reader: without(own, reader, disclosed) for reader, own in requirements_by_reader(lattice, ledger).items()}
    try:
        found = broken(lattice, shown, asked, until)
    except TooLong as error:
        yield Finding("every reader", str(error))
        return
    for reader, cells in found.items():
        if cells:
            site, number, starts, ends = lattice.cells[cells[0]]
            words = f"{len(cells)} small numbers can be worked out, such as {number} of {site} from {starts} to {ends}"
            yield Finding(reader or FORUM, words)


__all__ = ["TABLE", "Report", "audit_edition", "check_file"]
