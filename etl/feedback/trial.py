"""Tries returns before they are sent: read, checked and compared with all that is known; nothing is stored."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from etl.check.problem import Problem
from etl.check.stored import compare_files
from etl.feedback.marked_workbook import mark
from etl.sites import Site
from etl.warehouse.load import Busy, Checked, IncomingFile, Progress, check_files
from etl.warehouse.store import open_warehouse


class OfAnotherSite(ValueError):
    """The return is another site's, which whoever tries it may not see."""


def try_returns(
    files: list[IncomingFile], sites: Mapping[str, Site], data: Path, progress: Progress | None = None
) -> list[Checked]:
    """Each file with all its problems, also those that only other months and sites show.

    The warehouse of `data` is asked where there is one. Raises duckdb.Error when it cannot be read.
    """
    return _compared(list(check_files(files, sites, progress)), sites, data)


def try_upload(
    content: bytes, name: str, received: datetime, sites: Mapping[str, Site], data: Path, only: str = ""
) -> Checked:
    """One file that is on no disk, by its bytes and the name that it came with.

    With `only`, only that site's returns can be tried, and no other site's are looked at: raises OfAnotherSite.
    Raises Busy when what is loaded cannot be read, because something is just being loaded.
    """
    checked = list(check_files([IncomingFile(Path(), name, received, content)], sites))
    if only and site_of(checked[0]) not in (None, only):
        raise OfAnotherSite("The return is another site's.")
    try:
        return _compared(checked, sites, data, elsewhere=not only)[0]
    except duckdb.Error:
        raise Busy("What is loaded cannot be read just now: something may be being loaded. Try again soon.") from None


def site_of(one: Checked) -> str | None:
    """The site whose return a file is, as far as it is known."""
    return one.content.site if one.content else one.site


def _compared(
    checked: list[Checked], sites: Mapping[str, Site], data: Path, *, elsewhere: bool = True
) -> list[Checked]:
    readable = [(str(n), c.file.received, c.sha256, c.content) for n, c in enumerate(checked) if c.content]
    warehouse = data / "warehouse.duckdb"
    con = open_warehouse(warehouse, read_only=True) if warehouse.is_file() else None
    try:
        found = compare_files(con, readable, sites, elsewhere)
    finally:
        if con is not None:
            con.close()
    return [replace(one, problems=(*one.problems, *found.get(str(n), ()))) for n, one in enumerate(checked)]


__all__ = ["Busy", "Checked", "OfAnotherSite", "Problem", "mark", "site_of", "try_returns", "try_upload"]
