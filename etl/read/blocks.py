"""Layouts in blocks: headings and labels in one column, numbers in another to the right; totals under each block."""

from collections import Counter
from datetime import date

from etl.intake import Grid, Refused, Sheet, address
from etl.read.cell import read_cell
from etl.read.find import TOTALS, Address, Found, NumberCell, Words, sheet_named, wrong_words
from etl.read.words import plain
from etl.sites import Block, Layout

# Words above a column of numbers that say it is not the month's.
_OTHER_COLUMNS = ("last month", "previous", "ytd", "year to date", "cumulative", "target", "plan", "note", "comment")

LabelCells = dict[str, tuple[int, int]]


def find_blocks(grid: Grid, layout: Layout, month: date) -> Found:
    """The cells of a layout in blocks; refuses the file when a heading or label is missing or stands twice."""
    found = Found()
    for name in dict.fromkeys(block.sheet for block in layout.blocks):
        sheet = sheet_named(grid, name)
        _find_in_sheet(sheet, [block for block in layout.blocks if block.sheet == name], month, found)
    return found


def _find_in_sheet(sheet: Sheet, blocks: list[Block], month: date, found: Found) -> None:
    words = Words(sheet)
    headings = {block.heading: _heading(words, block) for block in blocks}
    starts = sorted(headings.values())
    labels: LabelCells = {}
    for block in blocks:
        row, column = headings[block.heading]
        end = min((r for r, c in starts if c == column and r > row), default=words.rows + 1)
        labels |= _labels(words, block, (row, column), end)
    numbers = _number_columns(sheet, labels)
    found.expected |= {(sheet.name, *place) for place in (*labels.values(), *headings.values())}
    for number, (row, column) in labels.items():
        found.numbers.append(NumberCell(number, month, sheet.name, row, numbers[column]))
    for block in blocks:
        row, column = headings[block.heading]
        end = min((r for r, c in starts if c == column and r > row), default=words.rows + 1)
        _rest_of_block(sheet, block, range(row + 1, end), column, numbers[column], month, labels, found)


def _heading(words: Words, block: Block) -> tuple[int, int]:
    """Where the block's heading stands: of several, the one with labels of the block under it."""
    places = words.of(block.heading)
    if len(places) > 1:
        places = [
            (row, column)
            for row, column in places
            if any(c == column and r > row for label in block.words.values() for r, c in words.of(label))
        ]
    if len(places) != 1:
        raise wrong_words("heading", block.heading, f"on sheet “{block.sheet}”", len(places))
    return places[0]


def _labels(words: Words, block: Block, heading: tuple[int, int], end: int) -> LabelCells:
    """The cells of the block's labels, between its heading and the next one in the same column."""
    labels = {}
    for number, label in block.words.items():
        places = [(r, c) for r, c in words.of(label) if c == heading[1] and heading[0] < r < end]
        if len(places) != 1:
            where = f"under “{block.heading}” on sheet “{block.sheet}”"
            raise wrong_words("label", label, where, len(places))
        labels[number] = places[0]
    return labels


def _number_columns(sheet: Sheet, labels: LabelCells) -> dict[int, int]:
    """For each column of labels the column of its numbers, which is the one to its right that has them."""
    label_columns = sorted({column for _, column in labels.values()})
    ends = [*label_columns[1:], 1 << 20]
    return {
        column: _number_column(sheet, [row for row, c in labels.values() if c == column], range(column + 1, end))
        for column, end in zip(label_columns, ends, strict=True)
    }


def _number_column(sheet: Sheet, rows: list[int], columns: range) -> int:
    """The column that holds most numbers beside the labels; refuses the file when two could be meant."""
    wanted = set(rows)
    near = {column for row, column in sheet.cells if row in wanted and column in columns}
    others = {column for column in near if _is_other_column(sheet, column, min(rows))}
    filled = [(row, column) for row, column in sheet.cells if row in wanted and column in near - others]
    with_numbers = Counter(c for r, c in filled if read_cell(sheet.cells[r, c], "gbp").state == "reported")
    if not with_numbers:
        return Counter(column for _, column in filled).most_common(1)[0][0] if filled else columns.start + 1
    ranked = with_numbers.most_common()
    best = min(column for column, count in ranked if count == ranked[0][1])
    rivals = [column for column, count in ranked if column != best and 2 * count > ranked[0][1]]
    if rivals:
        first, second = (address(1, column)[:-1] for column in sorted((best, rivals[0])))
        sentence = f"Sheet “{sheet.name}” has two columns of numbers, {first} and {second}; it is not clear which counts."
        fix = "Leave the month's numbers only, or head the other column “Last month” or “Year to date”."
        raise Refused("two_columns", sentence, fix, sheet.name, "")
    return best


def _is_other_column(sheet: Sheet, column: int, first_row: int) -> bool:
    """Whether words above the numbers say that the column is not the month's."""
    above = (value for (r, c), value in sheet.cells.items() if c == column and r < first_row and isinstance(value, str))
    return any(word in plain(text) for text in above for word in _OTHER_COLUMNS)


def _rest_of_block(
    sheet: Sheet,
    block: Block,
    rows: range,
    label_column: int,
    number_column: int,
    month: date,
    labels: LabelCells,
    found: Found,
) -> None:
    """Adds the totals that the site made itself, and labels with a number that the layout does not have."""
    known = {row for row, column in labels.values() if column == label_column}
    measures = {number.partition(".")[0] for number in block.words}
    for row in rows:
        label, number = sheet.cells.get((row, label_column)), sheet.cells.get((row, number_column))
        if row in known or not isinstance(label, str):
            continue
        place: Address = (sheet.name, row, label_column)
        if plain(label) in TOTALS:
            found.expected.add(place)
            if len(measures) == 1:
                found.totals.append(NumberCell(*measures, month, sheet.name, row, number_column))
        elif isinstance(number, float):
            found.unknown.append(place)
