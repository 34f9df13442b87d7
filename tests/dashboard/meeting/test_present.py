"""Present mode in a real browser: it fits every projector, and needs neither mouse nor network."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from odd import ODD
from playwright.sync_api import Page, expect

from etl.definitions.settings import SLIDES

pytestmark = pytest.mark.browser
Serve = Callable[[Path], str]
SIZES = ((1920, 1080), (1366, 768), (1280, 720), (1024, 768))
FITS = """() => {
  const slide = document.querySelector('.slide.is-shown'), inside = slide.getBoundingClientRect();
  const parts = [...slide.querySelectorAll('*')].filter(e => e.getClientRects().length && !e.closest('.heard, svg'));
  const out = parts.filter(e => { const r = e.getBoundingClientRect();
    return r.right > inside.right + 1 || r.bottom > inside.bottom + 1 || r.left < -1 || r.top < -1; });
  const over = [slide, slide.querySelector('.slide-exhibit')].filter(
    e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1);
  const texts = parts.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  const turns = document.querySelector('.turns').getBoundingClientRect();
  const hit = [...slide.querySelectorAll('.slide-foot > span:not(.slide-place, .on-paper)')].some(
    e => e.getBoundingClientRect().right > turns.left);
  return {name: slide.dataset.slide, out: out.map(e => e.className + ' ' + e.textContent.slice(0, 30)),
    over: over.length, hit, least: Math.min(...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
    head: parseFloat(getComputedStyle(slide.querySelector('h2')).fontSize),
    scroll: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth};
}"""


def present(page: Page, address: str, search: str = "") -> int:
    """Opens the slides; gives how many there are."""
    page.goto(f"{address}/present{search}")
    page.wait_for_selector(".slide.is-shown")
    expect(page.locator(".turn-place")).to_have_text("1 of " + str(page.locator(".slide").count()))
    return page.locator(".slide").count()


def shown(page: Page) -> str:
    return page.locator(".slide.is-shown").get_attribute("data-slide") or ""


def look_through(page: Page, address: str, size: tuple[int, int], search: str = "") -> int:
    """Turns all slides at a size and measures each; gives how many there are."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    count = present(page, address, search)
    for _ in range(count):
        found = page.evaluate(FITS)
        assert (found["out"], found["over"], found["scroll"], found["hit"]) == ([], 0, False, False), found
        assert found["least"] * 1080 / size[1] >= 27.9, found
        assert found["head"] * 1080 / size[1] >= 48, found
        page.keyboard.press("ArrowRight")
    return count


@pytest.mark.parametrize("size", SIZES)
def test_no_slide_scrolls_and_all_text_is_large(size: tuple[int, int], page: Page, serve: Serve, sample: Path) -> None:
    assert look_through(page, serve(sample), size) >= 6


def test_forty_sites_fit_as_well(page: Page, serve: Serve, altered: Callable[[list[str]], Path]) -> None:
    address = serve(altered(ODD["many sites"]))
    for size in SIZES:
        assert look_through(page, address, size, f"?slides={','.join(SLIDES)}") >= 6


def test_every_slide_of_an_earlier_edition_says_that_it_is_one(
    page: Page, serve: Serve, sample: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample / "editions", tmp_path / "editions")
    name = json.loads((sample / "editions" / "current.json").read_text())["edition"]
    shutil.copytree(sample / "editions" / name, tmp_path / "editions" / "2019-01-01")
    address = serve(tmp_path)
    for size in SIZES[-2:]:
        count = look_through(page, address, size, "?edition=2019-01-01")
        assert page.locator(".slide-meeting", has_text="Not the current edition").count() == count
    present(page, address)
    assert page.locator(".slide-meeting", has_text="Not the current edition").count() == 0


def test_keys_clicker_buttons_and_the_address_turn_the_slides(page: Page, serve: Serve, sample: Path) -> None:
    count = present(page, serve(sample))
    names = [s.get_attribute("data-slide") for s in page.locator(".slide").all()]
    seen = []
    for key in ("ArrowRight", " ", "PageDown", "PageUp", "ArrowLeft", "End", "Home"):
        page.keyboard.press(key)
        seen.append(names.index(shown(page)))
    assert seen == [1, 2, 3, 2, 1, count - 1, 0]
    page.keyboard.press("ArrowLeft")
    assert shown(page) == names[0]
    page.get_by_role("button", name="Next slide").click()
    page.keyboard.press("Enter")
    assert (shown(page), page.locator(".slide.is-shown").count()) == (names[2], 1)
    page.reload()
    page.wait_for_selector(".slide.is-shown")
    expect(page.locator(f".slide.is-shown[data-slide={names[2]}]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("nav[aria-label=Pages]")).to_be_visible()


def test_a_clicker_can_blank_the_screen_and_start_without_loading_anew(page: Page, serve: Serve, sample: Path) -> None:
    present(page, serve(sample))
    headline = page.locator(".slide.is-shown h2")
    page.evaluate("window.same = true")
    for key in ("b", "."):
        page.keyboard.press(key)
        expect(headline).to_be_hidden()
        page.keyboard.press(key)
        expect(headline).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.press("PageDown")
    expect(headline).to_be_visible()
    page.keyboard.press("F5")
    assert page.evaluate("window.same && !!document.querySelector('.slide.is-shown')")


def test_a_meeting_has_its_own_order(page: Page, serve: Serve, sample: Path) -> None:
    assert present(page, serve(sample), "?slides=cliff,verdict,nothing,cliff") == 2
    assert shown(page) == "cliff"
    page.keyboard.press("End")
    assert shown(page) == "verdict"


def test_the_slides_turn_with_the_cable_out(page: Page, serve: Serve, sample: Path) -> None:
    count = present(page, serve(sample))
    page.context.set_offline(True)
    failed: list[str] = []
    page.on("requestfailed", lambda request: None if "favicon" in request.url else failed.append(request.url))
    for place in range(1, count + 1):
        assert page.locator(".turn-place").inner_text() == f"{place} of {count}"
        assert page.locator(".slide.is-shown h2").is_visible()
        page.keyboard.press("PageDown")
    page.keyboard.press("Escape")
    assert page.locator(".slide.is-shown").count() == 1
    assert failed == []


def test_axe_finds_nothing_on_any_slide(page: Page, serve: Serve, sample: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    for _ in range(present(page, serve(sample))):
        found = Axe().run(page).response["violations"]
        assert [f"{shown(page)} {v['id']}: {[n['target'] for n in v['nodes'][:3]]}" for v in found] == []
        page.keyboard.press("ArrowRight")


def test_the_clock_turns_slides_until_any_key(page: Page, serve: Serve, sample: Path) -> None:
    page.clock.install()
    present(page, serve(sample), "?every=10")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.clock.run_for(10_500)
    second = shown(page)
    assert second == page.locator(".slide").nth(1).get_attribute("data-slide")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(30_000)
    assert shown(page) == second


def test_every_page_leads_there(page: Page, serve: Serve, sample: Path) -> None:
    page.goto(serve(sample) + "/funding?site=croydon")
    page.get_by_role("link", name="Present").click()
    page.wait_for_selector(".slide.is-shown")
    assert page.url.partition("#")[0].endswith("/present?site=croydon")
    assert "Croydon" in page.locator(".deck").inner_text()
