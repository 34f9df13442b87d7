"""The table in whole people that leaves a small count open, nearest to what is printed: a linear programme, kept warm.

Where its answer is in fractions of people, the same as a whole-number programme, in a limited number of nodes.
"""

from collections.abc import Sequence

import highspy
import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from etl.protect.attributes import Numbers
from etl.protect.problem import Pieces, Places, Problem

CLOSE = 1e-6
NODES = 20_000
OPTIONS: dict[str, bool | float | str | int] = {
    "output_flag": False,
    "parallel": "off",
    "mip_rel_gap": 0.02,
    "random_seed": 1,
}


class _Quiet(highspy.Highs):
    """HiGHS without its banner: from 1.16 on it prints one before options can be set, unless switched off here."""

    def enableCallbacks(self) -> None:  # noqa: N802  the library's name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


class NearestTable:
    """Tables in which some sites move and the others stay as they are; asked many times, with the ranges as they grow.

    Columns: the variables of the sites that move, and for each printed sum how far it lies above and below its range.
    Rows: totals that are public, ranges of earlier editions, printed sums.
    """

    def __init__(self, problem: Problem, sites: Sequence[int], cost: Numbers) -> None:
        self.problem, self.moves = problem, np.isin(problem.owner(), sites)
        self.variables = np.flatnonzero(self.moves)
        self.place = np.full(problem.truth.size, -1, dtype=np.intp)
        self.place[self.variables] = np.arange(self.variables.size)
        fixed = np.where(self.moves, 0.0, problem.truth)
        printed, bound = problem.printed[:, self.variables], problem.bound[:, self.variables]
        self.cells = np.flatnonzero(np.diff(printed.indptr))
        self.beside = (problem.printed @ fixed)[self.cells]
        hard = np.flatnonzero(np.diff(bound.indptr))
        told = np.array([(row.low, row.high) for row in problem.told]).reshape(-1, 2)[hard]
        told = told - (problem.bound @ fixed)[hard][:, None]
        totals, public = self._totals(sites)
        size, extra = self.variables.size, self.cells.size
        self.highs = _Quiet()
        for name, value in OPTIONS.items():
            self.highs.setOptionValue(name, value)
        matrix = vstack(
            [
                hstack([totals, csr_array((totals.shape[0], 2 * extra))]),
                hstack([bound[hard], csr_array((hard.size, 2 * extra))]),
                hstack([printed[self.cells], _minus_plus(extra)]),
            ],
            format="csr",
        )
        self.first_cell = totals.shape[0] + hard.size
        low = np.concatenate([public, told[:, 0], np.zeros(extra)])
        high = np.concatenate([public, told[:, 1], np.zeros(extra)])
        costs = np.concatenate([np.zeros(size), cost[self.cells], cost[self.cells]])
        self._pass(matrix, low, high, costs)

    def _totals(self, sites: Sequence[int]) -> tuple[csr_array, Numbers]:
        """The blocks' public totals: a row each."""
        problem, rows, right = self.problem, [], []
        width = len(problem.columns)
        for own in (problem.sites[at] for at in sites):
            for block in np.flatnonzero(np.isfinite(own.totals)):
                rows.append(self.place[own.at + block * width : own.at + (block + 1) * width])
                right.append(own.totals[block])
        at = np.repeat(np.arange(len(rows)), width)
        columns = np.concatenate(rows) if rows else np.zeros(0, dtype=np.intp)
        return csr_array((np.ones(at.size), (at, columns)), shape=(len(rows), self.variables.size)), np.array(right)

    def _pass(self, matrix: csr_array, low: Numbers, high: Numbers, costs: Numbers) -> None:
        rows, size = matrix.shape
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = size, rows
        model.col_cost_, model.col_lower_, model.col_upper_ = costs, np.zeros(size), np.full(size, np.inf)
        model.row_lower_, model.row_upper_ = low, high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        self.highs.passModel(model)
        self.size, self.rows = size, rows

    def find(self, pieces: Pieces, sign: int, bound: float) -> Numbers | None:
        """A table in which a count reaches its bound; None where there is none."""
        cells = np.arange(self.first_cell, self.first_cell + self.cells.size, dtype=np.int32)
        low, high = self.problem.low[self.cells] - self.beside, self.problem.high[self.cells] - self.beside
        self.highs.changeRowsBounds(cells.size, cells, low, high)  # type: ignore[attr-defined]
        self._ask(pieces, sign, bound)
        try:
            return self._answer()
        finally:
            self._forget()

    def _ask(self, pieces: Pieces, sign: int, bound: float) -> None:
        """Adds the rows of a requirement; a count of several blocks has a column for what it has of each."""
        whole, right = [], bound
        partial: list[tuple[Places, float, float]] = []
        alone = len(pieces.variables) == 1
        for own, beside, within in zip(*pieces, strict=True):
            if not self.moves[own].all():
                block = float(self.problem.truth[own].sum())
                right -= min(block, within) if sign > 0 else max(block - beside, 0.0)
            elif alone or beside == 0:
                whole.append(self.place[own])
                right += beside if sign < 0 else 0.0
            else:
                partial.append((self.place[own], beside, within))
        columns = np.concatenate(whole) if whole else np.zeros(0, dtype=np.intp)
        for at, (own, beside, within) in enumerate(partial):
            new = self.size + at
            self.highs.addCol(0.0, 0.0, within if sign > 0 else np.inf, 0, np.zeros(0, np.int32), np.zeros(0))
            index = np.append(own, new).astype(np.int32)
            signs = np.append(np.full(own.size, 1.0), -1.0)
            # What a window has is no more than its block, or no less than its block less the people of other months.
            self.highs.addRow(*((0.0, np.inf) if sign > 0 else (-np.inf, beside)), index.size, index, signs)
        columns = np.concatenate([columns, self.size + np.arange(len(partial))]).astype(np.int32)
        ends = (right, np.inf) if sign > 0 else (-np.inf, right)
        self.highs.addRow(*ends, columns.size, columns, np.ones(columns.size))

    def _forget(self) -> None:
        rows, columns = self.highs.getNumRow(), self.highs.getNumCol()
        if rows > self.rows:
            self.highs.deleteRows(rows - self.rows, np.arange(self.rows, rows, dtype=np.int32))
        if columns > self.size:
            self.highs.deleteCols(columns - self.size, np.arange(self.size, columns, dtype=np.int32))

    def _answer(self) -> Numbers | None:
        found = self._solved()
        if found is None or (np.abs(found - np.round(found)) < CLOSE).all():
            return self._table(found)
        own = np.arange(self.variables.size, dtype=np.int32)
        kinds = np.full(own.size, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self.highs.changeColsIntegrality(own.size, own, kinds)
        self.highs.setOptionValue("mip_max_nodes", NODES)
        found = self._solved()
        kinds[:] = int(highspy.HighsVarType.kContinuous)
        self.highs.changeColsIntegrality(own.size, own, kinds)
        return self._table(found)

    def _solved(self) -> Numbers | None:
        self.highs.run()
        if self.highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        return np.array(self.highs.getSolution().col_value)[: self.variables.size]

    def _table(self, found: Numbers | None) -> Numbers | None:
        if found is None:
            return None
        table = self.problem.truth.copy()
        table[self.variables] = np.round(found)
        return table


def _minus_plus(size: int) -> csr_array:
    ones = np.arange(size)
    both = np.concatenate([ones, ones]), np.arange(2 * size)
    return csr_array((np.repeat([-1.0, 1.0], size), both), shape=(size, 2 * size))
