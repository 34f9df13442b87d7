"""The one way to open a DuckDB file: it reads its own file and nothing else, and nobody can change that later."""

from pathlib import Path
from typing import Any

import duckdb


def connect(
    path: Path | None = None, *, read_only: bool = False, threads: int | None = None, beside: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection to a file, or to a database in memory; with `beside` it may also read and write in that folder.

    Raises duckdb.Error, also where this process has the file open with other settings.
    """
    settings: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    if threads:
        settings["threads"] = str(threads)
    if not beside:  # given at once, not by a statement: a file that is open already would refuse it
        settings |= {"enable_external_access": "false", "lock_configuration": "true"}
    con = duckdb.connect(str(path or ":memory:"), read_only=read_only, config=settings)
    if beside:  # a folder can only be allowed while access is still open
        con.execute(f"set allowed_directories = [{_quoted(beside)}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    return con


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
