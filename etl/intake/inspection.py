"""What the guard found in a file before any library opened it."""

from dataclasses import dataclass, field

from etl.intake.grid import Text


@dataclass(frozen=True)
class SeenSheet:
    """One sheet: `filled` is how many cells the reader must find; `overrides` the cells that it would get wrong.

    A sheet that holds only a chart has no cells.
    """

    name: str
    filled: int
    overrides: dict[tuple[int, int], object] = field(default_factory=dict)
    has_cells: bool = True


@dataclass(frozen=True)
class Seen:
    """A file that may be read: its bytes for the reader, its sheets in order, its words outside the cells.

    `rows` holds the cells already when the guard itself has read them (text needs no library).
    """

    kind: str
    content: bytes
    sheets: tuple[SeenSheet, ...]
    texts: tuple[Text, ...]
    rows: tuple[tuple[str, list[list[object]]], ...] | None = None
