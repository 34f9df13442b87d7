"""How long results take to be worked out from scratch, and an edition to be made: `python -m benchmarks publishing`."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

from benchmarks.lines import Line, at_most, seconds
from benchmarks.serving import run
from etl.definitions.periods import month_after
from etl.editions.publish import publish
from etl.reference import read_reference, shared_lines
from etl.sites import load_sites
from etl.warehouse.load import load
from etl.warehouse.plans import plan_by_month
from etl.warehouse.status import due_date
from etl.warehouse.store import in_force, open_warehouse, results_as_known


def lines(audiences: bool = True) -> Iterator[Line]:
    """The lines of the table, each beside the load of the same returns."""
    with tempfile.TemporaryDirectory() as place:
        folder, data = Path(place) / "returns", Path(place) / "data"
        run("sample", str(folder))
        loading = seconds(lambda: load([folder], data))
        beside = f"loading the same returns: {loading:.3g} s"
        took = seconds(lambda: rebuild(data))
        yield Line("all results of the sample worked out from scratch", f"{took:.3g} s", beside, took / loading)
        took = seconds(lambda: publish(data, audiences=False))
        yield Line("the sample published for the central team", f"{took:.3g} s", beside, took / loading)
        if audiences:
            before = a_month_before(data)
            took = seconds(lambda: publish(data, as_of=before, audiences=True))
            yield at_most("the sample but its last month published for all", took, 60, "s", beside, took / loading)
            took = seconds(lambda: publish(data, audiences=True))
            yield at_most("the next edition for all, with its last month", took, 15, "s", beside, took / loading)


def a_month_before(data: Path) -> datetime:
    """The end of the day on which the return of the month before the last was due."""
    con = open_warehouse(data / "warehouse.duckdb", read_only=True)
    try:
        last = in_force(con).last
    finally:
        con.close()
    assert last
    return datetime.combine(due_date(month_after(last, -1)), time(23, 59, 59))


def rebuild(data: Path) -> None:
    """Works out all results as they are known now, in memory."""
    con = open_warehouse(data / "warehouse.duckdb", read_only=True)
    try:
        sites = load_sites(data / "sites")
        reference = read_reference(data / "reference", sites=set(sites))
        last = in_force(con).last
        results_as_known(con, datetime.max, plan_by_month(reference, sites, last), shared_lines(reference.scope, sites))
    finally:
        con.close()
