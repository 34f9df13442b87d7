"""Which cells to hide so that no reader can work out a small number, at least cost.

Source: M. Fischetti and J. J. Salazar (2001), Solving the cell suppression problem on tabular data with
linear constraints, Management Science 47: a master programme chooses cells, an attack on its choice answers
with the cuts that it breaks, until nothing breaks. The attack itself is `attack`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, hstack

from etl.methods.attack import CLOSE, Block, Cell, Cells, Numbers, Relation, Table, blocks, connected, read_table

TOTAL_WEIGHT = 500.0
NUDGE = 1e-4
FEW = 12
ROUNDS = 200
RELAXED_ROUNDS = 40
NEAR, NEAR_ENOUGH = 1.03, 1.08
REMEMBERED = 6
Mask = NDArray[np.bool_]


class CannotProtect(ValueError):
    """No choice of hidden cells makes the table safe: publish a coarser one."""


def audit(
    table: Mapping[Cell, int | None],
    relations: Sequence[Relation],
    hidden: Collection[Cell],
    known: Collection[Cell] = (),
    zeros_shown: bool = True,
) -> dict[Cell, tuple[float, float]]:
    """The lowest and highest whole number that each hidden cell can hold for a reader who also has the
    `known` cells.

    The highest is `math.inf` where nothing bounds it. With `zeros_shown` the reader knows that a hidden
    count is at least 1. A hole (None) in the table is open to every reader; it has an answer only if it is
    among the `hidden`.
    """
    read = read_table(table, relations)
    asked, given = read.where(hidden), read.where(known)
    unsure = (asked | read.holes) & ~given
    ranges = {read.cells[i]: (read.counts[i], read.counts[i]) for i in np.flatnonzero(asked & given)}
    for block in blocks(read, unsure, _lowest(read, zeros_shown)):
        for at in np.flatnonzero(asked[block.cells]):
            ranges[read.cells[block.cells[at]]] = block.range(int(at))
    return ranges


def protect(
    table: Mapping[Cell, int | None],
    relations: Sequence[Relation],
    threshold: int = 5,
    known: Collection[Cell] = (),
    zeros_shown: bool = True,
    *,
    readers: Sequence[Collection[Cell]] = (),
    weights: Mapping[Cell, float] | None = None,
) -> set[Cell]:
    """The cells to hide: every count from 1 to below `threshold`, and at least cost what keeps those from
    being worked out.

    `table` is {cell: count}, `relations` a list of (total, parts). A small cell is safe when the reader
    cannot rule out any value from 1 to `threshold`. Cells that the reader has anyway (`known`) are hidden
    when small like any other, but give no protection and need none. `readers` are further readers of the
    same publication, each with the cells that it knows beyond those; the choice is safe against every one.
    With `zeros_shown` a count of 0 is never hidden. A hole (None) is not published, so it is not in the
    answer. `weights` says what hiding a cell costs: by default its count (at least 1), and 500 or more for
    a total. Raises `CannotProtect` where no choice is safe.
    """
    read = read_table(table, relations)
    cost = _weights(read, weights)
    small = ~read.holes & (read.counts >= 1) & (read.counts < threshold)
    lowest = _lowest(read, zeros_shown)
    has = [read.where(known) | read.where(reader) for reader in readers or [()]]
    never = (read.counts == 0) & ~read.holes & zeros_shown
    hidden = small.copy()
    for part in _parts(read, small, has, np.logical_and.reduce(has) | never, lowest, cost):
        hidden[part.cells[part.solve(threshold)]] = True
    return {read.cells[i] for i in np.flatnonzero(hidden & ~read.holes)}


def _lowest(table: Table, zeros_shown: bool) -> Numbers:
    """The least that a hidden count can be; a zero that was hidden all the same, and a hole, can be 0."""
    return np.where(zeros_shown & ~table.holes & (table.counts > 0), 1.0, 0.0)


def _weights(table: Table, weights: Mapping[Cell, float] | None) -> Numbers:
    if weights is not None:
        return np.array([weights[cell] for cell in table.cells], dtype=float)
    inside = np.maximum(table.counts, 1)
    return np.where(table.totals, TOTAL_WEIGHT + inside / 10, inside)


@dataclass(frozen=True)
class _Demand:
    """A reader must be able to believe that the small cell at `at` is higher (`sign` 1) or lower (-1) by
    `need`.
    """

    reader: int
    at: int
    sign: int
    need: float


@dataclass(frozen=True)
class _Part:
    """Cells that may be hidden and hang together: what is solved at once. Masks and places are within the
    part.

    `fixed` cells are hidden whatever happens, `known` says which cells each reader has, `room` how far a
    count can fall.
    """

    table: Table
    cells: Cells
    matrix: csc_array
    cost: Numbers
    room: Numbers
    lowest: Numbers
    fixed: Mask
    small: Mask
    known: list[Mask]
    cuts: list[Numbers] = field(default_factory=list)
    seen: dict[_Demand, list[Mask]] = field(default_factory=dict)

    def solve(self, threshold: int) -> Mask:
        """The cells to hide, at least cost where few need it, else within 3% of that, or 8% where slow."""
        demands = self._demands(threshold)
        many = len(demands) > FEW
        for demand in demands:
            self._cut_by_lines(demand)
        if many:
            self._cut_by_fractions(demands, RELAXED_ROUNDS)
        best, floor = np.ones_like(self.fixed), 0.0
        for step in range(ROUNDS):
            chosen, bound = self._choose(0.01 if many else 0.0)
            floor = max(floor, bound)
            broken = self._broken(chosen, demands)
            if not broken:
                return chosen
            if step % 8 == 7 or (many and step == 0):
                best = min(best, self._mend(chosen, demands), key=self._price)
                if self._price(best) <= (NEAR if step < 8 else NEAR_ENOUGH) * floor:
                    return best
            for demand in broken:
                self._cut(demand, chosen.astype(float))
            if many:
                self._cut_by_fractions(broken, rounds=4)
        return best

    def _demands(self, threshold: int) -> list[_Demand]:
        counts = self.table.counts[self.cells]
        return [
            _Demand(reader, int(at), sign, need)
            for at in np.flatnonzero(self.small)
            for reader, known in enumerate(self.known)
            for sign, need in ((1, threshold - counts[at]), (-1, counts[at] - 1))
            if need > 0 and not known[at]
        ]

    def _price(self, chosen: Mask) -> float:
        return float(self.cost[chosen & ~self.fixed].sum())

    # The master programme

    def _choose(self, gap: float) -> tuple[Mask, float]:
        """The cheapest cells that no cut so far forbids, and a cost below which no choice goes."""
        answer = milp(
            np.where(self.fixed, 0, self.cost),
            constraints=LinearConstraint(csc_array(np.array(self.cuts)), 1) if self.cuts else None,
            bounds=Bounds(self.fixed.astype(float), 1),
            integrality=np.ones(self.cells.size),
            options={"mip_rel_gap": gap},
        )
        if answer.x is None:
            raise CannotProtect("No choice of hidden cells keeps every small number from being worked out.")
        return answer.x > 0.5, answer.mip_dual_bound

    def _cut_by_fractions(self, demands: list[_Demand], rounds: int) -> None:
        """Gather cuts while cells may be hidden by fractions: quick, and it leaves little for whole cells to
        find.
        """
        active = demands
        for _ in range(rounds):
            answer = linprog(
                np.where(self.fixed, 0, self.cost),
                A_ub=-csc_array(np.array(self.cuts)) if self.cuts else None,
                b_ub=-np.ones(len(self.cuts)) if self.cuts else None,
                bounds=np.column_stack([self.fixed.astype(float), np.ones(self.cells.size)]),
            )
            if answer.x is None:
                return
            everyone = len(active) == len(demands)
            active = [demand for demand in active if self._cut(demand, answer.x, fractional=True)]
            if not active and everyone:
                return
            active = active or demands

    def _add(self, coefficients: Numbers, demand: _Demand) -> Numbers | None:
        """Ask that the hidden cells' `coefficients` add up to the need, no one counting for more than is
        short.
        """
        coefficients = np.minimum(coefficients, demand.need)
        short = demand.need - coefficients[self.fixed].sum()
        if short <= CLOSE:
            return None
        cut = np.where(self.fixed, 0, np.minimum(coefficients, short) / short)
        if cut.sum() < 1 - CLOSE:
            raise CannotProtect(self._why_not(demand))
        self.cuts.append(cut)
        return cut

    def _why_not(self, demand: _Demand) -> str:
        cell = self.table.cells[self.cells[demand.at]]
        return (
            f"{cell!r} is small and can be worked out whatever else is hidden: no other cell can make up for"
            f" it being {demand.need:g} {'higher' if demand.sign > 0 else 'lower'}. Publish a coarser table."
        )

    def _cut_by_lines(self, demand: _Demand) -> None:
        """What one relation alone asks: the other cells in it must make up for the move."""
        away = ~self.known[demand.reader]
        away[demand.at] = False
        for row in self.matrix[:, [demand.at]].nonzero()[0]:
            line = self.matrix[[row]].toarray()[0]
            against = np.where(away, line * line[demand.at] * demand.sign, 0)
            self._add(np.where(against > 0, self.room, 0) + np.where(against < 0, demand.need, 0), demand)

    def _cut(self, demand: _Demand, chosen: Numbers, fractional: bool = False) -> bool:
        """Add the cut that says why the chosen cells (or fractions of cells) do not meet `demand`; whether
        they broke it.

        Its coefficients are the multipliers of the reader's programme, in which cells not chosen may move
        by a nudge: that picks, among equal reasons, one that asks most of them.
        """
        unsure = np.flatnonzero(~self.known[demand.reader])
        whole, share = chosen > 1 - CLOSE, np.maximum(chosen, NUDGE)
        rise = np.where(whole, demand.need if fractional else np.inf, share * demand.need)
        fall = np.where(whole, self.room, share * np.minimum(self.room, demand.need))
        aim = np.zeros(self.cells.size)
        aim[demand.at] = -demand.sign
        answer = linprog(
            aim[unsure],
            A_eq=self.matrix[:, unsure],
            b_eq=np.zeros(self.matrix.shape[0]),
            bounds=np.column_stack([-fall, rise])[unsure],
        )
        if answer.x is None or -answer.fun >= demand.need - (0.05 if fractional else 1e-3):
            if not fractional:
                self.cuts.append(np.where(chosen > 0.5, 0.0, 1.0))
            return False
        prices = aim - self.matrix.T @ answer.eqlin.marginals
        prices[self.known[demand.reader] | (np.abs(prices) < 1e-9)] = 0
        cut = self._add(np.where(prices > 0, prices * self.room, 0) + np.where(prices < 0, demand.need, 0), demand)
        return cut is not None and float(cut @ chosen) < 1 - 1e-3

    # The attack on a choice

    def _broken(self, chosen: Mask, demands: list[_Demand], first: bool = False) -> list[_Demand]:
        """The demands that the chosen cells do not meet (only some of them if the `first` will do)."""
        doubtful = [d for d in demands if not any(not (seen & ~chosen).any() for seen in self.seen.get(d, ()))]
        broken: list[_Demand] = []
        for reader, known in enumerate(self.known):
            mine: dict[int, list[_Demand]] = {}
            for demand in doubtful:
                if demand.reader == reader:
                    mine.setdefault(demand.at, []).append(demand)
            for block in self._blocks(chosen & ~known) if mine else ():
                asked = [(demand, i) for i, at in enumerate(block.cells) for demand in mine.get(int(at), ())]
                for sign in (1, -1):
                    broken += self._unmet(block, [(d, i) for d, i in asked if d.sign == sign], sign)
                    if broken and first:
                        return broken
        return broken

    def _blocks(self, unsure: Mask) -> Iterator[Block]:
        """The unsure cells in groups, with their places in this part."""
        where = np.zeros(len(self.table.cells), dtype=bool)
        where[self.cells[unsure]] = True
        for block in blocks(self.table, where, self.lowest):
            yield replace(block, cells=np.searchsorted(self.cells, block.cells))

    def _unmet(self, block: Block, asked: list[tuple[_Demand, int]], sign: int) -> list[_Demand]:
        """The demands that no consistent table meets; a table that may meet many at once is tried first."""
        while len(asked) > 1:
            aim, caps = np.zeros(block.cells.size), np.full(block.cells.size, np.inf)
            for demand, at in asked:
                aim[at] = sign
                if sign > 0:
                    caps[at] = demand.need
            change = block.change(aim, caps)
            left = [(demand, at) for demand, at in asked if not self._met(demand, at, block, change)]
            if len(left) == len(asked):
                break
            asked = left
        return [demand for demand, at in asked if not self._met(demand, at, block, block.most(at, sign, demand.need))]

    def _met(self, demand: _Demand, at: int, block: Block, change: Numbers | None) -> bool:
        """Whether a change meets a demand; if so, the cells that it needs are remembered."""
        if change is None or demand.sign * change[at] < demand.need - CLOSE:
            return False
        needs = np.zeros_like(self.fixed)
        needs[block.cells[np.abs(change) > CLOSE]] = True
        self.seen[demand] = [needs, *self.seen.get(demand, [])[: REMEMBERED - 1]]
        return True

    # A safe choice from an unsafe one

    def _mend(self, chosen: Mask, demands: list[_Demand]) -> Mask:
        """Give each broken demand the cheapest cells that meet it, then take back what turns out not to be
        needed.
        """
        chosen = chosen.copy()
        while broken := self._broken(chosen, demands):
            before = chosen.sum()
            for demand in broken:
                chosen |= self._cheapest_move(demand, chosen)
            if chosen.sum() == before:
                chosen |= self._cheapest_neighbour(broken[0], chosen)
        for at in sorted(np.flatnonzero(chosen & ~self.fixed), key=lambda at: -self.cost[at]):
            chosen[at] = False
            chosen[at] = bool(self._broken(chosen, demands, first=True))
        return chosen

    def _cheapest_move(self, demand: _Demand, chosen: Mask) -> Mask:
        """The cells of the cheapest change that meets `demand`, a cell not yet chosen costing its weight a
        step.
        """
        unsure = np.flatnonzero(~self.known[demand.reader])
        step = np.where(chosen, 1e-3, self.cost)[unsure]
        limits = np.vstack([np.full(unsure.size, np.inf), self.room[unsure]])
        at = int(np.searchsorted(unsure, demand.at))
        limits[0 if demand.sign > 0 else 1, at] = demand.need
        limits[1 if demand.sign > 0 else 0, at] = 0
        step[at] = -2 * self.cost.sum() * self.cells.size
        matrix = self.matrix[:, unsure]
        answer = linprog(
            np.concatenate([step, step]),
            A_eq=hstack([matrix, -matrix]),
            b_eq=np.zeros(matrix.shape[0]),
            bounds=np.column_stack([np.zeros(2 * unsure.size), limits.ravel()]),
        )
        moved = answer.x[: unsure.size] + answer.x[unsure.size :]
        if moved[at] < demand.need - CLOSE:
            raise CannotProtect(self._why_not(demand))
        used = np.zeros_like(chosen)
        used[unsure[moved > CLOSE]] = True
        return used

    def _cheapest_neighbour(self, demand: _Demand, chosen: Mask) -> Mask:
        """The cheapest cell that shares a relation with a hidden one: for moves that whole numbers alone
        forbid.
        """
        near = ~chosen & ~self.known[demand.reader]
        beside = near & ((np.abs(self.matrix).T @ (np.abs(self.matrix) @ chosen)) > 0)
        if not (beside if beside.any() else near).any():
            raise CannotProtect(self._why_not(demand))
        one = np.zeros_like(chosen)
        one[np.argmin(np.where(beside if beside.any() else near, self.cost, np.inf))] = True
        return one


def _parts(
    table: Table, small: Mask, has: list[Mask], unusable: Mask, lowest: Numbers, cost: Numbers
) -> Iterator[_Part]:
    """The cells that may be hidden and move, in groups that no relation ties to one another and that hold a
    small cell.
    """
    columns = np.flatnonzero(~unusable)
    for cells, rows in connected(table.matrix[:, columns]):
        where = columns[cells]
        if small[where].any():
            yield _Part(
                table=table,
                cells=where,
                matrix=csc_array(table.matrix[np.ix_(rows, where)]),
                cost=cost[where],
                room=table.counts[where] - lowest[where],
                lowest=lowest,
                fixed=small[where] | table.holes[where],
                small=small[where],
                known=[reader[where] for reader in has],
            )
