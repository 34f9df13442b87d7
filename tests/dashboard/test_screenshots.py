"""Pictures of the pages: one for each page of the bar, of the size that was asked for, or a sentence."""

import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dashboard.__main__ import cli
from dashboard.export.pdf import chromium
from dashboard.pages import pages
from dashboard.screenshots import DRAWN, every_page


def take(*words: object) -> Result:
    return in_a_thread(CliRunner().invoke, cli, ["pictures", *map(str, words)])


def in_a_thread(work: Callable[..., Any], *given: Any) -> Any:
    """In a thread of its own, as another test's browser may still have this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *given).result()


def size_of(picture: Path) -> tuple[int, ...]:
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    return struct.unpack(">II", head[16:])


@pytest.mark.browser
def test_a_picture_is_as_large_as_asked(sample: Path, tmp_path: Path) -> None:
    done = take(tmp_path / "costs.png", "--page", "/costs", "--size", "1000x700", "--data", sample)
    assert done.exit_code == 0, done.output
    assert size_of(tmp_path / "costs.png") == (1000, 700)
    assert (tmp_path / "costs.png").stat().st_size > 40_000, "an empty page"


@pytest.mark.browser
def test_a_chart_that_comes_late_is_waited_for_under_the_policy_of_a_page() -> None:
    assert in_a_thread(drawn_after, 400) >= 400


def drawn_after(wait: int) -> float:
    """How long a page without `unsafe-eval` was waited for whose chart is drawn so many milliseconds after it came."""
    policy = {"content-security-policy": "script-src 'unsafe-inline'"}
    body = f"""<h1>Late</h1><div class="chart"></div><script>
        setTimeout(() => document.querySelector(".chart").innerHTML = '<i class="main-svg"></i>', {wait})</script>"""
    with chromium() as browser:
        page = browser.new_page()
        page.route("**/*", lambda asked: asked.fulfill(body=body, headers=policy, content_type="text/html"))
        page.goto("http://127.0.0.1/late", wait_until="commit")
        page.wait_for_function(DRAWN)
        return float(page.evaluate("performance.now()"))


def test_every_page_of_the_bar_has_one(sample: Path) -> None:
    assert len(every_page(sample, "central")) == sum(not page.unlisted for page in pages()) > 8
    assert "/site/croydon" in every_page(sample, "central")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("x", "--size", "large"), 2, "such as 1280x720"),
        (("x.png",), 2, "say of which page"),
        (("x", "--audience", "forum"), 1, "nothing for the forum"),
        (("x", "--data", "nowhere"), 1, "no edition yet"),
    ],
)
def test_what_is_wrong_is_said(words: tuple[str, ...], code: int, said: str, sample: Path, tmp_path: Path) -> None:
    data = () if "--data" in words else ("--data", sample)
    done = take(tmp_path / words[0], *words[1:], *data)
    assert done.exit_code == code
    assert said in done.output
