"""Users: names, roles and hashes in one private file that is changed whole."""

import json
import stat
import threading
from pathlib import Path

import pytest

from dashboard.access import passwords
from dashboard.access.passwords import WeakPassword
from dashboard.access.private_files import read_secret
from dashboard.access.roles import NoSuchRole
from dashboard.access.users import UserProblem, Users, UsersUnreadable

PASSWORD = "four words in a row"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_is_private_and_has_no_password(tmp_path: Path) -> None:
    Users(tmp_path).add("ann", "central", "", PASSWORD)
    assert mode(tmp_path / "users.json") == 0o600
    text = (tmp_path / "users.json").read_text()
    assert PASSWORD not in text
    assert json.loads(text)["users"][0]["password"].startswith("$argon2id$")
    read_secret(tmp_path)
    assert mode(tmp_path / "access") == 0o700
    assert mode(tmp_path / "access" / "secret") == 0o600


def test_right_and_wrong(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ann", "central", "", PASSWORD)
    assert users.sign_in(" Ann", PASSWORD) is not None
    wrong = [("ann", ""), ("ann", PASSWORD + " "), ("ann", PASSWORD.upper()), ("bea", PASSWORD), ("", "")]
    wrong += [("bea", "the password of nobody"), ("ann", "x" * 5000), ("ann\0", PASSWORD)]
    for name, password in wrong:
        assert users.sign_in(name, password) is None, (name, password)


def test_an_unknown_name_is_checked_like_a_known_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work is done: one verification with the same parameters."""
    users = Users(tmp_path)
    users.add("ann", "central", "", PASSWORD)
    seen: list[str] = []

    class Counting:
        def verify(self, hashed: str, password: str) -> bool:
            seen.append(hashed)
            return False

    passwords.prepare()
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    users.sign_in("ann", "wrong password here")
    users.sign_in("bea", "wrong password here")
    assert len(seen) == 2
    assert seen[0].split("$")[:4] == seen[1].split("$")[:4]


@pytest.mark.parametrize("password", ["", "short", "a" * 20, "abcabcabcabcabc", "my name is ann smith", "x" * 1025])
def test_weak_passwords(tmp_path: Path, password: str) -> None:
    with pytest.raises(WeakPassword):
        Users(tmp_path).add("ann", "central", "", password)
    assert not (tmp_path / "users.json").exists()


@pytest.mark.parametrize(
    ("role", "site"),
    [("admin", ""), ("lead", ""), ("central", "croydon"), ("lead", "central"), ("lead", "forum"), ("", "")],
)
def test_roles_that_do_not_fit(tmp_path: Path, role: str, site: str) -> None:
    with pytest.raises(NoSuchRole):
        Users(tmp_path).add("ann", role, site, PASSWORD)


@pytest.mark.parametrize("name", ["", "Ann", "../ann", "ann smith", "a" * 65, ".ann", "ann\n", "oidc:1"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserProblem):
        Users(tmp_path).add(name, "central", "", PASSWORD)


def test_twice_and_not_at_all(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ann", "central", "", PASSWORD)
    with pytest.raises(UserProblem):
        users.add("ann", "forum", "", PASSWORD)
    assert users.all()["ann"].role == "central"
    with pytest.raises(UserProblem):
        users.remove("bea")


def test_another_process_s_change_is_seen(tmp_path: Path) -> None:
    users, others = Users(tmp_path), Users(tmp_path)
    users.add("ann", "central", "", PASSWORD)
    assert "ann" in others.all()
    users.set_role("ann", "forum", "")
    assert others.all()["ann"].role == "forum"
    users.remove("ann")
    assert not others.all()


def test_changes_at_once_are_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.access.users.hash_password", lambda name, password: "hash")
    threads = [
        threading.Thread(target=Users(tmp_path).add, args=(f"user{n}", "forum", "", PASSWORD)) for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Users(tmp_path).all()) == 20


def test_two_processes_make_one_secret(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(read_secret(tmp_path))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "access").iterdir()] == ["secret"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"users": [{}]}', '{"users": [{"name": "ann"}]}', "{"])
def test_a_file_that_makes_no_sense_lets_nobody_in(tmp_path: Path, text: str) -> None:
    (tmp_path / "users.json").write_text(text)
    with pytest.raises(UsersUnreadable):
        Users(tmp_path).all()
