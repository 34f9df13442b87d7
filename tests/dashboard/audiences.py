"""Editions for three audiences, in which far more is hidden than need be, made without the search for what to hide.

What an audience's file and its dashboard tell does not depend on how the hidden cells were chosen, so that these tests
need not wait for the choice; `test_crawl.py` makes the real one in its long part.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from etl.definitions.periods import month_after
from etl.editions import publish
from etl.protect.cell_suppression import Choice
from etl.protect.audience import CENTRAL, FORUM, given_to, mask_results
from etl.protect.audit import check_file
from etl.protect.cell_suppression.granularity import GRANULARITIES, offered
from etl.protect.cell_suppression.lattice import build
from etl.protect.cell_suppression.ledger import Ledger
from etl.warehouse.load import load
from etl.warehouse.store import open_warehouse

LEAD = "croydon"
RETURNS = Path(__file__).resolve().parents[1] / "given" / "sample"
DAYS = (datetime(2019, 11, 16, 12), datetime(2019, 12, 13, 23, 59, 59))
TOTALS = ("new_cases", "referrals", "victims")
NOTE = "A note that nobody but the central team reads"
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Made:
    """What an edition is made from, what is shown of it, and where it went."""

    given: Tables
    choice: Choice
    work: publish._Work
    folder: Path

    def of(self, audience: str, given: Tables | None = None) -> Tables:
        """An audience's tables, made of what was given, or of something else in its place."""
        return publish._edition_of(audience, self._given_to(audience, given or self.given), self.work, self.folder)

    def of_whom(self, audience: str) -> Tables:
        """What an audience's edition is made from."""
        return self.given if audience == CENTRAL else self._given_to(audience, self.given)

    def _given_to(self, audience: str, given: Tables) -> Tables:
        masked = mask_results(given["results"], self.choice.lattice, self.choice.shown)
        return given_to(audience, given, masked)

    def write(self) -> str:
        """Writes the edition and points to it."""
        name = str(self.given["edition"].edition_id[0])
        with publish.new_edition(self.folder, name) as making:
            publish._make_file(making, CENTRAL, self.given, self.work, self.folder)
            publish._add_choice(making, self.choice)
            for audience in (FORUM, LEAD):
                given = self._given_to(audience, self.given)
                seen = (self.choice.lattice, self.choice.shown)
                publish._make_file(making, audience, given, self.work, self.folder)
                check_file(making, audience, *seen)
        return name


def hide_much(results: pd.DataFrame, data_month: object) -> Choice:
    """Hides all counts but a few totals of whole quarters and longer, none of them small, from which none follows."""
    lattice = build(results, data_month, [])
    may = offered(lattice, GRANULARITIES[0])
    long = [cell.number in TOTALS and cell.ends >= month_after(cell.starts, 2) for cell in lattice.cells]
    shown = may & np.array(long)
    assert shown.any() and not (shown & lattice.small).any()
    return Choice(lattice, GRANULARITIES[0], may, shown, Ledger())


def begin(data: Path, as_of: datetime) -> Made:
    """What an edition is to be made from, as known on a day."""
    con = open_warehouse(data / "warehouse.duckdb", read_only=True)
    try:
        given, work = publish._given(con, data, NOTE, as_of, datetime.now(UTC).replace(tzinfo=None))
    finally:
        con.close()
    return Made(given, hide_much(given["results"], work.data_month), work, data / "editions")


def make_editions(data: Path) -> list[Made]:
    """Loads the given returns and makes an edition of each day, the newest last."""
    load([RETURNS], data)
    made = []
    for day in DAYS:
        made.append(begin(data, day))
        made[-1].write()
    return made


def read_file(path: Path) -> Tables:
    """All tables of an edition's file."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
        return {name: con.table(name).df() for name in names}


__all__ = ["DAYS", "LEAD", "NOTE", "RETURNS", "Made", "begin", "make_editions", "read_file"]
