"""Sentences on caseload, returns and readiness: how they read for one and for many, and what their numbers open."""

from datetime import date

import pytest

from dashboard.data.edition import Row
from dashboard.wording import caseload, overview, readiness
from etl.definitions.messages import ENGLISH, Number, Text, pieces
from etl.provenance.address import NumberAddress

STARTS = date(2018, 12, 1)
LABELS = {"a": "Anglesey", "b": "West Midlands", "c": "Conwy"}


def write(row: Row, what: str, shown: str) -> Number:
    return Number(shown, str(NumberAddress(row.site, row.period, str(row.starts), row.measure)), "name")


def opened(text: str) -> list[tuple[str, str]]:
    """The numbers of a text that open something, each with its address."""
    return [(str(piece), piece.address) for piece in pieces(text, ENGLISH) if isinstance(piece, Number)]


def year(verdict: str, *, hollow: bool = False, period: str = "rolling_year") -> Row:
    return Row(
        site="b",
        period=period,
        starts=STARTS,
        ends=date(2019, 11, 1),
        to_date=False,
        measure="new_cases",
        value=113.0,
        shown="113",
        plan=125.0,
        plan_shown="125",
        verdict=verdict,
        hollow=hollow,
    )


OWN = [("113", "b|rolling_year|2018-12-01|new_cases"), ("125", "b|rolling_year|2018-12-01|planned_new_cases")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    (
        (year("below"), "The West Midlands took on 113 new cases, fewer than the 125 planned"),
        (year("above"), "The West Midlands took on 113 new cases, more than the 125 planned"),
        (
            year("cannot_be_told", hollow=True),
            "The West Midlands took on 113 new cases, "
            "which cannot be told from the 125 planned in the year to Nov 2019",
        ),
    ),
)
def test_the_cases_and_the_plan_of_one_site_open_their_own_stories(row: Row, sentence: str) -> None:
    text = caseload.against_plan([("West Midlands", row)], write)
    assert text == sentence
    assert opened(text) == OWN


def test_an_earlier_year_opens_its_own_numbers() -> None:
    text = caseload.earlier_years([("West Midlands", year("below", hollow=True)), ("A", year("below"))], write)
    assert text == "The West Midlands: 113 of 125 planned in its year to Nov 2019"
    assert opened(text) == OWN


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    (
        (("cannot_be_told", "below"), "One interval reaches the plan, of two"),
        (("cannot_be_told", "cannot_be_told", "below"), "Two intervals reach the plan, of three"),
        (("cannot_be_told",), "The interval reaches the plan"),
        (("cannot_be_told", "cannot_be_told"), "Every interval reaches the plan"),
        (("no_plan",), "New cases and their intervals"),
    ),
)
def test_how_many_intervals_reach_the_plan(verdicts: tuple[str, ...], sentence: str) -> None:
    assert caseload.earlier_years([("A", year(verdict)) for verdict in verdicts]) == sentence


def moved(**words: str) -> Text:
    return caseload.trends([(LABELS[site], Row(words=said)) for site, said in words.items()])


def test_open_cases_of_one_and_of_many() -> None:
    assert moved(a="grew", b="fell", c="level") == (
        "Open cases grew in Anglesey and fell in the West Midlands; Conwy is level"
    )
    assert moved(a="fell", b="level", c="level") == "Open cases fell in Anglesey; the West Midlands and Conwy are level"
    assert moved(a="no clear change", b="no clear change") == "Anglesey and the West Midlands show no clear change"
    assert moved(a="no clear change", b="grew") == (
        "Open cases grew in the West Midlands; Anglesey shows no clear change"
    )


def test_no_trend_says_why() -> None:
    assert caseload.trends([]) == "Open cases: no year to compare with"
    assert caseload.trends([], hidden=True) == "Open cases: the months to compare are hidden"


def calendar(*states: str) -> list[Row]:
    return [Row(state=state, month=date(2019, month, 1)) for month, state in enumerate(states, 1)]


@pytest.mark.parametrize(
    ("states", "sentence", "opens"),
    (
        (("on_time", "on_time"), "2 on time", ["on_time"]),
        (("on_time", "late"), "1 on time; Feb 2019 late", ["on_time"]),
        (("on_time", "missing", "late"), "Feb 2019 missing; Mar 2019 late", []),
        (("rejected",), "Jan 2019 rejected", []),
        (
            ("late", "missing", "rejected", "on_time"),
            "1 on time, 1 late, 1 missing, 1 rejected",
            ["on_time", "late", "missing", "rejected"],
        ),
    ),
)
def test_how_returns_came_and_what_their_numbers_open(states: tuple[str, ...], sentence: str, opens: list[str]) -> None:
    text = overview.returns_note(calendar(*states), lambda state, number: Number(str(number), state, "returns"))
    assert text == sentence
    assert [address for _number, address in opened(text)] == opens


def judged(*kinds: str) -> list[Row]:
    return [Row(site=site, verdict=kind, words=kind, reason="") for site, kind in zip("abc", kinds, strict=False)]


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    (
        (("ready", "ready", "ready"), "All three sites are ready"),
        (("ready", "not_yet"), "One of two sites is ready"),
        (("ready", "ready", "ready_with_conditions"), "Two of three sites are ready, one with conditions"),
        (("not_yet", "cannot_say"), "No site is ready yet; what the West Midlands sent leaves one verdict open"),
        (
            ("cannot_say", "cannot_say", "ready_with_conditions"),
            "No site is ready yet, one with conditions; "
            "what Anglesey and the West Midlands sent leaves two verdicts open",
        ),
        ((), "No site has been judged yet"),
    ),
)
def test_what_is_in_the_way(kinds: tuple[str, ...], sentence: str) -> None:
    assert readiness.in_the_way(judged(*kinds), LABELS) == sentence


def milestone(due: date, state: str = "due") -> Row:
    return Row(due=due, state=state, done=due if state == "done" else None)


@pytest.mark.parametrize(
    ("days", "sentence"),
    (
        ((1,), "One milestone is late"),
        ((1, 2), "Two milestones are late"),
        ((1, 20), "One milestone is late; one milestone ahead, the next on 20 Nov 2019"),
        ((20, 21), "Two milestones ahead, the next on 20 Nov 2019"),
    ),
)
def test_what_is_due(days: tuple[int, ...], sentence: str) -> None:
    rows = [milestone(date(2019, 11, day)) for day in days]
    assert readiness.milestones(rows, date(2019, 11, 10)) == sentence


def test_what_is_done() -> None:
    done = milestone(date(2019, 11, 1), "done")
    assert readiness.milestones([done], date(2019, 11, 10)) == "The milestone is done"
    assert readiness.milestones([done, done], date(2019, 11, 10)) == "All two milestones are done"
