"""What the tests of access share: editions with a canary for each audience, users, a server, a clock."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from editions import write_edition
from flask import Flask
from flask.testing import FlaskClient

from dashboard.access import passwords
from dashboard.access.settings import Settings
from dashboard.access.users import Users
from dashboard.server import ask_page, make_server

NOW, BEFORE = "2019-12-11", "2019-11-11"
PASSWORD = "four words in a row"
CANARY = {"central": "Canary of the centre", "croydon": "Canary of Croydon", "forum": "Canary of the forum"}
PEOPLE = {"ann": ("central", ""), "cleo": ("lead", "croydon"), "flo": ("forum", "")}
CSRF = re.compile(r'name="csrf" value="([^"]*)"')


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Reader:
    """A browser without scripts, and what it would do with the pages it gets."""

    def __init__(self, server: Flask, address: str = "127.0.0.1") -> None:
        self.client: FlaskClient = server.test_client()
        self.client.environ_base["REMOTE_ADDR"] = address

    def sign_in(self, name: str, password: str = PASSWORD, wanted: str = "") -> Any:
        """Fills in the sign-in page and sends it."""
        page = self.client.get("/sign-in").get_data(as_text=True)
        found = CSRF.search(page)
        form = {"csrf": found[1] if found else "", "name": name, "password": password, "next": wanted}
        return self.client.post("/sign-in", data=form)

    def come_in(self, name: str, password: str = PASSWORD) -> "Reader":
        """Signs in and loads the first page."""
        assert self.sign_in(name, password).status_code == 303
        assert self.client.get("/").status_code == 200
        return self

    def see(self, path: str = "/", search: str = "") -> Any:
        """Asks for a page as the page's script does."""
        return ask_page(self.client, path, search)

    def text(self, path: str = "/", search: str = "") -> str:
        """What a page's answer says."""
        answer = self.see(path, search)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return str(answer.get_data(as_text=True))


def _put(folder: Path, edition: str, audience: str) -> None:
    about = {
        "edition_id": edition,
        "audience": audience,
        "made": datetime.fromisoformat(edition),
        "known_at": datetime.fromisoformat(edition),
        "data_month": None,
    }
    site = {"site": "croydon", "label": CANARY[audience], "short_label": "C", "position": 1}
    tables = {"edition": [about], "sites": [{**site, "first_month": date(2018, 1, 1)}]}
    write_edition(folder, edition, tables, audience)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hashes that cost little; test_access_live.py looks at those that the command makes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        passwords._nobodys_hash.cache_clear()
        yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def made_data(quick_hashes: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions, of which only the newer has a file for Croydon, and none has one for the forum."""
    folder = tmp_path_factory.mktemp("access")
    _put(folder, BEFORE, "central")
    _put(folder, NOW, "central")
    _put(folder, NOW, "croydon")
    users = Users(folder)
    for name, (role, site) in PEOPLE.items():
        users.add(name, role, site, PASSWORD)
    return folder


@pytest.fixture
def data(made_data: Path, tmp_path: Path) -> Path:
    """A data folder of one's own, with users."""
    folder = tmp_path / "data"
    shutil.copytree(made_data, folder)
    return folder


@pytest.fixture
def open_data(data: Path) -> Path:
    """A data folder without users."""
    (data / "users.json").unlink()
    return data


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(data: Path, clock: Clock) -> Flask:
    """The server on those editions and users."""
    return make_server(data, settings=Settings(data, clock=clock))


@pytest.fixture
def reader(server: Flask) -> Reader:
    """Somebody who has not signed in."""
    return Reader(server)


@pytest.fixture
def another(server: Flask) -> Callable[..., Reader]:
    """Makes further browsers of the same server."""
    return lambda address="127.0.0.1": Reader(server, address)
