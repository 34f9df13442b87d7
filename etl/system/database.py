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
    # The settings are given here and not by a statement: a file that is open already would refuse it.
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    if threads:
        settings["threads"] = str(threads)
    if beside:
        settings["allowed_directories"] = [str(beside)]
    return duckdb.connect(str(path or ":memory:"), read_only=read_only, config=settings)
