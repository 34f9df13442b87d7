"""What is held is said of every table, column and file; what nobody has described fails here."""

import re
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.access import sessions
from dashboard.scenarios.saved import MOST
from etl.__main__ import app
from etl.definitions import REPORTED
from etl.editions.held import NotDescribed, describe, held, schema, tables_of, words
from etl.editions.publish import publish
from etl.intake.personal import PATTERNS
from etl.protect.audience import COLUMNS
from etl.warehouse.load import load

ROOT = Path(__file__).parents[2]
# Columns of the table that `publish --audiences` adds.
PROTECTION = {"step", "why", "offered", "shown", "small", "beside", "reader", "sign", "witness", "move"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("held")
    load(sorted((ROOT / "data" / "sample" / "croydon").glob("*2019-1*.xlsx")), folder)
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def editions(data: Path) -> dict[str, list[str]]:
    return tables_of(next((data / "editions").glob("*/central.duckdb")))


def test_every_table_and_column_of_warehouse_and_edition_is_described(
    data: Path, editions: dict[str, list[str]]
) -> None:
    stored = tables_of(data / "warehouse.duckdb")
    assert {name for name, *_ in describe("warehouse", {**schema(), **stored})} == set(words()["warehouse"])
    others_too = {"protection", "told_before", "witnesses"}
    assert {name for name, *_ in describe("edition", editions)} == set(words()["edition"]) - others_too


def test_nothing_is_described_that_is_not_there_or_twice(data: Path, editions: dict[str, list[str]]) -> None:
    named = [name for told in words()["kinds"].values() for name in told["names"]]
    assert not [name for name, count in Counter(named).items() if count > 1]
    stored = tables_of(data / "warehouse.duckdb")
    there = {column for columns in (*editions.values(), *stored.values()) for column in columns}
    assert set(named) == there | PROTECTION


@pytest.mark.parametrize(("table", "column"), [("names_of_victims", "site"), ("results", "date_of_birth")])
def test_a_table_or_column_that_nobody_described_is_named(table: str, column: str) -> None:
    with pytest.raises(NotDescribed, match=r"etl/editions/held\.toml") as caught:
        list(describe("edition", {table: [column]}))
    assert (table if table not in words()["edition"] else column) in str(caught.value)


def test_who_may_see_a_table_is_what_editions_are_made_by() -> None:
    said = {table: who for table, _, _, who in describe("edition", {t: [] for t in words()["edition"]})}
    assert said["published"] == said["protection"] == "the central team"
    assert all("each audience" not in said[table] for table in COLUMNS)
    assert "small numbers hidden" in said["results"] and "own site only" in said["cells"]


def test_files_are_as_the_dashboard_keeps_them() -> None:
    kept = {file["file"]: file["kept"] for file in words()["files"]}
    idle, absolute = re.findall(r"\d+", kept["access/"])
    assert (int(idle) * 60, int(absolute) * 3600) == (sessions.IDLE, sessions.ABSOLUTE)
    assert f"at most {MOST} " in kept["scenarios.json"]
    ignored = {line for line in (ROOT / ".gitignore").read_text().splitlines() if line.startswith("data/")}
    locks = {"data/load.lock", "data/.scenarios.lock"}
    named = " ".join(kept)
    assert all(line.removeprefix("data/").rstrip("*").rstrip(".") in named for line in ignored - locks)


def test_the_command_prints_all_of_it(data: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["held", "--data", str(data), "--out", str(tmp_path / "held.md")])
    assert result.exit_code == 0, result.output
    said = (tmp_path / "held.md").read_text(encoding="utf-8")
    assert said == held(next((data / "editions").glob("*/central.duckdb")))
    assert all(measure.label in said for measure in REPORTED.values())
    assert all(what in said for what, _ in PATTERNS)
    assert "the last 24" in said and "{" not in said
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert all(cell.strip() for line in rows for cell in line.strip("|").split("|"))
