"""What happened when: the events that every chart over time bears a letter for, and the table that says them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.tables import Column, heard, table
from etl.definitions.messages import Plain, Text, _, joined
from etl.definitions.periods import month_after, write_date

Component = Any
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Happening:
    """An event with its letter; no site: all of them."""

    letter: str
    day: date
    site: str
    words: str
    source: str

    @property
    def month(self) -> date:
        """The month on a chart's axis."""
        return self.day.replace(day=1)


def happenings(view: View, months: Sequence[date], sites: Sequence[str]) -> list[Happening]:
    """The events of some months at some sites or everywhere, lettered by day; the newest where there are many."""
    if not months:
        return []
    rows = view.edition.rows(
        "events", "day >= ? and day < ?", (months[0], month_after(months[-1], 1)), "day, site, words"
    )
    here = [row for row in rows if not row.site or row.site == "all" or row.site in sites][-len(LETTERS) :]
    return [
        Happening(letter, row.day, row.site or "", row.words, row.source or "")
        for letter, row in zip(LETTERS, here, strict=False)
    ]


def marks_of(events: Sequence[Happening], site: str) -> dict[date, str]:
    """The letters that a site's chart bears, by month."""
    found: dict[date, str] = {}
    for event in events:
        if event.site in ("", "all", site) or site == "all":
            found[event.month] = found.get(event.month, "") + event.letter
    return found


def in_words(events: Sequence[Happening]) -> Text:
    """The events behind the letters in one line, where there is no room for a table."""
    lines = [(Plain(event.letter), joined(", ", [event.words, write_date(event.day)])) for event in events]
    return joined("; ", [joined(": ", line) for line in lines])


def table_of(view: View, events: Sequence[Happening]) -> Component:
    """The events behind the letters."""
    if not events:
        return None
    heads = [Column(heard(_("Letter"))), Column(_("Day"))]
    heads += [Column(_("What happened")), Column(_("Source"))]
    body = [
        [
            html.Strong(Plain(event.letter)),
            html.Span(write_date(event.day), className="whole"),
            joined(": ", [_("All sites") if event.site in ("", "all") else view.label(event.site), event.words]),
            html.Span(event.source, className="muted small"),
        ]
        for event in events
    ]
    return table(heads, body, _("Events marked by a letter on the chart"), class_name="happened wide")
