"""Where a year is not known, what it may be stands where its number would, and beside an earlier year."""

from typing import Any

from trees import plain

from dashboard.data.address import read
from dashboard.data.edition import Edition
from dashboard.data.view import View
from dashboard.meeting.deck import make_deck
from dashboard.pages import caseload, costs, site

AS_SUSPECTED = "if right; August missing; September under query"


def text_of(page: Any, path: str, edition: Edition) -> str:
    return "; ".join(plain(part) for part in page.build(View(edition, read(path, ""))).body if part is not None)


def new_cases_of(edition: Edition) -> str:
    """What the West Midlands' new cases are at least and may be, in words."""
    where = "site = 'west_midlands' and measure = 'new_cases' and period = 'rolling_year'"
    row = edition.rows("bounds", where, (), "starts desc")[0]
    assert (row.missing, row.queried) == ("August", "")
    return f"at least {row.least:.0f}; with August {row.low:.0f} to {row.high:.0f}"


def test_a_sites_page_says_what_its_year_may_be(edition: Edition) -> None:
    said = text_of(site, "/site/west_midlands", edition)
    assert new_cases_of(edition) in said
    assert AS_SUSPECTED in said
    assert "at least" not in text_of(site, "/site/west_mercia", edition)


def test_an_earlier_year_does_not_stand_in_silence_for_the_year_asked_for(edition: Edition) -> None:
    assert f"West Midlands, year to Nov 2019: {new_cases_of(edition)}" in text_of(caseload, "/caseload", edition)
    notes = {slide.name: slide.notes for slide in make_deck(View(edition, read("/present", ""))).slides}
    assert any(note.startswith("West Midlands, ") and note.endswith(AS_SUSPECTED) for note in notes["cost"])
    assert any(note.startswith("Croydon, ") and note.endswith("; October missing") for note in notes["cost"])


def test_a_month_has_no_bounds(edition: Edition) -> None:
    assert View(edition, read("/site/west_midlands", "?period=month")).bounds("west_midlands", "new_cases") is None


def test_a_slide_says_under_its_dots_what_the_year_asked_for_may_be(edition: Edition) -> None:
    drawn = {slide.name: slide.exhibit for slide in make_deck(View(edition, read("/present", ""))).slides}
    assert drawn["cost"].open_years.startswith("Year to Nov 2019, not complete: Croydon £")
    assert "; West Midlands £" in drawn["cost"].open_years
    deck = make_deck(View(edition, read("/present", "?slides=cases")))
    least = new_cases_of(edition).partition(";")[0]
    assert deck.slides[0].exhibit.open_years == f"Year to Nov 2019, not complete: West Midlands {least}"


def test_the_table_of_costs_gives_each_reason_once(edition: Edition) -> None:
    said = text_of(costs, "/costs", edition)
    assert "if right; Aug 2019: return missing; September under query" in said
    assert said.count("Aug 2019: return missing") == 1
    assert "August missing" not in said
