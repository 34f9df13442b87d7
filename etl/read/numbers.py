"""The numbers of a return: the value of each cell that a layout names, and how it is read."""

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache

from etl.definitions import ASKED_LATER, is_asked, unit_of
from etl.definitions.measure import Unit
from etl.intake import Refused, address
from etl.read.cell import Reading, read_cell
from etl.read.entries import PLACE_OF, Entries, Entry
from etl.read.find import Book, NumberCell
from etl.read.words import plain
from etl.sites import Layout, Site


def read_numbers(book: Book, layout: Layout, cells: list[NumberCell]) -> Entries:
    """The number in each cell, in people, full-time equivalents or pounds."""
    typed, readings = _read_cells(book, layout, cells)
    names, months, sheets, rows, columns = zip(*cells, strict=True) if cells else ((),) * 5
    values, states = zip(*readings, strict=True) if readings else ((), ())
    numbers = tuple(map(PLACE_OF.__getitem__, names))
    entries = Entries(months, numbers, values, states, sheets, tuple(map(_address, rows, columns)), typed)
    return entries.only(map(_is_due, readings, cells)) if ASKED_LATER else entries


def read_sums(book: Book, layout: Layout, cells: list[NumberCell]) -> Iterator[Entry]:
    """The same of sums that the site made itself, which can be of a whole measure."""
    for cell, typed, reading in zip(cells, *_read_cells(book, layout, cells), strict=True):
        if _is_due(reading, cell):
            number, month, sheet, row, column = cell
            measure, _, part = number.partition(".")
            yield Entry(month, measure, part, *reading, sheet, _address(row, column), typed)


def covered_months(entries: Entries, site: Site) -> tuple[date, Entries]:
    """A tracker's last month with any number in it, and the entries up to then, from the site's first month on."""
    filled = {month for month, state in zip(entries.months, entries.states, strict=True) if state == "reported"}
    if not filled:
        raise Refused(
            "empty", "The tracker has no number in any month.", "Fill in the month and send it again.", "", ""
        )
    last = max(filled)
    covered = {m for m in set(entries.months) if m <= last and (m >= site.first_month or m in filled)}
    return last, entries.only(month in covered for month in entries.months)


def _read_cells(book: Book, layout: Layout, cells: list[NumberCell]) -> tuple[list[object], list[Reading]]:
    """What was typed in each number cell, and how it is read."""
    value_at = {page.name: page.cells.get for page in book}
    times = {sheet: _times(layout).get(plain(sheet), 1) for sheet in value_at}
    units = _units(layout)
    typed = [value_at[sheet]((row, column)) for _, _, sheet, row, column in cells]
    about = zip(typed, cells, strict=True)
    return typed, [read_cell(cell, units[name], times[sheet]) for cell, (name, _, sheet, _, _) in about]


def _is_due(reading: Reading, cell: NumberCell) -> bool:
    """Whether a number was asked for by then: an empty cell is no hole before it was."""
    return reading.state != "missing" or is_asked(*cell[:2])


@cache
def _units(layout: Layout) -> dict[str, Unit]:
    """The unit of each number, and of each total that a site may add up itself."""
    numbers = [number for block in layout.blocks for number in block.words]
    return {name: unit_of(name) for number in numbers for name in (number, number.partition(".")[0])}


@cache
def _times(layout: Layout) -> dict[str, int]:
    """The pounds that one unit of each sheet stands for, where it is not one."""
    first = {plain(block.sheet): block.sheet for block in reversed(layout.blocks)}
    return {plain_name: layout.multiply[sheet] for plain_name, sheet in first.items() if sheet in layout.multiply}


_address = lru_cache(maxsize=50_000)(address)
