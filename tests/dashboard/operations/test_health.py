"""Health: alive without data, ready with an edition that can be opened, and otherwise a sentence."""

import json
import os
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.access.settings import Settings
from dashboard.access.users import Users
from dashboard.data.edition import Editions, NoEdition
from dashboard.server import ask_page, make_server

NOW = 1_794_052_800.0  # 7 November 2026, 12:00


def client_of(data: Path, **how: str) -> FlaskClient:
    return make_server(data, settings=Settings(data, clock=lambda: NOW, **how)).test_client()  # type: ignore[arg-type]


def test_alive_needs_no_data(tmp_path: Path) -> None:
    client = client_of(tmp_path, open_as="central")
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_data(as_text=True) == "There is no edition yet. Load returns first: python -m etl load PATH\n"


def test_ready_says_edition_month_and_age_and_nothing_else(bare: Path) -> None:
    said = client_of(bare, open_as="central").get("/readyz").get_json()
    assert said == {"edition": "2026-11-01", "data_month": "2026-09", "age_days": 6}


def test_both_answer_a_stranger_too(bare: Path) -> None:
    Users(bare).add("ann", "central", "", "four words in a row")
    client = client_of(bare)
    assert client.get("/").status_code == 303
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").get_json()["edition"] == "2026-11-01"
    assert not (bare / "audit.log").exists()


def test_a_clock_set_back_gives_no_age_below_nothing(bare: Path) -> None:
    client = make_server(bare, settings=Settings(bare, "central", clock=lambda: 0.0)).test_client()
    assert client.get("/readyz").get_json()["age_days"] == 0


DAMAGE = {
    "empty": lambda content: b"",
    "cut short": lambda content: content[: len(content) // 2],
    "head lost": lambda content: b"\xff" * 16384 + content[16384:],
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_edition_is_a_sentence_and_its_mending_is_seen(how: str, bare: Path) -> None:
    file = bare / "editions" / "2026-11-01" / "central.duckdb"
    whole = file.read_bytes()
    file.write_bytes(DAMAGE[how](whole))
    client = client_of(bare, open_as="central")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_data(as_text=True).startswith("The edition 2026-11-01 is damaged. ")
    page = ask_page(client, "/")
    assert page.status_code == 200 and "The edition 2026-11-01 is damaged. " in page.get_data(as_text=True)
    file.write_bytes(whole)
    assert client.get("/readyz").status_code == 200


def rows_of(data: Path) -> dict[str, list[object]]:
    edition = Editions(data, "central").get()
    return {table: list(edition.rows(table)) for table in sorted(edition.tables)}


def test_a_byte_that_went_bad_gives_a_sentence_or_changes_nothing(bare: Path) -> None:
    """Each block has a checksum: a bad one is found when it is read, never shown as a number."""
    file = bare / "editions" / "2026-11-01" / "central.duckdb"
    whole, good = file.read_bytes(), rows_of(bare)
    outcomes = []
    for number, at in enumerate(range(12288 + 1000, len(whole), 65536)):
        copy = shutil.copytree(bare, bare.with_name(f"copy-{number}"))
        spoilt = bytearray(whole)
        spoilt[at] ^= 0xFF
        (copy / file.relative_to(bare)).write_bytes(spoilt)
        try:
            assert rows_of(copy) == good
            outcomes.append("unused")
        except NoEdition as problem:
            assert "is damaged" in str(problem)
            outcomes.append("damaged")
    assert outcomes.count("damaged") >= 2, "no byte that counts was tried"


def test_another_file_under_an_open_name_is_not_taken_for_the_old_one(bare: Path) -> None:
    client = client_of(bare, open_as="central")
    assert client.get("/readyz").status_code == 200
    file = bare / "editions" / "2026-11-01" / "central.duckdb"
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    os.utime(other, (1, 1))
    other.replace(file)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "Start the dashboard again." in answer.get_data(as_text=True)
    (bare / "editions" / "current.json").write_text(json.dumps({"edition": "2026-11-01"}))
    assert "Start the dashboard again." in ask_page(client, "/").get_data(as_text=True)
