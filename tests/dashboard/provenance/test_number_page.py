"""A number by its code: on its own page, in its panel and in the terminal; hidden, old, mistyped and unknown codes."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from trees import plain
from typer.testing import CliRunner

from dashboard.app import frame, look
from dashboard.data.address import make, read
from dashboard.data.edition import Edition, Editions
from dashboard.data.view import View
from dashboard.elements.html import every
from dashboard.provenance import codes
from etl.__main__ import app
from etl.provenance import HIDDEN_WORDS, code_of, tell

OLD, NEW = "2019-11-16", "2019-12-11"
AUDIENCES = ("central", "forum", "croydon")
NUMBER = "croydon|rolling_year|2018-12-01|new_cases"
SMALL = "south_wales|month|2019-10-01|new_cases"
GONE = "south_wales|month|2019-09-01|new_cases"


@pytest.fixture(scope="module")
def data(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions for three audiences; all but the central team have one number hidden, and one not at all."""
    folder = tmp_path_factory.mktemp("numbers")
    current = json.loads((sample / "editions" / "current.json").read_text(encoding="utf-8"))["edition"]
    for name in (OLD, NEW):
        for audience in AUDIENCES:
            path = folder / "editions" / name / f"{audience}.duckdb"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(sample / "editions" / current / "central.duckdb", path)
            with duckdb.connect(str(path)) as base:
                for statement in changes(name, audience):
                    base.execute(statement)
    (folder / "editions" / "current.json").write_text(json.dumps({"edition": NEW}), encoding="utf-8")
    return folder


def changes(name: str, audience: str) -> list[str]:
    """What is different in an audience's file of an edition."""
    made = [f"update edition set edition_id = '{name}', audience = '{audience}', known_at = '{name} 12:00:00'"]
    if name == OLD:
        made.append(f"update results set value = 7, shown = '7' where {where(NUMBER)}")
    if audience != "central":
        made += [
            f"update results set value = null, shown = '[c]', low = null, high = null where {where(SMALL)}",
            f"delete from results where {where(GONE)}",
            f"delete from cells where site <> '{audience}'",
            f"delete from returns where site <> '{audience}'",
        ]
    return made


def where(address: str) -> str:
    site, period, starts, measure = address.split("|")
    return f"site = '{site}' and period = '{period}' and starts = date '{starts}' and measure = '{measure}'"


def edition(data: Path, audience: str = "central", name: str = "") -> Edition:
    return Editions(data, audience).get(name)


def page(data: Path, path: str, audience: str = "central") -> tuple[View, str]:
    """What a reader sees at an address, and its words."""
    editions = Editions(data, audience)
    view = look(editions, read(*path.partition("?")[::2]), editions.current_name())
    return view, " ".join(plain(part, heard=True) for part in frame(view))


def shown(data: Path, address: str, audience: str = "central") -> str:
    return page(data, f"/number/{code_of(edition(data), address)}", audience)[1]


def explain(data: Path, code: str, *more: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["explain", code, "--data", str(data), *more])
    return found.exit_code, found.output


def test_a_code_is_the_same_for_all_audiences_and_another_in_another_edition(data: Path) -> None:
    for address in (NUMBER, SMALL, "croydon|cover|2020-04-01|months", "all|verdict||words"):
        assert len({code_of(edition(data, audience), address) for audience in AUDIENCES}) == 1
        assert code_of(edition(data, name=OLD), address) != code_of(edition(data), address)


def test_the_page_tells_the_number_down_to_its_cells(data: Path) -> None:
    text = shown(data, NUMBER)
    row = edition(data).result("croydon", "new_cases", "rolling_year", date(2018, 12, 1))
    assert row is not None
    assert "Croydon: new cases, December 2018 to November 2019" in text
    assert row.shown in text
    assert "received" in text
    assert "Caseload" in text
    assert code_of(edition(data), NUMBER) in text


def test_the_terminal_tells_the_same(data: Path) -> None:
    code = code_of(edition(data), NUMBER)
    status, text = explain(data, code)
    assert status == 0
    story = tell(edition(data), NUMBER)
    assert story is not None
    assert text.splitlines()[:2] == [story.shown, story.sentence]
    for cell in story.sources:
        assert f"{cell.sheet}!{cell.cell}" in text
        assert str(cell.file) in text
    assert explain(data, code.lower().replace("-", " "))[1] == text


@pytest.mark.parametrize("audience", ["forum", "croydon"])
def test_a_hidden_number_and_one_that_is_not_there_look_alike(data: Path, audience: str) -> None:
    hidden, gone = shown(data, SMALL, audience), shown(data, GONE, audience)
    assert HIDDEN_WORDS in hidden
    known = [edition(data).result("south_wales", "new_cases", "month", date(2019, month, 1)) for month in (10, 9)]
    assert known[0] is not None
    assert known[1] is not None
    assert known[0].value != known[1].value
    alike = [
        text.replace(code_of(edition(data), address), "CODE").replace(month, "MONTH")
        for text, address, month in ((hidden, SMALL, "October"), (gone, GONE, "September"))
    ]
    assert alike[0] == alike[1]
    for address in (SMALL, GONE):
        status, text = explain(data, code_of(edition(data), address), "--audience", audience)
        assert status == 1
        assert HIDDEN_WORDS in text


def test_the_central_team_is_told_that_a_number_is_not_there(data: Path) -> None:
    code = code_of(edition(data), "south_wales|month|2031-09-01|new_cases")
    assert "no number with this code" in page(data, f"/number/{code}")[1]
    status, text = explain(data, code)
    assert (status, "no number with the code" in text) == (1, True)


def test_sheets_and_cells_are_hidden_from_other_audiences(data: Path) -> None:
    assert "Caseload!" not in explain(data, code_of(edition(data), NUMBER), "--audience", "forum")[1]
    forum = shown(data, NUMBER, "forum")
    assert "Sheets and cells are hidden here: the central team and Croydon see them." in forum
    assert ".xlsx" not in forum
    assert ".xlsx" in shown(data, NUMBER, "croydon")


def test_a_code_of_an_earlier_edition_opens_it_and_says_so(data: Path) -> None:
    old, current = code_of(edition(data, name=OLD), NUMBER), code_of(edition(data), NUMBER)
    status, said = explain(data, old)
    assert status == 0
    assert said.startswith("7\n")
    assert "which is not the current one" in said
    assert "not the current one" not in explain(data, current)[1]
    view, text = page(data, f"/number/{old}")
    assert view.edition.name == OLD
    assert "not the current one" in text
    assert codes.in_current(view) == make("/", {"number": NUMBER}).href
    assert codes.page_of(view, NUMBER) == f"/number/{old}?edition={OLD}"
    assert page(data, f"/number/{old}?edition={OLD}")[1] == text
    assert "another edition" in page(data, f"/number/{old}?edition={NEW}")[1]


def test_an_edition_that_is_not_kept_is_named_by_a_sentence(data: Path) -> None:
    known = edition(data)
    gone: Any = SimpleNamespace(name="2018-01-01", sites=known.sites, measures=known.measures)
    code = code_of(gone, NUMBER)
    assert "No edition that you may open" in page(data, f"/number/{code}")[1]
    status, text = explain(data, code)
    assert (status, "No edition that is kept" in text) == (1, True)


@pytest.mark.parametrize("typed", ["22222-22223", "abc", "7KQ3M-XR4T0", "<script>alert(1)</script>"])
def test_what_is_no_code_is_answered_with_a_sentence(data: Path, typed: str) -> None:
    _, text = page(data, f"/number?code={typed}")
    assert "This is no code of a number" in text
    status, said = explain(data, typed)
    assert status == 2
    assert said.strip().endswith(("again.", "7KQ3M-XR4TA."))
    assert "Traceback" not in said


def test_wrong_use_of_the_command_is_answered_with_a_sentence(data: Path, tmp_path: Path) -> None:
    code = code_of(edition(data), NUMBER)
    assert explain(data, code, "--audience", "mars")[0] == 2
    assert explain(tmp_path, code)[0] == 2
    assert explain(data, code, "--edition", "2001-01-01")[0] == 2


def test_a_panel_has_the_code_and_a_link_to_the_page(data: Path) -> None:
    from dashboard.provenance.panel import build

    view = look(Editions(data, "central"), make("/costs", {"number": NUMBER}), NEW)
    parts = list(every(build(view)))
    code = code_of(view.edition, NUMBER)
    assert code in plain(build(view))
    assert [getattr(part, "data-link", "") for part in parts if getattr(part, "data-link", "")] == [f"/number/{code}"]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_is_accessible_and_a_code_can_be_typed(
    data: Path, serve: Callable[[Path], str], page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    address, code = serve(data), code_of(edition(data), NUMBER)
    page.goto(f"{address}/number")
    page.get_by_label("Code of a number").fill(code.lower())
    page.keyboard.press("Enter")
    page.wait_for_selector(".number-page")
    for path in (f"/number/{code}", "/number/abc", f"/number/{code_of(edition(data), 'croydon|verdict||words')}"):
        page.goto(address + path)
        page.wait_for_selector("main h1")
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
