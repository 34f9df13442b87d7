"""Witnesses: other tables that agree with all that a reader sees, and so prove that it cannot know what is hidden.

One witness meets the requirements of many small numbers at once, so that a few programmes do the work of thousands.
Where an answer has fractions of people, whole numbers are searched near it first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import process_time
from typing import NamedTuple

import numpy as np
from scipy.sparse import block_array, coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from etl.protect.cell_suppression.lattice import Lattice, Mask, Numbers
from etl.protect.cell_suppression.reduce import lean
from etl.protect.cell_suppression.requirements import Places, Requirements
from etl.protect.cell_suppression.solver import Programme

CLOSE = 1e-6
# So many requirements that cannot be met together are tried one by one even where a quick answer is wanted.
FEW = 20
# So many answers in whole people one after the other may meet nothing before another choice of requirements is tried.
PATIENCE = 3
# So many requirements are tried together in whole numbers at first: more than that seldom have an answer. Where an
# answer meets none, so many times fewer are tried next.
TOGETHER, FEWER = 300, 4
# Where an answer has fractions of people, whole ones are looked for near them: so far around and then farther, in so
# many nodes of the search.
RINGS, NODES = (2, 3), 40
# A single requirement is tried near its cell first: so far around, and then anywhere in so many nodes.
FAR, LONG = 4, 500


class TooLong(RuntimeError):
    """The time for an attack or for hiding has run out."""


@dataclass(frozen=True)
class Witness:
    """A change of the table that a reader must believe possible: which cells move, and by how much."""

    cells: Places
    moves: Numbers


class Relations(NamedTuple):
    """What of a lattice a search needs: its relations by columns, and how far each cell can fall."""

    columns: csc_array
    room: Numbers


def tables(
    relations: Relations, areas: Sequence[Mask], asked: Requirements, seconds: float, whole: bool, alone: bool
) -> list[Witness]:
    """Witnesses that meet requirements and move only the cells of an area; one area after the other.

    In the last one, requirements are also tried one by one where `alone` says so. Raises TooLong after so many
    seconds of processor time.
    """
    found: list[Witness] = []
    until = process_time() + seconds
    for place, may in enumerate(areas, 1):
        within = may[asked.at]
        if within.any():
            solver = _Solver(relations, may, asked.only(within), until, whole)
            found += solver.run(alone and place == len(areas))
            open_still = ~within
            open_still[within] = solver.open
            asked = asked.only(open_still)
    return found


class VerifiedWitnesses:
    """Those of several witnesses that hold, and the requirements that they meet.

    A witness holds if it moves whole people, takes no count below nothing, keeps every relation, and moves nothing that
    is shown or that the reader knows. This is checked by arithmetic on whole numbers, so that what is published does
    not depend on a solver and its tolerances. Without `whole` fractions of people will do.
    """

    def __init__(self, lattice: Lattice, shown: Mask, witnesses: Sequence[Witness], *, whole: bool = True) -> None:
        self.lattice, self.slack = lattice, 0.0 if whole else CLOSE
        changes = _stacked(witnesses, len(lattice.cells))
        self.places = np.flatnonzero(_hold(lattice, shown, changes, whole, self.slack))
        self.changes = changes[:, self.places]
        self.sizes = np.bincount(self.changes.indices, minlength=self.places.size)

    def met(self, reader: str, asked: Requirements) -> Mask:
        """Which requirements of a reader they meet."""
        return self.met_without_moving(self.lattice.known_to(reader), asked)

    def met_without_moving(self, still: Mask, asked: Requirements) -> Mask:
        """Which requirements are met by those that do not move some cells."""
        needs, _ = self._meeting(still, asked)
        return np.isin(np.arange(len(asked)), needs)

    def smallest(self, reader: str, asked: Requirements) -> tuple[Mask, Places]:
        """Which requirements of a reader they meet, and the places of witnesses that do: for each requirement the one
        that moves the fewest cells.
        """
        needs, by = self._meeting(self.lattice.known_to(reader), asked)
        order = np.lexsort((by, self.sizes[by], needs))
        met, first = np.unique(needs[order], return_index=True)
        return np.isin(np.arange(len(asked)), met), self.places[np.unique(by[order][first])]

    def _meeting(self, still: Mask, asked: Requirements) -> tuple[Places, Places]:
        """Pairs of a requirement and a witness that meets it, holds, and does not move some cells."""
        moved = _moves(self.changes[still])
        own = self.changes[asked.at].tocoo()
        need, by = own.coords
        meets = ~moved[by] & (asked.sign[need] * own.data >= asked.by[need] - self.slack)
        return need[meets], by[meets]


def _hold(lattice: Lattice, shown: Mask, changes: csr_array, whole: bool, slack: float) -> Mask:
    """Which changes hold, whoever reads."""
    if not changes.shape[1]:
        return np.zeros(0, dtype=bool)
    fails = _moves(changes[shown])
    fails |= np.asarray(abs(lattice.matrix @ changes).max(axis=0).todense()).ravel() > slack
    below = (changes + csr_array(changes != 0).multiply(lattice.room[:, None])).min(axis=0)
    fails |= np.asarray(below.todense()).ravel() < -slack
    if whole:
        parts = changes.copy()
        parts.data = parts.data != np.round(parts.data)
        fails |= np.asarray(parts.sum(axis=0)) > 0
    return ~fails


def _moves(changes: csr_array) -> Mask:
    """Which columns move any of the cells."""
    return np.asarray(abs(changes).sum(axis=0)) > 0


def in_whole_people(witnesses: Sequence[Witness]) -> tuple[list[Witness], list[Witness]]:
    """Those of the tables that move whole people only, to the last digit, and the others."""
    whole, others = [], []
    for witness in witnesses:
        moves = np.round(witness.moves)
        if np.abs(moves - witness.moves).max(initial=0) < CLOSE:
            whole.append(Witness(witness.cells, moves))
        else:
            others.append(witness)
    return whole, others


def _stacked(witnesses: Sequence[Witness], cells: int) -> csr_array:
    """Witnesses as columns."""
    if not witnesses:
        return csr_array((cells, 0))
    which = np.repeat(np.arange(len(witnesses)), [witness.cells.size for witness in witnesses])
    at = np.concatenate([witness.cells for witness in witnesses])
    moves = np.concatenate([witness.moves for witness in witnesses])
    return coo_array((moves, (at, which)), shape=(cells, len(witnesses))).tocsr()


class _Solver:
    """The programme of readers who know all but some free cells: what can these be?"""

    def __init__(self, relations: Relations, free: Mask, asked: Requirements, until: float, whole: bool) -> None:
        self.all = np.flatnonzero(free)
        columns = relations.columns[:, self.all].tocsr()
        keep = np.zeros(self.all.size, dtype=bool)
        keep[np.searchsorted(self.all, asked.at)] = True
        own = lean(columns[np.flatnonzero(np.diff(columns.indptr))], relations.room[self.all], keep)
        self.matrix, self.back, self.cells = own.matrix, own.back, self.all[own.columns]
        self.room = relations.room[self.cells]
        self.asked = Requirements(np.searchsorted(self.cells, asked.at), asked.sign, asked.by)
        self.until, self.whole = until, whole
        self.open = np.ones(len(asked), dtype=bool)
        self.found: list[Witness] = []
        self.random = np.random.default_rng(len(asked))
        self.programme = Programme(self.matrix.tocsc())

    def run(self, alone: bool) -> list[Witness]:
        """Witnesses of requirements: of cells up and down at random first, then all one way, then one by one."""
        for choose in (self._mixed, self._up, self._down):
            tries, self.together = 0, TOGETHER
            while self.open.any() and tries < (PATIENCE if self.whole else 1):
                which = choose()
                if which.size and self._take(self._change(which)):
                    tries = 0
                else:
                    tries += 1
                    self.together = max(min(self.together, which.size) // FEWER, 1)
        if alone or self.open.sum() <= FEW:
            for i in np.flatnonzero(self.open):
                if self.open[i]:
                    self._take(self._alone(int(i)))
        return self.found

    def _mixed(self) -> Places:
        """Some open requirements; of a cell that must be able to move both ways, one of the two."""
        where = np.flatnonzero(self.open)
        up = self.random.random(self.cells.size) < 0.5
        where = where[(self.asked.sign[where] > 0) == up[self.asked.at[where]]]
        return self._some(where)

    def _up(self) -> Places:
        return self._some(np.flatnonzero(self.open & (self.asked.sign > 0)))

    def _down(self) -> Places:
        return self._some(np.flatnonzero(self.open & (self.asked.sign < 0)))

    def _some(self, where: Places) -> Places:
        if not self.whole or where.size <= self.together:
            return where
        return np.sort(self.random.choice(where, self.together, replace=False))

    def _take(self, change: Numbers) -> bool:
        """Note the requirements that a change meets; whether there were any."""
        met = self._meets(change)
        if met.any():
            self.open &= ~met
            self.found += self._pieces(change)
        return bool(met.any())

    def _meets(self, change: Numbers) -> Mask:
        """The open requirements that a change meets."""
        return self.open & (self.asked.sign * change[self.asked.at] >= self.asked.by - CLOSE)

    def _pieces(self, change: Numbers) -> Iterator[Witness]:
        """A change split into changes that hold each alone: those of cells that relations tie together."""
        least = 0 if self.whole else CLOSE
        cells = np.flatnonzero(np.abs(change) > least)
        pieces = _tied(self.matrix[:, cells])
        which = np.repeat(np.arange(len(pieces)), [own.size for own in pieces])
        at = cells[np.concatenate(pieces)]
        apart = coo_array((change[at], (at, which)), shape=(change.size, len(pieces)))
        moves = csc_array(self.back @ apart.tocsc())
        for one, end in pairwise(moves.indptr):
            moved = np.abs(moves.data[one:end]) > least
            yield Witness(self.all[moves.indices[one:end][moved]], moves.data[one:end][moved])

    def _change(self, which: Places) -> Numbers:
        """A change that meets as many of some requirements as it can, each counting for the share of it that is met."""
        own = self.asked.only(which)
        aim, low, high = self._bounds()
        np.add.at(aim, own.at, -own.sign / own.by)
        rises, falls = own.only(own.sign > 0), own.only(own.sign < 0)
        high[rises.at] = rises.by
        low[falls.at] = np.maximum(low[falls.at], -falls.by)
        change = self._solved(aim, low, high)
        if change is None:
            raise TooLong("The attack on what is to be published found no answer in its time.")
        if not self.whole:
            return change
        whole = self._whole_pieces(change)
        if self._meets(whole).any():
            return whole
        return self._rounded(change, aim, low, high)

    def _alone(self, one: int) -> Numbers:
        """Any change that meets a requirement; nothing where the search ends without one, which only hides more."""
        aim, low, high = self._bounds()
        at, by = self.asked.at[one], self.asked.by[one]
        if self.asked.sign[one] > 0:
            low[at] = by
        else:
            high[at] = -by
        nothing = np.zeros_like(aim)
        change = self._solved(aim, low, high) if (low <= high).all() else None
        if change is None or not self.whole:
            return nothing if change is None else change
        near, links = np.arange(aim.size) == at, abs(self.matrix)
        for _ in range(FAR):
            near = (links.T @ (links @ near.astype(float))) > 0
            found = self._whole(near, nothing, aim, low, high, NODES)
            if found is not None:
                return found
        found = self._whole(np.ones_like(near), nothing, aim, low, high, LONG)
        return nothing if found is None else found

    def _bounds(self) -> tuple[Numbers, Numbers, Numbers]:
        """Nothing aimed at; no count below nothing, and no end above."""
        size = self.cells.size
        return np.zeros(size), -self.room, np.full(size, np.inf)

    def _rounded(self, change: Numbers, aim: Numbers, low: Numbers, high: Numbers) -> Numbers:
        """A change made whole: only cells near fractions are chosen again, then cells farther away. Nothing moves where
        that fails.
        """
        near = np.abs(change - np.round(change)) > CLOSE
        fixed, links = np.round(change), abs(self.matrix)
        for ring in range(1, max(RINGS) + 1):
            near = (links.T @ (links @ near.astype(float))) > 0
            found = self._whole(near, fixed, aim, low, high, NODES) if ring in RINGS else None
            if found is not None:
                return found
        return np.zeros_like(change)

    def _whole_pieces(self, change: Numbers) -> Numbers:
        """The pieces of a change that are in whole numbers; what is in fractions does not move."""
        whole = np.round(change)
        cells = np.flatnonzero(np.abs(change) > CLOSE)
        for own in _tied(self.matrix[:, cells]):
            part = change[cells[own]]
            if (np.abs(part - np.round(part)) > CLOSE).any():
                whole[cells[own]] = 0
        return whole

    def _whole(
        self, near: Mask, fixed: Numbers, aim: Numbers, low: Numbers, high: Numbers, nodes: int
    ) -> Numbers | None:
        """A change in whole numbers that is `fixed` but for the cells that are `near`."""
        self._look_at_the_clock()
        cells = np.flatnonzero(near)
        own = self.matrix[:, cells]
        rows = np.flatnonzero(np.diff(own.indptr))
        right = -(self.matrix[rows] @ np.where(near, 0.0, fixed))
        programme = Programme(own[rows].tocsc(), right, whole=True)
        found = programme.solve(aim[cells], low[cells], high[cells], nodes)
        if found is None:
            return None
        change = fixed.copy()
        change[cells] = np.round(found)
        return change

    def _solved(self, aim: Numbers, low: Numbers, high: Numbers) -> Numbers | None:
        self._look_at_the_clock()
        return self.programme.solve(aim, low, high)

    def _look_at_the_clock(self) -> None:
        if process_time() > self.until:
            raise TooLong("The time for the attack on what is to be published has run out.")


def _tied(matrix: csr_array) -> list[Places]:
    """The columns of a matrix in groups that share no row."""
    rows = np.flatnonzero(np.diff(matrix.indptr))
    links = abs(matrix[rows])
    both = block_array([[None, links], [links.T, None]])
    count, label = connected_components(both, directed=False)
    of = label[rows.size :]
    order = np.argsort(of, kind="stable")
    ends = np.cumsum(np.bincount(of, minlength=count))
    return [own for own in np.split(order, ends[:-1]) if own.size]
