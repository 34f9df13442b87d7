"""Layouts in tables, one below the other: a heading, a row of column headings, a row of numbers."""

from datetime import date

from etl.definitions import unit_of
from etl.intake import Place, Refused, address
from etl.read.cell import read_cell
from etl.read.find import Book, LayoutCells, Page, is_total, page_named, says_other, says_this, wrong_words
from etl.sites import Block, Layout


def find_tables(book: Book, layout: Layout, month: date) -> LayoutCells:
    """The cells of a layout in tables; refuses the file when a heading is missing or is there twice."""
    found = LayoutCells()
    for name in dict.fromkeys(block.sheet for block in layout.blocks):
        page = page_named(book, name)
        blocks = [block for block in layout.blocks if block.sheet == name]
        headings = {block.heading: _heading(page, block) for block in blocks}
        for block in blocks:
            row, column = headings[block.heading]
            below = [r for r, _ in headings.values() if r > row]
            _find_table(page, block, row, min(below, default=page.last_row + 2), month, found)
            found.expected.add((page.name, row, column))
    return found


def _heading(page: Page, block: Block) -> Place:
    """The place of the table's heading: of several cells with its words, the one with the column headings under it."""
    places = page.of(block.heading)
    if len(places) > 1:
        rows = [row for row, _ in places]
        ends = [min((r for r in rows if r > row), default=page.last_row + 1) for row in rows]
        places = [
            place
            for place, end in zip(places, ends, strict=True)
            if _row_of_labels(page, block, place[0], end)[1] == len(block.words)
        ] or places
    if len(places) != 1:
        raise wrong_words("heading", block.heading, f"on sheet “{block.sheet}”", len(places))
    return places[0]


def _find_table(page: Page, block: Block, heading: int, end: int, month: date, found: LayoutCells) -> None:
    labels = _labels(page, block, heading, end)
    row = next(iter(labels.values()))[0]
    numbers = _number_row(page, block, labels, range(row + 1, end), month)
    for number, place in labels.items():
        found.expected.add((page.name, *place))
        found.numbers.append((number, month, page.name, numbers, place[1]))
    known = {column for _, column in labels.values()}
    measures = {number.partition(".")[0] for number in block.words}
    for column in page.rows[row]:
        if column in known or (row, column) not in page.texts:
            continue
        if is_total(page.text(row, column)):
            found.expected.add((page.name, row, column))
            found.totals += [(next(iter(measures)), month, page.name, numbers, column)] if len(measures) == 1 else []
        elif isinstance(page.cells.get((numbers, column)), float):
            found.unknown.append((page.name, row, column))


def _row_of_labels(page: Page, block: Block, heading: int, end: int) -> tuple[int, int]:
    """The row under a heading that has most of the table's column headings, and how many it has."""
    found = [{r for r, _ in page.of(label) if heading < r < end} for label in block.words.values()]
    rows = set().union(*found)
    row = max(rows, key=lambda r: (sum(r in each for each in found), -r), default=heading)
    return row, sum(row in each for each in found)


def _labels(page: Page, block: Block, heading: int, end: int) -> dict[str, Place]:
    """The cells of the column headings, all in the one row that has them."""
    row, _ = _row_of_labels(page, block, heading, end)
    labels = {}
    for number, label in block.words.items():
        places = [place for place in page.of(label) if place[0] == row]
        if len(places) != 1:
            where = f"under “{block.heading}” on sheet “{block.sheet}”"
            raise wrong_words("column heading", label, where, len(places))
        labels[number] = places[0]
    return labels


def _number_row(page: Page, block: Block, labels: dict[str, Place], rows: range, month: date) -> int:
    """The row of numbers below the column headings: the one that has most; the next row when all are empty."""
    left = min(column for _, column in labels.values())
    beside = {row: [value for column, value in page.rows.get(row, {}).items() if column < left] for row in rows}
    meant = [row for row in rows if not says_other(beside[row])]
    counts = {row: _count(page, labels, row, ("reported",)) for row in meant}
    most = max(counts.values(), default=0)
    if most == 0:
        said = {row: _count(page, labels, row, ("suppressed", "not_applicable", "unreadable")) for row in meant}
        return max(said, key=lambda row: (said[row], -row), default=rows.start)
    rivals = [row for row, count in counts.items() if 2 * count > most]
    if len(rivals) > 1:
        rivals = [row for row in rivals if says_this(beside[row], month)] or rivals
    if len(rivals) > 1:
        first, second = (address(row, left) for row in rivals[:2])
        sentence = f"Under “{block.heading}” on sheet “{page.name}” stand two rows of numbers, at {first} and {second}."
        raise Refused(
            "two_rows", sentence, "Leave the month's numbers only and send the return again.", page.name, second
        )
    return rivals[0]


def _count(page: Page, labels: dict[str, Place], row: int, states: tuple[str, ...]) -> int:
    """How many cells of a row are in one of the states."""
    here = page.rows.get(row, {})
    cells = ((number, here.get(column)) for number, (_, column) in labels.items())
    return sum(read_cell(cell, unit_of(number)).state in states for number, cell in cells)
