"""The log: a JSON object a line that finds a request again, and says nothing that somebody typed."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from dashboard import app
from dashboard.access.settings import Settings
from dashboard.access.users import Users
from dashboard.operations.logs import LOG, Lines, hashed, log_config
from dashboard.server import COOKIE, HEADER, ask_page, make_server

Said = list[dict[str, Any]]


@pytest.fixture
def said() -> Iterator[Said]:
    """The lines that are written, read back."""
    lines: Said = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = Lines().format(record)
            assert "\n" not in text
            lines.append(json.loads(text))

    keep, level = Keep(), LOG.level
    LOG.addHandler(keep)
    LOG.setLevel(logging.INFO)
    yield lines
    LOG.removeHandler(keep)
    LOG.setLevel(level)


@pytest.fixture
def server(bare: Path) -> Flask:
    return make_server(bare, settings=Settings(bare, open_as="central"))


def test_a_line_says_what_was_asked_and_how_it_went(server: Flask, said: Said) -> None:
    client = server.test_client()
    answer = client.get("/costs?site=typed-by-hand")
    (line,) = said
    assert set(line) == {
        *("when", "level", "from", "what", "id", "method", "route", "page", "status", "ms", "role", "audience", "who")
    }
    assert (line["method"], line["route"], line["status"], line["role"]) == ("GET", "/<path:path>", 200, "central")
    assert line["id"] == answer.headers["X-Request-Id"]
    assert line["ms"] >= 0 and datetime.fromisoformat(line["when"]).tzinfo


def test_a_page_is_named_and_nothing_typed_is(server: Flask, said: Said) -> None:
    client = server.test_client()
    client.get("/")
    assert ask_page(client, "/site/typed-by-hand", "?period=typed-by-hand").status_code == 200
    client.get("/download/typed-by-hand/typed-by-hand.csv?site=typed-by-hand")
    client.get("/_typed-by-hand")
    client.open("/typed-by-hand", method="TYPED-BY-HAND")
    assert said[1]["page"] == "/site"
    assert len(said) == 5
    text = json.dumps(said)
    assert "typed-by-hand" not in text and "Canary" not in text


def test_who_asked_is_a_word_that_only_the_secret_can_tell(bare: Path, said: Said) -> None:
    Users(bare).add("quentin", "central", "", "four words in a row")
    server = make_server(bare, settings=Settings(bare))
    said.clear()
    client = server.test_client()
    form = client.get("/sign-in").get_data(as_text=True).split('name="csrf" value="')[1].split('"')[0]
    client.post("/sign-in", data={"csrf": form, "name": "quentin", "password": "four words in a row", "next": ""})
    client.get("/")
    assert [line["role"] for line in said] == ["stranger", "stranger", "central"]
    assert [line["who"] for line in said] == ["", "", hashed("quentin", server.secret_key)]
    assert hashed("quentin", server.secret_key) != hashed("quentin", b"another secret")
    assert "quentin" not in json.dumps(said) and "four words" not in json.dumps(said)


def test_an_error_is_found_by_the_number_that_the_reader_sees(server: Flask, said: Said) -> None:
    def fails() -> None:
        raise KeyError("typed-by-hand")

    server.view_functions["healthz"] = fails
    answer = server.test_client().get("/healthz")
    words = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert words == f"This cannot be shown: something went wrong here. The log says what, under {said[0]['id']}.\n"
    assert (said[0]["level"], said[0]["error"], said[1]["status"]) == ("error", "KeyError", 500)
    assert said[0]["id"] == said[1]["id"] == answer.headers["X-Request-Id"]
    assert "typed-by-hand" not in json.dumps(said)
    assert any("test_logs.py" in step for step in said[0]["way"])


def test_a_page_that_cannot_be_drawn_says_so_in_its_frame(
    sample: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(view: object) -> None:
        raise KeyError("of-an-edition")

    client = make_server(sample).test_client()
    monkeypatch.setattr(app, "frame", fails)
    said.clear()
    answer = ask_page(client, "/costs", "?site=croydon")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "This page cannot be shown" in text and f"The log says what, under {said[0]['id']}." in text
    assert "of-an-edition" not in text + json.dumps(said)
    assert [line["error"] for line in said if line["level"] == "error"] == ["KeyError"]
    monkeypatch.undo()
    again = ask_page(client, "/costs", "?site=croydon")
    assert "This page cannot be shown" not in again.get_data(as_text=True), "it was kept"


def test_a_panel_that_cannot_be_drawn_says_so(sample: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(view: object) -> None:
        raise KeyError("of-an-edition")

    client = make_server(sample).test_client()
    client.get("/")
    monkeypatch.setattr(app.panel, "build", fails)
    asked = {"pathname": "/costs", "search": "?number=croydon|month|2019-10-01|new_cases"}
    inputs = [{"id": "address", "property": name, "value": value} for name, value in asked.items()]
    answer = client.post(
        "/_dash-update-component",
        headers={HEADER: token.value} if (token := client.get_cookie(COOKIE)) else {},
        json={
            "output": "panel.children",
            "outputs": {"id": "panel", "property": "children"},
            "inputs": inputs,
            "changedPropIds": ["address.search"],
        },
    )
    assert answer.status_code == 200
    assert "Where this number comes from cannot be shown" in answer.get_data(as_text=True)
    assert "KeyError" in {line.get("error") for line in said}


def test_only_problems_are_told_unless_requests_are_asked_for(server: Flask, said: Said) -> None:
    LOG.setLevel(log_config(requests=False)["loggers"]["dashboard"]["level"])
    server.test_client().get("/healthz")
    assert said == []
    server.view_functions["healthz"] = lambda: g.no_such_thing
    server.test_client().get("/healthz")
    assert [line["level"] for line in said] == ["error", "warning"]


@pytest.mark.parametrize(
    ("behind", "given", "kept"), [(True, "a1b2c3d4-e5", True), (True, "a b", False), (False, "a1b2c3d4", False)]
)
def test_the_number_of_a_proxy_is_kept_if_it_is_one(
    bare: Path, said: Said, behind: bool, given: str, kept: bool
) -> None:
    client = make_server(bare, settings=Settings(bare, behind_proxy=behind)).test_client()
    said.clear()
    answer = client.get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) == kept
    assert said[0]["id"] == answer.headers["X-Request-Id"]
