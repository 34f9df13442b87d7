"""A presolve: relations without the totals that nothing else depends on, which halves a reader's programme."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csr_array

from etl.protect.cell_suppression.lattice import Mask, Numbers
from etl.protect.cell_suppression.requirements import Places


@dataclass(frozen=True)
class Lean:
    """The relations left and the places of the columns left.

    `size` is how many columns there were; `dropped` are the relations that went, less their totals, and these totals.
    """

    matrix: csr_array
    columns: Places
    size: int
    dropped: list[tuple[csr_array, Places]]

    @cached_property
    def back(self) -> csr_array:
        """What moves of the columns left are multiplied by to give the moves of all columns."""
        size, left = self.size, self.columns.size
        back = coo_array((np.ones(left), (self.columns, np.arange(left))), shape=(size, left)).tocsr()
        for made, totals in reversed(self.dropped):
            at = coo_array((np.ones(totals.size), (totals, np.arange(totals.size))), shape=(size, totals.size))
            back = csr_array(back - at.tocsr() @ (made @ back))
        return back


def lean(matrix: csr_array, room: Numbers, keep: Mask) -> Lean:
    """Drops each relation whose total is in no other relation and is not one to `keep`: it only defines that total.

    Such a total moves as its parts do. Its relation stays where the total could fall less far than its parts, which
    happens only where the relation does not hold in the data.
    """
    whole, free = csr_array(matrix), ~keep
    left, rows = np.ones(matrix.shape[1], dtype=bool), np.arange(matrix.shape[0])
    dropped: list[tuple[csr_array, Places]] = []
    while True:
        now = whole[rows]
        entries = now.tocoo()
        row, column = entries.coords
        times = np.bincount(column, minlength=left.size)
        own = (entries.data > 0) & (times == 1)[column] & free[column]
        parts = csr_array(now.multiply(now < 0))
        own &= room[column] >= -(parts @ room)[row]
        if not own.any():
            break
        dropped.append((parts[row[own]], column[own]))
        left[column[own]] = False
        rows = np.delete(rows, row[own])
    columns = np.flatnonzero(left)
    return Lean(csr_array(now[:, columns]), columns, left.size, dropped)
