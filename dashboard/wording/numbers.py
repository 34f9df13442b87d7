"""How numbers stand in sentences: as they are shown, from the lowest to the highest, and where not all are known."""

from collections.abc import Callable, Iterable, Sequence

from dashboard.data.comparisons import when
from dashboard.data.edition import Row
from etl.definitions.measure import Unit
from etl.definitions.messages import Plain, Text, _
from etl.definitions.writing import HIDDEN, rounded, write_range

# Writes a number of a row: its row, which of its numbers ('' for the row's own), and as what it is shown.
Write = Callable[[Row, str, str], Text]


def as_shown(row: Row, what: str, shown: str) -> Text:
    """A number without an address, where nothing can be opened."""
    return Plain(shown)


def range_of(row: Row | None) -> tuple[float, float] | None:
    """The ends of a range that protects small numbers; nothing where the number is exact or not to be seen."""
    if row is None or row.get("range_low") is None:
        return None
    return row.range_low, row.range_high


def range_text(row: Row | None, unit: Unit, of: float = 1) -> Text | None:
    """Such a range as it is printed: 30 to 38; as a share `of` a whole: 43% to 54%."""
    ends = range_of(row)
    return write_range(ends[0] / of, ends[1] / of, unit) if ends and of else None


def spread(rows: Sequence[Row | None], shown: Callable[[Row], Text], unit: Unit = "share") -> Text | None:
    """The lowest and the highest of some numbers, one where they read the same; nothing where none is known.

    A range counts with both its ends.
    """
    if any(range_of(row) for row in rows):
        values = [row.value for row in rows if row is not None and row.value is not None]
        ends = [end for row in rows for end in range_of(row) or ()]
        return write_range(min(values + ends), max(values + ends), unit)
    known = sorted((row for row in rows if row is not None and row.value is not None), key=lambda row: row.value)
    if not known:
        return None
    low, high = shown(known[0]), shown(known[-1])
    return low if low == high else _("{low} to {high}", low=low, high=high)


def rounding(wholes: Iterable[Iterable[float | None]]) -> list[Text]:
    """Says so where the shares of one of these wholes do not add up to 100% as they are printed."""
    return [_("Percentages are rounded and may not add up")] if any(map(rounded, wholes)) else []


def where_known(sentence: Text, rows: Sequence[Row | None]) -> Text:
    """A sentence on these numbers, which says so where it is not about all of them, or not of the year asked for."""
    known = [row for row in rows if row is not None and (row.value is not None or range_of(row))]
    earlier = [row for row in known if row.get("hollow")]
    if earlier and len(rows) == 1:
        return _("{sentence} ({year})", sentence=sentence, year=when(earlier[0]))
    if earlier:
        sentence = _("{sentence}, some in an earlier year", sentence=sentence)
    if len(known) == len(rows):
        return sentence
    if any(row is not None and row.shown == HIDDEN for row in rows):
        return _("{sentence}, where shown", sentence=sentence)
    return _("{sentence}, where known", sentence=sentence)
