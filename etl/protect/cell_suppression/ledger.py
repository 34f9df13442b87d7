"""What every edition so far has published to others than the central team: readers keep what they once had."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from etl.definitions.periods import day_of
from etl.definitions.settings import THRESHOLD
from etl.definitions.tables import columns_of
from etl.protect.cell_suppression.lattice import Cell, Lattice, Mask
from etl.protect.cell_suppression.requirements import Revision
from etl.protect.files import read_tables

TABLE = "published_cells"


@dataclass(frozen=True)
class Ledger:
    """The values published so far, and the cells that were hidden in the newest edition."""

    values: frozenset[tuple[Cell, float]] = frozenset()
    hidden: frozenset[Cell] = field(default_factory=frozenset)

    def table(self) -> pd.DataFrame:
        """The table that the central team's file carries from edition to edition; what is hidden has no value."""
        rows = [
            *((*cell, value) for cell, value in sorted(self.values)),
            *((*cell, None) for cell in sorted(self.hidden)),
        ]
        return pd.DataFrame(rows, columns=columns_of(TABLE)).astype(
            {"site": "str", "number": "str", "value": "float64"}
        )

    def cells(self) -> list[Cell]:
        """The cells that were published, in an order that is the same in every run: what is hidden rests on it."""
        return sorted({cell for cell, _ in self.values})

    def known(self, lattice: Lattice) -> Mask:
        """The cells of which an earlier edition gave the number that they still have."""
        mask = np.zeros(len(lattice.cells), dtype=bool)
        for cell, value in self.values:
            at = lattice.place.get(cell)
            if at is not None and not lattice.holes[at] and lattice.counts[at] == value:
                mask[at] = True
        return mask

    def revisions(self, lattice: Lattice) -> tuple[Revision, ...]:
        """The small changes of what an earlier edition gave: small counts themselves."""
        known, found = self.known(lattice), []
        for cell, value in sorted(self.values):
            at = lattice.place.get(cell)
            if at is not None and not lattice.holes[at] and not known[at]:
                moved = float(lattice.counts[at] - value)
                if 1 <= abs(moved) < THRESHOLD:
                    found.append(Revision(at, moved))
        return tuple(found)

    def kept_hidden(self, lattice: Lattice) -> Mask:
        """The cells that were hidden before and stay hidden, so that each edition need not start from nothing."""
        return np.array([cell in self.hidden for cell in lattice.cells], dtype=bool)


def read_ledger(paths: Iterable[Path]) -> Ledger:
    """What the editions in these files published; an edition repeats all that those before it did."""
    values: set[tuple[Cell, float]] = set()
    hidden: set[Cell] = set()
    for path in paths:
        hidden = set()
        table = _table(path)
        for site, number, starts, ends, value in table[columns_of(TABLE)].itertuples(index=False):
            cell = Cell(site, number, day_of(starts), day_of(ends))
            if pd.isna(value):
                hidden.add(cell)
            else:
                values.add((cell, float(value)))
    return Ledger(frozenset(values), frozenset(hidden))


def _table(path: Path) -> pd.DataFrame:
    """The record in a file, under the name that it had in editions of older versions too."""
    tables = read_tables(path, [TABLE, "published"])
    older = tables.get("published", pd.DataFrame({"low": []}))
    return tables.get(TABLE, pd.DataFrame(columns=columns_of(TABLE)) if "low" in older else older)


def newest(folder: Path) -> list[Path]:
    """The file of the edition that was made last, current or not: it holds what all before it published."""
    paths = sorted(folder.glob("[!.]*/central.duckdb"))
    made = {path: read_tables(path, ["edition"])["edition"].made[0] for path in paths}
    return sorted(paths, key=lambda path: made[path])[-1:]


def after(before: Ledger, lattice: Lattice, shown: Mask, offered: Mask) -> Ledger:
    """What has been published once an edition is: all that was ever published, and what this one hides."""
    now = {(lattice.cells[at], float(lattice.counts[at])) for at in np.flatnonzero(shown & lattice.stated)}
    hidden = frozenset(lattice.cells[at] for at in np.flatnonzero(offered & ~shown))
    return Ledger(before.values | now, hidden)
