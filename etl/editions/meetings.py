"""Meetings in an edition: which edition each forum saw last, and what followed from what it decided."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import pandas as pd

from etl.definitions.periods import day_of, month_after
from etl.reference import Decision, Meeting, Reference, as_frame, newest

HELD, NEXT, LATER = "held", "next", "later"
FIGURES = ("then_ends", "then_shown", "now_ends", "now_shown")
Tables = Mapping[str, pd.DataFrame]


def meeting_rows(reference: Reference, day: date, sites: Collection[str], forum: str) -> dict[str, pd.DataFrame]:
    """The meetings and decisions known on a day, each with the audience that may see it.

    A forum that has a site's name is that site's own, every other one is seen by the audience `forum`. A meeting before
    the day is `held`, the first of a forum from that day on is the `next`. A decision is open, late or done.
    """
    meetings = sorted(newest(reference.meetings, "meeting"), key=lambda row: (row.day, row.meeting))
    audiences = {row.meeting: row.forum if row.forum in sites else forum for row in meetings}
    following = {row.forum: row.meeting for row in reversed(meetings) if row.day >= day}
    frame = as_frame(meetings, Meeting)
    frame["slides"] = [",".join(row.slides) for row in meetings]
    frame["audience"] = [audiences[row.meeting] for row in meetings]
    frame["state"] = [
        HELD if row.day < day else NEXT if following[row.forum] == row.meeting else LATER for row in meetings
    ]
    decided = newest(reference.decisions, "decision")
    decisions = as_frame(decided, Decision)
    decisions["audience"] = [audiences.get(row.meeting, "") for row in decided]
    decisions["state"] = ["done" if row.done else "late" if row.due < day else "open" for row in decided]
    return {"meetings": frame, "decisions": decisions}


def editions_seen(meetings: pd.DataFrame, earlier: Tables) -> list[str]:
    """For each meeting the edition that it saw, '' where the audience has none of it.

    That is the newest one as known by the day `saw`; where that is blank, by the day of the meeting. `earlier` are the
    edition tables of earlier editions by name, the newest first.
    """
    days = {name: pd.Timestamp(about.known_at.iloc[0]).date() for name, about in earlier.items()}
    seen = []
    for row in meetings.to_dict("records"):
        exact = row["saw"] if pd.notna(row["saw"]) else None
        fits = (name for name, day in days.items() if (day == exact if exact else day <= row["day"]))
        seen.append(next(fits, "") if row["state"] == HELD else "")
    return seen


def with_figures(decisions: pd.DataFrame, meetings: pd.DataFrame, earlier: Tables, tables: Tables) -> pd.DataFrame:
    """Decisions with what their measure was in the year to the data month that the meeting saw, and what it is now.

    Both as known now and as the audience may see them: no figure of an earlier edition is brought back.
    """
    seen = dict(zip(meetings.meeting, meetings.edition, strict=True))
    results = tables["results"]
    years = results[(results.period == "rolling_year") & results.measure.isin(set(decisions.measure))]
    shown = {(r.site, r.measure, day_of(r.starts)): str(r.shown) for r in years.itertuples()}
    last = day_of(tables["edition"].data_month.iloc[0])
    rows: list[dict[str, Any]] = []
    for row in decisions.to_dict("records"):
        about = earlier.get(seen.get(row["meeting"], ""))
        first = day_of(about.data_month.iloc[0]) if about is not None else last
        then, now = (
            shown.get((row["site"] or "all", row["measure"], month_after(end, -11)), "") for end in (first, last)
        )
        told = (first, then, last, now) if then and now and first < last else (None, "", None, "")
        rows.append(dict(zip(FIGURES, told, strict=True)))
    return decisions.assign(**{name: [row[name] for row in rows] for name in FIGURES})
