"""What `python -m etl query` does: list queries, answer, close and reopen them, and list what is in shadow."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import typer
from filelock import FileLock, Timeout

from etl.definitions.checks import CHECKS
from etl.definitions.periods import write_month
from etl.reference import Dispensation, as_known_at, read_reference
from etl.sites import load_sites
from etl.warehouse.load import Busy, WrongUse
from etl.warehouse.queries import PAST, STATES, Answer, WrongAnswer, answer, ending, read_queries
from etl.warehouse.store import open_warehouse, transaction


def list_queries(data: Path, site: str, everything: bool, as_json: bool, on: date | None) -> None:
    """Prints the open queries, or all there ever were."""
    at = datetime.combine(on, datetime.max.time()) if on else _now()
    sites = load_sites(data / "sites")
    if site and site not in sites:
        raise WrongUse(f"There is no site {site!r}; there are {', '.join(sites)}.")
    dispensations = known_dispensations(data, at)
    with _open(data, read_only=True) as con:
        queries = read_queries(con, at, dispensations)
    queries = queries[(queries.site == site) | (site == "")]
    queries = queries if everything else queries[~queries.state.isin(PAST)]
    for row in queries.to_dict("records"):
        typer.echo(_json(row) if as_json else _text(row, sites[str(row["site"])].label))
    if not as_json:
        _print_end(len(queries), ending(dispensations, at.date()))


def store_answer(data: Path, new: Answer) -> None:
    """Stores an answer, one process at a time."""
    if not (data / "warehouse.duckdb").is_file():
        raise WrongUse(f"There is no warehouse in {data} yet: load returns with `python -m etl load` first.")
    try:
        with FileLock(data / "load.lock", timeout=0), _open(data) as con, transaction(con):
            answer(con, new, _now())
    except Timeout:
        raise Busy("A load is running; try again when it has ended.") from None
    except WrongAnswer as error:
        raise WrongUse(str(error)) from None
    typer.echo(f"Query {new.query} is {'open again' if new.state == 'open' else new.state}.")


def list_shadow(data: Path) -> None:
    """Prints what checks in shadow would ask: how many times each, and where."""
    with _open(data, read_only=True) as con:
        rows = con.execute("select code, site, month, sheet, cell, message from in_shadow order by all").fetchall()
    in_shadow = [check for check in CHECKS.values() if check.shadow]
    for check in in_shadow:
        mine = [row for row in rows if row[0] == check.code]
        typer.echo(f"{check.code}: {check.holds}. Would ask {len(mine)} times.")
        for _, site, month, sheet, cell, message in mine:
            typer.echo(f"  {site}  {write_month(month)}  {sheet} {cell}  {message}")
    if not in_shadow:
        typer.echo("No check runs in shadow.")


def _text(row: dict[str, object], label: str) -> str:
    place = " ".join(str(row[name]) for name in ("sheet", "cell") if row[name]) or "whole file"
    month = write_month(pd.Timestamp(row["month"]).date())
    state = STATES[str(row["state"])]
    days = "1 day" if row["days_open"] == 1 else f"{row['days_open']} days"
    owner = f", {row['owner']}" if row["owner"] else ""
    first = f"{row['query']}  {label}, {month}, {place}: {state} ({days}{owner})"
    return f"{first}\n    {row['message']}\n    {row['fix']}\n    {row['words']}"


def _json(row: dict[str, object]) -> str:
    return json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)


def _plain(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) else str(value)


def _print_end(count: int, sentences: list[str]) -> None:
    typer.echo("No query stands." if not count else f"{count} quer{'y' if count == 1 else 'ies'}.")
    for sentence in sentences:
        typer.echo(sentence)


def known_dispensations(data: Path, at: datetime) -> list[Dispensation]:
    """The dispensations of the data folder that were known at a time."""
    sites = set(load_sites(data / "sites"))
    return list(as_known_at(read_reference(data / "reference", sites=sites), at.date()).dispensations)


def _open(data: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    path = data / "warehouse.duckdb"
    if not path.is_file():
        raise WrongUse(f"There is no warehouse in {data} yet: load returns with `python -m etl load` first.")
    return open_warehouse(path, read_only=read_only)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
