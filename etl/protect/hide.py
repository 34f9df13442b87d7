"""Which numbers to hide besides the small ones, so that nobody can work the small ones out, at little cost.

For a small number that a reader could work out, the cheapest change of the table that would explain what the reader
sees is looked for; the published numbers that it moves are hidden too (J. P. Kelly, B. L. Golden and A. A. Assad, 1992,
Cell suppression: disclosure protection for sensitive tabular data, Networks 22). Many such changes are found at once:
one for each period. What results is attacked again until nothing breaks.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from time import monotonic

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csc_array, hstack

from etl.protect.attack import CLOSE, Attack, Needs, Places, TooLong
from etl.protect.lattice import Lattice, Mask, Numbers

ROUNDS = 25
SHORT = 1e4
TOTALS = "totals"


class CannotHide(ValueError):
    """Whatever else is hidden, a small number can be worked out."""


class Hiding:
    """One choice of what to show: begun with all that may be shown, safe when `make_safe` has ended."""

    def __init__(self, lattice: Lattice, offered: Mask, fixed: Mask, asked: Mapping[str, Needs], until: float) -> None:
        self.lattice, self.fixed, self.asked, self.until = lattice, fixed, asked, until
        secret = np.zeros_like(offered)
        for own in asked.values():
            secret[own.at] = True
        self.shown = ((offered & ~lattice.small & ~secret) | fixed).astype(bool)
        self.tried: dict[tuple[str, int, float], int] = {}

    def make_safe(self) -> Mask:
        """The cells that may be shown. Raises CannotHide, and TooLong when the time is over."""
        attacks = [Attack(self.lattice, reader, asked, whole=False) for reader, asked in self.asked.items()]
        for _ in range(ROUNDS):
            for attack in attacks:
                missed = attack.run(self.shown, self.until, alone=False)
                if len(missed):
                    self._hide(attack.reader, missed)
            if not any(len(attack.left) for attack in attacks):
                return self.shown
        raise CannotHide("Hiding more and more numbers did not keep small ones from being worked out.")

    def _hide(self, reader: str, missed: Needs) -> None:
        """Hide what the cheapest changes need that meet some of what is missed: one for each subject and period."""
        known = self.lattice.known_to(reader) | self.fixed
        for (family, _), own in self._batches(missed).items():
            some = missed.only(own)
            again = np.array([self._try(reader, some, i) for i in range(len(some))])
            for domain, batch in ((self._near(family), some.only(again == 0)), (None, some.only(again > 0))):
                if len(batch):
                    self.shown &= ~self._cheapest(batch, known, domain)

    def _try(self, reader: str, some: Needs, i: int) -> int:
        """How often this need was tried before."""
        key = (reader, int(some.at[i]), float(some.sign[i]))
        self.tried[key] = self.tried.get(key, -1) + 1
        return self.tried[key]

    def _batches(self, missed: Needs) -> dict[tuple[str, float], Places]:
        """One need of each subject, direction and period; those of published periods first."""
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

    def _cheapest(self, some: Needs, known: Mask, domain: Mask | None) -> Mask:
        """The shown cells that move in the cheapest change which meets all of `some`, as far as it can."""
        within = ~known if domain is None else domain & ~known
        cells = np.flatnonzero(within)
        columns = self.lattice.columns[:, cells].tocsr()
        rows = np.flatnonzero(np.diff(columns.indptr))
        if domain is not None and domain[some.at].all() and self.families[some.at[0]] == TOTALS:
            rows = rows[self._closed(rows, ~self.shown & ~known & ~domain)]
        moved, short = self._move(some, cells, csc_array(columns[rows]))
        if (short > CLOSE).any():
            if domain is None:
                raise CannotHide(f"{self.lattice.cells[some.at[int(short.argmax())]]!r} can be worked out.")
            moved = moved | self._cheapest(some.only(short > CLOSE), known, None)
        return moved

    def _closed(self, rows: Places, open_outside: Mask) -> Mask:
        """The rows in which nothing is open outside of what may move: the others take up what is moved."""
        return np.asarray((abs(self.lattice.matrix[rows]) @ open_outside) == 0)

    def _move(self, some: Needs, cells: Places, matrix: csc_array) -> tuple[Mask, Numbers]:
        left = self.until - monotonic()
        if left <= 0:
            raise TooLong("The time for hiding has run out.")
        size, wanted = cells.size, len(some)
        at = np.searchsorted(cells, some.at)
        step = np.where(self.shown[cells], self.weights[cells], 1e-4)
        asks = coo_array(
            (
                np.concatenate([-some.sign, some.sign, -np.ones(wanted)]),
                (np.tile(np.arange(wanted), 3), np.concatenate([at, size + at, 2 * size + np.arange(wanted)])),
            ),
            shape=(wanted, 2 * size + wanted),
        )
        far = np.concatenate([np.full(size, np.inf), self.lattice.room[cells], np.full(wanted, np.inf)])
        answer = linprog(
            np.concatenate([step, step, np.full(wanted, SHORT)]),
            A_ub=asks.tocsc(),
            b_ub=-some.by,
            A_eq=hstack([matrix, -matrix, csc_array((matrix.shape[0], wanted))]).tocsc(),
            b_eq=np.zeros(matrix.shape[0]),
            bounds=np.column_stack([np.zeros(far.size), far]),
            options={"time_limit": left},
        )
        if answer.x is None:
            raise TooLong("No change of the table was found in time.")
        moved = np.zeros_like(self.shown)
        moved[cells[np.abs(answer.x[:size] - answer.x[size : 2 * size]) > CLOSE]] = True
        return moved & self.shown, answer.x[2 * size :]


def weight(lattice: Lattice, at: int) -> float:
    """What hiding a cell costs for each person moved: months of a site little, years and all sites together most."""
    cell = lattice.cells[at]
    months = (cell.ends.year - cell.starts.year) * 12 + cell.ends.month - cell.starts.month + 1
    subject = 1.0 if "." in cell.number else 6.0 if cell.number in ("new_cases", "closing_cases") else 3.0
    return subject * (3.0 if lattice.together[at] else 1.0) * (1.0 if months < 3 else 3.0 if months < 9 else 9.0)


def readers(sites: Sequence[str]) -> list[str]:
    """Who reads: each site, which knows its own numbers, and somebody who knows none."""
    return [*sites, ""]
