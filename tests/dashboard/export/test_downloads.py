"""Downloads: the same numbers as the screen's, from the edition of the one who asks, and nothing that runs."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from trees import kind

from dashboard.app import built, draw_page, look, page_at
from dashboard.data.address import read
from dashboard.data.edition import Edition, Editions
from dashboard.data.printed import safe
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.html import every
from dashboard.elements.tables import heard, hidden, link, tag
from dashboard.export.exhibits import Cell, Exhibit, Number, exhibits, make_cell
from dashboard.export.spreadsheet import About, as_csv, number_format, table_csv, table_xlsx, tidy
from dashboard.server import ask_page, make_server
from etl.definitions import messages
from etl.definitions.messages import _
from etl.definitions.writing import pounds
from etl.provenance import address_in, tell

PAGES = ("/", "/caseload", "/costs", "/funding", "/readiness", "/scenario", "/returns", "/site/croydon", "/methods")
DEVIL = '=HYPERLINK("http://elsewhere.example","x")'
ABOUT = About("Costs", "?", "", "Sites: All four", "Nov 2019", "11 Dec 2019", "the forum", "/costs")


@pytest.fixture(scope="module")
def client(sample: Path) -> FlaskClient:
    return make_server(sample).test_client()


def view_of(data: Path, path: str, search: str = "") -> View:
    editions = Editions(data, "central")
    return look(editions, read(path, search), editions.current_name())


def all_of(view: View) -> list[Exhibit]:
    page = page_at(view.address.path)
    assert page is not None
    return exhibits(view, built(page, view))


def lines(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "a spreadsheet would take the pound sign for two letters"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("path", PAGES)
def test_every_table_of_a_page_has_both_links_and_both_answer(path: str, sample: Path, client: FlaskClient) -> None:
    view = view_of(sample, path)
    page = page_at(path)
    assert page is not None
    content = built(page, view)
    links = [p for part in content.body for p in every(part) if kind(p) == "A" and getattr(p, "download", None)]
    wanted = [f"{entry.name}.{end}" for entry in exhibits(view, content) for end in ("csv", "xlsx")]
    hrefs = [link.href for link in links if link.href.startswith("/download/")]
    assert sorted(href.partition("?")[0].rpartition("/")[2] for href in hrefs) == sorted(wanted)
    assert len(set(wanted)) == len(wanted) > 0
    for href in hrefs:
        answer = client.get(href)
        assert answer.status_code == 200, href
        assert answer.headers["Cache-Control"] == "no-store"
        assert view.edition.name in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("path", PAGES)
def test_every_number_of_a_page_is_in_its_package_as_shown_and_in_full(
    path: str, sample: Path, client: FlaskClient, edition: Edition
) -> None:
    text = ask_page(client, path).get_json()["response"]["frame"]["tree"]
    seen = sorted(set(linked(text)))
    name = path.strip("/") or "overview"
    files = zipfile.ZipFile(io.BytesIO(client.get(f"/download/{name}/page.zip").data))
    table = next(file for file in files.namelist() if file.endswith(".csv"))
    rows = lines(files.read(table))
    had = {(row["number"], row["shown"]) for row in rows}
    words = "\n".join(row["cell"] + row["shown"] + row["row"] for row in rows)
    missing = [entry for entry in seen if entry not in had and entry[1] not in words]
    assert missing == []
    results = [row for row in rows if row["period"] and row["value"]]
    for row in results:
        site, period, starts, measure, beside = [*row["number"].split("|"), ""][:5]
        if beside:  # an end of an interval, a share: the story of its code says the same
            story = tell(edition, address_in(row["code"], edition))
            assert story is not None, row
            assert story.shown.lower() == row["shown"].lower(), row
            continue
        found = edition.rows(
            "results", "site=? and period=? and starts=? and measure=?", (site, period, starts, measure)
        )
        assert (float(row["value"]), row["shown"]) == (found[0].value, found[0].shown), row


def linked(tree: Any) -> list[tuple[str, str]]:
    """The numbers in tables of an answer of the server, with their keys; read from what goes over the wire."""
    found: list[tuple[str, str]] = []

    def walk(part: Any, inside: bool) -> None:
        if isinstance(part, list):
            for child in part:
                walk(child, inside)
        elif isinstance(part, dict) and "props" in part:
            props = part["props"]
            if inside and props.get("data-number") and isinstance(props.get("children"), str):
                found.append((props["data-number"], props["children"]))
            walk(props.get("children"), inside or part["type"] == "Tbody")

    walk(tree, False)
    return found


def test_a_package_says_what_it_holds_in_both_languages_of_packages(client: FlaskClient) -> None:
    answer = client.get("/download/costs/page.zip?site=croydon,south_wales&per=completed_case")
    files = zipfile.ZipFile(io.BytesIO(answer.data))
    table = next(file for file in files.namelist() if file.endswith(".csv"))
    head = next(csv.reader(io.StringIO(files.read(table).decode("utf-8-sig"))))
    package = json.loads(files.read("datapackage.json"))
    fields = [field["name"] for field in package["resources"][0]["schema"]["fields"]]
    on_the_web = json.loads(files.read(f"{table}-metadata.json"))
    columns = [column["name"] for column in on_the_web["tableSchema"]["columns"]]
    assert head == fields == columns
    assert package["resources"][0]["path"] == on_the_web["url"] == table
    assert package["resources"][0]["bytes"] == len(files.read(table))
    assert "Sites: Croydon and S Wales" in package["drive"]["Chosen"]
    assert "Per: Completed" in package["drive"]["Chosen"]
    assert package["drive"]["Address"].startswith("/costs?site=croydon,south_wales&per=completed_case&edition=")
    assert {"Data to", "Edition", "For"} <= set(package["drive"])
    assert all(
        marker in files.read("datapackage.json").decode() for marker in ("[c]", "[x]", "[z]", "[p]", "[r]", "[q]")
    )


def test_a_download_obeys_the_choices_in_its_address(client: FlaskClient) -> None:
    one = lines(client.get("/download/costs/year-table.csv?site=south_wales").data)
    assert [row["Site"] for row in one] == ["South Wales"]
    assert one[0]["About: chosen"].startswith("Sites: South Wales")
    assert len(lines(client.get("/download/costs/year-table.csv").data)) == 4


def test_a_workbook_reads_back_as_the_screen_shows_it(sample: Path) -> None:
    for path in PAGES:
        for exhibit in all_of(view_of(sample, path)):
            book = openpyxl.load_workbook(io.BytesIO(table_xlsx(exhibit, ABOUT)))
            rows = list(book["Table"].iter_rows(min_row=2))
            assert len(rows) == len(exhibit.rows)
            for line, row in zip(exhibit.rows, rows, strict=True):
                for cell, written in zip(line, row, strict=True):
                    assert written.data_type != "f"
                    if cell.only is None or cell.only.value is None:
                        assert (written.value or "") == cell.text
                    else:
                        assert isinstance(written.value, (int, float)), (path, exhibit.name, cell)
                        assert as_excel_shows(written.value, written.number_format) == cell.text
            assert [book["About"].cell(y, 1).value for y in range(2, 9)] == [
                "Page", "Exhibit", "Subtitle", "Chosen", "Data to", "Edition", "For",
            ]  # fmt: skip


def as_excel_shows(value: float, style: str) -> str:
    """What a spreadsheet prints of a value, by the formats that are used here."""
    from decimal import ROUND_HALF_UP, Decimal

    positive, negative, _ = style.split(";")
    body = negative[3:] if value < 0 else positive
    percent, pounds = body.endswith("%"), "£" in body
    digits = len(body.rstrip("%").partition(".")[2])
    exact = abs(Decimal(repr(float(value)))) * (100 if percent else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{rounded:,.{digits}f}" if "," in body else f"{rounded:.{digits}f}"
    sign = negative[1] if value < 0 else "+" if positive.startswith("+") else ""
    return f"{sign}{'£' if pounds else ''}{text}{'%' if percent else ''}"


@pytest.mark.parametrize("text", (DEVIL, "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", "\n@x", "＝1+1"))
def test_text_that_would_run_is_made_harmless(text: str) -> None:
    exhibit = Exhibit("x", text, text, text, text, ("Site", text), ((Cell(text), Cell(text)),))
    for row in csv.reader(io.StringIO(table_csv(exhibit, ABOUT).decode("utf-8-sig"), newline="")):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r\n＝") or cell.lstrip()[:1] in tuple("=+-@")]
    book = openpyxl.load_workbook(io.BytesIO(table_xlsx(exhibit, ABOUT)))
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f"
            if cell.value == text and cell.row > 1:
                assert cell.quotePrefix, "typing Enter in the cell would run it"


@pytest.mark.parametrize("text", ("−£28", "-28", "+£728", "£1,234", "63%", "0"))
def test_what_prints_a_number_stays_a_number(text: str) -> None:
    assert safe(text) == text
    row = next(csv.reader(io.StringIO(as_csv([["x", text]]).decode("utf-8-sig"), newline="")))
    assert row == ["x", text]


def test_a_devil_in_the_data_reaches_no_file_alive(altered: Callable[..., Path]) -> None:
    data = altered([f"update agreements set source = '{DEVIL}', made_up = false", f"update sites set label='{DEVIL}'"])
    client = make_server(data).test_client()
    for href in ("/download/funding/agreements.csv", "/download/costs/unit-cost.csv"):
        content = client.get(href).data
        assert b"HYPERLINK" in content
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            assert not [cell for cell in row if cell.startswith("=")]


def test_a_hidden_number_is_marked_and_nowhere_told(altered: Callable[..., Path]) -> None:
    hide = "update results set shown = '[c]' where measure = 'new_cases' and site = 'west_mercia'"
    client = make_server(altered([hide])).test_client()  # the value is left in the file on purpose
    page = "/download/site/west_mercia/measures"
    row = next(r for r in lines(client.get(f"{page}.csv").data) if r["Measure"] == "New cases")
    assert (row["Number"], row["Number (marker)"], row["Number (value)"]) == ("[c]", "[c]", "")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{page}.xlsx").data))
    written = list(book["Numbers"].iter_rows(values_only=True))
    line = next(row for row in written if row[1:3] == ("New cases", "Number"))
    assert line[3:6] == ("[c]", None, "[c]")


def test_markers_tell_gaps_provisional_and_revised_numbers(sample: Path) -> None:
    marks = {n[5] for path in ("/caseload", "/funding") for n in tidy(all_of(view_of(sample, path)))}
    assert "[x]" in marks
    year = tidy(all_of(view_of(sample, "/caseload", "?period=year&to=2020-03")))
    assert any("[p]" in row[5] and row[4] is not None for row in year), "the year has not ended"
    assert any("[r]" in row[5] for row in year), "the sample has revised returns in the year"
    assert any(row[5] == "[z]" for row in tidy(all_of(view_of(sample, "/site/croydon"))))
    asked = {row[6] for row in tidy(all_of(view_of(sample, "/caseload"))) if "[q]" in row[5]}
    assert asked == {"west_midlands", "all"}, "how many the West Midlands accepted in January is under query"


def test_a_format_that_would_print_another_number_is_not_used() -> None:
    assert number_format("£2,880", 2880.38) != ""
    assert number_format("£2,880", 2881.0) == ""
    assert number_format("63%", 0.634) != ""
    assert number_format("63%", 0.64) == ""
    assert Cell("12 of 12", (Number("12", 12),)).only is None


def test_what_is_not_there_is_refused_in_a_sentence(client: FlaskClient) -> None:
    for href in (
        "nowhere/x.csv",
        "costs/nothing.csv",
        "costs/unit-cost.exe",
        "page.zip",
        "costs/unit-cost",
        "costs/../x",
    ):
        assert client.get(f"/download/{href}").status_code == 404
    answer = client.get("/download/costs/unit-cost.csv?edition=1999-01-01")
    assert answer.status_code == 404
    assert "There is no edition" in answer.get_data(as_text=True)


def test_each_table_of_a_card_has_links_with_a_name_of_its_own(sample: Path) -> None:
    page = page_at("/caseload")
    assert page is not None
    content = built(page, view_of(sample, "/caseload"))
    names = [
        vars(part)["aria-label"]
        for whole in content.body
        for part in every(whole)
        if kind(part) == "A" and "download" in vars(part)
    ]
    assert len(names) == len(set(names)) >= 20
    assert [name for name in names if name.startswith("CSV: Events marked by a letter on the chart, ")]


def test_a_cell_is_written_from_what_its_parts_carry(sample: Path) -> None:
    view = view_of(sample, "/")
    address = "croydon|rolling_year|2018-12-01|new_cases"
    cell = make_cell(view, html.Div(["of ", link(view, address, "113", "New cases"), html.Small(hidden())]))
    assert cell.text == "of 113; [c]"
    assert [(n.shown, n.marker, n.key) for n in cell.numbers] == [("113", "", address), ("[c]", "[c]", "")]
    in_sentence = make_cell(view, _("{number} people", number=messages.Number("113", address, "New cases")))
    assert (in_sentence.text, [n.value for n in in_sentence.numbers]) == ("113 people", [113.0])
    assert make_cell(view, html.Span(pounds(1234.4))).only == Number("£1,234", 1234.0)
    assert make_cell(view, html.Span("1,234")).only is None, "a text is never read back as a number"
    assert make_cell(view, [tag("unknown"), heard("not seen")]) == Cell(
        "Not known", (Number("Not known", None, "[x]"),)
    )


def test_the_source_of_a_card_is_said_of_each_of_its_tables(sample: Path) -> None:
    found = {entry.name: entry.source for entry in all_of(view_of(sample, "/caseload"))}
    assert found["control"] == found["control-2"] != ""


def test_what_a_page_holds_in_files_is_the_same_once_it_was_drawn(sample: Path) -> None:
    for path in PAGES:
        view = view_of(sample, path)
        before = tidy(all_of(view))
        draw_page(view)
        assert tidy(all_of(view)) == before, path
