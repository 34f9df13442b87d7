"""The doctor: a fault is planted, and it is named with how bad it is and how to fix it; without one it finds none."""

import http.server
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashboard.__main__ import cli
from dashboard.access.audit import Audit
from dashboard.access.private_files import read_secret
from dashboard.access.users import Users
from dashboard.operations import doctor as module
from dashboard.operations.configuration import Configuration
from dashboard.operations.doctor import FINE, HEADERS, NOTE, SOON, STOP, Deployment, Finding, examine
from tests.dashboard.operations.conftest import MADE

NOW = (MADE.replace(tzinfo=UTC) + timedelta(days=3)).timestamp()
Answers = dict[str, tuple[int, dict[str, str], str]]


@pytest.fixture
def data(bare: Path) -> Path:
    """A data folder as it should be: a user, a secret, an audit log, everything written before now."""
    Users(bare).add("ann", "central", "", "four words in a row")
    read_secret(bare)
    Audit(bare, lambda: NOW).write("ann", "central team", "page", "shown")
    for path in bare.rglob("*"):
        os.utime(path, (NOW - 60, NOW - 60))
    return bare


@pytest.fixture
def answering() -> Iterator[Callable[[Answers], str]]:
    """Starts a server that gives the answers it is told, and returns its address."""
    running: list[http.server.ThreadingHTTPServer] = []

    def start(answers: Answers) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = answers[self.path]
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None: ...

        running.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=running[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{running[-1].server_port}"

    yield start
    for server in running:
        server.shutdown()


def well(**other: str) -> Answers:
    """The answers of a dashboard that is well."""
    date = datetime.fromtimestamp(NOW, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {**HEADERS, "Date": date, **{name.replace("_", "-"): value for name, value in other.items()}}
    return {"/sign-in": (200, headers, ""), "/readyz": (200, headers, json.dumps({"edition": "2026-11-01"}))}


def deployment(data: Path, environment: dict[str, str] | None = None, address: str = "", **options: Any) -> Deployment:
    usual: dict[str, Any] = {"host": "127.0.0.1", "port": 8050, "audience": "central", "behind_proxy": False}
    usual |= {"certificate": None, "key": None, "loading": True, "workers": 2, "threads": 4, "log": "problems"}
    return Deployment(
        Configuration(data, **usual | options), {"CHROMIUM": "/bin/true", **(environment or {})}, lambda: NOW, address
    )


def bad(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.severity in (STOP, SOON)]


def test_a_dashboard_that_is_well_has_nothing_to_fix(data: Path, answering: Callable[[Answers], str]) -> None:
    found = examine(deployment(data, address=answering(well())))
    assert {finding.severity for finding in found} == {FINE}
    assert [finding.what.split(" ")[-1] for finding in found if "headers" in finding.what] == ["2026-11-01."]


def chmod(name: str, mode: int) -> Callable[[Path], None]:
    return lambda data: (data / name).chmod(mode)


def spoil(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda data: (data / name).write_bytes(content) and None


PLANTED: dict[str, tuple[Callable[[Path], object], str, str, str]] = {
    "no edition": (lambda d: (d / "editions/current.json").unlink(), STOP, "There is no edition yet", "etl publish"),
    "damaged": (spoil("editions/2026-11-01/central.duckdb", b"x"), STOP, "2026-11-01 is damaged", "restore"),
    "users": (spoil("users.json", b"{"), STOP, "users.json cannot be read", "restore users.json"),
    "secret": (chmod("access/secret", 0o644), STOP, "Others on this machine can read", "chmod 600"),
    "passwords": (chmod("users.json", 0o640), SOON, "Others on this machine can read", "chmod 600"),
    "log": (chmod("audit.log", 0o604), SOON, "Others on this machine can read", "chmod 600"),
    "access": (chmod("access", 0o755), SOON, "Others on this machine can look into", "chmod 700"),
    "editions": (chmod("editions", 0o777), STOP, "Anybody on this machine can change", "chmod o-w"),
    "log cut": (spoil("audit.log", b""), SOON, "The audit log is not whole: The last lines were removed", "verify"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_named_and_alone(fault: str, data: Path, answering: Callable[[Answers], str]) -> None:
    plant, how_bad, what, mend = PLANTED[fault]
    plant(data)
    for path in data.rglob("*"):
        os.utime(path, (NOW - 60, NOW - 60))
    (finding,) = bad(examine(deployment(data, address=answering(well()))))
    assert finding.severity == how_bad and what in finding.what and mend in finding.fix


@pytest.mark.parametrize(
    ("how", "how_bad", "what"),
    [
        ({"environment": {"DASH_DEBUG": "1"}}, STOP, "DASH_DEBUG is set."),
        ({"environment": {"FLASK_DEBUG": "true"}}, STOP, "FLASK_DEBUG is set."),
        ({"environment": {"CHROMIUM": "/no/chromium"}}, SOON, "which cannot be run."),
        ({"host": "192.0.2.1"}, SOON, "Passwords cross the network in plain text."),
        ({"address": "http://127.0.0.1:9"}, SOON, "Nothing answers at http://127.0.0.1:9."),
    ],
)
def test_how_it_is_configured(
    how: dict[str, str], how_bad: str, what: str, data: Path, answering: Callable[[Answers], str]
) -> None:
    (finding,) = bad(examine(deployment(data, **{"address": answering(well()), **how})))  # type: ignore[arg-type]
    assert (finding.severity, what in finding.what) == (how_bad, True)


def test_nobody_may_come_from_elsewhere_without_users(data: Path, answering: Callable[[Answers], str]) -> None:
    (data / "users.json").unlink()
    address = answering(well())
    (here,) = [f for f in examine(deployment(data, address=address)) if "no users" in f.what]
    assert here.severity == NOTE
    for option in ({"host": "0.0.0.0"}, {"behind_proxy": True}):
        (finding,) = [f for f in examine(deployment(data, address=address, **option)) if "no users" in f.what]
        assert finding.severity == STOP


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_a_proxy_dropped_is_missed(name: str, data: Path, answering: Callable[[Answers], str]) -> None:
    answers = well()
    del answers["/sign-in"][1][name]
    (finding,) = bad(examine(deployment(data, address=answering(answers))))
    assert finding.severity == STOP and name in finding.what


def test_a_server_that_is_not_ready_says_why(data: Path, answering: Callable[[Answers], str]) -> None:
    answers = well() | {"/readyz": (503, {}, "There is no edition yet.\n")}
    (finding,) = bad(examine(deployment(data, address=answering(answers))))
    assert finding.severity == STOP and "not ready: There is no edition yet." in finding.what


@pytest.mark.parametrize(("free", "how_bad"), [(10 * 1024**2, STOP), (500 * 1024**2, SOON)])
def test_a_disk_that_is_nearly_full(
    free: int, how_bad: str, data: Path, answering: Callable[[Answers], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(data)._replace(free=free)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage)
    (finding,) = bad(examine(deployment(data, address=answering(well()))))
    assert finding.severity == how_bad and "are free on the disk" in finding.what


def test_an_edition_that_has_grown_old(data: Path) -> None:
    later = replace(deployment(data), clock=lambda: NOW + 60 * 86400)
    (finding,) = bad(examine(later))
    assert (finding.severity, finding.what) == (SOON, "The edition 2026-11-01 was made 63 days ago.")


def test_a_clock_that_was_set_back(data: Path, answering: Callable[[Answers], str]) -> None:
    earlier = replace(deployment(data, address=answering(well())), clock=lambda: NOW - 30 * 86400)
    said = [finding.what for finding in bad(examine(earlier))]
    assert len(said) == 3
    assert said[0].startswith("The edition 2026-11-01 was made in the future.")
    assert "something here was written later" in said[1]
    assert said[2] == "The server's clock and this one are 2592000 seconds apart."


def test_an_account_that_could_change_what_it_shows_is_told(data: Path) -> None:
    (finding,) = [f for f in examine(deployment(data, loading=False)) if "only has to read" in f.what]
    assert finding.severity == NOTE


def test_the_command_says_it_by_lines_and_exit_code(data: Path) -> None:
    run = CliRunner().invoke(cli, ["doctor", "--data", str(data)], env={"DASH_DEBUG": "1"})
    assert run.exit_code == 1
    assert run.stdout.splitlines()[0] == "stop  DASH_DEBUG is set. Fix: unset DASH_DEBUG"
    assert CliRunner().invoke(cli, ["doctor"], env={"DRIVE_PROT": "1"}).stdout.startswith("stop  There is no variable")
    assert CliRunner().invoke(cli, ["doctor", "--data", str(data / "no")]).exit_code == 1


def test_a_real_dashboard_is_well(data: Path) -> None:
    """The same over a wire: what the server sends is what the doctor looks for."""
    from tests.dashboard.operations.numbered import serving

    with serving(data, 1) as ((port, _),):
        now = datetime.now(UTC).timestamp()
        address = f"http://127.0.0.1:{port}"
        found = examine(replace(deployment(data, address=address), clock=lambda: now))
    (said,) = [finding for finding in found if address in finding.what]
    assert (said.severity, said.what) == (FINE, f"{address} answers with all its headers: edition 2026-11-01.")
