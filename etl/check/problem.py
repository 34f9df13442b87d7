"""A problem: what is wrong in a return, in which cell, and how to correct it, in words for the site."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

import pandas as pd

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


# The columns of the table `problems` that are a problem's own, in the order of its fields.
PROBLEM = tuple(field.name for field in fields(Problem))


def problem_frame(problems: Iterable[tuple[str, str | None, Problem]]) -> pd.DataFrame:
    """Problems as rows of the table, from (return_id, site, problem)."""
    rows = [(given, site, *(getattr(problem, name) for name in PROBLEM)) for given, site, problem in problems]
    return pd.DataFrame(rows, columns=["return_id", "site", *PROBLEM])
