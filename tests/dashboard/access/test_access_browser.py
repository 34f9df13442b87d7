"""The sign-in page in a real browser: with and without scripts, by keyboard, and with nothing that axe finds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from access.test_access_live import PASSWORD, live  # noqa: F401  (the fixture)

axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.browser


@pytest.fixture
def page_of(browser: Any) -> Iterator[Any]:
    """Makes pages in contexts of their own."""
    contexts: list[Any] = []

    def make(**choices: Any) -> Any:
        contexts.append(browser.new_context(**choices))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


def violations(page: Any) -> list[str]:
    found = axe_playwright.Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found]


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_that_axe_finds(live: tuple[str, Path], page_of: Any, width: int) -> None:  # noqa: F811
    page = page_of(viewport={"width": width, "height": 800})
    page.goto(f"{live[0]}/sign-in")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Name").fill("nobody-at-all")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").inner_text() == "The name or the password is wrong. Check both, and try again."
    assert page.title().startswith("Not signed in")
    assert page.get_by_label("Name").input_value() == "nobody-at-all"
    assert page.get_by_label("Password").input_value() == ""
    assert violations(page) == []


def test_without_scripts_by_keyboard(live: tuple[str, Path], page_of: Any) -> None:  # noqa: F811
    page = page_of(java_script_enabled=False)
    page.goto(f"{live[0]}/costs")
    page.keyboard.press("Tab")
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live[0]}/costs")


def test_in_and_out_and_in_again_where_one_was(live: tuple[str, Path], page_of: Any) -> None:  # noqa: F811
    page = page_of()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{live[0]}/returns")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live[0]}/returns")
    page.get_by_text("Signed in as ann, central team.").wait_for()
    other = page.context.new_page()
    other.goto(f"{live[0]}/")
    other.get_by_role("button", name="Sign out").click()
    other.get_by_text("You are signed out.").wait_for()
    assert violations(other) == []
    page.get_by_role("link", name="Costs").first.click()
    page.wait_for_url("**/sign-in?next=/costs*")
    assert said == []


def test_the_foot_says_who_looks_and_fits(live: tuple[str, Path], page_of: Any) -> None:  # noqa: F811
    page = page_of(viewport={"width": 320, "height": 800})
    page.goto(f"{live[0]}/")
    page.get_by_label("Name").fill("flo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Signed in as flo, forum.").wait_for()
    page.get_by_text("has nothing for the forum yet").wait_for()
    assert violations(page) == []
