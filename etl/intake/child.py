"""The child process: reads one file after another inside its limits, and may die of any of them.

The library that reads workbooks is native code, and a file may crash it, hang it or use up all memory. That must cost
one file, never the load, so it happens here; and all that a hostile file could take over is a process that may write
no file, knows nothing of our environment and answers in JSON.
"""

import io
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain
from typing import IO, NoReturn, cast

import python_calamine

from etl.intake import guard, limits, messages, refusals
from etl.intake.grid import LENGTH_OF_TIME, Grid, Place, Refused, Sheet, Unreadable
from etl.intake.inspection import Seen, SeenSheet

Rows = Sequence[tuple[str, list[list[object]]]]


def serve(prepare: Callable[[bytes], Callable[[bytes], bytes]] | None = None) -> None:
    """Answer each file that comes in on standard input, until the parent closes it.

    `prepare` makes from the first message what answers the others; without it, each is a file to be read.
    """
    incoming, outgoing = sys.stdin.buffer, _only_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes our input
    _limit_self()
    work = prepare(messages.receive(incoming, limits.MESSAGE_BYTES) or b"") if prepare else answer
    while (message := messages.receive(incoming, limits.MESSAGE_BYTES)) is not None:
        _allow_processor_time()
        messages.send(outgoing, work(message))


def answer(content: bytes) -> bytes:
    """The message for one file: its cells, or why it is refused."""
    try:
        return messages.from_grid(read_grid(content))
    except Refused as refused:
        return messages.from_refused(refused)
    except MemoryError:
        give_up()
    except BaseException:  # whatever a library raises, even a panic: its words may quote the file, so they end here
        return messages.from_refused(refusals.unreadable())


def give_up() -> NoReturn:
    """End where there is no memory left: the file is refused, and the next one gets a child that has all of it."""
    os._exit(1)


def read_grid(content: bytes) -> Grid:
    """The filled cells of a file, and its words outside them; raises Refused, and whatever a library raises."""
    rows, seen = read(content)
    grid = Grid(seen.kind, tuple(Sheet(name, _filled(each)) for name, each in rows), seen.texts)
    words = [text.text for text in grid.other_text]
    cells = list(chain.from_iterable(sheet.cells.values() for sheet in grid.sheets))
    texts = [value for value in cells if type(value) is str]
    if sum(map(len, chain(words, texts))) + 8 * (len(cells) - len(texts)) > limits.HELD_CHARACTERS:
        raise refusals.too_large(f"holds more than {limits.HELD_CHARACTERS / 10**6:g} MB of words and numbers")
    return grid


def _filled(rows: list[list[object]]) -> dict[Place, object]:
    cells = {
        (row, column): value
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value != ""
    }
    if timedelta in set(map(type, cells.values())):
        lengths_of_time = [place for place, value in cells.items() if isinstance(value, timedelta)]
        cells |= dict.fromkeys(lengths_of_time, Unreadable(LENGTH_OF_TIME))
    return cells


def read(content: bytes) -> tuple[Rows, Seen]:
    """Guard a file, then read its cells; the two must agree.

    The guard and the library each parse the file. Where they find other sheets or another number of cells, one of them
    has seen what the other has not, and personal data could pass unseen: such a file is refused.
    """
    seen = guard.inspect(content)
    if seen.rows is not None:
        return seen.rows, seen
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(seen.content))
    if book.sheet_names != [sheet.name for sheet in seen.sheets]:
        raise refusals.disagreement("")
    return [(sheet.name, _rows(book, index, sheet)) for index, sheet in enumerate(seen.sheets) if sheet.has_cells], seen


def _rows(book: python_calamine.CalamineWorkbook, index: int, sheet: SeenSheet) -> list[list[object]]:
    rows = cast(list[list[object]], book.get_sheet_by_index(index).to_python(skip_empty_area=False))
    cells = list(chain.from_iterable(rows))
    if len(cells) - cells.count("") != sheet.filled:
        raise refusals.disagreement(sheet.name)
    for (row, column), value in sheet.overrides.items():
        _put(rows, row - 1, column - 1, value)
    return rows


def _put(rows: list[list[object]], row: int, column: int, value: object) -> None:
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend("" for _ in range(column + 1 - len(rows[row])))
    rows[row][column] = value


def _only_output() -> IO[bytes]:
    """Our handle on standard output. What a library prints is thrown away: it would be read as part of an answer."""
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return stream


def _limit_self() -> None:
    sys.dont_write_bytecode = True
    try:
        import resource
    except ImportError:  # not POSIX: the parent's limit on time remains
        return
    # No memory image after a crash, as it would hold the return, and no file of any length.
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _allow_processor_time() -> None:
    """Moves the limit on: it counts from the start of the process, and each file has its own seconds."""
    try:
        import resource
    except ImportError:
        return
    used = int(time.process_time())
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + limits.PROCESSOR_SECONDS + 1, hard))
