"""Since a forum met: what moved and what followed, for whom it is, and the same numbers on screen, slide and paper."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page
from pptx import Presentation
from typer.testing import CliRunner

from dashboard.__main__ import cli
from dashboard.data.address import read
from dashboard.data.edition import Editions
from dashboard.data.view import View
from dashboard.export.pdf import deck_pdf
from dashboard.export.powerpoint import deck_pptx
from dashboard.meeting.deck import make_deck
from dashboard.meeting.slides import Deck, Slide
from dashboard.wording.meetings import outcome
from meeting.test_present import SIZES, look_through

NUMBER = re.compile(r"£?\d[\d,]*(?:\.\d+)?(?:%|k|m)?")
NOW, THEN = "2019-12-13", "2019-11-16"


def look(data: Path, audience: str = "central", search: str = "") -> View:
    return View(Editions(data, audience).get(), read("/present", search))


def slide_of(data: Path, name: str, audience: str = "central", search: str = "?forum=board") -> Slide:
    return next(slide for slide in make_deck(look(data, audience, search)).slides if slide.name == name)


def rows(data: Path, audience: str, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(data / "editions" / NOW / f"{audience}.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_forum_opens_with_what_moved_since_it_met(met: Path) -> None:
    deck = make_deck(look(met, search="?forum=board"))
    assert [slide.name for slide in deck.slides][:3] == ["changed", "agreed", "verdict"]
    assert deck.meeting == "Joint board, 18 Dec 2019"
    moved = rows(met, "central", f"select what, verdict_effect from changes where since = '{THEN}' order by position")
    shown = deck.slides[0].exhibit.rows
    assert 0 < len(shown) <= 5
    assert [line[1].text for line in shown] == [what for what, _ in moved[:5]]
    effects = [(effect or "").startswith("Verdict") for _, effect in moved]
    assert effects == sorted(effects, reverse=True), "what would have changed a verdict stands first"
    assert "since you met on 20 Nov 2019" in deck.slides[0].headline


def test_what_followed_from_decisions_is_told_late_first(met: Path) -> None:
    slide = slide_of(met, "agreed")
    assert slide.headline == "One of three decisions is done; one is late"
    told = [[cell.whole for cell in line] for line in slide.exhibit.rows]
    assert [(line[0], line[2], line[3]) for line in told] == [
        ("Late", "South Wales lead", "1 Dec 2019"),
        ("Open", "All leads", "31 Jan 2020"),
        ("Done", "Croydon lead", "31 Dec 2019"),
    ]
    assert told[1][4] == "Nothing is recorded yet"
    assert told[2][4] == "MOPAC said yes"
    assert any("done 11 Dec 2019" in note for note in slide.notes)


def test_a_decisions_measure_is_shown_as_it_was_and_is(met: Path) -> None:
    years = dict(
        rows(met, "central", "select ends, shown from results where site = 'south_wales' and measure = 'new_cases' "
             "and period = 'rolling_year' order by ends desc limit 2")
    )  # fmt: skip
    now, then = years.values()
    assert now != then
    assert slide_of(met, "agreed").exhibit.rows[0][4].whole.endswith(f"{then}\u00a0→\u00a0{now}")
    forum = slide_of(met, "agreed", "forum").exhibit.rows[0][4].whole
    shown = rows(met, "forum", "select shown from results where site = 'south_wales' and measure = 'new_cases' "
                 "and period = 'rolling_year' order by ends desc limit 2")  # fmt: skip
    assert (forum == "Nothing is recorded yet") == any(one == ("[c]",) for one in shown)


def test_nobody_gets_a_meeting_that_is_not_theirs(met: Path) -> None:
    who = "select distinct meeting from {} order by 1"
    assert rows(met, "forum", who.format("meetings")) == [("autumn",), ("winter",)]
    assert rows(met, "croydon", who.format("meetings")) == [("own",)]
    assert rows(met, "central", who.format("decisions")) == [("autumn",), ("elsewhere",)]
    assert rows(met, "forum", who.format("decisions")) == [("autumn",)]
    assert rows(met, "croydon", who.format("decisions")) == []
    for name in ("forum", "croydon"):
        assert b"Tell nobody else" not in (met / "editions" / NOW / f"{name}.duckdb").read_bytes()


def test_the_forum_that_meets_next_is_the_usual_one_and_another_can_be_named(met: Path) -> None:
    assert make_deck(look(met)).meeting == "Joint board, 18 Dec 2019"
    assert make_deck(look(met, search="?forum=croydon")).meeting == "Croydon group"
    assert make_deck(look(met, search="?forum=forum")).meeting == "Joint board, 18 Dec 2019"
    nowhere = make_deck(look(met, search="?forum=nowhere"))
    assert nowhere.meeting == ""
    assert "since the last edition" in nowhere.slides[0].headline


def test_where_the_edition_seen_then_is_not_kept_it_says_so(met: Path, tmp_path: Path) -> None:
    shutil.copytree(met / "editions", tmp_path / "editions")
    path = tmp_path / "editions" / NOW / "central.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("update meetings set edition = ''")
    names = [slide.name for slide in make_deck(look(tmp_path)).slides]
    assert "changed" not in names
    assert "the edition seen then is not kept" in slide_of(tmp_path, "agreed").subtitle


def test_another_edition_can_be_compared_with(met: Path) -> None:
    slide = slide_of(met, "changed", search=f"?since={THEN}")
    assert "since the edition of 16 Nov 2019" in slide.headline


@pytest.mark.parametrize(
    ("states", "says"),
    [
        (["done"], "The one decision is done"),
        (["open"], "The one decision is not done yet"),
        (["late"], "The one decision is not done yet; one is late"),
        (["done", "done"], "Both decisions are done"),
        (["done", "done", "done"], "All three decisions are done"),
        (["open", "late"], "Neither decision is done yet; one is late"),
        (["open", "late", "late"], "None of three decisions is done yet; two are late"),
        (["done", "done", "open"], "Two of three decisions are done"),
    ],
)
def test_the_headline_counts_decisions(states: list[str], says: str) -> None:
    assert outcome(states) == says


def test_the_command_takes_the_forums_file_and_never_the_central_teams(met: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(met / "editions", data / "editions")
    out = tmp_path / "board.pptx"
    run = CliRunner().invoke(cli, ["--data", str(data), "pack", "--forum", "board", "--out", str(out)])
    assert run.exit_code == 0, run.output
    line = json.loads((data / "packs.jsonl").read_text())
    assert (line["audience"], line["edition"], line["meeting"]) == ("forum", NOW, "Joint board, 18 Dec 2019")
    assert line["who"]
    listed = CliRunner().invoke(cli, ["--data", str(data), "pack", "--list"]).output
    assert line["sha256"] in listed
    assert "Joint board, 18 Dec 2019" in listed
    for path in data.glob("editions/*/forum.duckdb"):
        path.unlink()
    run = CliRunner().invoke(cli, ["--data", str(data), "pack", "--forum", "board", "--out", str(tmp_path / "x.pptx")])
    assert run.exit_code == 1
    assert "python -m etl publish" in run.output
    assert not (tmp_path / "x.pptx").exists()


# The same numbers everywhere


def numbers_in(words: str) -> set[str]:
    return {found.rstrip(",") for found in NUMBER.findall(words)}


def on_screen(page: Page, place: int, without: str) -> str:
    """What a slide shows on the screen, without some of its parts, a line between them."""
    return page.locator(".slide").nth(place).evaluate(
        """(slide, without) => { const copy = slide.cloneNode(true);
        copy.querySelectorAll(without).forEach(e => e.remove());
        const walk = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT), found = [];
        while (walk.nextNode()) found.push(walk.currentNode.textContent);
        return found.join(' '); }""",
        without,
    )  # fmt: skip


def in_presentation(page: Any, deck: Deck, slide: Slide) -> str:
    """The words of a slide of the presentation, without its foot and codes."""
    foot = ("Data to ", slide.codes_words or "\0")
    found = []
    for shape in page.shapes:
        words = shape.text_frame.text if shape.has_text_frame else ""
        if not words.startswith(foot) and not re.fullmatch(r"\d+ of \d+", words):
            found.append(words)
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return " ".join(found)


AXES = ".slide-times, .slide-heights, .slide-dot-head .slide-scale"
FOOT = ".slide-foot, .slide-codes"


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="nothing reads a PDF here")
@pytest.mark.parametrize("audience", ["central", pytest.param("forum", marks=pytest.mark.long)])
def test_screen_presentation_and_paper_hold_the_same_numbers(
    audience: str, met: Path, page: Page, serve: Callable[..., str], tmp_path: Path
) -> None:
    deck = make_deck(look(met, audience))
    page.goto(f"{serve(met, audience)}/present")
    page.wait_for_selector(".slide.is-shown")
    show = Presentation(io.BytesIO(deck_pptx(deck)))
    paper = tmp_path / "pack.pdf"
    paper.write_bytes(deck_pdf(deck))
    seen = 0
    for place, (slide, made) in enumerate(zip(deck.slides, show.slides, strict=True)):
        screen = numbers_in(on_screen(page, place, f"{FOOT}, {AXES}"))
        assert numbers_in(in_presentation(made, deck, slide)) == screen, slide.name
        run = ["pdftotext", "-f", str(place + 1), "-l", str(place + 1), "-layout", str(paper), "-"]
        printed = subprocess.run(run, check=True, capture_output=True, text=True).stdout
        below = printed[printed.rindex("Data to ") :]
        above = printed.replace(below, "").partition("Codes of the numbers")[0]
        assert numbers_in(above) == numbers_in(on_screen(page, place, FOOT)), slide.name
        assert {NOW[:4], "2019", str(place + 1)} <= numbers_in(below)
        seen += len(screen)
    assert seen > 40


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_a_meetings_own_slides_fit_too(size: tuple[int, int], met: Path, page: Page, serve: Callable[..., str]) -> None:
    assert look_through(page, serve(met), size) == 7
