"""Returns made without files, given to the warehouse as a load gives them; and the arithmetic once more, in Python."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from unittest.mock import patch

import duckdb

from etl.check.problem import Problem
from etl.definitions import DERIVED, PLANNED, REPORTED, REPORTED_KEYS, key
from etl.definitions.measure import Breakdown, Ratio, Total, addends, keys
from etl.definitions.periods import MONTHS_IN, financial_year_start, month_after, months_from
from etl.read import Entries, Return
from etl.reference import Reference, as_known_at, read_reference, shared_lines
from etl.sites import load_sites
from etl.system.database import connect
from etl.warehouse.load import Checked, IncomingFile, _store
from etl.warehouse.store import Receipt, prepare

SITES = load_sites()
NOW = datetime(2020, 6, 1)
OVER = {key(*pair): m.over_months for m in REPORTED.values() for pair in keys(m)}
Cell = float | str | None  # a number, or the state that the cell is in; None for an empty cell
Row = tuple[str, str, date, str]
Results = dict[Row, tuple[float | None, bool]]


@dataclass(frozen=True)
class Sent:
    """A return that a site sent: for each month that it speaks of what its cells say; any other cell says `rest`."""

    site: str
    received: datetime
    months: Mapping[date, Mapping[str, Cell]]
    rest: Cell = 1.0
    version: int = 1
    name: str = ""
    rejected: bool = False

    @property
    def sha256(self) -> str:
        said = repr(
            (self.site, sorted((m, sorted(c.items())) for m, c in self.months.items()), self.rest, self.version)
        )
        return hashlib.sha256(said.encode()).hexdigest()

    def cell(self, month: date, number: str) -> tuple[float | None, str]:
        said = self.months[month].get(number, self.rest)
        if isinstance(said, str):
            return None, said
        return (None, "missing") if said is None else (float(said), "reported")

    @property
    def checked(self) -> Checked:
        given = IncomingFile(Path(self.name or "x"), self.name, self.received)
        month = max(self.months)
        if self.rejected:
            problem = Problem(month, "", "", "wrong_month", "reject", "Wrong.", "Mend it.")
            return Checked(given, self.sha256, None, (problem,), self.site)
        cells = [
            (m, number, *self.cell(m, key(*pair))) for m in self.months for number, pair in enumerate(REPORTED_KEYS)
        ]
        columns = zip(*((*cell, "S", "A1", None) for cell in cells), strict=True)
        entries = Entries(*map(list, columns))
        layout = SITES[self.site].layout_on(month)
        content = Return(self.site, month, self.version, layout, entries, (), (), ())
        return Checked(given, self.sha256, content, (), self.site)


def warehouse() -> duckdb.DuckDBPyConnection:
    con = connect()
    con.execute(files("etl.warehouse.sql").joinpath("schema.sql").read_text(encoding="utf-8"))
    prepare(con)
    return con


@cache
def reference() -> Reference:
    return as_known_at(read_reference(Path("nowhere"), sites=set(SITES)), NOW.date())


def give(con: duckdb.DuckDBPyConnection, *sent: Sent) -> list[Receipt]:
    """Stores returns as one load does; what their numbers look like beside each other is not judged."""
    with patch("etl.warehouse.load.compare_stored", lambda *rest: rest[-1]()):
        return [receipt for _, receipt in _store(con, [one.checked for one in sent], SITES, reference(), NOW)]


def rows(con: duckdb.DuckDBPyConnection, sql: str, **values: object) -> list[tuple]:
    return con.execute(sql, values or None).fetchall()


def results(con: duckdb.DuckDBPyConnection) -> Results:
    """The results, without the plans."""
    ratios = (m for m in DERIVED.values() if isinstance(m, Ratio))
    planned = {*PLANNED, *(m.name for m in ratios if {m.numerator, m.denominator} & set(PLANNED))}
    found = rows(con, "select site, period, starts, measure, value, complete from results")
    assert len(found) == len({row[:4] for row in found})
    return {row[:4]: row[4:] for row in found if row[3] not in planned}


def result(con: duckdb.DuckDBPyConnection, site: str, period: str, starts: date, measure: str) -> tuple | None:
    return results(con).get((site, period, starts, measure))


def expected_results(sent: Iterable[Sent]) -> Results:
    """The same arithmetic, number by number, as somebody would do it with a pencil."""
    force = in_force(sent)
    if not force:
        return {}
    last = max(month for _, month in force)
    firsts = {s.name: min([s.first_month, *(m for n, m in force if n == s.name)]) for s in SITES.values()}
    made: Results = {}
    for period, starts in _periods(min(firsts.values()), last):
        months = [month_after(starts, step) for step in range(MONTHS_IN[period])]
        finished = months[-1] <= last
        due = {site: [m for m in months if first <= m <= last] for site, first in firsts.items()}
        each = {site: _of_site(site, due[site], force) for site in SITES if due[site]}
        for site, told in each.items():
            if period != "rolling_year" or len(due[site]) == 12:
                made |= _with_ratios(site, period, starts, told, finished)
        if each:
            measures = next(iter(each.values()))
            summed = {name: _sum([told[name] for told in each.values()]) for name in measures}
            made |= _with_ratios("all", period, starts, summed, finished)
    return made


def in_force(sent: Iterable[Sent]) -> dict[tuple[str, date], Sent]:
    """For each site and month the newest return that speaks of it."""
    force: dict[tuple[str, date], Sent] = {}
    for one in sorted((s for s in sent if not s.rejected), key=lambda s: (s.received, s.version, s.sha256)):
        force |= {(one.site, month): one for month in one.months}
    return force


ALWAYS = {"opening_cases", "new_cases", "closed_cases", "closing_cases", "spend.case_management"}
Part = tuple[float | None, bool]  # a value, and whether there is a hole in it


def _periods(first: date, last: date) -> Iterator[tuple[str, date]]:
    for month in months_from(first, last):
        yield "month", month
    yield from {("quarter", date(m.year, 3 * ((m.month - 1) // 3) + 1, 1)) for m in months_from(first, last)}
    yield from {("year", financial_year_start(m)) for m in months_from(first, last)}
    for month in months_from(first, last):
        if month_after(month, 11) <= last:
            yield "rolling_year", month


def _of_site(site: str, months: list[date], force: Mapping[tuple[str, date], Sent]) -> dict[str, Part]:
    def believed(number: str, month: date) -> bool:
        """Whether a number may be said not to apply: never where it always does, nor after a number other than nil."""
        if {number, number.partition(".")[0]} & ALWAYS:
            return False
        earlier = [own for (name, m), own in force.items() if name == site and m < month for own in [(m, own)]]
        return not any(own.cell(m, number)[1] == "reported" and own.cell(m, number)[0] for m, own in earlier)

    def told(number: str, over: str) -> Part:
        cells = [force[site, m].cell(m, number) if (site, m) in force else (None, "missing") for m in months]
        parts = [
            (value, state != "reported" and not (state == "not_applicable" and believed(number, month)))
            for month, (value, state) in zip(months, cells, strict=True)
        ]
        return _sum(parts) if over == "sum" else parts[0 if over == "first" else -1]

    made = {number: told(number, over) for number, over in OVER.items()}
    for measure in chain(REPORTED.values(), DERIVED.values()):
        if isinstance(measure, Breakdown):
            made[measure.name] = _sum([made[key(*pair)] for pair in keys(measure)])
        elif isinstance(measure, Total):
            kept = addends(measure, shared_lines(reference().scope, SITES))
            made[measure.name] = _sum([told(n, measure.over_months or OVER[n]) for n in kept])
    return made


def _sum(parts: list[Part]) -> Part:
    known = [value for value, _ in parts if value is not None]
    return (sum(known) if known else None), any(hole for _, hole in parts)


def _with_ratios(site: str, period: str, starts: date, told: dict[str, Part], finished: bool) -> Results:
    values = {name: None if hole else value for name, (value, hole) in told.items()}
    made = {(site, period, starts, n): (values[n], finished and not hole) for n, (_, hole) in told.items()}
    for measure in DERIVED.values():
        if isinstance(measure, Ratio) and not {measure.numerator, measure.denominator} & set(PLANNED):
            over, under = values[measure.numerator], values[measure.denominator]
            whole = finished and not told[measure.numerator][1] and not told[measure.denominator][1]
            made[site, period, starts, measure.name] = (over / under if over is not None and under else None), whole
    return made
