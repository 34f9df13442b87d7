"""A database that the project opens reads its own file and nothing else."""

from pathlib import Path

import duckdb
import pytest

from etl.system.database import connect


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with connect(tmp_path / "one.duckdb") as con:
        con.execute("create table numbers as select 1 as number")
    (tmp_path / "other.csv").write_text("number\n2\n")
    return tmp_path / "one.duckdb"


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{}/other.csv')",
        "copy (select 1) to '{}/out.csv'",
        "attach '{}/another.duckdb'",
        "set enable_external_access = true",
        "set autoinstall_known_extensions = true",
    ],
)
def test_nothing_beside_the_file_is_read_or_written_and_no_setting_changed(file: Path, sql: str) -> None:
    with connect(file, read_only=True) as con:
        assert con.execute("select number from numbers").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match=r"locked|disabled"):
            con.execute(sql.format(file.parent))


def test_a_folder_may_be_named_that_is_written_in_too(file: Path, tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    with connect(file, read_only=True, beside=tmp_path / "beside") as con:
        con.execute(f"copy numbers to '{tmp_path}/beside/out.csv'")
        with pytest.raises(duckdb.Error, match="disabled"):
            con.execute(f"copy numbers to '{tmp_path}/out.csv'")
    assert (tmp_path / "beside" / "out.csv").read_text() == "number\n1\n"


def test_as_many_threads_as_asked(file: Path) -> None:
    with connect(file, read_only=True, threads=1) as con:
        assert con.execute("select current_setting('threads')").fetchall() == [(1,)]
