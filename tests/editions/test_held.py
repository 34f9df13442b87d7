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
from etl.definitions.tables import AS_DATA, NotDescribed, all_columns, columns_of, tables
from etl.editions.held import describe, held, kinds_of, names_by_kind, schema, tables_of, words
from etl.editions.publish import publish
from etl.intake.personal import PATTERNS
from etl.warehouse.load import load

ROOT = Path(__file__).parents[2]


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
    others_too = {"protection", "told_before", "witnesses", "published_cells"}
    assert {name for name, *_ in describe("edition", editions)} == set(tables()) - others_too
    described = {name: [one for one in columns if not one.endswith(AS_DATA)] for name, columns in editions.items()}
    assert all(columns == columns_of(name) for name, columns in described.items())


def test_nothing_is_described_that_is_not_there_or_twice(data: Path, editions: dict[str, list[str]]) -> None:
    assert not [kind for kind, names in names_by_kind().items() if max(Counter(names).values()) > 1]
    assert {one.holds for _, one in all_columns()} <= set(words()["kinds"])
    there = {column for columns in tables_of(data / "warehouse.duckdb").values() for column in columns}
    of_warehouse = {name for told in words()["kinds"].values() for name in told.get("of_warehouse", ())}
    assert of_warehouse == there - {one.name for _, one in all_columns()}
    assert all(kinds_of(name) for name in there)


@pytest.mark.parametrize(("table", "column"), [("names_of_victims", "site"), ("results", "date_of_birth")])
def test_a_table_or_column_that_nobody_described_is_named(table: str, column: str) -> None:
    with pytest.raises(NotDescribed, match="etl/definitions/tables/") as caught:
        list(describe("edition", {table: [column]}))
    assert (table if table not in tables() else column) in str(caught.value)
    with pytest.raises(NotDescribed, match=r"etl/editions/held\.toml"):
        list(describe("warehouse", {table: [column]}))


def test_who_may_see_a_table_is_what_editions_are_made_by() -> None:
    said = {table: who for table, _, _, who in describe("edition", {name: columns_of(name) for name in tables()})}
    assert said["published"] == said["protection"] == "the central team"
    assert said["cover"].startswith("each audience") and "each audience" not in said["returns"]
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
