"""What the worker processes share about sessions and attempts: one small private SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.access.private_files import private_folder, touch_private

_TABLES = """
create table if not exists sessions (
    token text primary key, name text not null, role text not null, site text not null, label text not null,
    stamp text not null, started real not null, seen real not null
) strict;
create table if not exists attempts (about text primary key, failures integer not null, last real not null) strict;
"""


class Store:
    """The file, opened for each question: cheap beside a page, and safe from any thread and process."""

    def __init__(self, data: Path) -> None:
        self._path = private_folder(data) / "sessions.sqlite"
        touch_private(self._path)
        with self.change() as con:
            for table in filter(str.strip, _TABLES.split(";")):
                con.execute(table)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for looking something up."""
        con = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            yield con
        finally:
            con.close()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A connection that no other process can change anything beside; all is kept, or nothing."""
        with self.read() as con:
            con.execute("begin immediate")
            try:
                yield con
            except BaseException:
                con.execute("rollback")
                raise
            con.execute("commit")
