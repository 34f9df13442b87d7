"""All counts of an edition as one lattice: every number that is published, or that could be worked out from what is.

A cell is a number of a site (or of all together) over some months. Its relations are what any reader knows: months add
up to longer periods, sites to all, parts to totals, and what `etl.definitions.checks` says of a return. A relation
that does not hold in the data (a typing error) stays in the lattice: a reader is taken to know also by how much it
fails. That asks for more than leaving it out; the bounds are on changes of the table, to which the error is nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, csr_array, eye_array, hstack

from etl.definitions import DERIVED, MEASURES, REPORTED, key
from etl.definitions.checks import EQUAL, NO_MORE
from etl.definitions.measure import Breakdown, Total, keys
from etl.definitions.periods import day_of, last_month, month_after, months_from
from etl.definitions.settings import THRESHOLD

ALL = "all"
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class Cell(NamedTuple):
    """A number of a site from a first to a last month; of what is counted at one end of a period, that month."""

    site: str
    number: str
    starts: date
    ends: date


Row = tuple[Cell, tuple[Cell, ...]]


# Totals whose months are added up in a way of their own, for which the lattice has its own relations.
SUMMED_APART = ("worked_with", "open_case_months")
# Totals that are shown wherever these are, which they follow from: they take no part in the choice of what to hide.
SHOWN_WITH = {"risk_reduced_or_not_known": ("risk_reduced", "risk_change.not_known")}


@cache
def counts() -> dict[str, str]:
    """The counts of `results` that rest on returns, with how their months make a longer period.

    A total that is added up in another way than its parts is not among them, unless it is one of `SUMMED_APART`, nor is
    one of `SHOWN_WITH`.
    """
    found: dict[str, str] = {}
    for measure in REPORTED.values():
        if measure.unit == "count":
            found |= dict.fromkeys([measure.name, *(key(*pair) for pair in keys(measure))], measure.over_months)
    for derived in DERIVED.values():
        if isinstance(derived, Total) and derived.unit == "count" and derived.name not in SHOWN_WITH:
            way = derived.over_months or _own(derived, found)
            if derived.name in SUMMED_APART or (way != "mixed" and not derived.over_months):
                found[derived.name] = way
    return found


def _own(total: Total, over: Mapping[str, str]) -> str:
    ways = {over[number] for number in total.of}
    return ways.pop() if len(ways) == 1 else "mixed"


@dataclass(frozen=True)
class Lattice:
    """The cells with their counts (holes filled with what fits), and the relations as a matrix of +1 and -1.

    `stated` says which cells are numbers of `results` with a value; the others are holes, or are there only because
    they could be worked out.
    """

    cells: list[Cell]
    counts: Numbers
    holes: Mask
    stated: Mask
    matrix: csr_array
    spans: "Spans"

    @cached_property
    def place(self) -> dict[Cell, int]:
        """The place of each cell."""
        return {cell: i for i, cell in enumerate(self.cells)}

    @cached_property
    def columns(self) -> csc_array:
        """The relations, for picking cells."""
        return self.matrix.tocsc()

    @cached_property
    def small(self) -> Mask:
        """The counts that nobody may work out."""
        return ~self.holes & (self.counts >= 1) & (self.counts < THRESHOLD)

    @cached_property
    def room(self) -> Numbers:
        """How far each count can fall: to nothing."""
        return np.maximum(self.counts, 0.0)

    @cached_property
    def parts(self) -> Mask:
        """The cells of parts of breakdowns."""
        return np.array(["." in cell.number for cell in self.cells], dtype=bool)

    @cached_property
    def together(self) -> Mask:
        """The cells of all sites together."""
        return self.known_to(ALL)

    @cached_property
    def sites(self) -> NDArray[np.str_]:
        """The site of each cell."""
        return np.array([cell.site for cell in self.cells], dtype=np.str_)

    def known_to(self, reader: str) -> Mask:
        """The cells that a reader has anyway: a site its own, the forum none."""
        return self.sites == reader

    def share_of(self, reader: str) -> Numbers:
        """What of each count is the reader's own: of its own cells all, of those of all sites its part."""
        share = np.zeros(len(self.cells))
        if reader not in self.spans.first:
            return share
        for at, cell in enumerate(self.cells):
            if cell.site == ALL:
                own = self.place.get(self.spans.cell(reader, cell.number, cell.starts, cell.ends))
                share[at] = self.counts[own] if own is not None and self.spans.first[reader] <= cell.ends else 0.0
        return share


class Spans:
    """Which months each result is about: those of its period that a site has, up to the last month of the edition."""

    def __init__(self, results: pd.DataFrame, data_month: date) -> None:
        monthly = results[results.period == "month"]
        self.first = {str(site): day_of(first) for site, first in monthly.groupby("site").starts.min().items()}
        self.last = data_month
        self.sites = [site for site in self.first if site != ALL]

    def cell(self, site: str, number: str, starts: date, ends: date) -> Cell:
        """The cell of a number; what is counted at one end of a period is the same as that month's."""
        starts, ends = max(starts, self.first.get(site, starts)), min(ends, self.last)
        over = counts()[number.partition("-")[0]]
        if site != ALL and over == "first":
            ends = starts
        if site != ALL and over == "last":
            starts = ends
        if number == "open_case_months" and starts == ends:
            number = "closing_cases"
        return Cell(site, number, starts, ends)


def build(results: pd.DataFrame, data_month: date, also: Iterable[Cell] = ()) -> Lattice:
    """The lattice of an edition's results; `also` are cells that an earlier edition had beyond them."""
    return _Builder(results, data_month, also).lattice()


class _Builder:
    def __init__(self, results: pd.DataFrame, data_month: date, also: Iterable[Cell]) -> None:
        self.spans = Spans(results, data_month)
        self.values: dict[Cell, float | None] = {}
        self.stated: set[Cell] = set()
        self.rows: dict[Row, None] = {}
        own = results[results.measure.isin(list(counts()))]
        columns = (own.site, own.measure, own.period, own.starts, own.value)
        for site, number, period, starts, value in zip(*columns, strict=True):
            cell = self.spans.cell(site, number, day_of(starts), last_month(period, day_of(starts)))
            known = value == value and value is not None
            self.values[cell] = round(value) if known else self.values.get(cell)
            if known:
                self.stated.add(cell)
        for cell in also:
            if cell.site in self.spans.first and cell.ends <= data_month:
                self.values.setdefault(cell, None)

    def lattice(self) -> Lattice:
        for cell in list(self.values):
            self._over_months(cell) if cell.site != ALL else self._over_sites(cell)
        for cell in [cell for cell in self.values if cell.site != ALL and cell.starts == cell.ends]:
            self._within_month(cell)
        for cell in list(self.values):
            self._rest(cell)
        return self._solved()

    def _put(self, site: str, number: str, starts: date, ends: date) -> Cell:
        cell = self.spans.cell(site, number, starts, ends)
        self.values.setdefault(cell, None)
        return cell

    def _over_months(self, cell: Cell) -> None:
        """Months make a longer period; open at its start and new in it make those worked with."""
        if cell.starts == cell.ends:
            return
        site, number, starts, ends = cell
        if number == "worked_with":
            parts = [self._put(site, n, starts, ends) for n in ("opening_cases", "new_cases")]
        else:
            each = "closing_cases" if number == "open_case_months" else number
            parts = [self._put(site, each, month, month) for month in months_from(starts, ends)]
        self.rows[cell, tuple(parts)] = None

    def _over_sites(self, cell: Cell) -> None:
        sites = [site for site in self.spans.sites if self.spans.first[site] <= cell.ends]
        parts = [self._put(site, cell.number, cell.starts, cell.ends) for site in sites]
        self.rows[cell, tuple(parts)] = None
        for part in parts:
            if part not in self.stated:
                self._over_months(part)

    def _within_month(self, cell: Cell) -> None:
        """What must hold within a return and with the month before."""
        site, number, month, _ = cell
        measure = MEASURES.get(number)
        if isinstance(measure, Breakdown):
            parts = [self._put(site, key(*pair), month, month) for pair in keys(measure)]
            self.rows[cell, tuple(parts)] = None
        if isinstance(measure, Total) and number != "open_case_months":
            self.rows[cell, tuple(self._put(site, part, month, month) for part in measure.of)] = None
        if number == "opening_cases" and month > self.spans.first[site]:
            before = month_after(month, -1)
            self.rows[cell, (self._put(site, "closing_cases", before, before),)] = None
        for check in EQUAL:
            if number == check.plus[0]:
                self._equal(site, month, check.plus, check.minus)

    def _equal(self, site: str, month: date, plus: Iterable[str], minus: Iterable[str]) -> None:
        """Two sums that are the same, by way of a cell for what both make."""
        one, other = (tuple(self._put(site, n, month, month) for n in side) for side in (plus, minus))
        if len(one) == 1 or len(other) == 1:
            self.rows[(one[0], other) if len(one) == 1 else (other[0], one)] = None
            return
        both = self._put(site, "worked_with", month, month)
        self.rows[both, one] = self.rows[both, other] = None

    def _rest(self, cell: Cell) -> None:
        """Those of a whole who are not of its part: new cases of people who are not repeat perpetrators."""
        for check in NO_MORE:
            if check.to_date or cell.number != check.part or check.whole not in counts():
                continue
            if counts()[check.whole] == "mixed" and cell.starts != cell.ends:
                continue
            whole = self.spans.cell(cell.site, check.whole, cell.starts, cell.ends)
            if whole in self.values:
                rest = self._put(cell.site, f"{check.whole}-{check.part}", cell.starts, cell.ends)
                self.rows[whole, (cell, rest)] = None

    def _solved(self) -> Lattice:
        cells = list(self.values)
        place = {cell: i for i, cell in enumerate(cells)}
        rows, columns, signs = [], [], []
        for at, (total, parts) in enumerate(self.rows):
            rows += [at] * (1 + len(parts))
            columns += [place[total], *(place[part] for part in parts)]
            signs += [1.0, *([-1.0] * len(parts))]
        matrix = csr_array((signs, (rows, columns)), shape=(len(self.rows), len(cells)))
        known = np.array([np.nan if v is None else float(v) for v in self.values.values()])
        filled = _worked_out(known, matrix)
        stated = np.array([cell in self.stated for cell in cells], dtype=bool)
        return Lattice(cells, _filled(filled, matrix), np.isnan(filled), stated, matrix, self.spans)


def _worked_out(counts: Numbers, matrix: csr_array) -> Numbers:
    """The counts with every unknown one that a relation gives, until none gives another."""
    counts = counts.copy()
    while True:
        unknown = np.isnan(counts)
        single = np.flatnonzero(abs(matrix) @ unknown == 1)
        if not single.size:
            return counts
        off = matrix @ np.where(unknown, 0.0, counts)
        for row in single:
            own = slice(matrix.indptr[row], matrix.indptr[row + 1])
            columns, signs = matrix.indices[own], matrix.data[own]
            at = unknown[columns]
            counts[columns[at]] = -off[row] / signs[at]


def _filled(counts: Numbers, matrix: csr_array) -> Numbers:
    """Whole numbers of at least 0 for what nobody knows, that fit what is known as well as possible."""
    unknown = np.flatnonzero(np.isnan(counts))
    if not unknown.size:
        return counts
    counts = np.where(np.isnan(counts), 0.0, counts)
    rows = np.flatnonzero(abs(matrix)[:, unknown].sum(axis=1))
    off = (matrix @ counts)[rows]
    own = matrix[rows][:, unknown]
    slack = eye_array(rows.size)
    answer = milp(
        np.concatenate([np.zeros(unknown.size), np.ones(2 * rows.size)]),
        constraints=LinearConstraint(hstack([own, slack, -slack], format="csc"), -off, -off),
        integrality=np.concatenate([np.ones(unknown.size), np.zeros(2 * rows.size)]),
        bounds=Bounds(0, np.inf),
    )
    counts[unknown] = np.round(answer.x[: unknown.size])
    return counts
