"""Reads tables of an edition's file."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from etl.system.database import connect


def read_tables(path: Path, names: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """The tables of a file, by name; with `names` those of them that it has."""
    con = connect(path, read_only=True)
    try:
        there = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
        return {name: con.table(name).df() for name in there if not names or name in names}
    finally:
        con.close()
