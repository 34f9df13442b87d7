"""Files in: which of the files given are returns, when they came, and what a load of real files leaves behind."""

import os
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from etl.sample import write_sample
from etl.warehouse.load import WrongUse, gather, load

GIVEN = Path(__file__).parents[1] / "given" / "sample"
TIME = datetime(2019, 12, 1, 10)


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_577_872_800, 1_577_872_800))  # 1 January 2020, 10:00
    return path


def received(paths: list[Path], at: datetime | None = None) -> dict[str, datetime]:
    return {one.name: one.received for one in gather(paths, at)}


def test_a_folder_is_searched_and_what_is_no_return_is_left(tmp_path: Path) -> None:
    for name in ("a/b.csv", "c.xlsx", "received.csv", ".hidden/d.csv", "~$c.xlsx", "sites/e.toml", "README.md", ".x"):
        put(tmp_path / name, "file,received\n")
    assert list(received([tmp_path])) == ["a/b.csv", "c.xlsx"]
    assert list(received([tmp_path / "c.xlsx", tmp_path])) == ["c.xlsx", "a/b.csv"]


def test_folders_and_files_come_by_name_and_links_are_not_followed(tmp_path: Path) -> None:
    for name in ("given/b/two.csv", "given/a.csv", "given/c.csv", "elsewhere/d.csv"):
        put(tmp_path / name)
    (tmp_path / "given" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "given" / "e.csv").symlink_to(tmp_path / "elsewhere" / "d.csv")
    assert list(received([tmp_path / "given"])) == ["a.csv", "b/two.csv", "c.csv"]
    (tmp_path / "linked").symlink_to(tmp_path / "given")
    assert list(received([tmp_path / "linked"])) == ["a.csv", "b/two.csv", "c.csv"]


def test_when_files_came(tmp_path: Path) -> None:
    for name in ("a/b.csv", "c.csv", "d e.csv"):
        put(tmp_path / name)
    own = datetime(2020, 1, 1, 10)
    put(tmp_path / "received.csv", "file,received\na\\b.csv,2019-12-08T10:00:00\nd e.csv,2019-12-09T11:00:00+01:00\n")
    listed = {"a/b.csv": datetime(2019, 12, 8, 10), "c.csv": own, "d e.csv": datetime(2019, 12, 9, 10)}
    assert received([tmp_path]) == listed
    assert set(received([tmp_path], TIME).values()) == {TIME}
    assert received([tmp_path / "a" / ".."]) == listed
    assert received([tmp_path / "a"]) == {"b.csv": own}
    assert received([tmp_path / "a", tmp_path / "received.csv"]) == {"b.csv": listed["a/b.csv"]}
    assert received([tmp_path.parent])[f"{tmp_path.name}/a/b.csv"] == listed["a/b.csv"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("name,time\n", "file,received"), ("file,received\na.csv,soon\n", "line 2"), ("file,received\na.csv\n", "line 2")],
)
def test_a_list_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    put(tmp_path / "received.csv", text)
    with pytest.raises(WrongUse, match=said):
        gather([tmp_path], None)


def test_a_list_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "received.csv").write_bytes("file,received\nÄ.csv,2019-12-08\n".encode("cp1252"))
    with pytest.raises(WrongUse, match="UTF-8"):
        gather([tmp_path], None)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="nowhere"):
        gather([tmp_path / "nowhere"], None)


def everything(data: Path) -> list[list[tuple]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
        tables = ("observations", "results", "problems", "entries")
        returns = con.execute("select * exclude loaded from returns order by all").fetchall()
        return [returns, *(con.execute(f"from {table} order by all").fetchall() for table in tables)]


def test_the_given_sample(tmp_path: Path) -> None:
    receipts = load([GIVEN], tmp_path)
    assert {receipt.verdict for _, receipt in receipts} <= {"accepted", "accepted_with_queries"}
    before = everything(tmp_path)
    assert {receipt.verdict for _, receipt in load([GIVEN], tmp_path)} == {"duplicate"}
    assert everything(tmp_path) == before
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as con:
        june = "select distinct file from {} as o join returns as r using (return_id)"
        june += " where o.site = 'croydon' and o.month = '2019-06-01'"
        first, now = (
            con.execute(june.format(known)).fetchall()
            for known in ("observations_at('2019-07-15'::timestamp)", "observations")
        )
    assert first == [("croydon/Croydon Drive return 2019-06.xlsx",)]
    assert now == [("croydon/Croydon Drive return 2019-06 v2.xlsx",)]


def test_sites_of_the_folder_are_adopted(tmp_path: Path) -> None:
    write_sample(tmp_path / "returns", sites=6, first=date(2019, 10, 1))
    receipts = load([tmp_path / "returns"], tmp_path / "data")
    assert {receipt.site for _, receipt in receipts} == {
        "croydon",
        "west_midlands",
        "west_mercia",
        "south_wales",
        "area_5",
        "area_6",
    }
    assert not [receipt for _, receipt in receipts if receipt.verdict == "rejected"]


def test_a_rejected_file_has_a_row_and_no_name(tmp_path: Path) -> None:
    put(tmp_path / "in" / "Jane Smith.csv", "a,b\nc,d\n")
    _, receipt = load([tmp_path / "in"], tmp_path / "data")[0]
    assert receipt.verdict == "rejected"
    returns, *_, entries = everything(tmp_path / "data")
    assert len(returns) == 1 and entries == []
    assert b"Jane" not in (tmp_path / "data" / "warehouse.duckdb").read_bytes()
