"""The numbers of a return as it says them, in columns, as the warehouse keeps them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import NamedTuple

from etl.definitions import REPORTED_KEYS, key
from etl.read.cell import State

PLACES = {pair: place for place, pair in enumerate(REPORTED_KEYS)}
# The same by the number's own name.
PLACE_OF = {key(*pair): place for pair, place in PLACES.items()}


class Entry(NamedTuple):
    """One number of a return. `typed` is what was in the cell, for messages only: it is never stored."""

    month: date
    measure: str
    part: str
    value: float | None
    state: State
    sheet: str
    cell: str
    typed: object


@dataclass(frozen=True)
class Entries:
    """The numbers of a return, a column for each thing known of them; `numbers` are places in REPORTED_KEYS."""

    months: Sequence[date]
    numbers: Sequence[int]
    values: Sequence[float | None]
    states: Sequence[State]
    sheets: Sequence[str]
    cells: Sequence[str]
    typed: Sequence[object]

    def only(self, wanted: Iterable[bool]) -> "Entries":
        """Those of the entries that are wanted, by a yes or no for each."""
        chosen = list(wanted)
        if all(chosen):
            return self
        return Entries(*(list(compress(column, chosen)) for column in vars(self).values()))

    def __len__(self) -> int:
        return len(self.months)

    def __getitem__(self, place: int) -> Entry:
        measure, part = REPORTED_KEYS[self.numbers[place]]
        said = self.values[place], self.states[place]
        return Entry(self.months[place], measure, part, *said, self.sheets[place], self.cells[place], self.typed[place])

    def __iter__(self) -> Iterator[Entry]:
        return map(self.__getitem__, range(len(self)))
