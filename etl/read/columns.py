"""The numbers of several returns as arrays, one entry a row: for the warehouse, and to compare them."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

import numpy as np

from etl.read import Entries

Places = np.ndarray


class Columns(NamedTuple):
    """The entries of several returns: of each the places of its return, of its month among `months` and of its number
    among REPORTED_KEYS, then its value, its state and its cell.
    """

    source: Places
    months: list[date]
    month: Places
    number: Places
    value: np.ndarray
    state: np.ndarray
    sheet: np.ndarray
    cell: np.ndarray


def in_columns(returns: Sequence[Entries]) -> Columns:
    """The entries of returns in columns; the months are those that any of them has."""
    each = list(chain.from_iterable(entries.months for entries in returns))
    months = {month: place for place, month in enumerate(dict.fromkeys(each))}
    return Columns(
        source=np.repeat(np.arange(len(returns)), [len(entries) for entries in returns]),
        months=list(months),
        month=np.array([months[month] for month in each], dtype=int),
        number=np.array(list(chain.from_iterable(entries.numbers for entries in returns)), dtype=int),
        value=np.array(list(chain.from_iterable(entries.values for entries in returns)), dtype=float),
        state=words(chain.from_iterable(entries.states for entries in returns)),
        sheet=words(chain.from_iterable(entries.sheets for entries in returns)),
        cell=words(chain.from_iterable(entries.cells for entries in returns)),
    )


def words(values: Iterable[str | None]) -> np.ndarray:
    """Words as an array of objects, as a frame takes them without a copy."""
    return np.array(list(values), dtype=object)
