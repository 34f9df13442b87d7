"""What must stay open to a reader: how far off it must be able to believe each small number to be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.definitions.settings import THRESHOLD
from etl.protect.cell_suppression.lattice import Lattice, Mask, Numbers

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Requirements:
    """How far a reader must be able to believe cells to be from what they are: places, directions (1 or -1), by how
    much.
    """

    at: Places
    sign: Numbers
    by: Numbers

    def __len__(self) -> int:
        return self.at.size

    def only(self, which: Mask | Places | list[int]) -> "Requirements":
        """Some of them."""
        return Requirements(self.at[which], self.sign[which], self.by[which])


@dataclass(frozen=True)
class Revision:
    """A number that had another value in an earlier edition: its place, and how far it has moved since."""

    at: int
    moved: float


def requirements_of(lattice: Lattice, reader: str, revisions: tuple[Revision, ...] = ()) -> Requirements:
    """What must stay open to a reader: of each small count, of the others' share where that is small, and of each small
    revision every value from 1 to the threshold.

    A site's own number is no secret from it. Of all sites together it knows its own part: what is left is the others',
    however large the whole.
    Readers outside know less of each site than any other site does: for them only what all make together is asked.
    """
    known, own = lattice.known_to(reader), lattice.share_of(reader)
    counts = lattice.counts - own
    small = ~lattice.holes & (counts >= 1) & (counts < THRESHOLD) & ~known
    several = len(lattice.spans.sites) > 1
    if not known.any() and several:
        small &= lattice.together
    where = np.flatnonzero(small)
    moved = [r for r in revisions if not known[r.at] and 1 <= abs(r.moved) < THRESHOLD]
    at = np.concatenate([where, np.array([r.at for r in moved], dtype=int)])
    away = np.concatenate([np.ones(where.size), np.array([np.sign(r.moved) for r in moved])])
    size = np.concatenate([counts[where], np.array([abs(r.moved) for r in moved])])
    both = Requirements(
        np.concatenate([at, at]), np.concatenate([away, -away]), np.concatenate([THRESHOLD - size, size - 1])
    )
    return both.only(both.by > 0)
