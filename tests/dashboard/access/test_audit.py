"""The audit log: it says who looked at what and no value, and no line can be changed, removed or moved unseen."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.audit import Audit, verify
from dashboard.access.users import Users

LINES = 12
WRITER = """
import sys, time
from pathlib import Path
from dashboard.access.audit import Audit
audit = Audit(Path(sys.argv[1]), time.time)
for number in range(int(sys.argv[2])):
    audit.write("ann", "central team", "page", "shown", page="/costs", edition=f"{number}")
"""


@pytest.fixture
def log(tmp_path: Path, clock: Any) -> Path:
    audit = Audit(tmp_path, clock)
    for number in range(LINES):
        audit.write("ann", "central team", "page", "shown", page="/costs", edition=f"2019-12-{number:02}")
    return tmp_path / "audit.log"


def lines_of(log: Path) -> list[bytes]:
    return log.read_bytes().splitlines(keepends=True)


def rechain(lines: list[bytes]) -> bytes:
    """What a forger does who knows how lines are chained."""
    from dashboard.access.audit import START, _chain

    before, out = START, b""
    for number, line in enumerate(lines, 1):
        said = {k: v for k, v in json.loads(line).items() if k not in ("before", "hash")}
        new, before = _chain({**said, "line": number}, before)
        out += new
    return out


def test_whole(log: Path) -> None:
    verdict = verify(log.parent)
    assert verdict.problems == ()
    assert verdict.end.lines == LINES
    assert log.stat().st_mode & 0o777 == 0o600
    assert (log.parent / "audit.head").stat().st_mode & 0o777 == 0o600


TAMPERED: dict[str, Callable[[list[bytes]], bytes]] = {
    "a word changed": lambda x: b"".join(x).replace(b"2019-12-05", b"2019-12-06"),
    "a name changed in the last line": lambda x: b"".join(x[:-1]) + x[-1].replace(b"ann", b"bob"),
    "a line removed": lambda x: b"".join(x[:4] + x[5:]),
    "the first line removed": lambda x: b"".join(x[1:]),
    "the last line removed": lambda x: b"".join(x[:-1]),
    "half of the lines removed": lambda x: b"".join(x[:6]),
    "every line removed": lambda x: b"",
    "two lines swapped": lambda x: b"".join([*x[:3], x[4], x[3], *x[5:]]),
    "a line twice": lambda x: b"".join([*x[:3], x[2], *x[3:]]),
    "a line made up": lambda x: b"".join(x) + x[-1].replace(b"ann", b"bob"),
    "spaces added": lambda x: b"".join(x[:-1]) + x[-1].replace(b'": "', b'":  "'),
    "cut off": lambda x: b"".join(x)[:-20],
    "no log any more": lambda x: b"\0",
    "changed and chained anew": lambda x: rechain([y.replace(b"2019-12-05", b"2019-12-06") for y in x]),
    "a line removed and chained anew": lambda x: rechain(x[:4] + x[5:]),
}


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.parametrize("goes_on", [False, True])
def test_tampering_is_found(log: Path, clock: Any, how: str, goes_on: bool) -> None:
    """Also when the dashboard has written on since: the next line must not heal what was done."""
    new = TAMPERED[how](lines_of(log))
    log.unlink() if new == b"\0" else log.write_bytes(new)
    if goes_on:
        Audit(log.parent, clock).write("cleo", "lead of Croydon", "page", "shown")
    assert verify(log.parent).problems


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_lost_head_is_found(log: Path, clock: Any, goes_on: bool) -> None:
    """Without the head, whether the last lines are there cannot be said; that stays in the log."""
    (log.parent / "audit.head").unlink()
    log.write_bytes(b"".join(lines_of(log)[:-2]))
    if goes_on:
        Audit(log.parent, clock).write("cleo", "lead of Croydon", "page", "shown")
        assert b"head lost" in log.read_bytes()
    else:
        assert verify(log.parent).problems


def test_a_new_history_is_found_by_an_anchor(log: Path, clock: Any) -> None:
    anchor = verify(log.parent).end.anchor
    Audit(log.parent, clock).write("cleo", "lead of Croydon", "page", "shown")
    assert verify(log.parent, anchor).problems == (), "an anchor stays good when lines are added"
    log.unlink()
    (log.parent / "audit.head").unlink()
    for number in range(LINES):
        Audit(log.parent, clock).write("bob", "forum", "page", "shown", edition=str(number))
    assert verify(log.parent).problems == ()
    assert verify(log.parent, anchor).problems
    assert verify(log.parent, "nonsense").problems


def test_a_process_that_dies_between_line_and_head_leaves_the_log_whole(log: Path, clock: Any) -> None:
    head = (log.parent / "audit.head").read_bytes()
    audit = Audit(log.parent, clock)
    audit.write("ann", "central team", "page", "shown")
    (log.parent / "audit.head").write_bytes(head)
    assert verify(log.parent).problems == ()
    audit.write("ann", "central team", "page", "shown")
    verdict = verify(log.parent)
    assert verdict.problems == ()
    assert verdict.end.lines == LINES + 2


def test_four_processes_write_one_chain(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), "150"]
    writers = [subprocess.Popen(command) for _ in range(4)]
    assert [writer.wait(timeout=60) for writer in writers] == [0] * 4
    verdict = verify(tmp_path)
    assert verdict.problems == ()
    assert verdict.end.lines == 600


def entries(data: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (data / "audit.log").read_text().splitlines()]


def test_what_is_written_down(reader: Any, data: Path) -> None:
    reader.client.get("/_dash-layout")
    reader.sign_in("ann", "a wrong password here")
    reader.sign_in("a password typed as a name", "x")
    reader.come_in("ann")
    reader.text("/costs", "?site=croydon&edition=2019-11-11&number=all|rolling_year|2018-12|secret-value")
    reader.text("/nobody-has-this-page/secret-value")
    reader.text("/", "?edition=secret-value")
    Users(data).set_role("ann", "forum", "")
    reader.text("/")
    reader.client.post("/sign-out", data={"csrf": reader.client.get_cookie("_csrf_token").value})
    found = [(e["who"], e["what"], e["page"], e["edition"], e["outcome"]) for e in entries(data)]
    assert found == [
        ("", "refused", "/_dash-layout", "", "401"),
        ("ann", "sign-in", "", "", "wrong name or password"),
        ("unknown name", "sign-in", "", "", "wrong name or password"),
        ("ann", "sign-in", "", "", "done"),
        ("ann", "page", "/costs", "2019-11-11 2019-12-11", "shown"),  # and what has changed since
        ("ann", "page", "another address", "2019-12-11", "shown"),
        ("ann", "page", "/", "", "no edition"),
        ("ann", "page", "/", "", "no edition"),
        ("ann", "sign-out", "", "", "done"),
    ]
    text = (data / "audit.log").read_text()
    assert "secret-value" not in text
    assert "typed as a name" not in text
    assert "site=" not in text
    assert verify(data).problems == ()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="a folder that cannot be written")
def test_open_to_this_machine_it_is_shown_all_the_same(open_data: Path) -> None:
    from dashboard.server import ask_page, make_server

    open_data.chmod(0o500)
    try:
        assert ask_page(make_server(open_data).test_client(), "/").status_code == 200
    finally:
        open_data.chmod(0o700)


def test_what_is_done_is_written_down_as_what_it_is(reader: Any, data: Path) -> None:
    """A pack is no page, and a scenario that is saved is no page view; neither name nor choices are written."""
    reader.come_in("ann")
    reader.client.get("/pack/slides.pptx?slides=verdict")
    for sent in ({"act": "save", "name": "secret-value", "query": "?areas=7"}, {"act": "delete", "id": "secret-value"}):
        assert call(reader, "saved", "sent", sent).status_code == 200
    found = [(e["what"], e["page"], e["outcome"]) for e in entries(data)][1:]
    assert found == [
        ("pack", "/pack/present", "shown"),
        ("save a scenario", "/scenario", "done"),
        ("delete a scenario", "/scenario", "not done"),
    ]
    assert "secret-value" not in (data / "audit.log").read_text()


def call(reader: Any, name: str, property_: str, value: Any) -> Any:
    """A callback on one component's property, as its page's script makes it."""
    outputs = [{"id": name, "property": one} for one in ("rows", "said", "problem", "answer")]
    return reader.client.post(
        "/_dash-update-component",
        headers={"X-CSRFToken": reader.client.get_cookie("_csrf_token").value},
        json={
            "output": "..saved.rows...saved.said...saved.problem...saved.answer..",
            "outputs": outputs,
            "inputs": [{"id": name, "property": property_, "value": value}],
            "state": [{"id": name, "property": "rows", "value": []}],
            "changedPropIds": [f"{name}.{property_}"],
        },
    )
