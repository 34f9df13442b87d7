"""Editions for three audiences, made of the given returns."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd

from etl.editions import publish
from etl.protect import Protection, protect
from etl.protect.audience import CENTRAL, FORUM, given_to
from etl.protect.told import read_record
from etl.warehouse.load import load
from etl.warehouse.store import open_warehouse

LEAD = "croydon"
RETURNS = Path(__file__).resolve().parents[1] / "given" / "sample"
DAYS = (datetime(2019, 11, 16, 12), datetime(2019, 12, 13, 23, 59, 59))
NOTE = "A note that nobody but the central team reads"
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Made:
    """What an edition is made from, what is shown of it, and where it went."""

    given: Tables
    protection: Protection
    work: publish._Work
    folder: Path

    def of(self, audience: str, given: Tables | None = None) -> Tables:
        """An audience's tables, made of what was given, or of something else in its place."""
        return publish._edition_of(audience, self._given_to(audience, given or self.given), self.work, self.folder)

    def of_whom(self, audience: str) -> Tables:
        """What an audience's edition is made from."""
        return self.given if audience == CENTRAL else self._given_to(audience, self.given)

    def _given_to(self, audience: str, given: Tables) -> Tables:
        return given_to(audience, given, self.protection.mask(given["results"]))

    def write(self) -> str:
        """Writes the edition and points to it."""
        name = str(self.given["edition"].edition_id[0])
        with publish.new_edition(self.folder, name) as making:
            publish._make_file(making, CENTRAL, self.given, self.work, self.folder)
            publish.write_file(making / f"{CENTRAL}.duckdb", self.protection.tables())
            for audience in (FORUM, LEAD):
                given = self._given_to(audience, self.given)
                publish._make_file(making, audience, given, self.work, self.folder)
                self.protection.check(making, audience)
        return name


def begin(data: Path, as_of: datetime) -> Made:
    """What an edition is to be made from, as known on a day."""
    con = open_warehouse(data / "warehouse.duckdb", read_only=True)
    try:
        given, work = publish._given(con, data, NOTE, as_of, datetime.now(UTC).replace(tzinfo=None))
    finally:
        con.close()
    edition, folder = given["edition"].iloc[0], data / "editions"
    made = given["results"], work.data_month, edition.edition_id, edition.made
    return Made(given, protect(*made, read_record(folder)), work, folder)


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
