"""Tests for the returns page and for what comes in there: tried by those who may, loaded by the central team only."""

import re
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from dashboard.access.settings import Settings
from dashboard.server import make_server
from dashboard.upload import commands
from dashboard.upload.form import SWITCHED_OFF, Giver, Result, write_form, write_page
from dashboard.upload.in_memory import safe_name
from etl.definitions.periods import write_month
from etl.definitions.settings import RETURN_BYTES
from etl.sample import plan_returns, write_returns

NHS_NUMBER = "943 476 5919"  # the example number of the NHS: its check digit is right
MONTH = date(2019, 3, 1)


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of made-up returns."""
    folder = tmp_path_factory.mktemp("returns")
    list(write_returns(folder, plan_returns(4, MONTH, MONTH, 1)))
    return folder


@pytest.fixture(scope="module")
def workbook(returns: Path) -> Path:
    """Croydon's return for the month."""
    return next(returns.rglob("Croydon*.xlsx"))


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    """The server on a folder without editions or users: this machine is the central team."""
    return make_server(tmp_path)


def as_role(tmp_path: Path, audience: str) -> Any:
    return make_server(tmp_path, audience).test_client()


def give(client: Any, content: bytes, name: str, path: str = "/returns/try", **fields: str) -> Any:
    return client.post(path, data={**fields, "file": (BytesIO(content), name)}, content_type="multipart/form-data")


def said(answer: Any) -> str:
    """The result on the page, without its tags."""
    html = answer.get_data(as_text=True)
    found = re.search(r'id="result".*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[0] if found else "").split())


def test_a_clean_return_has_no_problem_and_nothing_is_stored(server: Flask, workbook: Path, tmp_path: Path) -> None:
    answer = give(server.test_client(), workbook.read_bytes(), workbook.name)
    assert answer.status_code == 200
    assert "No problem was found" in said(answer)
    assert f"Croydon for {write_month(MONTH, long=True)}" in said(answer)
    assert not list(tmp_path.rglob("*.duckdb"))


def test_a_cell_is_named_with_what_is_wrong_and_how_to_mend_it(server: Flask, workbook: Path) -> None:
    text = said(give(server.test_client(), spoilt(workbook), workbook.name))
    assert "One thing to look at" in text
    assert "tbc" in text and "Type the amount" in text and re.search(r"\w!D\d+|\w!B\d+|![A-Z]\d+", text)


def spoilt(path: Path) -> bytes:
    """A workbook in which an amount of money says tbc."""
    book = load_workbook(path)
    sheet = book["Money"]
    cell = next(c for row in sheet.iter_rows() for c in row if isinstance(c.value, float | int) and c.row > 4)
    cell.value = "tbc"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_marked_workbook_comes_back(server: Flask, workbook: Path) -> None:
    answer = give(server.test_client(), spoilt(workbook), workbook.name, answer="workbook")
    assert answer.mimetype.endswith("sheet") and "attachment" in answer.headers["Content-Disposition"]
    assert load_workbook(BytesIO(answer.data)).sheetnames[0] == "To mend"


def test_personal_data_is_refused_and_never_repeated(server: Flask, workbook: Path) -> None:
    book = load_workbook(workbook)
    book["Money"]["H30"] = NHS_NUMBER
    out = BytesIO()
    book.save(out)
    answer = give(server.test_client(), out.getvalue(), workbook.name)
    assert "would be refused" in said(answer) and "NHS number" in said(answer)
    assert NHS_NUMBER not in answer.get_data(as_text=True)


@pytest.mark.parametrize("content", (b"\xd0\xcf\x11\xe0" + b"x" * 600, b"", b"PK\x03\x04 broken", b"a,b\n1,2\n"))
def test_a_file_that_is_no_return_gets_a_sentence(server: Flask, content: bytes) -> None:
    answer = give(server.test_client(), content, "x.xlsx")
    assert answer.status_code == 200 and "would be refused" in said(answer) and "Traceback" not in said(answer)


def test_no_file_and_a_large_file_get_a_sentence(server: Flask) -> None:
    client = server.test_client()
    assert "Choose a file first" in said(client.post("/returns/try", data={}, content_type="multipart/form-data"))
    answer = give(client, b"x" * (RETURN_BYTES + 100_000), "x.xlsx")
    assert answer.status_code == 413 and "5 MB" in answer.get_data(as_text=True)
    assert "5 MB" in said(give(client, b"x" * (RETURN_BYTES + 1), "x.xlsx"))


def test_no_temporary_file_is_made(
    server: Flask, workbook: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    assert "No problem" in said(give(server.test_client(), workbook.read_bytes(), workbook.name))


def test_a_lead_tries_the_returns_of_the_own_site_only(tmp_path: Path, workbook: Path, returns: Path) -> None:
    client = as_role(tmp_path, "croydon")
    assert "No problem was found" in said(give(client, workbook.read_bytes(), workbook.name))
    other = next(returns.rglob("WM_*.csv"))
    answer = give(client, other.read_bytes(), other.name)
    assert answer.status_code == 403
    assert said(answer).endswith("This is the return of another site. You can try those of Croydon.")
    assert "Load it" not in client.get("/returns/try").get_data(as_text=True)
    assert give(client, workbook.read_bytes(), workbook.name, "/returns/load", sure="yes").status_code == 403


def test_the_forum_tries_none(tmp_path: Path, workbook: Path) -> None:
    client = as_role(tmp_path, "forum")
    assert client.get("/returns/try").status_code == 403
    assert give(client, workbook.read_bytes(), workbook.name).status_code == 403


def test_another_site_cannot_send_a_file(server: Flask, workbook: Path) -> None:
    data = {"file": (BytesIO(workbook.read_bytes()), workbook.name), "sure": "yes"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/returns/try", "/returns/load", "/returns/publish"):
        answer = server.test_client().post(path, data=dict(data) if "try" in path else {}, headers=headers)
        assert answer.status_code == 403


def test_a_return_is_loaded_once_somebody_means_it(server: Flask, workbook: Path, tmp_path: Path) -> None:
    client, content = server.test_client(), workbook.read_bytes()
    assert "Nothing was loaded" in said(give(client, content, workbook.name, "/returns/load"))
    assert not (tmp_path / "warehouse.duckdb").exists()
    answer = give(client, content, workbook.name, "/returns/load", sure="yes")
    assert said(answer).startswith('id="result"') or "Loaded" in said(answer)
    assert "Loaded" in said(answer) and "Publish a new edition" in said(answer)
    assert (tmp_path / "warehouse.duckdb").exists()
    assert "loaded before" in said(give(client, content, workbook.name, "/returns/load", sure="yes"))
    log = (tmp_path / "audit.log").read_text()
    assert "load a return" in log and "begun" in log and "accepted" in log and workbook.name not in log


def test_a_load_that_is_busy_says_so(server: Flask, workbook: Path, tmp_path: Path) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / "load.lock"):
        answer = give(server.test_client(), workbook.read_bytes(), workbook.name, "/returns/load", sure="yes")
    assert answer.status_code == 503 and "Another load is running" in said(answer)


def test_publishing_says_how_it_came_out(server: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = []
    monkeypatch.setattr(commands, "publish", lambda data, note: notes.append(note) or "Edition 2019-12-11 is made.")
    answer = server.test_client().post("/returns/publish", data={"note": " Why  not "})
    assert "Edition 2019-12-11 is made." in said(answer) and notes == ["Why not"]


def test_nothing_to_publish_is_a_sentence(server: Flask) -> None:
    answer = server.test_client().post("/returns/publish", data={"note": "--help"})
    assert answer.status_code == 500 and "Nothing has been loaded yet" in said(answer)


def test_where_people_sign_in_loading_has_to_be_switched_on() -> None:
    assert SWITCHED_OFF in write_form(Giver("central"))
    assert "Load it" in write_form(Giver("central", loading=True))
    assert "Load it" not in write_form(Giver("lead", "Croydon", True))
    assert Settings(Path("data")).loading is False


def test_texts_of_a_file_are_never_markup() -> None:
    html = write_page(Result("<script>x</script>", ["<b>"]), Giver("central"), ())
    assert "<script>x" not in html and "<b>" not in html


@pytest.mark.parametrize(
    ("name", "safe"),
    (
        ("Croydon Drive return 2019-10.xlsx", "Croydon Drive return 2019-10.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\return.csv", "return.csv"),
        ("-rf;$(x)\n.csv", "rf__(x)_.csv"),
        ("..", "return"),
        ("", "return"),
    ),
)
def test_a_name_is_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name) == safe
