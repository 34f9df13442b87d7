"""The only door to the data: opens an audience's edition read-only, answers questions, and sees a new edition come."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from cachetools import LRUCache

from etl.provenance.edition import Row, read_rows
from etl.system.database import connect

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
KEPT_EDITIONS = 12
KEPT_ROWS = 20_000  # of all answers of an edition together
SMALL = 6_000  # rows of a table that is read whole at the first question about some of them
EQUAL = re.compile(r"(\w+) = \?")


class NoEdition(LookupError):
    """There is no such edition to show; the message says which and what to do."""


# What DuckDB raises when a file is not what it was written as: each block has a checksum. Not their subclasses.
DAMAGED = frozenset(
    (duckdb.Error, duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)
)


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    """The file of an edition, opened to be read. Raises NoEdition where it is damaged, or gone by now."""
    try:
        return connect(path, read_only=True, threads=1)
    except duckdb.Error:
        raise NoEdition(_damaged(path) if path.exists() else _gone(path.parent.name)) from None


def _mark(path: Path) -> tuple[int, int] | None:
    """By what a file is told from another of its name; a copy that keeps the time is the same."""
    try:
        about = path.stat()
    except OSError:
        return None
    return int(about.st_mtime), about.st_size


def _damaged(path: Path) -> str:
    name = path.parent.name
    return f"The edition {name} is damaged. Whoever runs this server can take it back from a backup, or publish anew."


def _gone(name: str) -> str:
    return f"There is no edition “{name}”. Choose one in the foot of the first page."


def audience_words(audience: str) -> str:
    """An audience as a sentence names it."""
    return {"central": "the central team", "forum": "the forum"}.get(audience, f"{audience.replace('_', ' ').title()}")


class Site(NamedTuple):
    """A site as the pages name it."""

    name: str
    label: str
    short: str
    position: int
    first_month: date
    commissioner: str
    provider: str


def _room(answer: tuple[Row, ...]) -> int:
    """The rows that an answer counts for among those that are kept; one that is longer than all is kept alone."""
    return min(1 + len(answer), KEPT_ROWS)


class Edition:
    """One edition as one audience sees it. It never changes, so every answer is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = _mark(path)
        self._base = _connect(path)
        self._answers: LRUCache[tuple[Any, ...], tuple[Row, ...]] = LRUCache(KEPT_ROWS, getsizeof=_room)
        self._sorted: dict[tuple[Any, ...], dict[tuple[Any, ...], tuple[Row, ...]]] = {}
        self._lock = threading.Lock()
        self.tables: dict[str, int] = {
            row.table_name: row.estimated_size
            for row in self._ask("select table_name, estimated_size from duckdb_tables()", ())
        }
        self.about = self._about()
        self.sites = tuple(
            Site(
                r.site, r.label, r.short_label, r.position, r.first_month, r.commissioner_short or "", r.provider or ""
            )
            for r in self.rows("sites", order="position, site")
        )
        self.measures = {row.measure: row for row in self.rows("measures", order="position")}

    def _about(self) -> Row:
        rows = self.rows("edition")
        if not rows:
            raise NoEdition(f"{self.path.name} has no row in its table `edition`; publish again")
        return rows[0]

    @property
    def name(self) -> str:
        """The edition's name."""
        return str(self.about.edition_id)

    @property
    def audience(self) -> str:
        """Whom the file says it is for; one that does not say may hold everything, so it is the central team's."""
        return str(self.about.get("audience") or "central")

    @property
    def made(self) -> datetime:
        """When the edition was made, as far as a reader is concerned: the day up to which it knows."""
        return self.about.known_at or self.about.made

    @property
    def data_month(self) -> date | None:
        """The last month that the edition has returns of; none if it has none."""
        month: date | None = self.about.data_month
        return month

    def rows(self, table: str, where: str = "true", given: tuple[Any, ...] = (), order: str = "") -> tuple[Row, ...]:
        """The rows of a table, or none where the edition has no such table. Values are bound, never pasted."""
        if table not in self.tables:
            return ()
        found = self._equal(table, where, given, order) if given and self.tables[table] <= SMALL else None
        if found is not None:
            return found
        return self._answer(f"select * from {table} where {where}" + (f" order by {order}" if order else ""), given)

    def _equal(self, table: str, where: str, given: tuple[Any, ...], order: str) -> tuple[Row, ...] | None:
        """The rows of a small table with these values in columns, sorted out once for all values.

        None where that is not all that is asked, and where no row has them as they are given.
        """
        columns = tuple(match[1] if (match := EQUAL.fullmatch(part)) else "" for part in where.split(" and "))
        if "" in columns or " limit " in order:
            return None
        key = (table, columns, order)
        if key not in self._sorted:
            held: dict[tuple[Any, ...], list[Row]] = {}
            for row in self.rows(table, order=order):
                held.setdefault(tuple(row.get(column) for column in columns), []).append(row)
            self._sorted[key] = {values: tuple(rows) for values, rows in held.items()}
        return None if None in given else self._sorted[key].get(given)

    def has(self, table: str) -> bool:
        """Whether a table is there and not empty."""
        return bool(self.tables.get(table)) and bool(self._answer(f"select 1 as one from {table} limit 1"))

    def _answer(self, sql: str, given: tuple[Any, ...] = ()) -> tuple[Row, ...]:
        """The answer to a question, asked once; those that were asked longest ago are forgotten."""
        key = (sql, given)
        with self._lock:
            answer: tuple[Row, ...] | None = self._answers.get(key)
        if answer is None:
            answer = self._ask(sql, given)
            with self._lock:
                self._answers[key] = answer
        return answer

    def _ask(self, sql: str, given: tuple[Any, ...]) -> tuple[Row, ...]:
        cursor = self._base.cursor()
        try:
            cursor.execute(sql, list(given))
            names = [column[0] for column in cursor.description or ()]
            return read_rows(names, cursor.fetchall())
        except duckdb.Error as problem:
            if type(problem) in DAMAGED:
                raise NoEdition(_damaged(self.path)) from None
            raise
        finally:
            cursor.close()

    def result(self, site: str, measure: str, period: str, starts: date) -> Row | None:
        """One number: of a site (or `all`), a measure and a period by its first day."""
        rows = self.rows("results", "measure = ? and period = ? and starts = ?", (measure, period, starts))
        return next((row for row in rows if row["site"] == site), None)

    def results(self, period: str, starts: date) -> dict[tuple[str, str], Row]:
        """All numbers of a period, by site and measure: for whoever needs most of them."""
        rows = self.rows("results", "period = ? and starts = ?", (period, starts))
        return {(row.site, row.measure): row for row in rows}

    def series(self, measure: str, period: str = "month") -> dict[str, list[Row]]:
        """A measure over time, by site, in the order of time."""
        series: dict[str, list[Row]] = {}
        for row in self.rows("results", "measure = ? and period = ?", (measure, period), "site, starts"):
            series.setdefault(row.site, []).append(row)
        return series

    def last_complete(self, site: str, measure: str, before: date, period: str = "rolling_year") -> Row | None:
        """The newest complete period of a measure that starts before a day."""
        where = "site = ? and measure = ? and period = ? and starts < ? and complete and value is not null"
        rows = self.rows("results", where, (site, measure, period, before), "starts desc limit 1")
        return rows[0] if rows else None

    def periods(self, period: str) -> list[tuple[date, date]]:
        """The first and last months of all periods of a kind that the edition has, newest first."""
        sql = "select distinct starts, ends from results where period = ? order by starts desc"
        rows = self._answer(sql, (period,)) if "results" in self.tables else ()
        return [(row.starts, row.ends) for row in rows]

    def is_unchanged(self) -> bool:
        """Whether the file that was opened is still there."""
        return _mark(self.path) == self._mark

    def is_replaced(self) -> bool:
        """Whether another file has come to its name, as no publish does but a restore may."""
        return _mark(self.path) not in (None, self._mark)

    def close(self) -> None:
        """Lets go of the file."""
        self._base.close()


def _note_nothing(edition: str, found: bool) -> None:
    """What is noted of an edition that is asked for when nobody keeps a record."""


class Editions:
    """The editions in a folder, of which each request opens the file of its own audience and no other.

    `noted` is told of each edition that is asked for, and whether the audience has it.
    """

    def __init__(
        self, data: Path, audience: str | Callable[[], str], noted: Callable[[str, bool], None] = _note_nothing
    ) -> None:
        self.folder = data / "editions"
        self._audience = audience
        self._noted = noted
        # An edition that falls out is not closed: a page may still be asking it. It closes with its last user.
        self._open: LRUCache[tuple[str, str], Edition] = LRUCache(KEPT_EDITIONS)
        self._pointed: tuple[tuple[int, int, int], str] | None = None
        self._lock = threading.Lock()

    @property
    def audience(self) -> str:
        """The audience that asks."""
        return self._audience if isinstance(self._audience, str) else self._audience()

    def current_name(self) -> str:
        """The name of the current edition, read again when the pointer is another file."""
        pointer, seen = self.folder / "current.json", self._pointed
        try:
            about = pointer.stat()
            mark = (about.st_mtime_ns, about.st_ino, about.st_size)
            if seen is None or seen[0] != mark:
                name = json.loads(pointer.read_text(encoding="utf-8"))["edition"]
                seen = self._pointed = (mark, str(name))
        except FileNotFoundError:
            raise NoEdition("There is no edition yet. Load returns first: python -m etl load PATH") from None
        except (ValueError, KeyError, TypeError):
            raise NoEdition("The pointer names no edition. Make one: python -m etl publish") from None
        return seen[1]

    def names(self) -> Iterator[str]:
        """The names of all editions that this audience may open, newest first."""
        file = f"{self.audience}.duckdb"
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as known:
            found = [e.name for e in known if NAME.fullmatch(e.name) and os.access(f"{e.path}/{file}", os.F_OK)]
        yield from sorted(found, reverse=True)

    def get(self, name: str = "") -> Edition:
        """An edition by name, or the current one; opened once a process and audience."""
        name, audience = name or self.current_name(), self.audience
        with self._lock:
            open_now: Edition | None = self._open.get((name, audience))
        if open_now is not None and open_now.is_unchanged():
            self._noted(name, True)
            return open_now
        if not NAME.fullmatch(name) or not (self.folder / name).is_dir():
            self._noted("", False)
            raise NoEdition(_gone(name))
        path = self.folder / name / f"{audience}.duckdb"
        if not path.is_file():
            self._noted(name, False)
            raise NoEdition(f"The edition {name} has nothing for {audience_words(audience)} yet.")
        self._noted(name, True)
        with self._lock:
            return self._keep((name, audience), path)

    def _keep(self, key: tuple[str, str], path: Path) -> Edition:
        """An edition that is open, or is opened now if it says that it is for the audience who asks."""
        edition: Edition | None = self._open.get(key)
        if edition is None:
            edition = Edition(path)
            if edition.audience != key[1]:
                raise NoEdition(f"The file for {audience_words(key[1])} in this edition is not theirs; publish again.")
            self._open[key] = edition
        elif edition.is_replaced():
            # DuckDB would go on with the old file under this name for as long as anything has it open.
            raise NoEdition(f"The edition {key[0]} was replaced while the dashboard ran. Start the dashboard again.")
        return edition
