"""Reference tables (plans, agreements, assessments and more), read and checked as strictly as a return."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from etl.definitions.funding import FUNDING
from etl.reference.files import Placed, read_table
from etl.reference.meetings import Decision, Meeting, without_meeting
from etl.reference.rows import (
    LINES,
    Agreement,
    Assessment,
    Deflator,
    Dispensation,
    Earmark,
    Event,
    Fact,
    Funder,
    Milestone,
    Plan,
    Rebase,
    Scope,
    SiteAnswer,
)
from etl.reference.together import wrong_together
from etl.sites import load_sites

FOLDER = Path(__file__).parents[2] / "data" / "reference"
MADE_UP = "made up for the sample"


class WrongReference(ValueError):
    """Reference tables that cannot be used; the message has a sentence for each problem, also in `problems`."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Reference:
    """All reference tables, each as the rows of its file in their order."""

    plans: tuple[Plan, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    own_answers: tuple[SiteAnswer, ...] = ()
    events: tuple[Event, ...] = ()
    scope: tuple[Scope, ...] = ()
    funders: tuple[Funder, ...] = ()
    deflators: tuple[Deflator, ...] = ()
    published_facts: tuple[Fact, ...] = ()
    rebases: tuple[Rebase, ...] = ()
    earmarks: tuple[Earmark, ...] = ()
    dispensations: tuple[Dispensation, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    decisions: tuple[Decision, ...] = ()


# What a row is, and the columns that no two rows may share.
TABLES: dict[str, tuple[type, tuple[str, ...]]] = {
    "plans": (Plan, ("site", "starts", "known_from")),
    "agreements": (Agreement, ("agreement", "known_from")),
    "milestones": (Milestone, ("milestone", "known_from")),
    "assessments": (Assessment, ("site", "question", "known_from")),
    "own_answers": (SiteAnswer, ("site", "known_from")),
    "events": (Event, ("day", "site", "words")),
    "scope": (Scope, ("site", "line", "known_from")),
    "funders": (Funder, ("funder", "site", "starts")),
    "deflators": (Deflator, ("year", "known_from")),
    "published_facts": (Fact, ("site", "fact", "period_start", "known_from")),
    "rebases": (Rebase, ("site", "month", "measure")),
    "earmarks": (Earmark, ("agreement", "known_from")),
    "dispensations": (Dispensation, ("site", "check", "measure", "starts", "known_from")),
    "meetings": (Meeting, ("meeting", "known_from")),
    "decisions": (Decision, ("decision", "known_from")),
}


def read_reference(*folders: Path, sites: Collection[str] | None = None) -> Reference:
    """The tables of `data/reference`; a table that a folder has too replaces ours whole, the last folder's wins.

    `sites` are the names of the sites, ours when not given. Raises WrongReference with every problem of all tables.
    """
    known = set(load_sites() if sites is None else sites)
    problems: list[str] = _unknown_files(folders)
    placed: dict[str, list[Placed]] = {}
    for name in TABLES:
        path = next((f / f"{name}.csv" for f in reversed((FOLDER, *folders)) if (f / f"{name}.csv").is_file()), None)
        if path is None:
            problems.append(f"{name}.csv: there is no such file; needed in {FOLDER.parent.name}/{FOLDER.name}.")
            continue
        rows = read_table(path, *TABLES[name], known, problems)
        problems.extend(wrong_together(name, rows))
        placed[name] = rows
    if not problems:
        problems = without_meeting(placed["meetings"], placed["decisions"])
    if problems:
        raise WrongReference(problems)
    return Reference(**{name: tuple(row for _, row in rows) for name, rows in placed.items()})


def as_known_at(reference: Reference, day: date) -> Reference:
    """What was known by the end of a day: the rows that were known from it or earlier; names of funders stay."""
    limit = day.date() if isinstance(day, datetime) else day
    kept = {
        name: tuple(row for row in getattr(reference, name) if getattr(row, "known_from", limit) <= limit)
        for name in TABLES
    }
    return replace(reference, **kept)


def newest(rows: Iterable[Any], *key: str) -> list[Any]:
    """Of the rows with the same key the one that was known last, in the order in which the keys first came."""
    latest: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        name = tuple(getattr(row, part) for part in key)
        if name not in latest or row.known_from >= latest[name].known_from:
            latest[name] = row
    return list(latest.values())


def shared_lines(scope: Iterable[Scope], sites: Collection[str]) -> tuple[str, ...]:
    """The spend lines that every one of the sites counts which has said what it counts, as it said last."""
    says = {(row.site, row.line): row.says for row in newest(scope, "site", "line") if row.site in sites}
    told = {site for site, _ in says}
    return tuple(line for line in LINES if told and all(says.get((site, line)) == "Yes" for site in told))


def plan_on(plans: Iterable[Plan], site: str, day: date) -> Plan | None:
    """The plan of a site in force on a day: of those that cover it, the one that was known last."""
    covering = [plan for plan in plans if plan.site == site and plan.starts <= day <= plan.ends]
    return max(covering, key=lambda plan: (plan.known_from, plan.starts), default=None)


def funder_label(funders: Iterable[Funder], funder: str, site: str, day: date, *, short: bool = False) -> str:
    """What a funder is called at a site on a day, or everywhere where that site has no name of its own for it."""
    rows = [row for row in funders if row.funder == funder and row.site in ("", site) and row.starts <= day]
    row = max(rows, key=lambda row: (row.site == site, row.starts), default=None)
    if row is None:
        return next(part.label for part in FUNDING.parts if part.name == funder)
    return row.short_label if short else row.label


def as_frame(rows: Iterable[Any], row_type: type) -> pd.DataFrame:
    """Rows as a frame with the columns of their type, also when there are none; and whether they are made up."""
    names = [entry.name for entry in fields(row_type)]
    frame = pd.DataFrame([asdict(row) for row in rows], columns=names)
    if "source" in names:
        frame["made_up"] = frame["source"].eq(MADE_UP).astype(bool)
    return frame


def _unknown_files(folders: Sequence[Path]) -> list[str]:
    """A table under a wrong name would be ignored without a word."""
    return [
        f"{path.name}: no reference table has this name; needed: one of {', '.join(f'{n}.csv' for n in TABLES)}."
        for folder in folders
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in TABLES
    ]
