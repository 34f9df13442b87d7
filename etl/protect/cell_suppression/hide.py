"""Which numbers to hide besides the small ones, so that nobody can work the small ones out, at little cost.

For a small number that a reader could work out, the cheapest other table is found that would leave it open; the
published numbers that this table changes are hidden too (J. P. Kelly, B. L. Golden and A. A. Assad, 1992,
Cell suppression: disclosure protection for sensitive tabular data, Networks 22). Many such changes are found at once:
one for each period. What results is attacked again until nothing breaks.
"""

from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from time import process_time
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csc_array, hstack

from etl.protect.cell_suppression.attack import Attack
from etl.protect.cell_suppression.lattice import Lattice, Mask, Numbers
from etl.protect.cell_suppression.reduce import Lean, lean
from etl.protect.cell_suppression.requirements import Places, Requirements
from etl.protect.cell_suppression.witnesses import CLOSE, TooLong, VerifiedWitnesses, Witness, in_whole_people
from etl.system.workers import Share, in_threads

ROUNDS = 50
# What a unit of a requirement that is not met costs: so much that everything else is hidden first.
SHORT = 1e4
# A change in whole people is looked for in so many nodes of the search, and need not be the very cheapest.
NODES, NEAR = 500, 0.5
TOTALS = "totals"
# What a reader knows from earlier editions: who, the cell, and in which direction it cannot be farther off.
Disclosure = tuple[str, int, float]


class CannotHide(ValueError):
    """Whatever else is hidden, a small number can be worked out."""


class _Change(NamedTuple):
    """A change of the table: which cells move, how far each requirement is from being met, and the moves of the reduced
    columns of some cells.
    """

    moved: Mask
    short: Numbers
    moves: Numbers
    lean: Lean
    cells: Places

    def table(self) -> Witness:
        """The same as a table in whole people, with the totals that follow."""
        moves = np.round(self.lean.back @ self.moves)
        return Witness(self.cells[moves != 0], moves[moves != 0])


class Hiding:
    """One choice of what to show: it starts with all that may be shown, and is safe when `make_safe` has ended."""

    def __init__(
        self,
        lattice: Lattice,
        offered: Mask,
        fixed: Mask,
        asked: Mapping[str, Requirements],
        until: float,
        earlier: Sequence[Witness] = (),
        share: Share = in_threads,
    ) -> None:
        self.lattice, self.fixed, self.asked, self.until, self.earlier = lattice, fixed, asked, until, earlier
        self.fractions: Sequence[Witness] = ()
        secret = np.zeros_like(offered)
        for own in asked.values():
            secret[own.at] = True
        self.shown = ((offered & ~lattice.small & ~secret) | fixed).astype(bool)
        self.tried: dict[tuple[str, int, float], int] = {}
        self.share = share
        self.attack = Attack(lattice, asked, whole=True, share=share)
        self.disclosed: set[Disclosure] = set()

    def make_safe(self) -> Mask:
        """The cells that may be shown. Raises CannotHide, and TooLong when the time is over."""
        self._by_fractions()
        self._by_people()
        return self.shown

    @property
    def witnesses(self) -> list[Witness]:
        """The witnesses that prove that what is shown is safe."""
        return self.attack.witnesses

    def still_asked(self, reader: str) -> Requirements:
        """What a reader must not work out, less what earlier editions disclosed already."""
        return without(self.asked[reader], reader, self.disclosed)

    def _by_fractions(self) -> None:
        """Hide until fractions of people at least leave every small number open."""
        attack = Attack(self.lattice, self.asked, whole=False, share=self.share)
        attack.credit(self.shown, self.earlier)
        for _ in range(ROUNDS):
            missed = attack.run(self.shown, self.until, alone=False)
            if not missed:
                self.earlier, self.fractions = in_whole_people(attack.witnesses)
                return
            for reader, own in missed.items():
                self._hide(reader, own)
                attack.left[reader] = without(attack.left[reader], reader, self.disclosed)
        raise CannotHide("Hiding more and more numbers did not keep small ones from being worked out.")

    def _by_people(self) -> None:
        """Hide until whole people leave every small number open."""
        self.attack.left = {reader: self.still_asked(reader) for reader in self.asked}
        self.attack.credit(self.shown, self.earlier)
        likely: VerifiedWitnesses | None = VerifiedWitnesses(self.lattice, self.shown, self.fractions, whole=False)
        while missed := self.attack.run(self.shown, self.until, likely=likely):
            likely = None  # once more is hidden, other tables are possible too
            brought = [self._hide_for_people(reader) for reader in missed]
            if not any(brought):
                raise CannotHide("Whatever else is hidden, whole people leave small numbers to be worked out.")

    def _hide_for_people(self, reader: str) -> bool:
        """Hide what the cheapest change in whole people moves that meets a requirement left of a reader; whether that
        brought anything.

        Where nothing has to be hidden for it, the next is looked at; the others wait for the next attack.
        """
        shown, left, at = self.shown.sum(), len(self.attack.left[reader]), 0
        while at < len(self.attack.left[reader]) and self.shown.sum() == shown:
            own = self.attack.left[reader]
            hidden, tables = self._for_people(own.only([at]), reader)
            self.shown &= ~hidden
            self.attack.credit(self.shown, tables)
            self.attack.left[reader] = without(self.attack.left[reader], reader, self.disclosed)
            at += len(self.attack.left[reader]) == len(own)
        return bool(self.shown.sum() < shown) or len(self.attack.left[reader]) < left

    def _for_people(self, one: Requirements, reader: str) -> tuple[Mask, list[Witness]]:
        """The shown cells that move in the cheapest change in whole people which meets a requirement, and that change
        as a witness; the nearest shown cell where no change was found in time.
        """
        change = self._changed(one, reader, None, whole=True)
        if (change.short > CLOSE).any():
            return self._beside(one, reader), []
        return change.moved & self.shown, [change.table()]

    def _known(self, reader: str) -> Mask:
        return self.lattice.known_to(reader) | self.fixed

    def _hide(self, reader: str, missed: Requirements) -> None:
        """Hide what the cheapest changes need that meet some of what is missed: one for each subject and period.

        What is hidden may answer parts that are missed too: these wait for the next attack once something is.
        """
        before = self.shown.sum()
        for (family, _), own in self._batches(missed).items():
            some = missed.only(own)
            again = np.array([self._try(reader, some, i) for i in range(len(some))])
            for domain, batch in ((self._near(family), some.only(again == 0)), (None, some.only(again > 0))):
                if len(batch) and (family == TOTALS or self.shown.sum() == before):
                    self.shown &= ~self._cheapest(batch, reader, domain)

    def _try(self, reader: str, some: Requirements, i: int) -> int:
        """How often this requirement was tried before."""
        key = (reader, int(some.at[i]), float(some.sign[i]))
        self.tried[key] = self.tried.get(key, -1) + 1
        return self.tried[key]

    def _batches(self, missed: Requirements) -> dict[tuple[str, float], Places]:
        """One requirement of each subject, direction and period; those of published periods first."""
        found: dict[tuple[str, float], dict[tuple[object, ...], int]] = {}
        for i in range(len(missed)):
            cell = self.lattice.cells[missed.at[i]]
            group = (self.families[missed.at[i]], float(missed.sign[i]))
            found.setdefault(group, {}).setdefault((cell.starts, cell.ends), i)
        return {group: np.array(list(own.values()), dtype=int) for group, own in found.items()}

    @cached_property
    def families(self) -> list[str]:
        """The breakdown that each cell is a part of; the totals together."""
        return [c.number.partition(".")[0] if "." in c.number else TOTALS for c in self.lattice.cells]

    @cached_property
    def weights(self) -> Numbers:
        """What hiding a cell costs for each person moved: totals more than parts, longer periods and all sites more."""
        return np.array([weight(self.lattice, at) for at in range(len(self.lattice.cells))])

    def _near(self, family: str) -> Mask:
        return np.array([own == family for own in self.families], dtype=bool)

    def _cheapest(self, some: Requirements, reader: str, domain: Mask | None) -> Mask:
        """The shown cells that move in the cheapest change which meets all of `some`, as far as it can."""
        change = self._changed(some, reader, domain, whole=False)
        moved, left = change.moved & self.shown, np.flatnonzero(change.short > CLOSE)
        if left.size and domain is None and len(some) == 1:
            self._give_up(some, reader)
            return moved
        for batch in [left] if left.size and domain is not None else [[int(one)] for one in left]:
            moved = moved | self._cheapest(some.only(batch), reader, None)
        return moved

    def _changed(self, some: Requirements, reader: str, domain: Mask | None, *, whole: bool) -> "_Change":
        """The cheapest change, of some cells or of all, which meets all of `some` as far as it can."""
        known = self._known(reader)
        within = ~known if domain is None else domain & ~known
        cells = np.flatnonzero(within)
        columns = self.lattice.columns[:, cells].tocsr()
        rows = np.flatnonzero(np.diff(columns.indptr))
        if domain is not None and domain[some.at].all() and self.families[some.at[0]] == TOTALS:
            rows = rows[self._closed(rows, ~self.shown & ~known & ~domain)]
        keep = self.shown[cells]
        keep[np.searchsorted(cells, some.at)] = True
        own = lean(columns[rows], self.lattice.room[cells], keep)
        moves, short = self._move(some, cells[own.columns], csc_array(own.matrix), whole)
        moved = np.zeros_like(self.shown)
        moved[cells[own.columns[np.abs(moves) > CLOSE]]] = True
        return _Change(moved, short, moves, own, cells)

    def _give_up(self, one: Requirements, reader: str) -> None:
        """Note a cell that nothing can hide because earlier editions disclosed it. Raises CannotHide where none did."""
        if not self.fixed.any():
            raise CannotHide(f"{self.lattice.cells[one.at[0]]!r} can be worked out.")
        self.disclosed.add((reader, int(one.at[0]), float(one.sign[0])))

    def _beside(self, one: Requirements, reader: str) -> Mask:
        """The cheapest shown cell nearest to one: where no change in whole people is found in time."""
        at, known = one.at, self._known(reader)
        links = abs(self.lattice.matrix)
        near = np.zeros_like(self.shown)
        near[at] = True
        while True:
            wider = (links.T @ (links @ near.astype(float))) > 0
            may = wider & self.shown & ~known
            if may.any() or (wider == near).all():
                break
            near = wider
        cheapest = np.zeros_like(self.shown)
        if may.any():
            cheapest[np.argmin(np.where(may, self.weights, np.inf))] = True
        else:
            self._give_up(one, reader)
        return cheapest

    def _closed(self, rows: Places, open_outside: Mask) -> Mask:
        """The rows in which nothing is open outside of what may move: the others take up what is moved."""
        return np.asarray((abs(self.lattice.matrix[rows]) @ open_outside) == 0)

    def _move(self, some: Requirements, cells: Places, matrix: csc_array, whole: bool) -> tuple[Numbers, Numbers]:
        """The cheapest change of some cells, and how far each requirement is from being met."""
        if process_time() > self.until:
            raise TooLong("The time for hiding has run out.")
        size, wanted = cells.size, len(some)
        at = np.searchsorted(cells, some.at)
        step = np.where(self.shown[cells], self.weights[cells], 1e-4)
        asks = coo_array(
            (
                np.concatenate([some.sign, -some.sign, np.ones(wanted)]),
                (np.tile(np.arange(wanted), 3), np.concatenate([at, size + at, 2 * size + np.arange(wanted)])),
            ),
            shape=(wanted, 2 * size + wanted),
        )
        balance = hstack([matrix, -matrix, csc_array((matrix.shape[0], wanted))])
        far = np.concatenate([np.full(size, np.inf), self.lattice.room[cells], np.full(wanted, np.inf)])
        answer = milp(
            np.concatenate([step, step, np.full(wanted, SHORT)]),
            constraints=[LinearConstraint(asks.tocsc(), some.by, np.inf), LinearConstraint(balance.tocsc(), 0, 0)],
            bounds=Bounds(0, far),
            integrality=np.full(far.size, int(whole)),
            options={"mip_rel_gap": NEAR} | ({"node_limit": NODES} if whole else {}),
        )
        if answer.x is None:
            raise TooLong("No change of the table was found in time.")
        return answer.x[:size] - answer.x[size : 2 * size], answer.x[2 * size :]


def weight(lattice: Lattice, at: int) -> float:
    """What hiding a cell costs for each person moved: months of a site little, years and all sites together most."""
    cell = lattice.cells[at]
    months = (cell.ends.year - cell.starts.year) * 12 + cell.ends.month - cell.starts.month + 1
    subject = 1.0 if "." in cell.number else 6.0 if cell.number in ("new_cases", "closing_cases") else 3.0
    return subject * (3.0 if lattice.together[at] else 1.0) * (1.0 if months < 3 else 3.0 if months < 9 else 9.0)


def without(asked: Requirements, reader: str, disclosed: Set[Disclosure]) -> Requirements:
    """The requirements of a reader, less what it knows from earlier editions."""
    kept = [(reader, int(at), float(sign)) not in disclosed for at, sign in zip(asked.at, asked.sign, strict=True)]
    return asked.only(np.array(kept, dtype=bool))


def readers(sites: Sequence[str]) -> list[str]:
    """Who reads: each site, which knows its own numbers, and somebody who knows none."""
    return [*sites, ""]
