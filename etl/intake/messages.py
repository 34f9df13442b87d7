"""Messages between the reader and its child process: JSON after its length; unlike a pickle it can run no code."""

import datetime
import json
import struct
from collections.abc import Callable
from typing import IO

from etl.intake.grid import Grid, Place, Refused, Sheet, Text, Unreadable

LENGTH = struct.Struct(">I")
# By the name of the type, as it is written; what calamine gives beyond these is JSON's own.
READ_DATE: dict[str, Callable[[str], object]] = {
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "unreadable": Unreadable,
}


def send(stream: IO[bytes], message: bytes) -> None:
    """Write one message."""
    stream.write(LENGTH.pack(len(message)) + message)
    stream.flush()


def receive(stream: IO[bytes], at_most: int) -> bytes | None:
    """Read one message; None when the other side has gone, or says that it will send more than `at_most` bytes."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size or LENGTH.unpack(head)[0] > at_most:
        return None
    message = stream.read(LENGTH.unpack(head)[0])
    return message if len(message) == LENGTH.unpack(head)[0] else None


def from_refused(refused: Refused) -> bytes:
    """A refusal as a message."""
    parts = [refused.code, refused.sentence, refused.fix, refused.sheet, refused.cell]
    return json.dumps(["refused", parts]).encode()


def from_grid(grid: Grid) -> bytes:
    """A read file as a message: each sheet with the places of its cells and their values."""
    sheets = [[sheet.name, list(sheet.cells), list(sheet.cells.values())] for sheet in grid.sheets]
    texts = [[text.sheet, text.where, text.text] for text in grid.other_text]
    return json.dumps(["grid", grid.kind, sheets, texts], default=_written, separators=(",", ":")).encode()


def to_grid(message: bytes) -> Grid:
    """The grid that a message carries, or raise the refusal that it carries."""
    content = json.loads(message, object_hook=_read)
    if content[0] == "refused":
        raise Refused(*content[1])
    _, kind, sheets, texts = content
    read = (Sheet(name, dict(zip(map(_place, places), values, strict=True))) for name, places, values in sheets)
    return Grid(kind, tuple(read), tuple(Text(*text) for text in texts))


def _place(pair: list[int]) -> Place:
    row, column = pair
    return row, column


def _written(value: object) -> dict[str, str]:
    if isinstance(value, Unreadable):
        return {"unreadable": value.text}
    return {type(value).__name__: value.isoformat()}  # type: ignore[attr-defined]


def _read(pair: dict[str, str]) -> object:
    ((kind, text),) = pair.items()
    return READ_DATE[kind](text)
