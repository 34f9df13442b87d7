"""Layouts in tables, one below the other: a heading, a row of column headings, a row of numbers."""

from datetime import date

from etl.definitions import unit_of
from etl.intake import Grid, Refused, Sheet, address
from etl.read.cell import read_cell
from etl.read.find import Found, NumberCell, Words, is_total, says_other, says_this, sheet_named, wrong_words
from etl.read.words import plain_cell
from etl.sites import Block, Layout

Place = tuple[int, int]  # row, column


def find_tables(grid: Grid, layout: Layout, month: date) -> Found:
    """The cells of a layout in tables; refuses the file when a heading is missing or stands twice."""
    found = Found()
    for name in dict.fromkeys(block.sheet for block in layout.blocks):
        sheet = sheet_named(grid, name)
        words = Words(sheet)
        blocks = [block for block in layout.blocks if block.sheet == name]
        headings = {block.heading: _heading(words, block) for block in blocks}
        for block in blocks:
            row, column = headings[block.heading]
            below = [r for r, _ in headings.values() if r > row]
            _find_table(sheet, words, block, row, min(below, default=words.rows + 2), month, found)
            found.expected.add((sheet.name, row, column))
    return found


def _heading(words: Words, block: Block) -> Place:
    """Where the table's heading stands: of several cells with its words, the one with the column headings under it."""
    places = words.of(block.heading)
    if len(places) > 1:
        rows = [row for row, _ in places]
        ends = [min((r for r in rows if r > row), default=words.rows + 1) for row in rows]
        places = [
            place
            for place, end in zip(places, ends, strict=True)
            if _row_of_labels(words, block, place[0], end)[1] == len(block.words)
        ] or places
    if len(places) != 1:
        raise wrong_words("heading", block.heading, f"on sheet “{block.sheet}”", len(places))
    return places[0]


def _find_table(sheet: Sheet, words: Words, block: Block, heading: int, end: int, month: date, found: Found) -> None:
    labels = _labels(words, block, heading, end)
    row = next(iter(labels.values()))[0]
    numbers = _number_row(sheet, block, labels, range(row + 1, end), month)
    for number, place in labels.items():
        found.expected.add((sheet.name, *place))
        found.numbers.append(NumberCell(number, month, sheet.name, numbers, place[1]))
    known = {column for _, column in labels.values()}
    measures = {number.partition(".")[0] for number in block.words}
    for (r, column), value in sheet.cells.items():
        if r != row or column in known or not isinstance(value, str):
            continue
        if is_total(plain_cell(value)):
            found.expected.add((sheet.name, row, column))
            found.totals += (
                [NumberCell(next(iter(measures)), month, sheet.name, numbers, column)] if len(measures) == 1 else []
            )
        elif isinstance(sheet.cells.get((numbers, column)), float):
            found.unknown.append((sheet.name, row, column))


def _row_of_labels(words: Words, block: Block, heading: int, end: int) -> tuple[int, int]:
    """The row under a heading that has most of the table's column headings, and how many it has."""
    found = [{r for r, _ in words.of(label) if heading < r < end} for label in block.words.values()]
    rows = set().union(*found)
    row = max(rows, key=lambda r: (sum(r in each for each in found), -r), default=heading)
    return row, sum(row in each for each in found)


def _labels(words: Words, block: Block, heading: int, end: int) -> dict[str, Place]:
    """The cells of the column headings, all in the one row that has them."""
    row, _ = _row_of_labels(words, block, heading, end)
    labels = {}
    for number, label in block.words.items():
        places = [place for place in words.of(label) if place[0] == row]
        if len(places) != 1:
            where = f"under “{block.heading}” on sheet “{block.sheet}”"
            raise wrong_words("column heading", label, where, len(places))
        labels[number] = places[0]
    return labels


def _number_row(sheet: Sheet, block: Block, labels: dict[str, Place], rows: range, month: date) -> int:
    """The row of numbers below the column headings: the one that has most; the next row when all are empty."""
    left = min(column for _, column in labels.values())
    beside = {row: [sheet.cells.get((row, column)) for column in range(1, left)] for row in rows}
    meant = [row for row in rows if not says_other(beside[row])]
    counts = {row: _count(sheet, labels, row, ("reported",)) for row in meant}
    most = max(counts.values(), default=0)
    if most == 0:
        said = {row: _count(sheet, labels, row, ("suppressed", "not_applicable", "unreadable")) for row in meant}
        return max(said, key=lambda row: (said[row], -row), default=rows.start)
    rivals = [row for row, count in counts.items() if 2 * count > most]
    if len(rivals) > 1:
        rivals = [row for row in rivals if says_this(beside[row], month)] or rivals
    if len(rivals) > 1:
        first, second = (address(row, left) for row in rivals[:2])
        sentence = (
            f"Under “{block.heading}” on sheet “{sheet.name}” stand two rows of numbers, at {first} and {second}."
        )
        raise Refused(
            "two_rows", sentence, "Leave the month's numbers only and send the return again.", sheet.name, second
        )
    return rivals[0]


def _count(sheet: Sheet, labels: dict[str, Place], row: int, states: tuple[str, ...]) -> int:
    """How many cells of a row are in one of the states."""
    cells = ((number, sheet.cells.get((row, column))) for number, (_, column) in labels.items())
    return sum(read_cell(cell, unit_of(number)).state in states for number, cell in cells)
