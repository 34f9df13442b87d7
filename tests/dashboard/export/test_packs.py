"""Packs: the presentation and the PDF hold the screen's numbers, can be edited and read aloud, and are written down."""

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.chart.chart import Chart
from typer.testing import CliRunner

from dashboard.__main__ import cli
from dashboard.data.address import Address
from dashboard.data.edition import Editions
from dashboard.data.view import View
from dashboard.export.pdf import deck_pdf
from dashboard.export.powerpoint import deck_pptx
from dashboard.export.static import as_html
from dashboard.meeting.deck import make_deck
from dashboard.meeting.slides import Deck, Grid, Points, Slide, Steps, Verdicts
from etl.definitions.settings import SLIDES


@pytest.fixture(scope="module")
def view(sample: Path) -> View:
    return View(Editions(sample, "central").get(), Address("/present"))


@pytest.fixture(scope="module")
def deck(view: View) -> Deck:
    return make_deck(view)


@pytest.fixture(scope="module")
def show(deck: Deck) -> "Presentation":
    return Presentation(io.BytesIO(deck_pptx(deck)))


def said(slide: Slide) -> Iterator[str]:
    """All that a slide says on the screen."""
    yield from (slide.question, slide.headline)
    yield from filter(None, (slide.subtitle, slide.ask[1].strip()))
    exhibit = slide.exhibit
    if isinstance(exhibit, Verdicts):
        yield from (text for row in exhibit.rows for text in (row.place.label, row.verdict, row.reason, row.shown))
    elif isinstance(exhibit, Points):
        yield from (text for row in exhibit.rows for text in (row.place.label, row.shown, row.beside) if text)
    elif isinstance(exhibit, Steps):
        yield from (text for layer in exhibit.layers if layer.amounts[-1] for text in (layer.name, layer.shown))
        yield exhibit.planned_shown
    elif isinstance(exhibit, Grid):
        yield from (cell.whole for row in exhibit.rows for cell in row if cell.whole)


def squeezed(text: str) -> str:
    return "".join(text.split())


def words_of(page: object) -> str:
    """All words of a slide of a presentation, those of its tables too."""
    found = []
    for shape in page.shapes:
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return squeezed(" ".join(found))


def test_the_slides_say_what_the_edition_says(deck: Deck, view: View) -> None:
    by_name = {slide.name: slide for slide in deck.slides}
    assert list(by_name) == [name for name in SLIDES if name in by_name]
    assert set(SLIDES) - set(by_name) == {"changed", "cases"}, "one edition: nothing has moved, and a forum meets next"
    cover = {view.label(row.site): row for row in view.edition.rows("cover")}
    for row in by_name["verdict"].exhibit.rows:
        assert row.shown == f"{cover[row.place.label].months:.1f}"
    compared = view.edition.rows("comparisons", "measure = 'cost_per_new_case_shared' and latest")
    costs = {view.label(row.site): row for row in compared if row.period == "rolling_year"}
    for row in by_name["cost"].exhibit.rows:
        assert (row.shown, row.value, row.low) == (
            costs[row.place.label].shown, costs[row.place.label].value, costs[row.place.label].low,
        )  # fmt: skip


def test_a_presentation_holds_all_that_the_screen_says(deck: Deck, show: "Presentation") -> None:
    assert len(show.slides) == len(deck.slides)
    for slide, page in zip(deck.slides, show.slides, strict=True):
        words = words_of(page)
        assert [text for text in said(slide) if squeezed(text) not in words] == []
        assert page.shapes.title.text == slide.headline
        for name, value in deck.foot:
            assert squeezed(f"{name}{value}") in words


def test_charts_are_real_and_hold_the_same_numbers_in_full(deck: Deck, show: "Presentation") -> None:
    seen = 0
    for slide, page in zip(deck.slides, show.slides, strict=True):
        for chart in (shape.chart for shape in page.shapes if shape.has_chart):
            seen += 1
            series = {s.name: list(s.values) for plot in chart.plots for s in plot.series}
            if isinstance(slide.exhibit, Steps):
                layers = {layer.name: list(layer.amounts) for layer in slide.exhibit.layers}
                assert series == {**layers, "Planned cost": list(slide.exhibit.planned)}
            elif isinstance(slide.exhibit, Verdicts):
                assert list(series.values()) == [[row.months for row in slide.exhibit.rows]]
            else:
                assert points_of(chart) == dict(expected(slide.exhibit))
            assert in_workbook(chart) >= {round(v, 6) for values in series.values() for v in values if v is not None}
    assert seen >= 3


def points_of(chart: Chart) -> dict[str, list[float]]:
    """Along its scale, the numbers of each series of a chart of dots."""
    return {s.name: [float(v.text) for v in s._element.xpath("c:xVal//c:v")] for s in chart.plots[0].series}


def expected(exhibit: Points) -> Iterator[tuple[str, list[float]]]:
    """What the series of a chart of dots hold: limits, plan and number of each site."""
    for row in exhibit.rows:
        if row.low is not None:
            yield f"{row.place.label}, Likely range", [row.low, row.high]
        if row.plan is not None:
            yield f"{row.place.label}, plan", [row.plan, row.plan]
        yield row.place.label, [] if row.value is None else [row.value]


def in_workbook(chart: Chart) -> set[float]:
    """The numbers of the workbook that is opened to edit a chart."""
    book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return {
        round(cell, 6)
        for row in book.active.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, int | float)
    }


def test_every_chart_and_table_has_words_and_every_slide_notes(deck: Deck, show: "Presentation") -> None:
    for slide, page in zip(deck.slides, show.slides, strict=True):
        frames = [shape for shape in page.shapes if shape.has_chart or shape.has_table]
        assert frames
        assert all(len(shape._element.nvGraphicFramePr.cNvPr.get("descr", "")) > 20 for shape in frames)
        notes = page.notes_slide.notes_text_frame.text
        assert deck.edition in notes
        assert all(note in notes for note in slide.notes)
    cost = next(i for i, slide in enumerate(deck.slides) if slide.name == "cost")
    assert "Made as:" in show.slides[cost].notes_slide.notes_text_frame.text


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="nothing reads a PDF here")
def test_a_pdf_is_tagged_and_each_page_says_what_the_screen_says(deck: Deck, tmp_path: Path) -> None:
    path = tmp_path / "pack.pdf"
    path.write_bytes(deck_pdf(deck))
    about = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout
    assert "Tagged:          yes" in about
    assert f"Pages:           {len(deck.slides)}\n" in about
    assert "(A4)" in about
    content = path.read_bytes()
    assert b"/Outlines" in content
    assert content.count(b"/Title") == len(deck.slides) + 1, "a bookmark a slide, beside the document's own title"
    assert b"/Lang" in content
    for place, slide in enumerate(deck.slides, 1):
        run = ["pdftotext", "-f", str(place), "-l", str(place), "-layout", str(path), "-"]
        words = squeezed(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
        numbers = {part for text in said(slide) for part in text.split() if any(c.isdigit() for c in part)}
        assert [part for part in numbers if part not in words] == []
        assert squeezed(f"{place} of {len(deck.slides)}") in words


def test_the_document_runs_nothing_and_loads_nothing(deck: Deck) -> None:
    document = as_html(deck)
    assert "<script" not in document
    assert "http://" not in document.replace("http://www.w3.org/", "").replace("xmlns='http", "")
    assert "https://" not in document
    picture = next(slide for slide in deck.slides if isinstance(slide.exhibit, Steps))
    assert f'role="img" aria-label="{escape(picture.alt)}"' in document


def test_a_name_in_the_data_cannot_become_markup(view: View) -> None:
    from dataclasses import replace

    evil = "<img src=x onerror=alert(1)>"
    deck = make_deck(view)
    slide = replace(deck.slides[0], headline=evil)
    assert evil not in as_html(replace(deck, slides=(slide,)))


def test_the_command_writes_a_pack_and_writes_it_down(sample: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(sample / "editions", data / "editions")
    out = tmp_path / "pack.pptx"
    words = ["pack", "--forum", "board", "--audience", "central", "--out", str(out), "--slides", "cliff,verdict"]
    run = CliRunner().invoke(cli, [*words, "--data", str(data)])
    assert run.exit_code == 0, run.output
    assert len(Presentation(str(out)).slides) == 2
    line = json.loads((data / "packs.jsonl").read_text())
    assert (line["forum"], line["audience"], line["slides"]) == ("board", "central", ["cliff", "verdict"])
    for wrong in (["--out", "x.doc"], ["--out", "x.pdf", "--slides", "nothing"]):
        assert CliRunner().invoke(cli, ["pack", "--forum", "x", *wrong, "--data", str(data)]).exit_code == 2


def test_a_forum_never_gets_the_central_teams_numbers(sample: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(sample / "editions", data / "editions")
    for path in data.glob("editions/*/*.duckdb"):
        if path.stem != "central":
            path.unlink()
    run = CliRunner().invoke(cli, ["pack", "--forum", "board", "--out", str(tmp_path / "x.pptx"), "--data", str(data)])
    assert run.exit_code == 1
    assert not (tmp_path / "x.pptx").exists()


def test_a_hidden_number_is_hidden_in_every_form(altered: object) -> None:
    hide = "update comparisons set shown = '[c]', value = null, low = null, high = null where site = 'west_mercia'"
    data = altered([hide])
    deck = make_deck(View(Editions(data, "central").get(), Address("/present").with_(slides=",".join(SLIDES))))
    row = next(s for s in deck.slides if s.name == "cases").exhibit.rows[2]
    assert (row.shown, row.value, row.low) == ("[c]", None, None)
    show = Presentation(io.BytesIO(deck_pptx(deck)))
    place = [slide.name for slide in deck.slides].index("cases")
    assert "[c]" in words_of(show.slides[place])


@pytest.mark.parametrize(
    ("audience", "says"), [("the central team", "Central team only"), ("the forum", "Small numbers shown as ranges")]
)
def test_the_foot_says_whether_small_numbers_are_hidden(audience: str, says: str) -> None:
    deck = Deck("Drive", (), "Nov 2019", "11 Dec 2019", "", audience, "")
    assert says in [words for words, _ in deck.foot]


def test_a_pack_of_an_earlier_edition_says_on_every_slide_that_it_is_not_the_current_one(view: View) -> None:
    deck = make_deck(replace(view, is_current=False))
    slides = Presentation(io.BytesIO(deck_pptx(deck))).slides
    assert len(slides) == len(deck.slides) >= 5
    assert all(squeezed("Not the current edition") in words_of(slide) for slide in slides)
    assert as_html(deck).count("Not the current edition") == len(deck.slides)
    assert "Not the current edition" not in as_html(make_deck(view))
