"""The witnesses of the edition before: most hold for the next one too, so that few have to be searched for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from etl.definitions.tables import columns_of
from etl.protect.cell_suppression.lattice import Cell, Lattice
from etl.protect.cell_suppression.requirements import Places
from etl.protect.cell_suppression.witnesses import Witness
from etl.protect.files import read_tables

TABLE = "witnesses"
# A longer period made of longer periods: so many times totals are made of their parts.
DEEP = 4


def as_table(lattice: Lattice, witnesses: Sequence[Witness]) -> pd.DataFrame:
    """One row a cell that moves in a table, and by how much."""
    which = np.repeat(np.arange(len(witnesses)), [witness.cells.size for witness in witnesses])
    at = np.concatenate([witness.cells for witness in witnesses]) if witnesses else np.array([], dtype=int)
    moves = np.concatenate([witness.moves for witness in witnesses]) if witnesses else np.array([])
    return _cells(lattice).iloc[at].assign(witness=which, move=moves)[columns_of(TABLE)].reset_index(drop=True)


def _cells(lattice: Lattice) -> pd.DataFrame:
    """The cells of a lattice; names as categories and days as times, as long tables are quickly written and read."""
    cells = pd.DataFrame(lattice.cells, columns=list(Cell._fields))
    days = {name: pd.to_datetime(cells[name]).astype("datetime64[s]") for name in ("starts", "ends")}
    return cells.assign(**days).astype({"site": "category", "number": "category"})


def read_witnesses(paths: Iterable[Path], lattice: Lattice) -> list[Witness]:
    """The witnesses of the edition in these files, in the cells of this lattice; not all of them need hold.

    What is no longer a cell, such as the year up to a month that has passed, is left out: no reader is shown it.
    """
    cells = _cells(lattice)
    found: list[Witness] = []
    for path in paths:
        frame = read_tables(path, [TABLE]).get(TABLE, pd.DataFrame(columns=columns_of(TABLE)))
        own = frame.astype(dict(cells.dtypes)).merge(cells.reset_index(names="at"), on=list(Cell._fields))
        if len(own):
            found = _with_totals(lattice, own["at"].to_numpy(), own.witness.to_numpy(), own.move.to_numpy())
    return found


def _with_totals(lattice: Lattice, at: Places, witness: Places, moves: np.ndarray) -> list[Witness]:
    """The witnesses with the totals that are new since: these move as their parts do."""
    _, column = np.unique(witness, return_inverse=True)
    changes = coo_array((moves, (at, column)), shape=(len(lattice.cells), int(column.max()) + 1)).tocsr()
    totals = _totals(lattice.matrix)
    for _ in range(DEEP):
        off = (lattice.matrix @ changes).tocoo()
        rows, columns = off.coords
        wrong = np.abs(off.data) > 0
        if not wrong.any():
            break
        target, columns, values = totals[rows[wrong]], columns[wrong], -off.data[wrong]
        _, first = np.unique(target * changes.shape[1] + columns, return_index=True)
        target, columns, values = target[first], columns[first], values[first]
        still = np.asarray(changes[target, columns]).ravel() == 0
        if not still.any():
            break
        changes = changes + coo_array((values[still], (target[still], columns[still])), shape=changes.shape).tocsr()
    own = changes.tocsc()
    ends = zip(own.indptr[:-1], own.indptr[1:], strict=True)
    return [Witness(own.indices[one:end].astype(np.intp), own.data[one:end]) for one, end in ends]


def _totals(matrix: csr_array) -> Places:
    """The place of each relation's total."""
    entries = matrix.tocoo()
    rows, columns = entries.coords
    plus = entries.data > 0
    totals = np.zeros(matrix.shape[0], dtype=np.intp)
    totals[rows[plus]] = columns[plus]
    return totals
