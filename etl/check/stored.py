"""The checks beside the warehouse: what is loaded, or only tried, is held against all that is known."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files

import duckdb
import numpy as np
import pandas as pd

from etl.check.compare import compare, touched_twins
from etl.check.history import COLUMN, NUMBERS, Order, Said
from etl.definitions.checks import CHECKS, COPIED_AT_LEAST
from etl.definitions.periods import month_after
from etl.problem import Problem
from etl.read import Return
from etl.sites import Site


def compare_stored(con: duckdb.DuckDBPyConnection, sites: Mapping[str, Site], touched: Collection[str]) -> None:
    """Works out again what the returns of some sites show beside each other, and each return's verdict.

    The caller holds the transaction. The outcome depends on which returns there are, and not on the order of loading.
    """
    touched = set(touched) & set(sites)
    if not touched:
        return
    said = _read(con, "said", {"sites": sorted(touched)})
    if not said:
        return
    others = _read(con, "alike", {"sites": sorted(touched), "least": COPIED_AT_LEAST})
    if later := touched_twins(said, others) & set(sites):
        said += _read(con, "said", {"sites": sorted(later)})
        others = [one for one in others if one.site not in later]
        touched |= later
    problems = list(compare(said, others, sites, {one.return_id for one in said}))
    _replace(con, touched, {one.return_id: one.site for one in said}, problems)


def compare_files(
    con: duckdb.DuckDBPyConnection | None,
    tried: Sequence[tuple[str, datetime, str, Return]],
    sites: Mapping[str, Site],
    elsewhere: bool = True,
) -> dict[str, list[Problem]]:
    """What files that are not loaded show beside each other and the warehouse, by the name given to each.

    `tried` has (name, received, SHA-256, content); `con` is the warehouse, where there is one. Without `elsewhere`
    the returns of other sites are not looked at.
    """
    said = [one for name, received, sha256, content in tried for one in said_by(name, received, sha256, content)]
    touched = sorted({one.site for one in said})
    before: list[Said] = []
    others: list[Said] = []
    if con is not None and said:
        before = _read(con, "said", {"sites": touched})
        months = [one.month for one in said]
        span = {"first": month_after(min(months), -1), "last": month_after(max(months))}
        others = _read(con, "said_elsewhere", {"sites": touched, **span}) if elsewhere else []
    found: dict[str, list[Problem]] = {name: [] for name, *_ in tried}
    for name, problem in compare([*before, *said], others, sites, set(found)):
        if not CHECKS[problem.code].shadow:
            found[name].append(problem)
    return found


def said_by(name: str, received: datetime, sha256: str, content: Return) -> list[Said]:
    """What a return says of each of its months."""
    order = Order(True, received, content.version, sha256)
    by_month: dict[date, tuple[np.ndarray, np.ndarray, list[tuple[str, str]]]] = {}
    for column, entry in zip(content.entries.numbers, content.entries, strict=True):
        if entry.month not in by_month:
            by_month[entry.month] = _nothing()
        values, not_applicable, places = by_month[entry.month]
        values[column] = np.nan if entry.value is None else entry.value
        not_applicable[column] = entry.state == "not_applicable"
        places[column] = (entry.sheet, entry.cell)
    return [Said(name, content.site, month, order, *what) for month, what in by_month.items()]


def _nothing() -> tuple[np.ndarray, np.ndarray, list[tuple[str, str]]]:
    return np.full(len(NUMBERS), np.nan), np.zeros(len(NUMBERS), dtype=bool), [("", "")] * len(NUMBERS)


def _read(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> list[Said]:
    """Stored entries, as a query in `etl/sql` finds them, as rows of numbers: one for each return and month.

    The query has put them in this order.
    """
    sql = files("etl.sql").joinpath(f"{query}.sql").read_text(encoding="utf-8")
    found = con.execute(sql, values).fetchnumpy()
    if not len(found["return_id"]):
        return []
    return_ids, months = found["return_id"], found["month"]
    begins = np.append(True, (return_ids[1:] != return_ids[:-1]) | (months[1:] != months[:-1]))
    codes = np.cumsum(begins) - 1
    columns = np.array([COLUMN.get(number, -1) for number in found["number"]])
    kept = columns >= 0
    count = int(codes[-1]) + 1
    values_of = np.full((count, len(NUMBERS)), np.nan)
    values_of[codes[kept], columns[kept]] = np.ma.filled(found["value"], np.nan)[kept]
    not_applicable = np.zeros((count, len(NUMBERS)), dtype=bool)
    not_applicable[codes[kept], columns[kept]] = (found["state"] == "not_applicable")[kept]
    places = np.full((count, len(NUMBERS)), "", dtype=object)
    cells = np.full((count, len(NUMBERS)), "", dtype=object)
    places[codes[kept], columns[kept]] = found["sheet"][kept]
    cells[codes[kept], columns[kept]] = found["cell"][kept]
    return [
        Said(
            return_id=str(found["return_id"][at]),
            site=str(found["site"][at]),
            month=_day(found["month"][at]),
            order=Order(False, _time(found["received"][at]), int(found["version"][at]), str(found["sha256"][at])),
            values=values_of[row],
            not_applicable=not_applicable[row],
            places=list(zip(places[row], cells[row], strict=True)),
        )
        for row, at in enumerate(np.flatnonzero(begins))
    ]


def _day(value: object) -> date:
    return pd.Timestamp(value).date()


def _time(value: object) -> datetime:
    return pd.Timestamp(value).to_pydatetime()


def _replace(
    con: duckdb.DuckDBPyConnection,
    touched: Collection[str],
    site_of: Mapping[str, str],
    problems: Iterable[tuple[str, Problem]],
) -> None:
    """Puts the problems in place of those of the last time, and brings the verdicts into line with them."""
    rows = [
        (given, site_of[given], p.month, p.sheet, p.cell, p.code, p.severity, p.message, p.fix, p.measure, p.cause)
        for given, p in problems
    ]
    columns = ["return_id", "site", "month", "sheet", "cell", "code", "severity", "message", "fix", "measure", "cause"]
    frame = pd.DataFrame(rows, columns=columns).assign(compared=True)
    in_shadow = frame.code.map(lambda code: CHECKS[code].shadow).astype(bool)
    for table, part in (("problems", frame[~in_shadow]), ("in_shadow", frame[in_shadow])):
        con.execute(f"delete from {table} where compared and site in ?", [sorted(touched)])
        if len(part):
            con.register("frame_to_insert", part)
            con.execute(f"insert into {table} by name select * from frame_to_insert")
            con.unregister("frame_to_insert")
    con.execute(_VERDICTS, [sorted(touched)])


_VERDICTS = """
    update returns set verdict = if(
        return_id in (select return_id from problems where severity = 'query'), 'accepted_with_queries', 'accepted'
    )
    where verdict in ('accepted', 'accepted_with_queries') and site in ?
"""
