"""Sentences on caseload, returns and readiness: how they read for one and for many, and what their numbers open."""

from datetime import date

import pytest

from dashboard.data.edition import Row
from dashboard.wording import caseload, overview
from etl.compare.side_by_side import VERDICT_WORDS
from etl.definitions.messages import ENGLISH, Number, pieces
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
        words=VERDICT_WORDS[verdict],
        why="",
        hollow=hollow,
    )


OWN = [("113", "b|rolling_year|2018-12-01|new_cases"), ("125", "b|rolling_year|2018-12-01|planned_new_cases")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    (
        (year("below"), "The West Midlands took on 113 of 125 planned new cases: below plan"),
        (
            year("near", hollow=True),
            "The West Midlands took on 113 of 125 planned new cases: close to plan; too few cases to be sure "
            "in the year to Nov 2019",
        ),
    ),
)
def test_the_cases_and_the_plan_of_one_site_open_their_own_stories(row: Row, sentence: str) -> None:
    text = caseload.against_plan([("West Midlands", row)], write)
    assert text == sentence
    assert opened(text) == OWN


def test_an_earlier_year_opens_its_own_numbers() -> None:
    text = caseload.how_sure([("West Midlands", year("below", hollow=True))], write)
    assert text == "The West Midlands: 113 of 125 planned in its year to Nov 2019"
    assert opened(text) == OWN


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    (
        (("near", "close"), "New cases in A and the West Midlands are close to plan"),
        (("below", "near"), "New cases in A are below plan; those in the West Midlands are close to plan"),
        (("unsure",), "A took on 113 of 125 planned new cases: too few cases to be sure"),
        (("close", "unsure"), "New cases in A are close to plan; too few cases in the West Midlands to be sure"),
        (("close", "not_known"), "New cases in A are close to plan; the West Midlands is not known"),
        (("close", "no_plan"), "New cases in A are close to plan; no plan is known for the West Midlands"),
    ),
)
def test_new_cases_against_plan_name_every_site(verdicts: tuple[str, ...], sentence: str) -> None:
    rows = [(label, year(verdict)) for label, verdict in zip(("A", "West Midlands"), verdicts, strict=False)]
    assert caseload.against_plan(rows) == sentence


def test_a_last_whole_year_does_not_stand_for_the_year_asked_for() -> None:
    rows = [("A", year("close")), ("B", Row(year("below", hollow=True), why="Aug 2019: return missing"))]
    assert caseload.against_plan(rows) == "New cases in A are close to plan; B is not known (Aug 2019: return missing)"


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    (
        (("near", "unsure"), "With this few cases, A and B are not clearly above or below plan"),
        (("near", "below"), "With this few cases, A is not clearly above or below plan"),
        (("close", "below"), "Enough cases to say how A and B stand to plan"),
        (("no_plan",), "New cases against plan"),
    ),
)
def test_of_which_sites_too_few_cases_are_known(verdicts: tuple[str, ...], sentence: str) -> None:
    assert (
        caseload.how_sure([(label, year(verdict)) for label, verdict in zip("AB", verdicts, strict=False)]) == sentence
    )


def test_what_was_delivered_and_how_sure_that_is() -> None:
    row = Row(year("near"), against=0.904, against_low=0.745, against_high=1.0869, sure=0.525)
    assert caseload.delivered(row) == "90% (likely 75% to 108%)"
    assert caseload.delivered(year("no_plan")) is None
    assert caseload.chances([("A", row)]) == (
        "The chance that the underlying rate is at least 90% of plan is 53% in A; "
        "between 10% and 90% there are too few cases to be sure."
    )


def went(direction: str, before: float | None = 46, after: float = 52) -> Row:
    months = {"to_starts": date(2019, 4, 1), "to_ends": date(2019, 11, 1), "span": 12, "measure": "new_cases"}
    return Row(months, direction=direction, from_value=before, to_value=after)


def test_new_cases_over_a_year() -> None:
    rows = [("Anglesey", went("fell")), ("West Midlands", went("unclear")), ("Conwy", went("not_known", None))]
    assert caseload.changed(rows) == (
        "Fewer new cases in Anglesey than in the same months a year before; no clear change over a year in the West "
        "Midlands; Conwy is not known"
    )
    assert caseload.changed([]) == "New cases: no month of a year before to compare with"
    assert caseload.change(went("unclear")) == (
        "Apr 2019 to Nov 2019: 52; the same months a year before: 46 (no clear change)"
    )


def test_cases_that_closed_and_began() -> None:
    months = {"to_starts": date(2019, 9, 1), "span": 3}
    rows = [Row(months, measure="closed_cases", to_value=103.0), Row(months, measure="new_cases", to_value=80.0)]
    assert caseload.since(rows) == "Since September, 103 cases closed and 80 began"
    assert caseload.since(rows, "Croydon") == "Croydon: since September, 103 cases closed and 80 began"
    assert caseload.since([rows[0], Row(rows[1], to_value=None)]) is None


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
