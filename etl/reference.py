"""Reference tables (plans, agreements, assessments and more), read and checked as strictly as a return."""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import pandas as pd

from etl.definitions import REPORTED, REPORTED_KEYS, key
from etl.definitions.checks import CHECKS
from etl.definitions.costs import SPEND
from etl.definitions.funding import FUNDING
from etl.definitions.readiness import QUESTIONS, VERDICTS
from etl.sites import load_sites

FOLDER = Path(__file__).parent.parent / "data" / "reference"
MADE_UP = "made up for the sample"
CENTRAL_TEAM = "central_team"
PROGRAMME = "programme"
FUNDERS = tuple(part.name for part in FUNDING.parts)
STATUSES = ("approved", "agreed_in_principle", "bid", "expected")
LINES = (*(part.name for part in SPEND.parts), "in_kind", CENTRAL_TEAM)
SAYS = ("Yes", "No", "In kind", "In part", "Apart")
# What has a control chart: what sites report, and how late their returns came.
CHARTED = (*REPORTED, "days_late")
# What a check may ask about: a number, or a measure that is sent in parts.
QUERIED = (*(key(*pair) for pair in REPORTED_KEYS), *(name for name in REPORTED if (name, "") not in REPORTED_KEYS))
MOST_BYTES = 5_000_000


class WrongReference(ValueError):
    """Reference tables that cannot be used; the message has a sentence for each problem, also in `problems`."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Reader:
    """How the text of a cell becomes a value: `read` raises ValueError for a text that is not `needed`."""

    read: Callable[[str], Any]
    needed: str
    example: str


def one_of(*words: str) -> Reader:
    """One of the given words, spelt as they are here."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    return Reader(read, f"one of {', '.join(words)}", words[0])


def _whole(least: int, most: int) -> Reader:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return Reader(read, f"a whole number from {least:,} to {most:,}", str(min(most, 2)))


def _read_day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError
    return date.fromisoformat(text)


def _read_pounds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", text):
        raise ValueError
    return float(text)


def _read_growth(text: str) -> float:
    if not re.fullmatch(r"-?0\.[0-9]{1,8}", text):
        raise ValueError
    return float(text)


def _read_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", text):
        raise ValueError
    return text


def _read_funders(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not set(names) <= set(FUNDERS) or len(set(names)) < len(names):
        raise ValueError
    return names


def _read_text(text: str) -> str:
    if len(text) > 500 or not text.isprintable():
        raise ValueError
    return text


TEXT = Reader(_read_text, "words, at most 500 letters", "board paper")
NAME = Reader(_read_name, "a name of small letters, digits, - and _", "croydon-mopac-2020")
DAY = Reader(_read_day, "a day as year-month-day", "2020-03-31")
POUNDS = Reader(_read_pounds, "pounds, not negative, with at most two decimals and no commas", "56709.50")
GROWTH = Reader(_read_growth, "growth as a share of one", "0.018963")
YES_NO = Reader(lambda text: one_of("yes", "no").read(text) == "yes", "yes or no", "yes")
FUNDER = one_of(*FUNDERS)
FUNDER_LIST = Reader(_read_funders, f"one or more, with commas between, of {', '.join(FUNDERS)}", "commissioner")
SITE = Reader(_read_name, "a site", "croydon")  # the sites themselves are checked with the folders' own sites


@dataclass(frozen=True)
class Column:
    """A column of a table; `blank` is what an empty cell means, where one may be empty; `also` are more site names."""

    reader: Reader
    blank: Any = ...
    also: tuple[str, ...] = ()


Text = Annotated[str, Column(TEXT)]
TextOrBlank = Annotated[str, Column(TEXT, blank="")]
Name = Annotated[str, Column(NAME)]
NameOrBlank = Annotated[str, Column(NAME, blank="")]
Day = Annotated[date, Column(DAY)]
DayOrBlank = Annotated[date | None, Column(DAY, blank=None)]
Pounds = Annotated[float, Column(POUNDS)]
PoundsOrBlank = Annotated[float | None, Column(POUNDS, blank=None)]
YesNo = Annotated[bool, Column(YES_NO)]
SiteName = Annotated[str, Column(SITE)]
SiteOrBlank = Annotated[str, Column(SITE, blank="")]
SiteOrCentral = Annotated[str, Column(SITE, also=(CENTRAL_TEAM,))]


@dataclass(frozen=True)
class Plan:
    """What a site is to do and spend in a year; `open_cases` are open at any time."""

    site: SiteName
    starts: Day
    ends: Day
    new_cases: Annotated[int, Column(_whole(1, 100_000))]
    cost: Pounds
    open_cases: Annotated[int | None, Column(_whole(0, 100_000), blank=None)]
    known_from: Day
    source: Text
    open_cases_source: TextOrBlank
    note: TextOrBlank


@dataclass(frozen=True)
class Agreement:
    """Money that someone gives or may give; a later row of the same name says what it became.

    An amount of 0 says that nothing will come (a bid refused). `up_to` says that the amount is a limit, `drawn`
    how much of it was claimed when the row was known. `matched_to` names the agreement without which it falls.
    """

    agreement: Name
    site: SiteOrCentral
    funder: Annotated[tuple[str, ...], Column(FUNDER_LIST)]
    form: Annotated[str, Column(one_of("cash", "in_kind"))]
    amount: Pounds
    starts: Day
    ends: Day
    status: Annotated[str, Column(one_of(*STATUSES))]
    recurring: YesNo
    conditions: TextOrBlank
    matched_to: NameOrBlank
    up_to: YesNo
    drawn: PoundsOrBlank
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Milestone:
    """Something due on a day; a later row of the same name says that it moved or was done. No site: the programme."""

    milestone: Name
    site: SiteOrBlank
    words: Text
    due: Day
    done: DayOrBlank
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Assessment:
    """A site's answer, 0 to 3, to one of the questions of commitment, with the document that shows it."""

    site: SiteName
    question: Annotated[int, Column(_whole(1, len(QUESTIONS)))]
    answer: Annotated[int, Column(_whole(0, 3))]
    document: Text
    remark: TextOrBlank
    date: Day
    known_from: Day
    source: Text


@dataclass(frozen=True)
class OwnAnswer:
    """What a site itself answers to the question whether it can carry on without the grant."""

    site: SiteName
    verdict: Annotated[str, Column(one_of(*VERDICTS))]
    document: Text
    date: Day
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Event:
    """Something that happened, or will, on a day. No site: the programme."""

    day: Day
    site: SiteOrBlank
    words: Text
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Rebase:
    """The limits of a site's control chart start afresh in a month: a decision of a person, with its reason.

    No site: the chart of all sites together. `who` is a role, not a name.
    """

    site: SiteOrBlank
    month: Day
    measure: Annotated[str, Column(one_of(*CHARTED))]
    reason: Text
    who: Text
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Earmark:
    """Money of the central team that is for one site: it stays there however the rest is shared out."""

    agreement: Name
    site: SiteName
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Dispensation:
    """A query that is known and explained, for the months from `starts` to `ends`: not asked again before `until`.

    No measure: whatever number the check asks about. `who` is a role, not a name.
    """

    site: SiteName
    check: Annotated[str, Column(one_of(*CHECKS))]
    measure: Annotated[str, Column(one_of(*QUERIED), blank="")]
    starts: Day
    ends: Day
    reason: Text
    until: Day
    who: Text
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Scope:
    """Whether a site counts a cost line in its spend."""

    site: SiteName
    line: Annotated[str, Column(one_of(*LINES))]
    says: Annotated[str, Column(one_of(*SAYS))]
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Funder:
    """What a funder is called, everywhere (no site) or at one site, from a day on."""

    funder: Annotated[str, Column(FUNDER)]
    site: Annotated[str, Column(SITE, blank="", also=(CENTRAL_TEAM,))]
    starts: Day
    label: Text
    short_label: Text
    source: Text


@dataclass(frozen=True)
class Deflator:
    """Growth of the GDP deflator in the financial year that starts on a first of April."""

    year: Day
    growth: Annotated[float, Column(GROWTH)]
    forecast: YesNo
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Fact:
    """A figure, day or name as it was published; `value` stays as typed."""

    site: Annotated[str, Column(SITE, also=(CENTRAL_TEAM, PROGRAMME, "england"))]
    fact: Name
    value: TextOrBlank
    unit: TextOrBlank
    period_start: DayOrBlank
    period_end: DayOrBlank
    known_from: Day
    source: Text
    caveat: TextOrBlank


@dataclass(frozen=True)
class Reference:
    """All reference tables, each as the rows of its file in their order."""

    plans: tuple[Plan, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    own_answers: tuple[OwnAnswer, ...] = ()
    events: tuple[Event, ...] = ()
    scope: tuple[Scope, ...] = ()
    funders: tuple[Funder, ...] = ()
    deflators: tuple[Deflator, ...] = ()
    published_facts: tuple[Fact, ...] = ()
    rebases: tuple[Rebase, ...] = ()
    earmarks: tuple[Earmark, ...] = ()
    dispensations: tuple[Dispensation, ...] = ()


# What a row is, and the columns that no two rows may share.
TABLES: dict[str, tuple[type, tuple[str, ...]]] = {
    "plans": (Plan, ("site", "starts", "known_from")),
    "agreements": (Agreement, ("agreement", "known_from")),
    "milestones": (Milestone, ("milestone", "known_from")),
    "assessments": (Assessment, ("site", "question", "known_from")),
    "own_answers": (OwnAnswer, ("site", "known_from")),
    "events": (Event, ("day", "site", "words")),
    "scope": (Scope, ("site", "line", "known_from")),
    "funders": (Funder, ("funder", "site", "starts")),
    "deflators": (Deflator, ("year", "known_from")),
    "published_facts": (Fact, ("site", "fact", "period_start", "known_from")),
    "rebases": (Rebase, ("site", "month", "measure")),
    "earmarks": (Earmark, ("agreement", "known_from")),
    "dispensations": (Dispensation, ("site", "check", "measure", "starts", "known_from")),
}


def read_reference(*folders: Path, sites: Collection[str] | None = None) -> Reference:
    """The tables of `data/reference`; a table that a folder has too replaces ours whole, the last folder's wins.

    `sites` are the names of the sites, ours when not given. Raises WrongReference with every problem of all tables.
    """
    known = set(load_sites() if sites is None else sites)
    problems: list[str] = _unknown_files(folders)
    tables: dict[str, tuple[Any, ...]] = {}
    for name in TABLES:
        path = next((f / f"{name}.csv" for f in reversed((FOLDER, *folders)) if (f / f"{name}.csv").is_file()), None)
        if path is None:
            problems.append(f"{name}.csv: there is no such file; needed in {FOLDER.parent.name}/{FOLDER.name}.")
            continue
        rows = _read_table(path, name, known, problems)
        problems.extend(_wrong_together(name, rows))
        tables[name] = tuple(row for _, row in rows)
    if problems:
        raise WrongReference(problems)
    return Reference(**tables)


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


Placed = tuple[int, Any]  # the line of a file, and the row that stands there


def _unknown_files(folders: Sequence[Path]) -> list[str]:
    """A table under a wrong name would be ignored without a word."""
    return [
        f"{path.name}: no reference table has this name; needed: one of {', '.join(f'{n}.csv' for n in TABLES)}."
        for folder in folders
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in TABLES
    ]


def _read_table(path: Path, name: str, sites: set[str], problems: list[str]) -> list[Placed]:
    """The rows of a file that could be read; a sentence for each problem is added to `problems`."""
    row_type, key = TABLES[name]
    lines = _lines(path, problems)
    if not lines:
        return []
    (_, heads), *rest = lines
    wrong = _wrong_heads(path.name, heads, row_type)
    if wrong:
        problems.extend(wrong)
        return []
    rows: list[Placed] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line, cells in rest:
        row = _read_row(path.name, line, heads, cells, row_type, sites, problems)
        if row is None:
            continue
        first = seen.setdefault(tuple(getattr(row, part) for part in key), line)
        if first != line:
            same = ", ".join(key)
            problems.append(
                f"{path.name}, line {line}, column {key[0]}: the same {same} as line {first}; needed: once."
            )
        rows.append((line, row))
    return rows


def _lines(path: Path, problems: list[str]) -> list[tuple[int, list[str]]]:
    """The filled lines of a CSV file with their numbers; a file that is no CSV in UTF-8 is a problem."""
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES or b"\0" in content:
            raise ValueError("too large, or not text")
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except (ValueError, csv.Error) as error:
        problems.append(f"{path.name}: not readable as CSV in UTF-8 ({error}).")
        return []
    if not lines:
        problems.append(f"{path.name}: the file is empty; needed: a line with the names of the columns.")
    return lines


def _wrong_heads(file: str, heads: list[str], row_type: type) -> list[str]:
    wanted = [entry.name for entry in fields(row_type)]
    needed = f"needed: {','.join(wanted)}"
    missing = [f"{file}, line 1: the column {name} is missing; {needed}." for name in wanted if name not in heads]
    unknown = [f"{file}, line 1: the column {name!r} is not known; {needed}." for name in heads if name not in wanted]
    twice = sorted({name for name in heads if heads.count(name) > 1 and name in wanted})
    return missing + unknown + [f"{file}, line 1: the column {name} stands twice; {needed}." for name in twice]


def _read_row(
    file: str, line: int, heads: list[str], cells: list[str], row_type: type, sites: set[str], problems: list[str]
) -> Any:
    """The row, or nothing where a cell of it is wrong."""
    if len(cells) != len(heads):
        problems.append(f"{file}, line {line}: {len(cells)} cells; needed: {len(heads)}, such as quotes round a comma.")
        return None
    typed = dict(zip(heads, cells, strict=True))
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(row_type, include_extras=True).items():
        wrong, values[name] = _read_cell(typed[name].strip(), hint.__metadata__[0], sites)
        if wrong:
            problems.append(f"{file}, line {line}, column {name}: {wrong}.")
    return None if ... in values.values() else row_type(**values)


def _read_cell(text: str, column: Column, sites: set[str]) -> tuple[str, Any]:
    """What is wrong with a cell ('' if nothing), and its value (... if something)."""
    reader = column.reader
    needed, example = reader.needed, reader.example
    if text == "" and column.blank is not ...:
        return "", column.blank
    if re.match(r"[=+@\-](?![0-9.]+$)", text):
        return f"typed {text[:40]!r}, which looks like a formula; needed: {needed}, such as {example}", ...
    if reader is SITE:
        allowed = [*sorted(sites), *column.also]
        reader = one_of(*allowed)
        needed = reader.needed
    try:
        if text == "":
            raise ValueError
        return "", reader.read(text)
    except ValueError:
        typed = f"typed {text[:40]!r}" if text else "nothing typed"
        return f"{typed}; needed: {needed}, such as {example}", ...


def _wrong_together(name: str, rows: list[Placed]) -> list[str]:
    """What is wrong between the cells of a row, or between rows."""
    checks: dict[str, tuple[Callable[[str, list[Placed]], list[str]], ...]] = {
        "plans": (_ends_before_start, _overlapping_plans),
        "agreements": (_ends_before_start, _drawn_too_much, _changed_owner, _broken_matches),
        "milestones": (_done_before_known,),
        "assessments": (_dated_after_known,),
        "own_answers": (_dated_after_known,),
        "deflators": (_not_first_of_april,),
        "rebases": (_not_first_of_month,),
        "dispensations": (_ends_before_start,),
        "published_facts": (_ends_before_start, _local_share_of_a_site),
    }
    return [problem for check in checks.get(name, ()) for problem in check(f"{name}.csv", rows)]


def _ends_before_start(file: str, rows: list[Placed]) -> list[str]:
    start, end = ("starts", "ends") if file != "published_facts.csv" else ("period_start", "period_end")
    return [
        f"{file}, line {line}, column {end}: typed {getattr(row, end)}, before {start} {getattr(row, start)}; "
        f"needed: that day or later, such as {getattr(row, start)}."
        for line, row in rows
        if getattr(row, start) and getattr(row, end) and getattr(row, end) < getattr(row, start)
    ]


def _overlapping_plans(file: str, rows: list[Placed]) -> list[str]:
    """Two plans of a site for the same day need different days from which they were known."""
    return [
        f"{file}, line {line}, column starts: typed {row.starts}, within the plan of line {before}, known from the "
        f"same day; needed: a start after {other.ends}, or another known_from."
        for at, (line, row) in enumerate(rows)
        for before, other in rows[:at]
        if row.site == other.site
        and row.known_from == other.known_from
        and row.starts != other.starts
        and row.starts <= other.ends
        and other.starts <= row.ends
    ]


def _drawn_too_much(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column drawn: typed {row.drawn:.2f}, more than the amount; needed: at most "
        f"{row.amount:.2f}."
        for line, row in rows
        if row.drawn is not None and row.drawn > row.amount
    ]


def _changed_owner(file: str, rows: list[Placed]) -> list[str]:
    """A later row of an agreement may change its money, dates and status, not whose it is."""
    owners: dict[str, str] = {}
    return [
        f"{file}, line {line}, column site: typed {row.site!r}; needed: {owners[row.agreement]}, as in the first row "
        f"of {row.agreement}."
        for line, row in rows
        if owners.setdefault(row.agreement, row.site) != row.site
    ]


def _broken_matches(file: str, rows: list[Placed]) -> list[str]:
    """`matched_to` must name an agreement, and following it must come to an end."""
    names = {row.agreement for _, row in rows}
    links: dict[str, set[str]] = {}
    for _, row in rows:
        links.setdefault(row.agreement, set()).update({row.matched_to} - {""})
    problems = []
    for line, row in rows:
        where = f"{file}, line {line}, column matched_to: typed {row.matched_to!r}"
        if row.matched_to and row.matched_to not in names:
            problems.append(f"{where}, which is no agreement; needed: a name from the column agreement.")
        elif row.matched_to and row.agreement in _reached(row.matched_to, links):
            problems.append(
                f"{where}, which leads back to {row.agreement}; needed: an agreement that stands without it."
            )
    return problems


def _reached(name: str, links: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead.extend(links.get(here, ()))
    return reached


def _done_before_known(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column done: typed {row.done}, after known_from {row.known_from}; needed: a day by then."
        for line, row in rows
        if row.done and row.done > row.known_from
    ]


def _dated_after_known(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column date: typed {row.date}, after known_from {row.known_from}; needed: a day by then."
        for line, row in rows
        if row.date > row.known_from
    ]


def _not_first_of_april(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column year: typed {row.year}; needed: a first of April, such as {row.year.year}-04-01."
        for line, row in rows
        if (row.year.month, row.year.day) != (4, 1)
    ]


def _not_first_of_month(file: str, rows: list[Placed]) -> list[str]:
    return [
        f"{file}, line {line}, column month: typed {row.month}; needed: the first of a month, such as "
        f"{row.month.replace(day=1)}."
        for line, row in rows
        if row.month.day != 1
    ]


def _local_share_of_a_site(file: str, rows: list[Placed]) -> list[str]:
    """The published local share is of all sites together and of the programme's total: never one site's."""
    return [
        f"{file}, line {line}, column site: typed {row.site!r}; needed: {PROGRAMME}, because a local share is known of "
        "the whole programme only."
        for line, row in rows
        if row.fact == "local_share" and row.site != PROGRAMME
    ]
