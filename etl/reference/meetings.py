"""Meetings of a forum, and what was decided there: who is to do what by when, and what followed."""

from dataclasses import dataclass
from typing import Annotated

from etl.definitions import MEASURES
from etl.definitions.settings import SLIDES as NAMES
from etl.reference.cells import Column, Day, DayOrBlank, Name, Reader, SiteOrBlank, Text
from etl.reference.files import Placed

LONGEST = 100  # letters that a line of a slide has room for


def _read_line(text: str) -> str:
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError
    return text


def _read_measure(text: str) -> str:
    if text not in MEASURES:
        raise ValueError
    return text


def _read_slides(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if not set(names) <= set(NAMES) or len(set(names)) < len(names):
        raise ValueError
    return names


LINE = Reader(_read_line, f"words that a slide has room for, at most {LONGEST} letters", "Agree the plan for 2020/21")
MEASURE = Reader(_read_measure, "the name of a measure, as in data/dictionary.csv", "new_cases")
SLIDES = Reader(
    _read_slides, f"each once, with commas and no spaces between, of {','.join(NAMES)}", "changed,agreed,verdict"
)


@dataclass(frozen=True)
class Meeting:
    """A forum met, or will, on a day. It saw what was known by the day `saw`, or by its own where that is blank.

    A forum that has the name of a site is that site's own meeting: nobody else but the central team sees it. `slides`
    are the meeting's own order; blank: the usual one.
    """

    meeting: Name
    forum: Name
    label: Annotated[str, Column(LINE)]
    day: Day
    saw: DayOrBlank
    slides: Annotated[tuple[str, ...], Column(SLIDES, blank=())]
    known_from: Day
    source: Text


@dataclass(frozen=True)
class Decision:
    """What a meeting decided; a later row of the same name says what followed, or that it is done.

    `owner` is a role, not a name of a person. No site: the programme. No measure: it is about no number.
    """

    decision: Name
    meeting: Name
    site: SiteOrBlank
    measure: Annotated[str, Column(MEASURE, blank="")]
    words: Annotated[str, Column(LINE)]
    owner: Annotated[str, Column(LINE)]
    due: Day
    followed: Annotated[str, Column(LINE, blank="")]
    done: DayOrBlank
    known_from: Day
    source: Text


def saw_too_late(file: str, rows: list[Placed]) -> list[str]:
    """A meeting cannot have seen what was known only after it."""
    return [
        f"{file}, line {line}, column saw: typed {row.saw}, after the meeting; needed: {row.day} or earlier."
        for line, row in rows
        if row.saw and row.saw > row.day
    ]


def renamed_forum(file: str, rows: list[Placed]) -> list[str]:
    """A later row of a meeting may move it, not give it to another forum, and a forum has one label."""
    problems: list[str] = []
    of: dict[str, str] = {}
    labels: dict[str, str] = {}
    for line, row in rows:
        for column, typed, first in (
            ("forum", row.forum, of.setdefault(row.meeting, row.forum)),
            ("label", row.label, labels.setdefault(row.forum, row.label)),
        ):
            if typed != first:
                problems.append(f"{file}, line {line}, column {column}: typed {typed!r}; needed: {first!r}, as before.")
    return problems


def changed_meeting(file: str, rows: list[Placed]) -> list[str]:
    """A later row of a decision says what followed, not that another meeting took it."""
    taken: dict[str, str] = {}
    return [
        f"{file}, line {line}, column meeting: typed {row.meeting!r}; needed: {taken[row.decision]}, as in the first "
        f"row of {row.decision}."
        for line, row in rows
        if taken.setdefault(row.decision, row.meeting) != row.meeting
    ]


def without_meeting(meetings: list[Placed], decisions: list[Placed]) -> list[str]:
    """A decision names a meeting in the table that had started when the decision was known."""
    days = {row.meeting: row.day for _, row in meetings}
    known = f"needed: one of meetings.csv ({', '.join(days) or 'it has none'}); who replaces one of both replaces both"
    problems = [
        f"decisions.csv, line {line}, column meeting: typed {row.meeting!r}, which is no meeting; {known}."
        for line, row in decisions
        if row.meeting not in days
    ]
    return problems + [
        f"decisions.csv, line {line}, column known_from: typed {row.known_from}, before the meeting; needed: "
        f"{days[row.meeting]} or later."
        for line, row in decisions
        if row.meeting in days and row.known_from < days[row.meeting]
    ]
