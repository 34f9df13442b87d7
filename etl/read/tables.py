"""Layouts in tables, one below the other: a heading, a row of column headings, a row of numbers."""

from datetime import date

from etl.intake import Grid, Refused, Sheet, address
from etl.read.cell import read_cell
from etl.read.find import Found, NumberCell, Words, sheet_named, wrong_words
from etl.read.words import plain
from etl.sites import Block, Layout


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


def _heading(words: Words, block: Block) -> tuple[int, int]:
    places = words.of(block.heading)
    if len(places) != 1:
        raise wrong_words("heading", block.heading, f"on sheet “{block.sheet}”", len(places))
    return places[0]


def _find_table(sheet: Sheet, words: Words, block: Block, heading: int, end: int, month: date, found: Found) -> None:
    labels = _labels(words, block, heading, end)
    row = next(iter(labels.values()))[0]
    numbers = _number_row(sheet, block, [column for _, column in labels.values()], row, end)
    for number, place in labels.items():
        found.expected.add((sheet.name, *place))
        found.numbers.append(NumberCell(number, month, sheet.name, numbers, place[1]))
    known = {column for _, column in labels.values()}
    found.unknown += [
        (sheet.name, row, c)
        for (r, c), value in sheet.cells.items()
        if r == row and c not in known and isinstance(value, str) and isinstance(sheet.cells.get((numbers, c)), float)
    ]


def _labels(words: Words, block: Block, heading: int, end: int) -> dict[str, tuple[int, int]]:
    """The cells of the column headings, all in the one row that has them."""
    wanted = [plain(label) for label in block.words.values()]
    rows = [r for label in block.words.values() for r, _ in words.of(label) if heading < r < end]
    row = max(set(rows), key=lambda r: (rows.count(r), -r), default=heading)
    labels = {}
    for number, label in block.words.items():
        places = [place for place in words.of(label) if place[0] == row]
        if len(places) != 1:
            where = f"under “{block.heading}” on sheet “{block.sheet}”"
            raise wrong_words("column heading", label, where, len(places))
        labels[number] = places[0]
    assert len(labels) == len(wanted)
    return labels


def _number_row(sheet: Sheet, block: Block, columns: list[int], labels: int, end: int) -> int:
    """The row of numbers below the column headings: the one that has most; the next row when all are empty."""
    rows = {
        row: sum(read_cell(sheet.cells.get((row, column)), "gbp").state == "reported" for column in columns)
        for row in range(labels + 1, end)
    }
    most = max(rows.values(), default=0)
    if most == 0:
        filled = [row for row in rows if any((row, column) in sheet.cells for column in columns[1:] or columns)]
        return filled[0] if filled else labels + 1
    rivals = [row for row, count in rows.items() if 2 * count > most]
    if len(rivals) > 1:
        first, second = (address(row, min(columns)) for row in rivals[:2])
        sentence = (
            f"Under “{block.heading}” on sheet “{sheet.name}” stand two rows of numbers, at {first} and {second}."
        )
        raise Refused(
            "two_rows", sentence, "Leave the month's numbers only and send the return again.", sheet.name, second
        )
    return rivals[0]
