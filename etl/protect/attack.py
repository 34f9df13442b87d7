"""What a reader can work out of a lattice: the attack that every edition must withstand before it is published.

Source: M. Fischetti and J. J. Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47. The reader's programme is that of `etl.methods.attack`, on sparse lattices of many
thousand cells: one table that a reader must believe possible answers for many small numbers at once, so that a few
programmes do the work of thousands. What only fractions of people can make good is asked again in whole numbers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csc_array
from scipy.sparse.csgraph import connected_components

from etl.protect.lattice import THRESHOLD, Lattice, Mask, Numbers

CLOSE = 1e-6
# So many needs that cannot be met together are asked one by one also where a quick answer is wanted.
FEW = 20
# So many times a joint answer may meet nothing before another way of asking is tried.
PATIENCE = 3
# So many needs are asked together in whole numbers: more seldom have an answer.
TOGETHER = 100
# A joint answer in whole numbers need not be the best one, and is looked for near that in fractions and not for long.
GAP, RINGS, QUICK, NODES = 0.2, 3, 6.0, 40
# So long, in seconds, whole people are looked for who bear out one need.
LONG = 12.0
Places = NDArray[np.intp]


class TooLong(RuntimeError):
    """The time for an attack or for hiding has run out."""


@dataclass(frozen=True)
class Needs:
    """How far a reader must be able to believe cells to be from what they are: places, directions (1 or -1), by how
    much.
    """

    at: Places
    sign: Numbers
    by: Numbers

    def __len__(self) -> int:
        return self.at.size

    def only(self, which: Mask | Places | list[int]) -> "Needs":
        """Some of them."""
        return Needs(self.at[which], self.sign[which], self.by[which])


@dataclass(frozen=True)
class Revision:
    """A number that an earlier edition gave otherwise: where it stands, and how far it has moved since."""

    at: int
    moved: float


def needs(lattice: Lattice, reader: str, revisions: tuple[Revision, ...] = ()) -> Needs:
    """What must stay open to a reader: of each small count, of the others' share of it, and of each small revision
    every value from 1 to the threshold.

    A site's own number is no secret from it. Of all sites together it knows its own part: what is left is the others'.
    Readers outside know less of each site than any other site does: for them only what all make together is asked.
    """
    known, own = lattice.known_to(reader), lattice.own_share(reader)
    counts = lattice.counts - own
    small = lattice.small & (counts >= 1) & (counts < THRESHOLD) & ~known
    several = len(lattice.spans.sites) > 1
    if not known.any() and several:
        small &= lattice.together
    where = np.flatnonzero(small)
    moved = [r for r in revisions if not known[r.at] and 1 <= abs(r.moved) < THRESHOLD]
    at = np.concatenate([where, np.array([r.at for r in moved], dtype=int)])
    away = np.concatenate([np.ones(where.size), np.array([np.sign(r.moved) for r in moved])])
    size = np.concatenate([counts[where], np.array([abs(r.moved) for r in moved])])
    both = Needs(np.concatenate([at, at]), np.concatenate([away, -away]), np.concatenate([THRESHOLD - size, size - 1]))
    return both.only(both.by > 0)


@dataclass(frozen=True)
class Witness:
    """A change of the table that a reader must believe possible: which cells move, and by how much."""

    cells: Places
    moves: Numbers


class Attack:
    """A reader's attack on what is shown. A table found that agrees with it answers for many needs at once.

    What was answered stays answered when more is hidden, so that only what is `left` is asked again. With `whole`
    people are whole; without it fractions will do, which is quicker and finds most of what must be hidden.
    """

    def __init__(self, lattice: Lattice, reader: str, asked: Needs, *, whole: bool) -> None:
        self.lattice, self.reader, self.whole = lattice, reader, whole
        self.known = lattice.known_to(reader)
        self.left = asked
        self.witnesses: list[Witness] = []

    def learn(self, shown: Mask, others: Iterable[Witness]) -> None:
        """Take over tables that other readers must believe possible, where this one must too."""
        others = list(others)
        met = borne_out(self.lattice, shown, self.reader, self.left, others)
        if met.any():
            self.left = self.left.only(~met)
            self.witnesses += others

    def run(self, shown: Mask, until: float, *, alone: bool = True) -> Needs:
        """The needs that no table meets which agrees with all that is shown (`alone`: not even one by one).

        `until` is a time of `time.monotonic`. Raises TooLong.
        """
        free = ~shown & ~self.known
        self._search(free & self.lattice.parts, until, alone=False)
        self._search(free, until, alone=alone)
        return self.left

    def _search(self, free: Mask, until: float, *, alone: bool) -> None:
        """Look for tables in which nothing moves but `free` cells: first parts only, which is quick, then all."""
        still = ~free[self.left.at]
        place = np.full(len(self.lattice.cells), -1)
        for block in _blocks(self.lattice, free):
            place[:] = -1
            place[block.cells] = np.arange(block.cells.size)
            mine = np.flatnonzero(place[self.left.at] >= 0)
            if mine.size:
                own = self.left.only(mine)
                solver = _Solver(block, Needs(place[own.at], own.sign, own.by), until, self.whole)
                still[mine] = solver.run(alone)
                self.witnesses += [Witness(block.cells[w.cells], w.moves) for w in solver.witnesses]
        self.left = self.left.only(still)


def borne_out(lattice: Lattice, shown: Mask, reader: str, asked: Needs, witnesses: Iterable[Witness]) -> Mask:
    """Which needs the witnesses meet that hold: whole people, no count below nothing, every relation kept, and nothing
    moved that is shown or that the reader knows.
    """
    met = np.zeros(len(asked), dtype=bool)
    shut = shown | lattice.known_to(reader)
    for witness in witnesses:
        change = np.zeros(len(lattice.cells))
        change[witness.cells] = witness.moves
        holds = (
            not change[shut].any()
            and np.array_equal(change, np.round(change))
            and bool((change >= -lattice.room).all())
            and not np.any(lattice.matrix @ change)
        )
        if holds:
            met |= asked.sign * change[asked.at] >= asked.by
    return met


@dataclass(frozen=True)
class _Block:
    """Cells that relations tie together and that a reader does not know."""

    cells: Places
    matrix: csc_array
    room: Numbers


def _blocks(lattice: Lattice, free: Mask) -> Iterator[_Block]:
    cells = np.flatnonzero(free)
    columns = lattice.columns[:, cells].tocsr()
    tied = np.flatnonzero(np.diff(columns.indptr))
    matrix = columns[tied]
    links = block_array([[None, abs(matrix)], [abs(matrix).T, None]])
    count, label = connected_components(links, directed=False)
    of_row, of_cell = label[: tied.size], label[tied.size :]
    rows_of = np.split(np.argsort(of_row, kind="stable"), np.cumsum(np.bincount(of_row, minlength=count))[:-1])
    cells_of = np.split(np.argsort(of_cell, kind="stable"), np.cumsum(np.bincount(of_cell, minlength=count))[:-1])
    for rows, own in zip(rows_of, cells_of, strict=True):
        yield _Block(cells[own], csc_array(matrix[rows][:, own]), lattice.room[cells[own]])


class _Solver:
    """The programme of one reader on one block."""

    def __init__(self, block: _Block, asked: Needs, until: float, whole: bool) -> None:
        self.block, self.asked, self.until, self.whole = block, asked, until, whole
        self.open = np.ones(len(asked), dtype=bool)
        self.witnesses: list[Witness] = []
        self.random = np.random.default_rng(len(asked))
        self.most = TOGETHER if whole else len(asked)

    def run(self, alone: bool) -> Mask:
        """Which needs stay open: cells up and down at random first, then all one way, then one by one."""
        if not self.block.matrix.shape[0]:
            self._free()
            return self.open
        for choose in (self._mixed, self._up, self._down):
            tries = 0
            while self.open.any() and tries < PATIENCE:
                which = choose()
                if not which.size or not self._take(self._change(which)):
                    tries += 1
        if alone or self.open.sum() <= FEW:
            for i in np.flatnonzero(self.open):
                if self.open[i]:
                    self._take(self._alone(int(i)))
        return self.open

    def _free(self) -> None:
        """A cell that nothing ties can be nothing, or anything."""
        for i in range(len(self.asked)):
            step = np.zeros(self.block.cells.size)
            step[self.asked.at[i]] = self.asked.sign[i] * self.asked.by[i]
            if (step >= -self.block.room).all():
                self._take(step)

    def _mixed(self) -> Places:
        """Some open needs, of each cell that can move both ways one way only."""
        where = np.flatnonzero(self.open)
        up = self.random.random(self.block.cells.size) < 0.5
        where = where[(self.asked.sign[where] > 0) == up[self.asked.at[where]]]
        return where if where.size <= self.most else self.random.choice(where, self.most, replace=False)

    def _up(self) -> Places:
        return np.flatnonzero(self.open & (self.asked.sign > 0))[: self.most]

    def _down(self) -> Places:
        return np.flatnonzero(self.open & (self.asked.sign < 0))[: self.most]

    def _take(self, change: Numbers) -> bool:
        """Note the needs that a change meets; whether there were any."""
        met = self.open & (self.asked.sign * change[self.asked.at] >= self.asked.by - CLOSE)
        if met.any():
            self.open &= ~met
            cells = np.flatnonzero(change)
            self.witnesses.append(Witness(cells, change[cells]))
        return bool(met.any())

    def _change(self, which: Places) -> Numbers:
        """A change that meets as many of some needs as it can, each counting for as much as it is met."""
        own = self.asked.only(which)
        aim, low, high = self._bounds()
        np.add.at(aim, own.at, -own.sign / own.by)
        rises, falls = own.only(own.sign > 0), own.only(own.sign < 0)
        high[rises.at] = rises.by
        low[falls.at] = np.maximum(low[falls.at], -falls.by)
        change = self._solved(aim, low, high)
        if change is None:
            raise TooLong("The attack on what is to be published found no answer in its time.")
        whole = self._rounded(change, aim, low, high) if self.whole else change
        return np.zeros_like(change) if whole is None else whole

    def _alone(self, one: int) -> Numbers:
        """Any change that meets a need, or none; what is not found in so much time counts as not there."""
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
        whole = self._rounded(change, aim, low, high)
        if whole is None:
            whole = self._solved(aim, low, high, whole=True, limit=LONG)
        return nothing if whole is None else np.round(whole)

    def _bounds(self) -> tuple[Numbers, Numbers, Numbers]:
        """Nothing aimed at; no count below nothing, and no end above."""
        size = self.block.cells.size
        return np.zeros(size), -self.block.room, np.full(size, np.inf)

    def _rounded(self, change: Numbers, aim: Numbers, low: Numbers, high: Numbers) -> Numbers | None:
        """A change in whole numbers near one in fractions: only cells near fractions are chosen anew, then cells
        farther away.
        """
        near = np.abs(change - np.round(change)) > CLOSE
        if not near.any():
            return np.round(change)
        links, fixed = abs(self.block.matrix), np.round(change)
        for _ in range(RINGS):
            near = (links.T @ (links @ near.astype(float))) > 0
            found = self._solved(aim, np.where(near, low, fixed), np.where(near, high, fixed), whole=True, limit=QUICK)
            if found is not None:
                return np.round(found)
        return None

    def _solved(
        self, aim: Numbers, low: Numbers, high: Numbers, *, whole: bool = False, limit: float = np.inf
    ) -> Numbers | None:
        left = self.until - monotonic()
        if left <= 0:
            raise TooLong("The time for the attack on what is to be published has run out.")
        answer = milp(
            aim,
            constraints=LinearConstraint(self.block.matrix, 0, 0),
            bounds=Bounds(low, high),
            integrality=np.full(aim.size, int(whole)),
            options={"time_limit": min(left, limit), "mip_rel_gap": GAP}
            | ({"node_limit": NODES} if limit == QUICK else {}),
        )
        found: Numbers | None = answer.x
        return found
