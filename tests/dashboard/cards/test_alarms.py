"""Alarms on the pages: above what they bear on, in the cells of new cases, in their charts and on the slides."""

import json
from collections.abc import Iterable

import pytest
from conftest import Alter
from trees import kind, parts_of, plain

from dashboard.cards import alarms
from dashboard.cards.control_chart import month_by_month
from dashboard.data.address import read
from dashboard.data.edition import Edition, Editions
from dashboard.data.view import View
from dashboard.meeting.deck import make_deck
from dashboard.meeting.slides import Grid, Points
from dashboard.pages import caseload, overview, readiness
from dashboard.theme import PARTLY

ONE = "1 new case in November, unusually low"


def row(site: str, measure: str, kind: str = "month", value: int = 1) -> str:
    """A statement that adds an alarm; its words are plain."""
    since = "2019-11-01" if kind == "month" else "2019-05-01"
    words = ONE if kind == "month" else f"{value} new cases in the 7 months since May 2019, unusually low"
    columns = "site, measure, month, kind, since, value, words, usual, false_alarms"
    values = f"'{site}', '{measure}', '2019-11-01', '{kind}', '{since}', {value}, '{words}', '4 to 11.', 'Chance.'"
    return f"insert into alarms ({columns}) values ({values})"


@pytest.fixture(scope="module")
def only(altered: Alter) -> Iterable[Edition]:
    """The sample's edition, with the alarm of South Wales alone."""
    return Editions(altered(["delete from alarms", row("south_wales", "new_cases")]), "central").get()


def view_of(edition: Edition, address: str) -> View:
    path, _, search = address.partition("?")
    return View(edition, read(path, search))


@pytest.mark.parametrize("page", [overview, caseload, readiness])
def test_an_alarm_stands_first_under_the_head(page: object, only: Edition) -> None:
    path = page.PAGE.path  # type: ignore[attr-defined]
    first = page.build(view_of(only, path)).body[0]  # type: ignore[attr-defined]
    assert plain(first) == f"South Wales: {ONE}. 4 to 11.; See the chart; Chance."
    assert "chart=new_cases" in json.dumps(first.to_plotly_json(), default=lambda p: p.to_plotly_json())


@pytest.mark.parametrize("page", [overview, readiness])
def test_the_cell_of_new_cases_says_it_too(page: object, only: Edition) -> None:
    body = page.build(view_of(only, page.PAGE.path)).body  # type: ignore[attr-defined]
    cells = [plain(part) for part in parts_of(body) if kind(part) == "Td"]
    assert sum("Nov: 1, unusually low" in cell for cell in cells) == 1


def test_three_sites_stand_in_one_line_that_counts_them(altered: Alter) -> None:
    three = [row(site, "new_cases") for site in ("croydon", "west_mercia", "south_wales")]
    shown = alarms.lines(view_of(Editions(altered(["delete from alarms", *three]), "central").get(), "/"))
    assert plain(shown).startswith("Unusually low numbers at three sites")
    assert sum(kind(part) == "Li" for part in parts_of(shown)) == 3


def test_two_measures_of_a_site_stand_in_one_line(altered: Alter) -> None:
    both = [row("croydon", "new_cases", "fall", 20), row("croydon", "referrals", "fall", 30)]
    shown = alarms.lines(view_of(Editions(altered(["delete from alarms", *both]), "central").get(), "/"))
    assert plain(shown).count("See the chart") == 1
    assert plain(shown).count("unusually low") == 2


def test_the_chart_that_opens_is_the_alarms_own_and_has_its_ring(only: Edition) -> None:
    shown = month_by_month(view_of(only, "/caseload"))
    text = json.dumps(shown.to_plotly_json(), default=lambda p: p.to_plotly_json(), ensure_ascii=False)
    assert ONE in plain(shown)
    assert "No month is a signal" not in plain(shown)
    assert f'"color": "{PARTLY}", "line": {{"width": 2}}' in text
    other = month_by_month(view_of(only, "/caseload?of=croydon"))
    assert "unusually low" not in plain(other)


def test_slides_say_it_in_the_row_of_the_site(only: Edition) -> None:
    slides = {slide.name: slide for slide in make_deck(view_of(only, "/present?slides=cases,readiness")).slides}
    cases, criteria = slides["cases"].exhibit, slides["readiness"].exhibit
    assert isinstance(cases, Points)
    assert isinstance(criteria, Grid)
    assert [(p.place.label, p.alarm) for p in cases.rows if p.alarm] == [("South Wales", "Nov: 1, unusually low")]
    assert [words.text for words in criteria.rows[-1]][-1] == "Nov: 1, unusually low"


def test_nothing_is_said_where_no_alarm_is_on(altered: Alter) -> None:
    none = Editions(altered(["delete from alarms"]), "central").get()
    assert alarms.lines(view_of(none, "/")) is None
    assert "unusually low" not in plain(readiness.build(view_of(none, "/readiness")).body)
