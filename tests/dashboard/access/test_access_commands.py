"""The commands: no password is a word of theirs, and the dashboard does not open to others by mistake."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from dashboard import __main__

PASSWORD = "four words in a row"


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is served here: a command that gets as far fails its test."""
    monkeypatch.setattr(__main__, "run", lambda *given: pytest.fail("it would serve"))
    for name in [name for name in os.environ if name.startswith("DRIVE_")]:
        monkeypatch.delenv(name)


def dashboard(*words: str, given: str = "", **environment: str) -> SimpleNamespace:
    """Runs a command of the dashboard to its end."""
    done = CliRunner().invoke(__main__.cli, words, input=given, env=environment)
    return SimpleNamespace(returncode=done.exit_code, stdout=done.stdout, stderr=done.stderr)


def test_a_user_s_life(open_data: Path) -> None:
    data = ("--data", str(open_data))
    added = dashboard("user", "add", "ann", "--role", "lead", "--site", "croydon", *data, given=f"{PASSWORD}\n")
    assert added.returncode == 0, added.stderr
    kept = (open_data / "users.json").read_text()
    assert "$argon2id$v=19$" in kept
    listed = dashboard(*data, "user", "list")
    assert "ann" in listed.stdout
    assert "lead croydon" in listed.stdout
    changed = dashboard("user", "password", "ann", *data, given="four other words now\n")
    assert changed.returncode == 0, changed.stderr
    assert (open_data / "users.json").read_text() != kept
    assert dashboard("user", "sign-out", "ann", *data).stdout == "0 sessions of ann ended.\n"
    assert dashboard("user", "remove", "ann", *data).returncode == 0
    assert "There are no users" in dashboard("user", "list", *data).stdout
    log = (open_data / "audit.log").read_text()
    for what in ("user added", "password changed", "signed out", "user removed"):
        assert what in log
    assert PASSWORD not in log
    whole = dashboard("audit", "verify", *data)
    assert whole.returncode == 0
    anchor = whole.stdout.partition("Anchor: ")[2].split()[0]
    (open_data / "audit.log").write_text(log.replace("ann", "bob"))
    broken = dashboard("audit", "verify", "--anchor", anchor, *data)
    assert broken.returncode == 1
    assert "Line 1 was changed" in broken.stderr
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize(
    ("words", "given", "code", "says"),
    [
        (("add", "ann", "--role", "admin"), PASSWORD, 2, "There is no role “admin”"),
        (("add", "ann", "--role", "lead"), PASSWORD, 2, "A lead has a site"),
        (("add", "ann", "--role", "lead", "--site", "atlantis"), PASSWORD, 2, "There is no site “atlantis”"),
        (("add", "ann", "--role", "central"), "short", 1, "12 to 1,024 characters"),
        (("add", "ann", "--role", "central"), "", 1, "12 to 1,024 characters"),
        (("remove", "ann"), "", 1, "There is no user ann"),
        (("add", "ann", "--role", "central", "--password", "x"), "", 2, "No such option"),
    ],
)
def test_wrong_use_is_a_sentence(tmp_path: Path, words: tuple[str, ...], given: str, code: int, says: str) -> None:
    done = dashboard("user", *words, "--data", str(tmp_path), given=given)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "users.json").exists()


@pytest.mark.parametrize(
    "words", [("--host", "0.0.0.0"), ("--host", "::"), ("--host", "192.0.2.1"), ("--behind-proxy",)]
)
def test_without_users_it_opens_to_nobody_else(open_data: Path, words: tuple[str, ...]) -> None:
    done = dashboard("--data", str(open_data), "--port", "8097", *words)
    assert done.returncode == 2
    assert "there are no users" in done.stderr
    assert "user add" in done.stderr


def test_an_audience_without_a_file_does_not_open_as_another(open_data: Path) -> None:
    done = dashboard("--data", str(open_data), "--port", "8097", "--audience", "forum")
    assert done.returncode == 1
    assert "has nothing for the forum yet" in done.stderr
    assert dashboard("--data", str(open_data), "--audience", "lead").returncode == 2


def test_a_users_file_that_makes_no_sense_does_not_open(open_data: Path) -> None:
    (open_data / "users.json").write_text("{")
    done = dashboard("--data", str(open_data), "--port", "8097")
    assert done.returncode == 1
    assert "nobody is let in" in done.stderr


def test_a_provider_that_is_half_set_up_does_not_open(open_data: Path) -> None:
    done = dashboard("--data", str(open_data), DRIVE_OIDC_ISSUER="https://login.example.org")
    assert done.returncode == 2
    assert "DRIVE_OIDC_CLIENT" in done.stderr
    said = {
        "ISSUER": "http://login.example.org",
        "CLIENT": "c",
        "SECRET": "s",
        "ADDRESS": "https://a",
        "ROLES": "a=forum",
    }
    done = dashboard("--data", str(open_data), **{f"DRIVE_OIDC_{name}": word for name, word in said.items()})
    assert done.returncode == 2
    assert "https://" in done.stderr
