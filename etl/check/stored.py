"""The checks that need the warehouse: what is loaded, or only tried, is compared with all that is known."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from etl.check.compare import compare, touched_twins
from etl.check.history import NUMBERS, Order, ReturnedMonth
from etl.check.problem import Problem, problem_frame
from etl.definitions.checks import CHECKS, COPIED_AT_LEAST
from etl.definitions.periods import month_after
from etl.read import Return
from etl.read.columns import Columns, in_columns
from etl.sites import Site
from etl.system.sql import read_sql


def compare_stored(
    con: duckdb.DuckDBPyConnection,
    sites: Mapping[str, Site],
    touched: Collection[str],
    fresh: Sequence[ReturnedMonth],
    meanwhile: Callable[[], None],
) -> None:
    """Compares the returns of some sites with each other again, and works out each return's verdict.

    `fresh` is what was just stored, which need not be read back. The caller holds the transaction; `meanwhile` is done
    with the warehouse while the returns are compared with each other, which does not need it. The outcome depends on
    which returns there are, and not on the order of loading.
    """
    touched = set(touched) & set(sites)
    stored = _read_all(con, touched, [one.return_id for one in fresh]) if touched else []
    returned = sorted([*stored, *fresh], key=lambda one: (one.return_id, one.month))
    if not returned:
        meanwhile()
        return
    others = _similar(con, touched)
    while twins := touched_twins(returned, others) & set(sites):  # and theirs, whose copies are worked out again too
        returned += _read_all(con, twins)
        touched |= twins
        others = _similar(con, touched)
    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(meanwhile)
        problems = list(compare(returned, others, sites, {one.return_id for one in returned}))
        done.result()
    _replace(con, touched, {one.return_id: one.site for one in returned}, problems)


def recall_problems(con: duckdb.DuckDBPyConnection, sites: Mapping[str, Site], at: datetime) -> None:
    """Has this connection read the problems as they were known at a time: a later return explains none of them.

    The table `problems` is as known now; where returns came in since, a temporary one takes its place.
    """
    returned = _read_all(con, sites)
    known = sorted((one for one in returned if one.order.received <= at), key=lambda one: (one.return_id, one.month))
    if len(known) == len(returned):
        return
    site_of = {one.return_id: one.site for one in known}
    frame = _framed(site_of, compare(known, [], sites, site_of))
    con.execute("create or replace temp table problems as from main.problems where not compared")
    con.register("recalled", frame[~frame.code.map(_in_shadow).astype(bool)])
    con.execute("insert into temp.problems by name select * from recalled")
    con.unregister("recalled")


def compare_files(
    con: duckdb.DuckDBPyConnection | None,
    tried: Sequence[tuple[str, datetime, str, Return]],
    sites: Mapping[str, Site],
    elsewhere: bool = True,
) -> dict[str, list[Problem]]:
    """What is wrong in files that are not loaded, compared with each other and the warehouse, by each file's name.

    `tried` has (name, received, SHA-256, content); `con` is the warehouse, where there is one. Without `elsewhere`
    the returns of other sites are not looked at.
    """
    returns = [(name, content, Order(True, when, content.version, sha256)) for name, when, sha256, content in tried]
    returned = returned_months(returns, in_columns([content.entries for _, content, _ in returns]))
    touched = sorted({one.site for one in returned})
    before: list[ReturnedMonth] = []
    others: list[ReturnedMonth] = []
    if con is not None and returned:
        before = _read_all(con, touched)
        months = [one.month for one in returned]
        span = {"first": month_after(min(months), -2), "last": month_after(max(months))}
        others = _read(con, "months_of_other_sites", {"sites": touched, **span}) if elsewhere else []
    found: dict[str, list[Problem]] = {name: [] for name, *_ in tried}
    for name, problem in compare([*before, *returned], others, sites, set(found)):
        if not CHECKS[problem.code].shadow:
            found[name].append(problem)
    return found


def returned_months(returns: Sequence[tuple[str, Return, Order]], entries: Columns) -> list[ReturnedMonth]:
    """The months of returns, from each return's name, content and order; `entries` are theirs."""
    months: list[tuple[str, str, date, Order]] = []
    place_of = {month: place for place, month in enumerate(entries.months)}
    row_of = np.zeros((len(returns), len(entries.months)), dtype=int)
    for source, (name, content, order) in enumerate(returns):
        for month in content.months:
            row_of[source, place_of[month]] = len(months)
            months.append((name, content.site, month, order))
    cells = _Cells(
        row=row_of[entries.source, entries.month],
        column=entries.number,
        value=entries.value,
        not_applicable=entries.state == "not_applicable",
        sheet=entries.sheet,
        cell=entries.cell,
    )
    return _side_by_side(months, cells)


class _Cells(NamedTuple):
    """Numbers, in any order: whose row and column each belongs to, its value and its cell."""

    row: np.ndarray
    column: np.ndarray
    value: np.ndarray
    not_applicable: np.ndarray
    sheet: np.ndarray
    cell: np.ndarray


def _side_by_side(months: Sequence[tuple[str, str, date, Order]], cells: _Cells) -> list[ReturnedMonth]:
    """A row for each month of a return (return_id, site, month, order), with its numbers in their columns."""
    size, at = (len(months), len(NUMBERS)), (cells.row, cells.column)
    values, not_applicable, places = np.full(size, np.nan), np.zeros(size, dtype=bool), np.full((*size, 2), "", object)
    values[at], not_applicable[at] = cells.value, cells.not_applicable
    places[(*at, 0)], places[(*at, 1)] = cells.sheet, cells.cell
    return [ReturnedMonth(*month, *row) for month, *row in zip(months, values, not_applicable, places, strict=True)]


def _read_all(con: duckdb.DuckDBPyConnection, sites: Collection[str], but: Sequence[str] = ()) -> list[ReturnedMonth]:
    """What is stored of some sites, but for some returns."""
    return _read(con, "months_of_sites", {"sites": sorted(sites), "but": sorted(set(but))})


def _similar(con: duckdb.DuckDBPyConnection, sites: Collection[str]) -> list[ReturnedMonth]:
    """The months of other sites that may be copies of theirs."""
    return _read(con, "similar_months", {"sites": sorted(sites), "least": COPIED_AT_LEAST})


def _read(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> list[ReturnedMonth]:
    """What is stored of the months that a query in `etl/warehouse/sql` wants."""
    con.execute(read_sql(query), values)
    wanted = con.execute("select return_id, site, month, received, version, sha256 from wanted order by row").fetchall()
    months = [(return_id, site, month, Order(False, *order)) for return_id, site, month, *order in wanted]
    found = con.execute(read_sql("numbers_of_months"), {"numbers": NUMBERS}).fetchnumpy()
    found["value"] = np.ma.filled(found["value"], np.nan)
    return _side_by_side(months, _Cells(**found))


def _replace(
    con: duckdb.DuckDBPyConnection,
    touched: Collection[str],
    site_of: Mapping[str, str],
    problems: Iterable[tuple[str, Problem]],
) -> None:
    """Puts the problems in place of those of the last time, and brings the verdicts into line with them."""
    frame = _framed(site_of, problems)
    in_shadow = frame.code.map(_in_shadow).astype(bool)
    for table, part in (("problems", frame[~in_shadow]), ("in_shadow", frame[in_shadow])):
        con.execute(f"delete from {table} where compared and site in ?", [sorted(touched)])
        if len(part):
            con.register("frame_to_insert", part)
            con.execute(f"insert into {table} by name select * from frame_to_insert")
            con.unregister("frame_to_insert")
    con.execute(_VERDICTS, [sorted(touched)])


def _framed(site_of: Mapping[str, str], problems: Iterable[tuple[str, Problem]]) -> pd.DataFrame:
    """Problems as rows of the table `problems`, found beside other returns."""
    return problem_frame((name, site_of[name], problem) for name, problem in problems).assign(compared=True)


def _in_shadow(code: str) -> bool:
    return CHECKS[code].shadow


_VERDICTS = """
    update returns set verdict = if(
        return_id in (select return_id from problems where severity = 'query'), 'accepted_with_queries', 'accepted'
    )
    where verdict in ('accepted', 'accepted_with_queries') and site in ?
"""
