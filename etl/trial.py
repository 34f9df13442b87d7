"""Returns tried before they are sent: read, checked and held against all that is known, and nothing is stored."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from etl.check.stored import compare_files
from etl.load import Checked, Given, Progress, check_files
from etl.sites import Site
from etl.store import open_warehouse


def try_returns(
    given: list[Given], sites: Mapping[str, Site], data: Path, progress: Progress | None = None
) -> list[Checked]:
    """Each file with all its problems, also those that only other months and sites show.

    The warehouse of `data` is asked where there is one. Raises duckdb.Error when it cannot be read.
    """
    checked = list(check_files(given, sites, progress))
    readable = [(str(n), c.given.received, c.sha256, c.content) for n, c in enumerate(checked) if c.content]
    warehouse = data / "warehouse.duckdb"
    con = open_warehouse(warehouse, read_only=True) if warehouse.is_file() else None
    try:
        found = compare_files(con, readable, sites)
    finally:
        if con is not None:
            con.close()
    return [replace(one, problems=(*one.problems, *found.get(str(n), ()))) for n, one in enumerate(checked)]
