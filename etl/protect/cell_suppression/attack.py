"""What a reader can work out from a lattice: the attack that every edition must withstand before it is published.

Source: M. Fischetti and J. J. Salazar (2001), Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47. The reader's programme is that of `etl.methods.attack`, on sparse lattices of many
thousand cells.
"""

from collections.abc import Iterator, Mapping, Sequence
from time import process_time

import numpy as np

from etl.protect.cell_suppression.lattice import Lattice, Mask
from etl.protect.cell_suppression.requirements import Requirements
from etl.protect.cell_suppression.witnesses import Relations, VerifiedWitnesses, Witness, tables
from etl.system.workers import Share, in_threads


class Attack:
    """Every reader's attack on what is shown. One witness can meet many requirements of many readers: where it moves
    nothing of a site, that site's lead must believe it possible too.

    Hiding more never breaks a witness, so only the requirements that are `left` are looked for again. With `whole`
    people are whole; without it fractions will do, which is quicker and finds most of what must be hidden.
    """

    def __init__(
        self, lattice: Lattice, asked: Mapping[str, Requirements], *, whole: bool, share: Share = in_threads
    ) -> None:
        self.lattice, self.whole, self.share = lattice, whole, share
        self.relations = Relations(lattice.columns, lattice.room)
        self.left = dict(asked)
        self.witnesses: list[Witness] = []

    def run(
        self, shown: Mask, until: float, *, alone: bool = True, likely: VerifiedWitnesses | None = None
    ) -> dict[str, Requirements]:
        """The requirements of each reader that no witness meets (`alone`: not even when looked for one by one).

        Witnesses that move one site are tried first, then those that move two, as they hold for all other readers.
        Where witnesses in fractions of people are `likely` to be near whole ones, only the requirements that they meet
        are tried. Readers outside know least, so that what holds for the sites mostly holds for them.
        `until` is a time of `time.process_time`. Raises TooLong.
        """
        sites = self.lattice.spans.sites
        # Tables in which parts only move are quick to find: in whole people too, where fractions were not tried before.
        first = [] if likely else [self.lattice.parts]
        for group in _groups(sites):
            lots = []
            for some in group:
                free = ~shown & self._moved_by(some)
                asked = self._asked([reader for reader in self.left if reader not in some], free)
                lots.append((free, asked.only(likely.met_without_moving(~free, asked)) if likely else asked))
            self._search(shown, first, lots, until, alone=False)
        outside = [reader for reader in self.left if reader not in sites]
        for readers in ([reader for reader in self.left if reader in sites], outside):
            free_of = {reader: ~shown & ~self.lattice.known_to(reader) for reader in readers}
            lots = [(free, self._asked([reader], free)) for reader, free in free_of.items()]
            self._search(shown, first, lots, until, alone=alone)
        return {reader: left for reader, left in self.left.items() if len(left)}

    def _moved_by(self, sites: Sequence[str]) -> Mask:
        """The cells that move when some sites do: theirs, and those of all sites together."""
        moved = self.lattice.together.copy()
        for site in sites:
            moved |= self.lattice.known_to(site)
        return moved

    def _asked(self, readers: Sequence[str], free: Mask) -> Requirements:
        """The requirements left of some readers about some cells."""
        own = _together([self.left[reader] for reader in readers])
        return own.only(free[own.at])

    def _search(
        self,
        shown: Mask,
        first: Sequence[Mask],
        lots: Sequence[tuple[Mask, Requirements]],
        until: float,
        *,
        alone: bool,
    ) -> None:
        """Look for witnesses that move free cells only (in the `first` turns only some of them) and that meet the
        requirements of a lot; several lots at a time.

        The largest lots come first, so that no process waits long for another.
        """
        jobs = [
            (self.relations, [*(free & some for some in first), free], own, until - process_time(), self.whole, alone)
            for free, own in sorted(lots, key=lambda lot: -len(lot[1]))
            if len(own)
        ]
        self.credit(shown, [own for found in self.share(tables, jobs) for own in found])

    def credit(self, shown: Mask, witnesses: Sequence[Witness]) -> None:
        """Keep witnesses, and take the requirements that they meet off every reader's list."""
        self.witnesses += witnesses
        verified = VerifiedWitnesses(self.lattice, shown, witnesses, whole=self.whole)
        self.left = {reader: left.only(~verified.met(reader, left)) for reader, left in self.left.items()}


def _groups(sites: Sequence[str]) -> Iterator[Sequence[Sequence[str]]]:
    """Each site alone; then each with the next, where more than these read; then with the next but one."""
    yield [[site] for site in sites]
    if len(sites) > 2:
        yield [[site, after] for site, after in zip(sites, [*sites[1:], sites[0]], strict=True)]
    if len(sites) > 3:
        yield [[site, after] for site, after in zip(sites, sites[2:], strict=False)]


def _together(several: Sequence[Requirements]) -> Requirements:
    """The requirements of several readers, each once; of one cell the greater after the smaller."""
    at, sign, by = (np.concatenate([getattr(own, name) for own in several]) for name in ("at", "sign", "by"))
    each = np.unique(np.column_stack([at, sign, by]), axis=0)
    return Requirements(each[:, 0].astype(int), each[:, 1], each[:, 2])
