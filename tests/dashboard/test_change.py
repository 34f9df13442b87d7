"""A changed control changes the page that is there: charts in their places, and the reader where they were."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from test_dashboard_browser import until, visit

pytestmark = pytest.mark.browser
Serve = Callable[[Path], str]

# How far the drawing of each chart is from the place that it has, in pixels.
OFF = """[...document.querySelectorAll("#frame .chart")].map((chart) => {
  const place = chart.getBoundingClientRect(), drawn = chart.querySelector(".main-svg").getBoundingClientRect();
  return Math.max(Math.abs(place.width - drawn.width), Math.abs(place.height - drawn.height));
})"""


def fits(page: Page, charts: int) -> bool:
    """Whether there are so many charts, each drawn as large as its place."""
    off = page.evaluate(OFF)
    return len(off) == charts and max(off) < 1


@pytest.fixture
def caseload(page: Page, serve: Serve, sample: Path) -> Page:
    page.set_viewport_size({"width": 1280, "height": 720})
    visit(page, serve(sample) + "/caseload")
    return page


def test_charts_are_as_large_as_their_places(caseload: Page) -> None:
    assert fits(caseload, 6)
    caseload.set_viewport_size({"width": 900, "height": 720})
    until(caseload, f"{OFF}.every((off) => off < 1)")


def test_fewer_sites_have_fewer_and_lower_charts(caseload: Page) -> None:
    sites = caseload.get_by_label("Sites")
    sites.select_option(label="Croydon")
    until(caseload, "document.querySelectorAll('#frame .chart').length === 3")
    until(caseload, f"{OFF}.every((off) => off < 1)")
    expect(sites).to_be_focused()
    sites.select_option(index=0)
    until(caseload, "document.querySelectorAll('#frame .main-svg').length > 6")
    until(caseload, f"{OFF}.every((off) => off < 1)")


def test_what_is_the_same_stays_as_it_is(caseload: Page) -> None:
    caseload.evaluate("document.querySelectorAll('.chart, details').forEach((part) => { part.known = true; })")
    caseload.locator("details.twin summary").first.click()
    caseload.get_by_label("Period").select_option(index=1)
    until(
        caseload,
        "location.search.includes('to=') && document.querySelector('.picker:nth-child(2) select').selectedIndex === 1",
    )
    assert caseload.evaluate("[...document.querySelectorAll('.chart, details')].every((part) => part.known)")
    assert caseload.locator("details.twin").first.get_attribute("open") is not None


def test_another_page_is_made_anew(caseload: Page) -> None:
    caseload.locator("details.twin summary").first.click()
    caseload.get_by_role("link", name="Costs").first.click()
    until(caseload, "document.activeElement.dataset.path === '/costs'")
    assert caseload.locator("details.twin[open]").count() == 0
    assert caseload.evaluate("scrollY") == 0
