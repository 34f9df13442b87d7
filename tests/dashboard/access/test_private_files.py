"""Kept answers: the same for a whole audience, with nobody's name in them, and never past the gate."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dashboard.access.users import Users
from dashboard.response_cache import Answers, Kept

CENTRE, CROYDON = "Canary of the centre", "Canary of Croydon"
PASSWORD = "four words in a row"
Another = Callable[..., Any]


@pytest.fixture
def amy(data: Path) -> str:
    """A second user of the central team."""
    Users(data).add("amy", "central", "", PASSWORD)
    return "amy"


def test_an_audience_shares_an_answer_in_which_nobody_is_named(another: Another, amy: str) -> None:
    ann, second = another().come_in("ann"), another().come_in(amy)
    answers = [ann.see("/costs").get_data(), second.see("/costs").get_data(), ann.see("/costs").get_data()]
    assert answers[0] == answers[1] == answers[2]
    tokens = [reader.client.get_cookie("_csrf_token").value for reader in (ann, second)]
    assert tokens[0] != tokens[1]
    for private in (*tokens, "ann,", "amy", "Sign out"):
        assert private.encode() not in answers[0]


def test_the_document_says_who_looks(another: Another, amy: str) -> None:
    for name in ("ann", amy):
        document = another().come_in(name).client.get("/costs")
        assert f"Signed in as {name}, central team." in document.get_data(as_text=True)
        assert document.headers["Cache-Control"] == "no-store"


def test_no_answer_crosses_from_one_audience_to_another(another: Another) -> None:
    ann, cleo = another().come_in("ann"), another().come_in("cleo")
    for _ in range(3):
        for reader, mine in ((ann, CENTRE), (cleo, CROYDON)):
            said = reader.text("/")
            assert [canary for canary in (CENTRE, CROYDON) if canary in said] == [mine]


def test_what_is_kept_lies_behind_the_gate(another: Another) -> None:
    ann, stranger = another().come_in("ann"), another()
    ann.text("/")
    assert stranger.see("/").status_code == 401
    ann.client.set_cookie("_csrf_token", "forged")
    assert ann.see("/").status_code == 403


def test_a_kept_answer_has_the_headers_of_the_first_and_is_written_down(another: Another, data: Path) -> None:
    ann = another().come_in("ann")
    before = len((data / "audit.log").read_text().splitlines())
    first, kept = ann.see("/costs"), ann.see("/costs")
    own = ("X-Request-Id", "Set-Cookie")
    assert [h for h in first.headers if h[0] not in own] == [h for h in kept.headers if h[0] not in own]
    assert kept.headers["Cache-Control"] == "no-store"
    lines = [json.loads(line) for line in (data / "audit.log").read_text().splitlines()[before:]]
    assert [(line["who"], line["page"], line["outcome"]) for line in lines] == [("ann", "/costs", "shown")] * 2


def test_each_reader_gets_an_encoding_that_they_take(another: Another) -> None:
    ann = another().come_in("ann")
    plain = ann.see("/costs")
    ann.client.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip"
    packed = [ann.see("/costs") for _ in range(2)]
    del ann.client.environ_base["HTTP_ACCEPT_ENCODING"]
    assert "Content-Encoding" not in plain.headers
    assert {answer.headers["Content-Encoding"] for answer in packed} == {"gzip"}
    assert ann.see("/costs").get_data() == plain.get_data()


def test_a_new_edition_is_seen_at_the_next_request(another: Another, data: Path) -> None:
    pointer = data / "editions" / "current.json"
    now = pointer.read_text()
    ann = another().come_in("ann")
    assert "11 Dec 2019" in ann.text("/costs")
    pointer.write_text(json.dumps({"edition": "2019-11-11"}))
    assert "11 Nov 2019" in ann.text("/costs")
    pointer.write_text(now)
    assert "11 Dec 2019" in ann.text("/costs")


@pytest.mark.parametrize("said", [None, [], "x", {"inputs": 3}, {"output": ["panel.children"], "inputs": [[]]}])
def test_what_is_no_question_of_ours_is_left_to_dash(server: Flask, another: Another, said: Any) -> None:
    ann = another().come_in("ann")
    headers = {"X-CSRFToken": ann.client.get_cookie("_csrf_token").value}
    answer = ann.client.post(
        "/_dash-update-component", data=json.dumps(said), headers=headers | {"Content-Type": "application/json"}
    )
    assert answer.status_code >= 400
    assert "Traceback" not in answer.get_data(as_text=True)


def kept(size: int) -> Kept:
    return Kept(b"x" * size)


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    answers = Answers(most=10)
    for name in "abc":
        answers.keep((name,), kept(4))
        answers.find(("a",))
    assert [name for name in "abc" if answers.find((name,))] == ["a", "c"]


def test_an_answer_that_alone_is_too_much_is_not_kept_and_puts_no_other_out() -> None:
    answers = Answers(most=10)
    answers.keep(("a",), kept(4))
    answers.keep(("b",), kept(11))
    assert answers.find(("a",)) and not answers.find(("b",))


def test_an_audience_s_answers_are_dropped_when_its_editions_change() -> None:
    answers = Answers()
    answers.note("forum", ("one",))
    answers.note("central", ("one",))
    for audience in ("forum", "central"):
        answers.keep((audience, 1), kept(1))
    answers.note("forum", ("one",))
    assert answers.find(("forum", 1))
    answers.note("forum", ("two",))
    assert not answers.find(("forum", 1))
    assert answers.find(("central", 1))
