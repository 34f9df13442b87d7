"""Every text that a page shows is said in Welsh or is marked as English; the switch keeps all else; English stays."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import ODD, PATHS, Alter, run
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pptx import Presentation
from pptx.oxml.ns import qn
from trees import parts_of, seen

from dashboard.access.setup import FROM_INSIDE
from dashboard.app import frame
from dashboard.data.address import read
from dashboard.data.edition import Edition, Editions
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.widgets import Choice, Picker
from dashboard.export.packs import make_file
from dashboard.export.powerpoint import deck_pptx
from dashboard.export.static import as_html
from dashboard.meeting.chosen_language import in_chosen_language as in_chosen_language_deck
from dashboard.meeting.chosen_language import in_language
from dashboard.meeting.deck import make_deck
from dashboard.provenance import panel
from dashboard.server import ask_page, make_server
from dashboard.welsh.draw import Drawer, in_chosen_language
from etl.definitions.periods import PERIODS

ROOT = Path(__file__).parents[3]
ALL_PATHS = (*PATHS, "/site/south_wales", "/number", "/present")
CHOSEN = ("", "site=south_wales", "site=croydon,west_midlands")
# Words that no Welsh text has: one of them is left of a text that was said in part only.
LEFT = re.compile(r"\b(the|and|with|from|not|was|were|that|this|which|of|by|for)\b")
FIGURE = re.compile(r"\d[\d,.]*\d|\d")


class Listener(Drawer):
    """Draws in Welsh, and keeps what was said of each text."""

    def __init__(self, edition: Edition) -> None:
        super().__init__(edition)
        self.heard: dict[str, str] = {}

    def _said(self, text: str) -> str:
        welsh = super()._said(text)
        if welsh != text:
            self.heard[text] = welsh
        return welsh


def listen(editions: Editions, addresses: Iterable[tuple[str, str]]) -> Listener:
    """What was said on some pages, and in the panels of their numbers, one of each kind."""
    whole = Listener(editions.get())
    kinds = set()
    for path, search in addresses:
        if path == "/present":
            in_language(make_deck(seen(editions, path, search)), whole.text)
        tree = frame(seen(editions, path, search))
        whole.draw(tree)
        for part in parts_of(tree):
            site, kind, _, *what = (getattr(part, "data-number", None) or "|||").split("|")
            sort = (site == "all", kind, *(what[1:] if kind in PERIODS else what))
            if kind and sort not in kinds:
                kinds.add(sort)
                whole.draw(panel.build(seen(editions, *part.href.split("?"))))
    return whole


def choices_of(editions: Editions, path: str) -> Iterator[tuple[str, str]]:
    """The addresses of all that can be chosen on a page."""
    for part in parts_of(frame(seen(editions, path))):
        if isinstance(part, Picker | Choice):
            yield from ((path, option["value"]) for option in part.options)


@pytest.fixture(scope="module")
def whole(sample: Path) -> Listener:
    addresses = [(path, search) for path in ALL_PATHS for search in CHOSEN]
    meetings = [("/present", f"forum={forum}") for forum in ("strategic-forum", "south_wales")]
    return listen(Editions(sample, "central"), [*addresses, *meetings])


def test_every_text_of_every_page_is_in_the_catalogue(whole: Listener) -> None:
    """Where this fails, give the text a Welsh one in `dashboard/welsh/cy.po`."""
    assert sorted(whole.missing) == []


@pytest.mark.parametrize("odd", ("all hidden", "no data"))
def test_so_is_what_stands_where_there_is_nothing(odd: str, altered: Alter) -> None:
    editions = Editions(altered(ODD[odd]), "central")
    assert sorted(listen(editions, ((path, "") for path in ALL_PATHS)).missing) == []


@pytest.mark.long
@pytest.mark.parametrize("odd", ODD)
def test_so_is_what_stands_in_any_odd_state(odd: str, altered: Alter) -> None:
    editions = Editions(altered(ODD[odd]), "central")
    assert sorted(listen(editions, ((path, "") for path in ALL_PATHS)).missing) == []


@pytest.mark.long
def test_so_is_what_changed_between_two_editions(sample: Path, tmp_path: Path) -> None:
    """The newer one made without some answers of the self-assessments, so that their sentences are said too."""
    shutil.copy(sample / "warehouse.duckdb", tmp_path)
    run("publish", "--central-only", "--as-of", "2019-09-11", "--data", str(tmp_path))
    (tmp_path / "reference").mkdir()
    whole = (ROOT / "data" / "reference" / "assessments.csv").read_text(encoding="utf-8")
    fewer = re.sub(r"^(?:west_mercia|south_wales,4),.*\n", "", whole, flags=re.MULTILINE)
    (tmp_path / "reference" / "assessments.csv").write_text(fewer, encoding="utf-8")
    run("publish", "--central-only", "--as-of", "2019-12-11", "--data", str(tmp_path))
    heard = listen(Editions(tmp_path, "central"), [(path, "") for path in ALL_PATHS])
    assert any("four questions" in text for text in heard.heard)
    assert any("Verdict: " in text for text in heard.heard)
    assert sorted(heard.missing) == []


@pytest.mark.long
@pytest.mark.parametrize("path", ALL_PATHS)
def test_so_is_every_choice_of_every_page(path: str, sample: Path) -> None:
    editions = Editions(sample, "central")
    assert sorted(listen(editions, choices_of(editions, path)).missing) == []


def test_nothing_is_said_in_part_only(whole: Listener) -> None:
    left = {text: LEFT.findall(welsh) for text, welsh in whole.heard.items() if LEFT.search(welsh)}
    assert left == {}


def test_no_figure_is_lost(whole: Listener) -> None:
    """Every figure of the English stands in the Welsh; words for numbers become figures there."""
    assert len(whole.heard) > 1000
    for text, welsh in whole.heard.items():
        lost = [figure for figure in FIGURE.findall(text) if figure not in FIGURE.findall(welsh)]
        assert not lost, (text, welsh)


def test_what_cannot_be_said_is_marked_as_english(sample: Path) -> None:
    drawer = Drawer(Editions(sample, "central").get())
    told = drawer.draw(html.P(["A sentence that nobody has translated", "Costs"], title="Nor this one"))
    first, second = told["props"]["children"]
    assert first["props"] == {"children": "A sentence that nobody has translated", "lang": "en"}
    assert second == "Costau"
    assert drawer.missing == {"A sentence that nobody has translated", "Nor this one"}


def test_definitions_and_queries_stay_english_and_are_marked(sample: Path) -> None:
    editions = Editions(sample, "central")
    for path in ("/methods", "/returns"):
        view = seen(editions, path, "lang=cy")
        told = json.dumps(in_chosen_language(view, frame(view)))
        marked = re.findall(r'"props": \{"children": "((?:[^"\\]|\\.)*)", "lang": "en"\}', told)
        table, column = ("measures", "meaning") if path == "/methods" else ("queries", "message")
        texts = [
            row[column] for row in view.edition.rows(table, "severity = 'query'" if table == "queries" else "true")
        ]
        assert texts
        assert {json.dumps(text)[1:-1] for text in texts} & set(marked)


@pytest.mark.parametrize("path", ALL_PATHS)
def test_english_is_what_it_was(path: str, sample: Path) -> None:
    """An English page is not touched: what the browser is told is the very thing that was built."""
    view = seen(Editions(sample, "central"), path, "site=croydon")
    built = frame(view)
    assert in_chosen_language(view, built) is built


@pytest.mark.parametrize("search", ("", "site=south_wales&period=year&to=2019-03&basis=cash"))
def test_the_switch_keeps_all_else_that_is_chosen(search: str, sample: Path) -> None:
    editions = Editions(sample, "central")
    name, there = switch_of(seen(editions, "/costs", search), "cy")
    assert name == "Cymraeg"
    assert read(*there) == read("/costs", f"{search}&lang=cy")
    name, back = switch_of(seen(editions, *there), "en-GB")
    assert name == "English"
    assert read(*back) == read("/costs", search)


def switch_of(view: View, lang: str) -> tuple[str, tuple[str, str]]:
    """The one link that says it leads to another language: its name, path and search."""
    (found,) = (part for part in parts_of(frame(view)) if getattr(part, "hrefLang", "") == lang)
    path, _, search = found.href.partition("?")
    return found.children, (path, search)


@pytest.mark.parametrize("path", ALL_PATHS)
def test_every_link_of_a_welsh_page_keeps_the_language(path: str, sample: Path) -> None:
    view = seen(Editions(sample, "central"), path, "lang=cy")
    told = json.dumps(in_chosen_language(view, frame(view)))
    links = [link for link in re.findall(r'"href": "(/[^"]*)"', told) if "lang=cy" not in link]
    assert links == ([path] if path != "/present" else [])  # the way back to English alone


def test_a_presentation_is_said_as_the_screen_is(sample: Path) -> None:
    view = seen(Editions(sample, "central"), "/present", "lang=cy")
    deck = make_deck(view)
    drawer = Listener(view.edition)
    show = Presentation(BytesIO(deck_pptx(in_language(deck, drawer.text))))
    said = [shape.text_frame.text for slide in show.slides for shape in slide.shapes if shape.has_text_frame]
    assert {drawer.heard[slide.headline] for slide in deck.slides} <= set(said)
    assert sorted(drawer.missing) == []
    assert make_file(seen(Editions(sample, "central"), "/present"), deck, "pptx")[:2] == b"PK"


def test_a_printed_document_is_said_as_the_screen_is(sample: Path) -> None:
    view = seen(Editions(sample, "central"), "/present", "lang=cy")
    told = as_html(in_chosen_language_deck(view, make_deck(view)))
    assert '<html lang="cy">' in told
    assert "Beth yw cost un achos?" in told


def test_a_presentation_says_its_language_and_its_charts_are_in_it(sample: Path) -> None:
    view = seen(Editions(sample, "central"), "/present", "lang=cy&slides=cost,cliff")
    show = Presentation(BytesIO(make_file(view, make_deck(view), "pptx")))
    assert show.core_properties.language == "cy-GB"
    charts = [shape.chart for slide in show.slides for shape in slide.shapes if shape.has_chart]
    names = [series.name for chart in charts for plot in chart.plots for series in plot.series]
    assert "De Cymru, Ystod debygol" in names
    assert "Cost a gynlluniwyd" in names
    runs = [run for slide in show.slides for run in slide.element.iter(qn("a:rPr"))]
    assert {run.get("lang") for run in runs} == {"cy-GB"}


@pytest.fixture(scope="module")
def client(sample: Path) -> FlaskClient:
    client = make_server(sample).test_client()
    client.environ_base.update(FROM_INSIDE)
    return client


def test_the_document_says_its_language(client: FlaskClient) -> None:
    assert '<html lang="cy"' in client.get("/costs?lang=cy").get_data(as_text=True)
    assert '<html lang="en-GB"' in client.get("/costs").get_data(as_text=True)
    assert '<html lang="en-GB"' in client.get("/costs?lang=fr").get_data(as_text=True)


def test_the_server_answers_in_welsh(client: FlaskClient) -> None:
    client.get("/")
    welsh, english = (ask_page(client, "/", search).get_data(as_text=True) for search in ("?lang=cy", ""))
    assert "Trosolwg" in welsh
    assert "Overview" not in welsh
    assert "Overview" in english
    assert "Trosolwg" not in english


@pytest.mark.browser
def test_longer_words_scroll_no_page_sideways(page: Page, serve: Any, sample: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    for path in ("/", "/readiness", "/site/south_wales"):
        page.goto(f"{serve(sample)}{path}?lang=cy")
        page.wait_for_selector("main h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert page.evaluate("document.documentElement.lang") == "cy"


@pytest.mark.browser
def test_the_switch_turns_the_page_and_its_language(page: Page, serve: Any, sample: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{serve(sample)}/funding?site=south_wales")
    page.get_by_role("link", name="Cymraeg").click()
    page.get_by_text("Pwy sy’n talu am Drive").wait_for()
    assert page.evaluate("document.documentElement.lang") == "cy"
    assert "site=south_wales" in page.url
    page.get_by_role("link", name="English").click()
    page.get_by_text("Who pays for Drive").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en-GB"


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), ((1024, 768),))
def test_welsh_slides_fit(width: int, height: int, page: Page, serve: Any, sample: Path) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{serve(sample)}/present?lang=cy")
    page.wait_for_selector(".slide.is-shown")
    for _ in range(page.locator(".slide").count()):
        over = page.evaluate(
            """() => [...document.querySelectorAll('.slide.is-shown, .slide.is-shown *')].filter((e) => {
                const box = e.getBoundingClientRect();
                return box.width && (box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1);
            }).map((e) => e.textContent.slice(0, 40))"""
        )
        assert over == []
        page.keyboard.press("ArrowRight")
