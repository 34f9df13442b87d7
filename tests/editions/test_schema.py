"""An edition's tables have the columns and types that are described, whatever happens to be in them."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from etl.definitions import tables as described
from etl.definitions.messages import Message, Number, Text, _, joined, parts
from etl.definitions.tables import NotDescribed, Table, columns_of, tables
from etl.definitions.writing import named
from etl.editions.parquet import write_parquet
from etl.editions.schema import NotWhole, with_messages, write_file
from etl.protect.audience import Unclassified, check_opened, given_to
from etl.provenance.edition import read_rows
from etl.system.database import connect


def types(path: Path) -> dict[tuple[str, str], str]:
    with connect(path, read_only=True) as con:
        sql = "select table_name, column_name, data_type from duckdb_columns() where not internal"
        return {(table, column): kind for table, column, kind in con.execute(sql).fetchall()}


def test_a_table_without_rows_has_the_described_types(tmp_path: Path) -> None:
    made = {name: own for name, own in tables().items() if name != "witnesses"}
    write_file(tmp_path / "a.duckdb", {name: pd.DataFrame(columns=columns_of(name)) for name in made})
    said = {(name, one.name): one.sql for name, own in made.items() for one in own.columns.values()}
    assert types(tmp_path / "a.duckdb") == said


def test_a_column_without_a_value_has_its_type(tmp_path: Path) -> None:
    frame = pd.DataFrame({"site": ["x"], "year": [None], "planned": [None], "notice_months": [float("nan")]})
    write_file(tmp_path / "a.duckdb", {"cover": frame})
    assert list(types(tmp_path / "a.duckdb").values()) == ["VARCHAR", "DATE", "DOUBLE", "BIGINT"]


def test_a_part_of_a_whole_number_is_not_rounded_away(tmp_path: Path) -> None:
    with pytest.raises(NotWhole, match="notice_months"):
        write_file(tmp_path / "a.duckdb", {"cover": pd.DataFrame({"notice_months": [2.5, float("nan")]})})


@pytest.mark.parametrize("tables", [{"victims": ["site"]}, {"cover": ["site", "victim"]}])
def test_what_is_not_described_is_not_written(tmp_path: Path, tables: dict[str, list[str]]) -> None:
    with pytest.raises(NotDescribed, match="victim"):
        write_file(tmp_path / "a.duckdb", {name: pd.DataFrame(columns=names) for name, names in tables.items()})


def without_who(name: str, one: str) -> dict[str, Table]:
    own = tables()[name]
    return {**tables(), name: replace(own, columns={**own.columns, one: replace(own.columns[one], who="")})}


def test_a_column_that_nobody_has_opened_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"cover": pd.DataFrame({"site": ["x"], "gap": [1.0]})}
    check_opened("forum", given)
    closed = without_who("cover", "gap")
    monkeypatch.setattr(described, "tables", lambda: closed)
    with pytest.raises(Unclassified, match="who may see the column 'gap' of the table 'cover'"):
        check_opened("forum", given)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("edition", {"note": ["for the centre"]}),
        ("published", {"site": ["x"]}),
        ("calendar", {"site": ["x", "y"], "file": ["", "y.xlsx"]}),
    ],
)
def test_what_is_not_for_an_audience_stops_its_file(name: str, frame: dict[str, list[str]]) -> None:
    with pytest.raises(Unclassified, match="would tell x what is for the central team"):
        check_opened("x", {name: pd.DataFrame(frame)})


def test_what_is_its_own_does_not() -> None:
    check_opened("y", {"calendar": pd.DataFrame({"site": ["x", "y"], "file": ["", "y.xlsx"]})})


def test_what_is_worked_out_cannot_be_given() -> None:
    with pytest.raises(Unclassified, match="'gap' of the table 'cover' is given"):
        given_to("forum", {"cover": pd.DataFrame({"gap": [1.0]})}, pd.DataFrame())


def said() -> Text:
    count = Number("12", "croydon|month|2019-09-01|new_cases", "New cases")
    return joined(
        "; ", [_("{site} took on {count} new cases", site=named("West Midlands"), count=count), "none planned"]
    )


def written(path: Path) -> pd.DataFrame:
    reasons = pd.Series([said(), "plain", None, _("spend above plan")], dtype="str")
    frame = pd.concat([pd.DataFrame({"site": list("abcd"), "reason": reasons, "change": "none"})]).iloc[:4]
    write_file(path, {"verdicts": frame.merge(pd.DataFrame({"site": list("abcd")}), on="site")})
    return frame


def test_messages_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    frame = written(tmp_path / "a.duckdb")
    with connect(tmp_path / "a.duckdb", read_only=True) as con:
        found = con.execute("from verdicts")
        rows = read_rows([column[0] for column in found.description], found.fetchall())
        table = with_messages(con.table("verdicts").df())
    assert list(rows[0]) == list(table.columns) == ["site", "reason", "change"]
    for reasons in ([row.reason for row in rows], list(table.reason)):
        assert isinstance(reasons[0], Text)
        assert reasons[0].args == said().args
        assert isinstance(reasons[3], Message)
        assert [*map(str, reasons[:2]), reasons[3]] == [frame.reason[0], "plain", "spend above plan"]


def test_parquet_has_messages_as_data_too(tmp_path: Path) -> None:
    written(tmp_path / "a.duckdb")
    (path,) = write_parquet(tmp_path)
    with connect(beside=tmp_path) as con:
        assert con.read_parquet(str(path)).columns == ["site", "reason", "change", "reason_message"]


def test_a_column_without_messages_has_no_data_beside_it(tmp_path: Path) -> None:
    write_file(tmp_path / "a.duckdb", {"verdicts": pd.DataFrame({"site": ["x"], "reason": ["plain"]})})
    assert list(types(tmp_path / "a.duckdb")) == [("verdicts", "site"), ("verdicts", "reason")]


def test_whoever_sees_messages_sees_their_data() -> None:
    own, beside = (described.column("queries", name) for name in ("cause", "cause_message"))
    assert (beside.who, beside.holds, beside.sql) == (own.who, own.holds, "VARCHAR") == ("own", "words", "VARCHAR")
    for nobodys in ("site_message", "cause_messages", "_message"):
        with pytest.raises(NotDescribed):
            described.column("queries", nobodys)


def test_what_was_joined_comes_apart_as_it_was() -> None:
    step = joined(": ", [_("spend above plan"), _("not yet: so far")])
    assert parts(joined(". ", [step, step]), ". ") == (step, step)
    assert parts(step, ": ") == step.args[1]
    assert parts(_("a: b"), ": ") == ("a: b",)
    assert parts("written long ago: ready", ": ") == ("written long ago", "ready")
