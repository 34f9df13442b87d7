"""An edition as Parquet: for each audience the rows of its own file, and no others."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from etl.definitions.tables import tables
from etl.editions.parquet import write_parquet
from etl.editions.publish import publish, write_file
from etl.sample import write_sample
from etl.warehouse.load import load


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an edition that was published with Parquet files beside it."""
    folder = tmp_path_factory.mktemp("parquet")
    write_sample(folder / "returns", last=date(2018, 7, 1))
    load([folder / "returns"], folder / "data")
    return folder / "data" / "editions" / publish(folder / "data", parquet=True)


def rows(con: duckdb.DuckDBPyConnection, what: str) -> tuple[list[tuple], list[tuple]]:
    """The names and types of columns, and all rows in their order."""
    columns = [column[:2] for column in con.execute(f"describe select * from {what}").fetchall()]
    return columns, con.execute(f"select columns(*)::varchar from {what}").fetchall()


def test_reading_a_table_back_gives_the_same_rows_in_the_same_order(published: Path) -> None:
    with duckdb.connect(str(published / "central.duckdb"), read_only=True) as con:
        names = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        assert {path.stem for path in (published / "parquet" / "central").iterdir()} == set(names)
        counted = 0
        for name in names:
            original = rows(con, name)
            counted += len(original[1])
            assert rows(con, f"read_parquet('{published}/parquet/central/{name}.parquet')") == original, name
    assert counted > 1000


def test_columns_are_as_described_also_where_nothing_is_in_them(published: Path) -> None:
    for own in tables().values():
        path = published / "parquet" / "central" / f"{own.name}.parquet"
        if path.is_file():
            said = duckdb.sql(f"describe select * from '{path}'").fetchall()
            kinds = {name: kind for name, kind, *_ in said}
            messages = {f"{one.name}_message": one.sql for one in own.columns.values() if one.type == "message"}
            assert {name: kind for name, kind in kinds.items() if name not in messages} == {
                one.name: one.sql for one in own.columns.values()
            }, own.name
            assert {kinds[name] for name in messages if name in kinds} <= {"VARCHAR"}


def test_only_what_was_asked_for_is_written(published: Path) -> None:
    assert publish(published.parents[1]) == f"{published.name}-2"
    assert not (published.parent / f"{published.name}-2" / "parquet").exists()


def test_an_audience_has_what_its_own_file_has(tmp_path: Path) -> None:
    """The canary of the central team stands in no other audience's folder, in whatever form."""
    shown = {"central": ["3", "CANARY-OF-THE-CENTRE"], "forum": ["[c]", "12"], "west_mercia": ["3", "12"]}
    for audience, said in shown.items():
        write_file(tmp_path / f"{audience}.duckdb", {"results": pd.DataFrame({"shown": said})})
    assert len(write_parquet(tmp_path)) == 3
    for audience, said in shown.items():
        file = tmp_path / "parquet" / audience / "results.parquet"
        assert duckdb.read_parquet(str(file)).fetchall() == [(word,) for word in said]
        assert (b"CANARY" in file.read_bytes()) == (audience == "central")
