"""What several returns say, one number after the other, as arrays: for the warehouse, and to hold them side by side."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

import numpy as np

from etl.read import Entries

Places = np.ndarray


class Columns(NamedTuple):
    """Of each entry the places of its return among those given, of its month among `months`, of its number among
    REPORTED_KEYS, and what it says.
    """

    given: Places
    months: list[date]
    month: Places
    number: Places
    value: np.ndarray
    state: np.ndarray
    sheet: np.ndarray
    cell: np.ndarray


def in_columns(said: Sequence[Entries]) -> Columns:
    """The entries of returns in columns; the months are those that any of them speaks of."""
    each = list(chain.from_iterable(entries.months for entries in said))
    months = {month: place for place, month in enumerate(dict.fromkeys(each))}
    return Columns(
        given=np.repeat(np.arange(len(said)), [len(entries) for entries in said]),
        months=list(months),
        month=np.array([months[month] for month in each], dtype=int),
        number=np.array(list(chain.from_iterable(entries.numbers for entries in said)), dtype=int),
        value=np.array(list(chain.from_iterable(entries.values for entries in said)), dtype=float),
        state=words(chain.from_iterable(entries.states for entries in said)),
        sheet=words(chain.from_iterable(entries.sheets for entries in said)),
        cell=words(chain.from_iterable(entries.cells for entries in said)),
    )


def words(values: Iterable[str | None]) -> np.ndarray:
    """Words as an array of objects, as a frame takes them without a copy."""
    return np.array(list(values), dtype=object)
