"""A problem: what is wrong in a return, in which cell, and how to correct it, in words for the site."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Severity = Literal["reject", "query", "info"]


@dataclass(frozen=True)
class Problem:
    """One thing to correct. `severity` is `reject` (the file is not used), `query` (the site must look) or `info`.

    `cause` names the likely cause, where one fits (a key of `etl.definitions.checks.CAUSES`); `supposes` is what the
    numbers are by that cause, as JSON by the names of `results`: null where only the site can know.
    """

    month: date | None
    sheet: str
    cell: str
    code: str
    severity: Severity
    message: str
    fix: str
    measure: str = ""
    cause: str = ""
    supposes: str = ""
