"""What a child says of a file it has read and checked: numbers, states and sentences, and never what was typed."""

import json
import pickle
from datetime import date, datetime
from pathlib import Path

import pytest

from etl.definitions import REPORTED_KEYS
from etl.examine.child import answer, examine, prepare
from etl.examine.examiner import Examiner
from etl.examine.wire import from_examined, to_examined
from etl.intake import Refused
from etl.sample import write_return
from etl.sites import load_sites, read_site, standard_layout

SITES = load_sites()
RECEIVED = datetime(2019, 12, 1)
ABOUT = json.dumps(["croydon.xlsx", RECEIVED.isoformat()]).encode() + b"\n"


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    numbers = dict.fromkeys(REPORTED_KEYS, 2) | {("victims", ""): "ask Joan Smith", ("spend", "training"): 12.5}
    return write_return(SITES["croydon"], date(2019, 10, 1), numbers, tmp_path / "croydon.xlsx").read_bytes()


def test_what_is_stored_comes_through(content: bytes) -> None:
    found = examine(content, "croydon.xlsx", RECEIVED, SITES)
    with Examiner(SITES) as examiner:
        (told,) = examiner.examine_many([(content, "croydon.xlsx", RECEIVED)])
    assert not isinstance(told, Refused) and told.content and found.content
    assert [entry[:7] for entry in told.content.entries] == [entry[:7] for entry in found.content.entries]
    assert told.problems == found.problems and told.problems
    assert told.content.layout is found.content.layout
    assert (told.content.site, told.content.month) == ("croydon", date(2019, 10, 1))


def test_nothing_as_it_was_typed_leaves_the_child(content: bytes) -> None:
    message = answer(ABOUT + content, SITES)
    assert b'"refused":null' in message and b'"unreadable"' in message
    assert b"Joan" not in message and b"Smith" not in message


def test_a_refusal_keeps_its_site_and_month(content: bytes) -> None:
    early = json.dumps(["croydon.xlsx", "2019-10-09T10:00:00"]).encode() + b"\n"
    told = to_examined(answer(early + content, SITES), SITES)
    assert told.refused and told.refused.code == "month_not_ended"
    assert (told.site, told.month, told.content) == ("croydon", date(2019, 10, 1), None)


def test_an_error_of_our_own_refuses_the_file_alone(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.examine.child.read_return", lambda *_: {}["Joan Smith"])
    told = to_examined(answer(ABOUT + content, SITES), SITES)
    assert told.refused and told.refused.sentence == "The file could not be read."


@pytest.mark.parametrize(
    "lie",
    [
        ("site", "nowhere"), ("layout", 99), ("months", ["soon"]), ("sheets", []), ("state", "certain"),
        ("number", 999), ("number", -1), ("value", "ask Joan Smith"), ("value", True), ("columns", None),
    ],
)  # fmt: skip
def test_what_no_honest_child_says_is_not_believed(content: bytes, lie: tuple[str, object]) -> None:
    told = json.loads(from_examined(examine(content, "croydon.xlsx", RECEIVED, SITES), SITES))
    name, value = lie
    column = {"number": 1, "value": 2, "state": 3}.get(name)
    if column:
        told["content"]["entries"][column][0] = value
    elif name == "columns":
        told["content"]["entries"][5].pop()
    else:
        told["content"][name] = value
    with pytest.raises((ValueError, TypeError, LookupError)):
        to_examined(json.dumps(told).encode(), SITES)


def test_the_standard_layout_is_one_and_the_same_in_a_child(tmp_path: Path) -> None:
    path = tmp_path / "leeds.toml"
    path.write_text('name = "leeds"\nlabel = "Leeds"\nfirst_month = 2019-04-01\n', encoding="utf-8")
    sent = pickle.loads(pickle.dumps({"leeds": read_site(path)}))
    assert sent["leeds"].layouts[0] is standard_layout()
    assert prepare(pickle.dumps(sent))
