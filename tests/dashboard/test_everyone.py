"""Everyone can use every page in every state: by ear, by keyboard, magnified, in their own colours, on paper."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ODD
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
Serve = Callable[..., str]
PAGES = {
    "overview": "/",
    "caseload": "/caseload",
    "costs": "/costs",
    "funding": "/funding",
    "readiness": "/readiness",
    "scenario": "/scenario",
    "returns": "/returns",
    "site": "/site/croydon",
    "methods": "/methods",
}
# Each state is an edition of its own, so that one server shows them all; each is also an earlier edition.
STATES = {name.replace(" ", "-"): statements for name, statements in ODD.items() if name != "no site"}
LOOKING = Path(__file__).with_name("everyone.js").read_text(encoding="utf-8")
NUMBER = "croydon|rolling_year|2018-12-01|new_cases"
ALONE = {
    "present": "/present",
    "no such page": "/nowhere",
    "no such site": "/site/nowhere",
    "no such edition": "/costs?edition=2001-01-01",
    "one site chosen": "/costs?site=south_wales",
    "a number's panel": f"/caseload?number={NUMBER}",
    "a hidden number's panel": f"/caseload?edition=2019-01-01-all-hidden&number={NUMBER}",
    "a verdict's panel": "/readiness?number=croydon|verdict|x|x",
    "supposed": "/scenario?grant=2020-09&areas=32&caseload=110",
    "try a return": "/returns/try",
    "in Welsh": "/?lang=cy",
}
EVERY = {
    **PAGES,
    **{f"{name}, {state}": f"{path}?edition=2019-01-01-{state}" for state in STATES for name, path in PAGES.items()},
    **{f"present, {state}": f"/present?edition=2019-01-01-{state}" for state in STATES},
    **ALONE,
}
TIMED = [*PAGES, *ALONE, "overview, all-hidden", "costs, all-hidden", "caseload, no-data", "site, no-data"]


@pytest.fixture(scope="module")
def states(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's edition, and beside it an earlier one in each odd state."""
    folder = tmp_path_factory.mktemp("everyone")
    name = json.loads((sample / "editions" / "current.json").read_text())["edition"]
    shutil.copytree(sample / "editions", folder / "editions")
    for state, statements in STATES.items():
        path = folder / "editions" / f"2019-01-01-{state}" / "central.duckdb"
        path.parent.mkdir()
        shutil.copy(folder / "editions" / name / "central.duckdb", path)
        with duckdb.connect(str(path)) as base:
            for statement in statements:
                base.execute(statement)
            base.execute("update edition set edition_id = ?, known_at = ?", [path.parent.name, date(2019, 1, 1)])
    return folder


@pytest.fixture(scope="module")
def address(states: Path, serve: Serve) -> str:
    return serve(states)


@pytest.fixture(scope="module")
def seen(browser: Browser) -> Iterator[Page]:
    """One page for all of the tests, as wide as a desk's."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    yield page
    page.context.close()


def visit(page: Page, address: str) -> None:
    """Opens an address and waits until the page and its charts are drawn."""
    page.goto(address)
    page.wait_for_selector("h1")
    if "number=" in address:
        page.wait_for_selector("[role=dialog]")
    until(page, "[...document.querySelectorAll('.chart')].every(c => c.querySelector('.main-svg'))")


def until(page: Page, expression: str) -> None:
    """Waits until an expression holds. (Playwright's own way needs eval, which the page's policy forbids.)"""
    for _ in range(300):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}")


def ask(page: Page, what: str) -> Any:
    """What a function of `everyone.js` finds."""
    return page.evaluate(f"() => {{ {LOOKING}\nreturn {what}; }}")


def violations(page: Page) -> list[str]:
    """What axe-core finds, of any impact, in few words."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {[n['target'] for n in v['nodes'][:3]]}" for v in found]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in TIMED else pytest.mark.long) for name in EVERY]
)
def test_a_page_can_be_heard_and_magnified(name: str, address: str, seen: Page) -> None:
    """Axe finds nothing, the structure is whole, and 320 pixels, which are 1280 at 400%, scroll one way only."""
    visit(seen, address + EVERY[name])
    assert ask(seen, "structure()") == []
    if name not in TIMED:
        assert violations(seen) == []
    seen.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    assert violations(seen) == []
    assert ask(seen, "structure()") == []
    if not EVERY[name].startswith("/present"):
        seen.set_viewport_size({"width": 320, "height": 256})
        try:
            until(seen, "document.documentElement.scrollWidth <= 320")
        finally:
            seen.set_viewport_size({"width": 1280, "height": 800})


WALKED = {"timed": ("overview", "scenario", "present", "try a return"), "long": tuple(EVERY)}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in WALKED["timed"] else pytest.mark.long)
        for name in EVERY
        if "," not in name or "all-hidden" in name
    ],
)
def test_everything_is_reached_by_keyboard_in_the_order_that_is_seen(name: str, address: str, seen: Page) -> None:
    visit(seen, address + EVERY[name])
    wrong = walk(seen)
    assert wrong == []


def walk(page: Page) -> list[str]:
    """Tabs through all of a page; returns what is wrong with the way."""
    dialog = page.locator("[role=dialog]").count()
    if not dialog:
        ask(page, "stops()[0].focus()")
    before = ask(page, "focused()")
    total, wrong, places = ask(page, "stops().length"), [], [before["place"]]
    for _ in range(total + 2):
        page.keyboard.press("Tab")
        now = ask(page, "focused()")
        if now is None or now["place"] in places:
            break
        places.append(now["place"])
        if not now["lined"]:
            wrong.append(f"focus not seen: {now['name']}")
        if not now["seen"]:
            wrong.append(f"covered: {now['name']}")
        if now["bottom"] <= before["top"] - 1 and overlap(before, now):
            wrong.append(f"back up from {before['name']} to {now['name']}")
        before = now
    if sorted(places) != list(range(total)):
        wrong.append(f"{len(set(places))} of {total} reached")
    return wrong


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two parts of a page lie above each other, and not side by side."""
    return bool(min(one["right"], other["right"]) - max(one["left"], other["left"]) > 40)


def test_the_keys_do_what_they_should(address: str, seen: Page) -> None:
    """A picker, radios, a table, a number and its panel, a saved scenario: no mouse at any of them."""
    visit(seen, address + "/costs")
    seen.get_by_label("Sites", exact=True).focus()
    seen.keyboard.press("ArrowDown")
    until(seen, "location.search.includes('site=croydon')")
    until(seen, "document.activeElement.tagName === 'SELECT'")
    radio = seen.locator("fieldset.choice input:checked").first
    radio.focus()
    before = seen.url
    seen.keyboard.press("ArrowRight")
    until(seen, f"location.href !== {before!r} && document.activeElement.type === 'radio'")
    twin = seen.locator("details.twin summary:visible").first
    for key in ("Enter", "Space"):
        was = twin.evaluate("(e) => e.parentElement.open")
        twin.focus()
        seen.keyboard.press(key)
        assert twin.evaluate("(e) => e.parentElement.open") != was
    visit(seen, address + "/returns")
    seen.locator("a[data-number*='|receipt|'], a[data-number*='|returns|']").first.focus()
    seen.keyboard.press("Enter")
    seen.wait_for_selector("[role=dialog]")
    assert walk(seen) == []
    seen.keyboard.press("Escape")
    until(seen, "!document.querySelector('[role=dialog]') && document.activeElement.dataset.number")


def test_what_happens_is_said_aloud(address: str, seen: Page) -> None:
    """What a reader is told without a new page stands in a part that is read out."""
    live = "(e) => !!e.closest('[role=status], [role=alert], [aria-live]')"
    visit(seen, address + "/scenario?areas=32")
    seen.get_by_label("Save this scenario as").fill("A name")
    seen.keyboard.press("Enter")
    said = seen.get_by_text("Saved as “A name”.")
    said.wait_for()
    assert said.evaluate(live)
    visit(seen, address + f"/caseload?number={NUMBER}")
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.get_by_role("button", name="Copy link").focus()
    seen.keyboard.press("Enter")
    copied = seen.locator("p[role=status]", has_text="Copied")
    copied.wait_for()
    assert copied.evaluate(live)
    visit(seen, address + "/returns/try")
    seen.locator("input[type=file]").set_input_files(
        {"name": "Croydon Drive return 2019-12.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    )
    seen.get_by_role("button", name="Check").first.focus()
    seen.keyboard.press("Enter")
    result = seen.get_by_role("heading", name="refused")
    result.wait_for()
    assert result.evaluate("(e) => !!e.closest('[role=status], [role=alert], [aria-live], [tabindex]')")
    assert violations(seen) == []
    assert ask(seen, "structure()") == []
    assert walk(seen) == []


@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n == "overview" else pytest.mark.long) for n in PAGES])
def test_nothing_moves_and_forced_colours_are_enough(name: str, address: str, seen: Page) -> None:
    try:
        seen.emulate_media(reduced_motion="reduce", forced_colors="active")
        visit(seen, address + PAGES[name])
        assert ask(seen, "moving()") == []
        assert ask(seen, "bare()") == []
        assert violations(seen) == []
        seen.keyboard.press("Tab")
        assert seen.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    finally:
        seen.emulate_media(reduced_motion="null", forced_colors="null")


@pytest.mark.parametrize("site", ("croydon", pytest.param("west_mercia", marks=pytest.mark.long)))
def test_a_leads_page_prints_on_one_sheet(site: str, address: str, seen: Page, tmp_path: Path) -> None:
    visit(seen, f"{address}/site/{site}")
    assert printed(seen, tmp_path / "site.pdf") == 1


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_is_no_wider_than_its_paper(name: str, address: str, seen: Page, tmp_path: Path) -> None:
    visit(seen, address + PAGES[name])
    assert 1 <= printed(seen, tmp_path / "page.pdf") <= 14


# The charts that are not as wide as their places, on a screen as wide as a sheet with its margins.
NOT_FILLED = """() => [...document.querySelectorAll('.js-plotly-plot')].map(
    (e) => e.querySelector('.main-svg').clientWidth / e.clientWidth).filter((share) => share < 0.8 || share > 1)"""


def printed(page: Page, path: Path) -> int:
    """How many A4 sheets a page takes; each chart is as wide as its place on paper."""
    try:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1123, "height": 794})
        assert page.evaluate(NOT_FILLED) == []
        page.pdf(path=path, format="A4", landscape=True, prefer_css_page_size=True)
    finally:
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(media="null")
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    pages = next(line for line in told.splitlines() if line.startswith("Pages:"))
    width, height = (float(word) for word in re.findall(r"[\d.]+", told.split("Page size:")[1])[:2])
    assert (round(width), round(height)) == (842, 595)
    return int(pages.split()[1])
