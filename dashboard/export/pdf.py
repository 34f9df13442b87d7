"""Slides as a tagged PDF: A4 landscape, selectable text, a bookmark a slide; printed by a Chromium without a window."""

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from dashboard.export.static import as_html
from dashboard.meeting.slides import Deck

_turn = threading.Lock()  # one Chromium at a time: a second one would only take the memory of the first


class NoChromium(RuntimeError):
    """There is nothing that prints; the message says what to install."""


def deck_pdf(deck: Deck) -> bytes:
    """The slides, a page each. Raises NoChromium."""
    with _turn, ThreadPoolExecutor(1) as apart:  # Chromium is driven from a thread that runs no event loop of its own
        return apart.submit(_print, as_html(deck)).result()


def _print(html: str) -> bytes:
    with chromium() as browser:
        page = browser.new_page(java_script_enabled=False, offline=True)
        page.set_content(html)
        return page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)


@contextmanager
def chromium() -> Iterator[Any]:
    """A Chromium without a window: the one that `CHROMIUM` names, the system's, or playwright's. Raises NoChromium."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoChromium("This needs playwright (pip install playwright) and Chromium. PPTX needs neither.") from None
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=found, args=["--no-sandbox"])
            try:
                yield browser
            finally:
                browser.close()
    except Error as problem:
        raise NoChromium(f"Chromium could not do it: {problem.message.splitlines()[0]}") from None
