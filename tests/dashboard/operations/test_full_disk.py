"""A disk on which the audit log has no room: nothing is shown, and the reader is told so in words that can be read."""

import gzip
import os
import sqlite3
from pathlib import Path

import pytest

from dashboard.access import audit
from dashboard.access.audit import Audit, verify
from dashboard.access.sessions import Sessions
from dashboard.access.settings import Settings
from dashboard.access.users import Users
from dashboard.server import ask_page, make_server

TOLD = "The audit log cannot be written, so nothing is done. Tell whoever runs this server.\n"


def test_the_sentence_comes_in_place_of_a_page_that_was_kept_compressed(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Users(bare).add("ann", "central", "", "four words in a row")
    client = make_server(bare, settings=Settings(bare)).test_client()
    client.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip"
    form = gzip.decompress(client.get("/sign-in").get_data()).decode().split('name="csrf" value="')[1].split('"')[0]
    client.post("/sign-in", data={"csrf": form, "name": "ann", "password": "four words in a row", "next": ""})
    client.get("/")
    for _ in range(2):
        answer = ask_page(client, "/")
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Audit, "write", full)
    answer = ask_page(client, "/")
    assert answer.status_code == 503
    assert "Content-Encoding" not in answer.headers
    assert answer.get_data(as_text=True) == TOLD


def test_a_line_for_which_there_was_only_half_the_room_is_taken_back(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, write = Audit(bare, lambda: 1_800_000_000.0), os.write
    log.write("ann", "central team", "page", "shown")
    monkeypatch.setattr(audit.os, "write", lambda handle, line: write(handle, line[: len(line) // 2]))
    with pytest.raises(OSError, match="No space left"):
        log.write("ann", "central team", "page", "shown")
    monkeypatch.undo()
    log.write("ann", "central team", "page", "shown")
    assert verify(bare).problems == () and verify(bare).end.lines == 2


def test_sessions_that_cannot_be_looked_up_are_a_sentence(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Users(bare).add("ann", "central", "", "four words in a row")
    client = make_server(bare, settings=Settings(bare)).test_client()
    form = client.get("/sign-in").get_data(as_text=True).split('name="csrf" value="')[1].split('"')[0]
    client.post("/sign-in", data={"csrf": form, "name": "ann", "password": "four words in a row", "next": ""})

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Sessions, "find", full)
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.get_data(as_text=True).startswith("Who is signed in cannot be looked up just now.")
