"""A problem: what is wrong in a return, in which cell, and how to correct it, in words for the site."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Severity = Literal["reject", "query", "info"]


@dataclass(frozen=True)
class Problem:
    """One thing to correct. `severity` is `reject` (the file is not used), `query` (the site must look) or `info`.

    `cause` names the likely cause, where one fits (a key of `etl.definitions.checks.CAUSES`).
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
