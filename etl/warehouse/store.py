"""Stores returns in the warehouse: versions, receipts, what is known at which time, and the results."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from etl.check.problem import Problem, problem_frame
from etl.definitions import DERIVED, PLANNED, REPORTED, REPORTED_KEYS, key, nil_before
from etl.definitions.checks import ALWAYS_APPLY
from etl.definitions.measure import Breakdown, Ratio, Total, addends, keys
from etl.definitions.periods import month_after, months_from
from etl.read import Return
from etl.read.columns import Columns, words
from etl.reference import Dispensation
from etl.sites import Site
from etl.system.database import connect
from etl.system.sql import read_sql

ACCEPTED = ("accepted", "accepted_with_queries")
SiteMonth = tuple[str, date]


@dataclass
class Receipt:
    """What became of one file: a row of `returns`. `content` is the return, where it could be read."""

    return_id: str
    site: str | None
    month: date | None
    received: datetime
    verdict: str
    file: str
    sha256: str
    version: int = 1
    content: Return | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        """Whether it brought numbers that count."""
        return self.verdict in ACCEPTED and self.content is not None


def open_warehouse(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """The warehouse, made where it is not there yet; raises duckdb.Error when another process writes it."""
    is_there = read_only or path.exists()
    if not is_there:
        _make_warehouse(path)
    con = connect(path, read_only=read_only)
    if read_only:
        if con.execute("from duckdb_tables() where table_name = 'covered'").fetchall():
            con.execute(read_sql("read_old"))
        told = con.execute("from duckdb_columns() where table_name = 'problems' and column_name = 'supposes'")
        if not told.fetchall():  # by its database: the view's own name would be found first
            name = con.execute("select current_database()").fetchall()[0][0].replace('"', '""')
            con.execute(
                f"create or replace temp view problems as select *, '' as supposes from \"{name}\".main.problems"
            )
    elif is_there:  # it may be of an earlier version
        con.execute(read_sql("rename_old"))
        con.execute(read_sql("schema"))
    prepare(con)
    return con


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """What every connection needs beside the tables: which numbers are not believed not to apply."""
    con.execute("create or replace temp table always_apply as select unnest(?) as number", [sorted(ALWAYS_APPLY)])
    con.execute(read_sql("observed_at"))


def believe(con: duckdb.DuckDBPyConnection, dispensations: Iterable[Dispensation]) -> None:
    """Takes it that a number does not apply in the months that a dispensation says so of."""
    rows = [
        (one.site, one.measure, month)
        for one in dispensations
        if one.check == "not_applicable"
        for month in months_from(one.starts.replace(day=1), one.ends.replace(day=1))
    ]
    con.execute("delete from believed")
    _insert(con, "believed", pd.DataFrame(rows, columns=["site", "number", "month"]))


def _make_warehouse(path: Path) -> None:
    """An empty warehouse under its name only when it is whole: a crash or a full disk leaves none behind."""
    making = path.with_suffix(".making")
    making.unlink(missing_ok=True)
    try:
        with connect(making) as con:
            con.execute(read_sql("schema"))
            con.execute("checkpoint")
        making.replace(path)
    finally:
        for left in (making, Path(f"{making}.wal")):
            left.unlink(missing_ok=True)


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that happens inside is stored, or none of it."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def store_returns(
    con: duckdb.DuckDBPyConnection,
    receipts: Sequence[Receipt],
    entries: Columns,
    sites: Mapping[str, Site],
    plan: pd.DataFrame,
    shared: Collection[str],
    now: datetime,
) -> None:
    """Stores receipts with their returns; the caller holds the transaction, and brings the results up to date after.

    `entries` are those of the receipts that are accepted, in their order. `plan` has site, month, number and value;
    `shared` are the spend lines that every site counts.
    """
    _write_sites(con, sites)
    _write_receipts(con, receipts, entries, now)
    _write_definitions(con, plan, shared)


def update_results(con: duckdb.DuckDBPyConnection, touched: Iterable[SiteMonth], before: "InForce") -> None:
    """Works out again what the touched months change; everything, where a definition or plan changed.

    Of each month in `touched` something new is known; `before` is what was in force before the load: a month that has
    fallen due since is touched at every site.
    """
    touched = set(touched)
    after = in_force(con)
    if not before.made_with or _fingerprint(con, before.last) != before.made_with:
        con.execute("delete from results")
        before = InForce(None, {}, "")
    if after.last and (touched or before.last != after.last):
        begun = month_after(before.last) if before.last else min(after.firsts.values())
        touched = touched | {(site, month) for site in after.firsts for month in months_from(begun, after.last)}
        for site, first in after.firsts.items():
            touched |= {(site, month) for month in months_from(first, before.firsts.get(site, first))[:-1]}
        touched |= _not_applicable_after(con, touched)
        _work_out(con, touched, datetime.max)
        con.execute(read_sql("store_results"))
    con.execute("create or replace table result_versions as select ? as fingerprint", [_fingerprint(con, after.last)])


def _not_applicable_after(con: duckdb.DuckDBPyConnection, touched: set[SiteMonth]) -> set[SiteMonth]:
    """Later months with a number that is said not to apply: whether that is believed rests on the months before."""
    said = con.execute("select distinct site, month from observations where state = 'not_applicable'").fetchall()
    first: dict[str, date] = {}
    for site, month in touched:
        first[site] = min(month, first.get(site, month))
    return {(site, month) for site, month in said if site in first and month > first[site]}


def results_as_known(
    con: duckdb.DuckDBPyConnection, at: datetime, plan: pd.DataFrame, shared: Collection[str]
) -> pd.DataFrame:
    """All results as known at a time: site, period, starts, measure, value, complete; nothing is stored."""
    _write_definitions(con, plan, shared)
    known = con.execute(
        "select site, first_month from sites union select site, month from in_force_at(?)", [at]
    ).fetchall()
    months = [month for _, month in known]
    _work_out(con, {(site, month) for site, _ in known for month in months_from(min(months), max(months))}, at)
    as_words = "* replace (site::varchar as site, measure::varchar as measure)"
    return con.execute(f"select {as_words} from new_results order by site, period, starts, measure").df()


def _work_out(con: duckdb.DuckDBPyConnection, touched: set[SiteMonth], at: datetime) -> None:
    """Works out, as the view `new_results`, the periods and sites with a touched month, as known at a time."""
    con.execute("create or replace temp table touched (site varchar, month date)")
    frame = pd.DataFrame(sorted(touched), columns=["site", "month"])
    _insert(con, "touched", frame.astype({"month": "datetime64[s]"}))
    con.execute("set variable horizon = ?::timestamp", [at])
    con.execute(read_sql("results"))


class InForce(NamedTuple):
    """The last month of all and the first one of each site, and what the results were made with."""

    last: date | None
    firsts: dict[str, date]
    made_with: str


def in_force(con: duckdb.DuckDBPyConnection) -> InForce:
    """What is in force in a warehouse, and what its results were made with."""
    rows = con.execute("select site, first from first_months_at('infinity'::timestamp)").fetchall()
    last = con.execute("select max(month) from in_force_at('infinity'::timestamp)").fetchall()[0][0]
    made = con.execute("select count(*) from duckdb_tables() where table_name = 'result_versions'").fetchall()[0][0]
    made_with = con.execute("select fingerprint from result_versions").fetchall()[0][0] if made else ""
    return InForce(last, dict(rows), made_with)


def _write_sites(con: duckdb.DuckDBPyConnection, sites: Mapping[str, Site]) -> None:
    con.execute("delete from sites")
    rows = [(s.name, s.label, s.short_label, place, s.first_month) for place, s in enumerate(sites.values(), 1)]
    frame = pd.DataFrame(rows, columns=["site", "label", "short_label", "position", "first_month"])
    _insert(con, "sites", frame.astype({"first_month": "datetime64[s]"}))


def _write_receipts(
    con: duckdb.DuckDBPyConnection, receipts: Sequence[Receipt], entries: Columns, now: datetime
) -> None:
    """The rows of `returns`, and for what was accepted its entries and months."""
    accepted = [receipt for receipt in receipts if receipt.is_accepted]
    rows = [(r.return_id, r.site, r.month, r.received, r.verdict, r.file, r.sha256, r.version, now) for r in receipts]
    columns = ["return_id", "site", "month", "received", "verdict", "file", "sha256", "version", "loaded"]
    _insert(con, "returns", pd.DataFrame(rows, columns=columns))
    _insert(con, "entries", _entry_frame(accepted, entries))
    months = [(r.return_id, r.site, month) for r in accepted for month in r.content.months]  # type: ignore[union-attr]
    _insert(con, "return_months", pd.DataFrame(months, columns=["return_id", "site", "month"]))
    _insert(con, "problems", problem_frame((r.return_id, r.site, p) for r in receipts for p in r.problems))


def _entry_frame(receipts: Sequence[Receipt], entries: Columns) -> pd.DataFrame:
    """The entries of accepted returns as rows of the table."""
    return pd.DataFrame(
        {
            "return_id": words(receipt.return_id for receipt in receipts)[entries.source],
            "site": words(receipt.site for receipt in receipts)[entries.source],
            "month": np.array(entries.months, dtype="datetime64[s]")[entries.month],
            "measure": words(measure for measure, _ in REPORTED_KEYS)[entries.number],
            "part": words(part for _, part in REPORTED_KEYS)[entries.number],
            "value": entries.value,
            "state": entries.state,
            "sheet": entries.sheet,
            "cell": entries.cell,
        }
    )


def _write_definitions(con: duckdb.DuckDBPyConnection, plan: pd.DataFrame, shared: Collection[str]) -> None:
    """The definitions as the tables that the arithmetic reads."""
    own = [(key(*pair), m.over_months) for m in REPORTED.values() for pair in keys(m)]
    own += [(m.name, m.over_months) for m in PLANNED.values()]
    added = [
        (m.name, key(*pair), m.over_months) for m in REPORTED.values() if isinstance(m, Breakdown) for pair in keys(m)
    ]
    over = dict(own)
    for measure in DERIVED.values():
        if isinstance(measure, Total):
            kept = addends(measure, shared)
            added += [(measure.name, number, measure.over_months or over[number]) for number in kept]
    reported = dict.fromkeys((number, way, over[number]) for number, way in [*own, *((n, w) for _, n, w in added)])
    ratios = [(m.name, m.numerator, m.denominator) for m in DERIVED.values() if isinstance(m, Ratio)]
    dated = [(*row, nil_before(row[0])) for row in reported]
    _replace(con, "reported", dated, ["number", "over_months", "own", "nil_before"])
    _replace(con, "addends", added, ["measure", "number", "over_months"])
    _replace(con, "ratios", ratios, ["measure", "numerator", "denominator"])
    con.execute("create or replace temp table plan (site varchar, month date, number varchar, value double)")
    _insert(con, "plan", plan)


def _fingerprint(con: duckdb.DuckDBPyConnection, last: date | None) -> str:
    """What the results up to a month depend on besides the returns: definitions, sites, plans, and the arithmetic."""
    names = ("reported", "addends", "ratios", "sites", "believed")
    tables = [con.execute(f"from {name} order by all").fetchall() for name in names]
    plan = con.execute("from plan where month <= ? order by all", [last]).fetchall()
    return hashlib.sha256(repr((tables, plan, read_sql("results"))).encode()).hexdigest()


def _replace(
    con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]], columns: list[str]
) -> None:
    names = ", ".join(f"{column} {'date' if column == 'nil_before' else 'varchar'}" for column in columns)
    con.execute(f"create or replace temp table {table} ({names})")
    _insert(con, table, pd.DataFrame(rows, columns=columns))


def _insert(con: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    """Adds the rows of a frame to a table, column by column name."""
    if frame.empty:
        return
    con.register("frame_to_insert", frame)
    con.execute(f"insert into {table} by name select * from frame_to_insert")
    con.unregister("frame_to_insert")
