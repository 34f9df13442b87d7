"""The dashboard in a real browser: accessible, by keyboard, without a mouse's luck, and without another host."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ODD, PATHS
from playwright.sync_api import Page, Route, expect

from dashboard.operations import plotly_js

pytestmark = pytest.mark.browser
Serve = Callable[[Path], str]
SCRIPT = "**/scripts/plotly-*.js"


def visit(page: Page, address: str) -> None:
    """Opens an address and waits until the page and its charts are drawn."""
    page.goto(address)
    page.wait_for_selector("main h1")
    until(page, "[...document.querySelectorAll('.chart')].every(c => c.querySelector('.main-svg'))")


def until(page: Page, expression: str) -> None:
    """Waits until an expression holds. (Playwright's own way needs eval, which the page's policy forbids.)"""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}")


def violations(page: Page) -> list[str]:
    """What axe-core finds, of any impact, in few words."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {[n['target'] for n in v['nodes'][:3]]}" for v in found]


@pytest.fixture
def wide(page: Page) -> Page:
    page.set_viewport_size({"width": 1280, "height": 720})
    return page


@pytest.mark.parametrize("path", PATHS)
def test_nothing_goes_wrong_and_nothing_leaves_the_machine(path: str, wide: Page, serve: Serve, sample: Path) -> None:
    address = serve(sample)
    seen: list[str] = []
    wide.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
    wide.on("pageerror", lambda error: seen.append(str(error)))
    wide.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:", "blob:")) else seen.append(request.url),
    )
    visit(wide, address + path)
    assert seen == []
    assert wide.locator("h1").count() == 1
    assert wide.evaluate("document.documentElement.lang") == "en-GB"


@pytest.mark.parametrize("which", ("installed", "light"))
@pytest.mark.parametrize("path", ("/caseload", "/costs", "/funding", "/scenario"))
def test_both_scripts_draw_every_chart(which: str, path: str, wide: Page, serve: Serve, sample: Path) -> None:
    light = next(plotly_js.FETCHED.glob("*.tgz"), None)
    if which == "light" and light is None:
        pytest.skip("needs the lighter bundle: python -m dashboard assets")
    content = plotly_js.read(light if which == "light" and light else plotly_js.INSTALLED)
    wide.route(SCRIPT, lambda route: route.fulfill(body=content, content_type="text/javascript"))
    visit(wide, serve(sample) + path)
    assert wide.locator(".chart .main-svg .subplot").count() >= wide.locator(".chart").count() > 0


def test_words_are_read_before_what_draws_charts_is_there(wide: Page, serve: Serve, sample: Path) -> None:
    held: list[Route] = []
    wide.route(SCRIPT, lambda route: held.append(route))
    wide.goto(serve(sample) + "/caseload", wait_until="commit")
    expect(wide.locator("h1")).to_contain_text(" ")
    assert wide.locator(".chart").count() and not wide.locator(".chart .main-svg").count()
    assert held
    for route in held:
        route.continue_()
    until(wide, "[...document.querySelectorAll('.chart')].every(c => c.querySelector('.main-svg'))")


def test_what_draws_charts_is_fetched_once_and_by_no_page_without_any(wide: Page, serve: Serve, sample: Path) -> None:
    asked: list[str] = []
    wide.on("request", lambda request: asked.append(request.url) if "plotly" in request.url else None)
    visit(wide, serve(sample) + "/methods")
    wide.wait_for_load_state("networkidle")
    assert not asked
    for page in ("Caseload", "Costs"):
        wide.locator("header nav a", has_text=page).click()
        until(wide, "document.querySelectorAll('.chart .main-svg').length > 0")
    assert len(asked) == 1


@pytest.mark.parametrize("width", (320, 390, 768, 1280, 1920))
@pytest.mark.parametrize("path", PATHS)
def test_no_page_scrolls_sideways(path: str, width: int, page: Page, serve: Serve, sample: Path) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, serve(sample) + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("odd", ("one site", "all hidden", "nothing known", "no data", "many sites"))
@pytest.mark.parametrize("path", ("/", "/caseload", "/funding", "/returns"))
def test_axe_finds_nothing_in_odd_states(
    odd: str, path: str, wide: Page, serve: Serve, odd_data: dict[str, Path]
) -> None:
    visit(wide, serve(odd_data[odd]) + path)
    assert violations(wide) == []
    assert wide.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.fixture(scope="session")
def odd_data(altered: Any) -> dict[str, Path]:
    return {name: altered(statements) for name, statements in ODD.items()}


def test_a_number_opens_its_panel_by_keyboard_and_back_closes_it(wide: Page, serve: Serve, sample: Path) -> None:
    visit(wide, serve(sample) + "/caseload")
    number = wide.locator("a[data-number*='|new_cases']:visible").first
    key = number.get_attribute("data-number")
    text = number.inner_text()
    number.focus()
    wide.keyboard.press("Enter")
    dialog = wide.locator("[role=dialog]")
    expect(dialog).to_be_visible()
    assert dialog.locator(".panel-number").inner_text() == text
    assert wide.evaluate("document.activeElement.className") == "close"
    assert f"number={key}" in wide.url
    assert violations(wide) == []
    for _ in range(12):
        wide.keyboard.press("Tab")
        assert wide.evaluate("!!document.activeElement.closest('[role=dialog]')")
    wide.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert wide.evaluate("document.activeElement.dataset.number") == key
    wide.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    wide.go_back()
    expect(dialog).to_have_count(0)


def test_a_copied_address_shows_the_same_page(wide: Page, serve: Serve, sample: Path) -> None:
    visit(wide, serve(sample) + "/costs")
    wide.get_by_label("Sites", exact=True).select_option(label="South Wales")
    until(wide, "location.search.includes('site=south_wales')")
    wide.get_by_text("All cash", exact=True).click()
    until(wide, "location.search.includes('basis=cash')")
    until(wide, "document.activeElement.value === 'basis=cash'")
    expect(wide.locator("h1")).to_contain_text("South Wales")
    expect(wide.locator(".page-head .note")).to_contain_text("all cash")
    headline, table = wide.locator("h1").inner_text(), wide.locator("[data-card=year-table] table").inner_text()
    other = wide.context.new_page()
    visit(other, wide.url)
    assert other.locator("h1").inner_text() == headline
    assert other.locator("[data-card=year-table] table").inner_text() == table
    assert other.get_by_label("Sites", exact=True).input_value() == "site=south_wales"
    wide.go_back()
    wide.go_back()
    expect(wide.get_by_label("Sites", exact=True)).to_have_value("site=")


def test_every_page_is_reached_by_keyboard(wide: Page, serve: Serve, sample: Path) -> None:
    visit(wide, serve(sample) + "/")
    wide.keyboard.press("Tab")
    assert wide.evaluate("document.activeElement.textContent") == "Skip to the page"
    for link in wide.locator("header nav a").all():
        link.focus()
        assert wide.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    wide.locator("header nav a", has_text="Funding").press("Enter")
    expect(wide.locator("h1")).to_contain_text("secured")
    until(wide, "document.activeElement.id === 'main'")
    assert wide.title() == "Funding – Drive"


def test_text_in_charts_is_at_least_12_pixels(wide: Page, serve: Serve, sample: Path) -> None:
    for path in ("/caseload", "/costs", "/funding"):
        visit(wide, serve(sample) + path)
        sizes = wide.evaluate(
            "[...document.querySelectorAll('.chart text')].map(t => parseFloat(getComputedStyle(t).fontSize))"
        )
        assert sizes
        assert min(sizes) >= 12


def test_every_chart_is_an_image_with_a_name_and_has_its_table(wide: Page, serve: Serve, sample: Path) -> None:
    for path in ("/caseload", "/costs", "/funding"):
        visit(wide, serve(sample) + path)
        for chart in wide.locator(".chart-frame").all():
            assert chart.get_attribute("role") == "img"
            assert len(chart.get_attribute("aria-label") or "") > 20
            assert chart.locator("xpath=ancestor::*[@data-card][1]//table").count() >= 1
