"""What a reader who knows every published number can work out about the hidden ones.

Source: M. Fischetti and J. J. Salazar (2001), Solving the cell suppression problem on tabular data with
linear constraints, Management Science 47. The reader's programme: every total equals its parts, every
hidden count is at least `lowest`. Among cells of two-way tables the
linear answer is whole by nature; where three dimensions meet it may not be, and whole-number programming
decides.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

Cell = Hashable
Relation = tuple[Cell, Sequence[Cell]]
Numbers = NDArray[np.float64]
Cells = NDArray[np.intp]
CLOSE = 1e-6
UNBOUNDED = (3, 4)


@dataclass(frozen=True)
class Table:
    """A table as arrays: one column a cell, one row a relation (the total +1, its parts -1); `matrix @
    counts` is 0.

    A hole (a count of None) is neither published nor known to anybody: it holds a whole number that fits,
    which says nothing about it, and any number from 0 is open to it.
    """

    cells: list[Cell]
    counts: Numbers
    holes: NDArray[np.bool_]
    totals: NDArray[np.bool_]
    matrix: Numbers

    @cached_property
    def place(self) -> dict[Cell, int]:
        return {cell: i for i, cell in enumerate(self.cells)}

    def where(self, cells: Collection[Cell]) -> NDArray[np.bool_]:
        """A mask of `cells`, all of which must be in the table."""
        mask = np.zeros(len(self.cells), dtype=bool)
        mask[[self.place[cell] for cell in cells]] = True
        return mask


def read_table(table: Mapping[Cell, int | None], relations: Sequence[Relation]) -> Table:
    """Check a table and turn it into arrays; a total that does not equal its parts is refused by name."""
    cells = list(table)
    place = {cell: i for i, cell in enumerate(cells)}
    for cell, count in table.items():
        if count is not None and not (count >= 0 and count == int(count)):
            raise ValueError(f"{cell!r} is {count!r}; a count is a whole number of at least 0, or None for a hole.")
    matrix = np.zeros((len(relations), len(cells)))
    totals = np.zeros(len(cells), dtype=bool)
    for row, (total, parts) in enumerate(relations):
        if missing := [cell for cell in (total, *parts) if cell not in place]:
            raise ValueError(f"The relation of {total!r} names {missing[0]!r}, which is not in the table.")
        matrix[row, place[total]] += 1
        np.subtract.at(matrix[row], [place[part] for part in parts], 1)
        totals[place[total]] = True
    holes = np.array([count is None for count in table.values()], dtype=bool)
    counts = np.array([0.0 if count is None else float(count) for count in table.values()])
    return Table(cells, _filled(counts, holes, matrix, relations), holes, totals, matrix)


def _filled(counts: Numbers, holes: NDArray[np.bool_], matrix: Numbers, relations: Sequence[Relation]) -> Numbers:
    off = matrix @ counts
    unsure = np.abs(matrix) @ holes > 0
    for row in np.flatnonzero((np.abs(off) > CLOSE) & ~unsure):
        raise ValueError(f"{relations[int(row)][0]!r} does not equal its parts: it is out by {off[row]:g}.")
    if not unsure.any():
        return counts
    where = np.flatnonzero(holes)
    answer = milp(
        np.ones(where.size),
        constraints=LinearConstraint(matrix[np.ix_(unsure, where)], -off[unsure], -off[unsure]),
        integrality=np.ones(where.size),
    )
    if answer.x is None:
        raise ValueError("No whole numbers can stand in the table's holes: a total is less than its parts.")
    counts = counts.copy()
    counts[where] = np.round(answer.x)
    return counts


@dataclass(frozen=True)
class Block:
    """Hidden cells that are tied together: the rows that tie them, their counts, how far each can fall."""

    cells: Cells
    rows: Cells
    matrix: Numbers
    counts: Numbers
    room: Numbers

    def change(self, aim: Numbers, caps: Numbers | None = None) -> Numbers | None:
        """The whole-number change, consistent with what is published, that does most for `aim` (None: no end).

        A linear answer that happens to be whole is the best whole one: only others are asked again.
        """
        change = self._solved(aim, caps, whole=False)
        if change is None or np.all(change == np.round(change)):
            return change
        return self._solved(aim, caps, whole=True)

    def _solved(self, aim: Numbers, caps: Numbers | None, whole: bool) -> Numbers | None:
        answer = milp(
            -aim,
            constraints=LinearConstraint(self.matrix, 0, 0) if self.rows.size else None,
            bounds=Bounds(-self.room, np.inf if caps is None else caps),
            integrality=np.full(aim.size, int(whole)),
        )
        if answer.status in UNBOUNDED:
            return None
        if answer.x is None:
            raise ArithmeticError(f"The solver failed on a reader's programme: {answer.message}")
        change: Numbers = np.round(answer.x, 6)
        return change

    def most(self, at: int, sign: int, need: float) -> Numbers:
        """The change that moves the cell at `at` furthest up (`sign` 1) or down (-1), up to `need`."""
        aim, caps = np.zeros(self.cells.size), np.full(self.cells.size, np.inf)
        aim[at] = sign
        if sign > 0:
            caps[at] = need
        change = self.change(aim, caps)
        assert change is not None
        return change

    def range(self, at: int) -> tuple[float, float]:
        """The lowest and highest whole number that the cell at `at` can hold."""
        aim = np.zeros(self.cells.size)
        aim[at] = 1
        down, up = self.change(-aim), self.change(aim)
        assert down is not None
        return self.counts[at] + round(down[at]), math.inf if up is None else self.counts[at] + round(up[at])


def blocks(table: Table, open_to_reader: NDArray[np.bool_], lowest: NDArray[np.float64]) -> Iterator[Block]:
    """The hidden cells that a reader does not know, in groups that no relation ties to one another."""
    hidden = np.flatnonzero(open_to_reader)
    matrix = table.matrix[:, hidden]
    for cells, rows in connected(matrix):
        where = hidden[cells]
        counts = table.counts[where]
        yield Block(where, rows, matrix[np.ix_(rows, cells)], counts, counts - lowest[where])


def connected(matrix: Numbers) -> Iterator[tuple[Cells, Cells]]:
    """Columns and rows of a matrix, in groups that share no entry."""
    links = matrix != 0
    left = np.ones(matrix.shape[1], dtype=bool)
    while left.any():
        columns = np.zeros_like(left)
        columns[np.argmax(left)] = True
        size = 0
        while size != (size := int(columns.sum())):
            rows = links[:, columns].any(axis=1)
            columns |= links[rows].any(axis=0)
        left &= ~columns
        yield np.flatnonzero(columns), np.flatnonzero(rows)
