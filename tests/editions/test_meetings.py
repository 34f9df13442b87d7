"""Meetings in an edition: who sees which, which edition each saw, what decisions have come to, and their figures."""

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

from etl.editions.meetings import editions_seen, meeting_rows, with_figures
from etl.reference import Decision, Meeting, Reference

DAY = date(2019, 12, 11)
MET = Meeting("m1", "board", "Board", date(2019, 9, 18), None, (), date(2019, 6, 1), "minutes")
DECIDED = Decision(
    "d1", "m1", "croydon", "new_cases", "Do it", "Lead", date(2019, 12, 1), "", None, date(2019, 9, 18), "minutes"
)


def made(meetings: list[Meeting], decisions: list[Decision] = [], day: date = DAY) -> dict[str, pd.DataFrame]:  # noqa: B006
    reference = Reference(meetings=tuple(meetings), decisions=tuple(decisions))
    return meeting_rows(reference, day, {"croydon", "west_mercia"}, "forum")


def about(known: datetime, month: date) -> pd.DataFrame:
    return pd.DataFrame([{"edition_id": known.date().isoformat(), "known_at": known, "data_month": month}])


def test_a_forum_with_a_sites_name_is_that_sites_own() -> None:
    own = replace(MET, meeting="m2", forum="croydon")
    assert dict(made([MET, own])["meetings"][["forum", "audience"]].to_numpy()) == {
        "board": "forum",
        "croydon": "croydon",
    }


def test_a_meeting_is_held_next_or_later() -> None:
    days = {"m1": date(2019, 12, 10), "m2": DAY, "m3": date(2020, 3, 1)}
    rows = made([replace(MET, meeting=name, day=day) for name, day in days.items()])["meetings"]
    assert list(rows.state) == ["held", "next", "later"]


def test_the_last_word_on_a_meeting_or_decision_counts() -> None:
    moved = replace(MET, day=date(2020, 1, 5), known_from=date(2019, 9, 1))
    done = replace(DECIDED, followed="Done it", done=date(2019, 11, 1), known_from=date(2019, 11, 2))
    tables = made([MET, moved], [DECIDED, done])
    assert list(tables["meetings"].state) == ["next"]
    assert list(tables["decisions"].state) == ["done"]
    assert list(tables["decisions"].followed) == ["Done it"]


@pytest.mark.parametrize(("due", "state"), [(date(2019, 12, 10), "late"), (DAY, "open"), (date(2020, 1, 1), "open")])
def test_a_decision_is_late_the_day_after_it_was_due(due: date, state: str) -> None:
    assert list(made([MET], [replace(DECIDED, due=due)])["decisions"].state) == [state]


@pytest.mark.parametrize(
    ("saw", "day", "edition"),
    [
        (None, date(2019, 9, 18), "2019-09-11"),
        (None, date(2019, 10, 16), "2019-10-16"),
        (None, date(2019, 9, 10), ""),
        (date(2019, 9, 11), date(2019, 11, 1), "2019-09-11"),
        (date(2019, 9, 12), date(2019, 11, 1), ""),
        (None, date(2019, 12, 18), ""),
    ],
)
def test_a_meeting_saw_the_newest_edition_of_its_day_or_the_one_that_is_named(
    saw: date | None, day: date, edition: str
) -> None:
    earlier = {
        "2019-10-16": about(datetime(2019, 10, 16, 23, 59, 59), date(2019, 9, 1)),
        "2019-09-11": about(datetime(2019, 9, 11, 9, 30), date(2019, 8, 1)),
    }
    assert editions_seen(made([replace(MET, saw=saw, day=day)])["meetings"], earlier) == [edition]


def test_a_measure_is_told_as_it_was_and_is_where_both_are_known() -> None:
    earlier = {"2019-09-11": about(datetime(2019, 9, 11), date(2019, 8, 1))}
    tables = made([MET], [DECIDED, replace(DECIDED, decision="d2", measure="spend")])
    meetings = tables["meetings"].assign(edition=["2019-09-11"])
    rows = [
        ("croydon", "rolling_year", date(2018, 9, 1), "new_cases", "118"),
        ("croydon", "rolling_year", date(2018, 12, 1), "new_cases", "113"),
        ("all", "rolling_year", date(2018, 12, 1), "new_cases", "300"),
        ("croydon", "rolling_year", date(2018, 12, 1), "spend", "£5"),
    ]
    results = pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "shown"])
    now = {"results": results, "edition": about(datetime(2019, 12, 11), date(2019, 11, 1))}
    found = with_figures(tables["decisions"], meetings, earlier, now).to_dict("records")
    assert [(r["then_shown"], r["now_shown"], r["now_ends"]) for r in found] == [
        ("118", "113", date(2019, 11, 1)),
        ("", "", None),
    ]
    assert with_figures(tables["decisions"], meetings, {}, now).then_shown.eq("").all()
    assert with_figures(made([MET])["decisions"], meetings, earlier, now).empty
