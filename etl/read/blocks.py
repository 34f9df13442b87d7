"""Layouts in blocks: headings and labels in one column, numbers in another to the right; totals under each block."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from etl.definitions import unit_of
from etl.intake import Place, Refused
from etl.intake.grid import column_letters
from etl.read.cell import read_cell
from etl.read.find import (
    Book,
    LayoutCells,
    Page,
    is_total,
    names_other_month,
    page_named,
    says_other,
    says_this,
    wrong_words,
)
from etl.sites import Block, Layout

LabelCells = dict[str, Place]


def find_blocks(book: Book, layout: Layout, month: date) -> LayoutCells:
    """The cells of a layout in blocks; refuses the file when a heading or label is missing or is there twice."""
    found = LayoutCells()
    for name in dict.fromkeys(block.sheet for block in layout.blocks):
        page = page_named(book, name)
        _find_in_page(page, [block for block in layout.blocks if block.sheet == name], month, found)
    return found


def _find_in_page(page: Page, blocks: list[Block], month: date, found: LayoutCells) -> None:
    headings = {block.heading: _heading(page, block) for block in blocks}
    rows = {block.heading: _rows_under(headings[block.heading], [*headings.values()], page) for block in blocks}
    labels = {b.heading: _labels(page, b, headings[b.heading][1], rows[b.heading]) for b in blocks}
    numbers = _number_columns(page, {k: place for each in labels.values() for k, place in each.items()}, month)
    for block in blocks:
        place, under = headings[block.heading], labels[block.heading]
        column = _own_column(page, [row for row, _ in under.values()], place[1], numbers[place[1]])
        found.expected |= {(page.name, *cell) for cell in (place, *under.values())}
        found.numbers += [(number, month, page.name, row, column) for number, (row, _) in under.items()]
        _rest_of_block(page, block, rows[block.heading], place[1], column, month, under, found)


def _heading(page: Page, block: Block) -> Place:
    """The place of the block's heading: of several cells with its words, the one with the block's labels under it."""
    places = page.of(block.heading)
    if len(places) > 1:
        whole = [place for place in places if _has_labels(page, block, place, _rows_under(place, places, page))]
        places = whole or [place for place in places if _has_any_label(page, block, place)]
    if len(places) != 1:
        raise wrong_words("heading", block.heading, f"on sheet “{block.sheet}”", len(places))
    return places[0]


def _rows_under(heading: Place, headings: list[Place], page: Page) -> range:
    """The rows from a heading to the next one in its column."""
    row, column = heading
    return range(row + 1, min((r for r, c in headings if c == column and r > row), default=page.last_row + 1))


def _has_labels(page: Page, block: Block, heading: Place, rows: range) -> bool:
    return all(any(c == heading[1] and r in rows for r, c in page.of(label)) for label in block.words.values())


def _has_any_label(page: Page, block: Block, heading: Place) -> bool:
    row, column = heading
    return any(c == column and r > row for label in block.words.values() for r, c in page.of(label))


def _labels(page: Page, block: Block, column: int, rows: range) -> LabelCells:
    """The cells of the block's labels, under its heading in the same column."""
    labels = {}
    for number, label in block.words.items():
        places = [(r, c) for r, c in page.of(label) if c == column and r in rows]
        if len(places) != 1:
            where = f"under “{block.heading}” on sheet “{block.sheet}”"
            raise wrong_words("label", label, where, len(places))
        labels[number] = places[0]
    return labels


class _Columns:
    """A sheet's columns of numbers beside one column of labels: what they hold, and what their headings say."""

    def __init__(self, page: Page, labels: LabelCells, columns: range, month: date) -> None:
        units = {row: unit_of(number) for number, (row, _) in labels.items()}
        filled, numbers = list[int](), list[int]()
        above: dict[int, list[object]] = {}
        last = max(units)
        for row, cells in page.rows.items():
            for column, value in cells.items() if row <= last else ():
                if column not in columns:
                    continue
                if row not in units:
                    above.setdefault(column, []).append(value)
                    continue
                filled.append(column)
                if read_cell(value, units[row]).state == "reported":
                    numbers.append(column)
        self.filled, self.numbers = Counter(filled), Counter(dict.fromkeys(filled, 0))
        self.numbers.update(numbers)
        self.others = {column for column, cells in above.items() if says_other(cells)}
        self.this = {column for column, cells in above.items() if says_this(cells, month)} - self.others
        self.other_months = {column for column, cells in above.items() if names_other_month(cells, month)} - self.this


class _Chosen(NamedTuple):
    """The column of numbers beside a column of labels, where the next labels begin, and which columns cannot be it."""

    column: int
    end: int
    others: set[int]


def _number_columns(page: Page, labels: LabelCells, month: date) -> dict[int, _Chosen]:
    """For each column of labels the column of its numbers, which is the one to its right that has them."""
    label_columns = sorted({column for _, column in labels.values()})
    ends = [*label_columns[1:], 1 << 20]
    chosen = {}
    for column, end in zip(label_columns, ends, strict=True):
        mine = {number: place for number, place in labels.items() if place[1] == column}
        columns = _Columns(page, mine, range(column + 1, end), month)
        chosen[column] = _Chosen(_number_column(page, columns, column), end, columns.others | columns.other_months)
    return chosen


def _number_column(page: Page, columns: _Columns, label_column: int) -> int:
    """The column that holds most numbers beside the labels; refuses the file when two could be meant."""
    ranked = [(n, column) for column, n in columns.numbers.most_common() if n and column not in columns.others]
    if not ranked:
        filled = [column for column, _ in columns.filled.most_common() if column not in columns.others]
        return (filled or sorted(columns.this) or [label_column + 2])[0]
    most = ranked[0][0]
    meant = sorted(column for n, column in ranked if 2 * n > most)
    if len(meant) > 1 or meant[0] in columns.other_months:
        meant = sorted(columns.this.intersection(meant) or columns.this) or meant
    if len(meant) > 1:
        first, second = map(column_letters, meant[:2])
        sentence = (
            f"Sheet “{page.name}” has two columns of numbers, {first} and {second}; it is not clear which counts."
        )
        fix = "Leave the month's numbers only, or head the other column “Last month” or “Year to date”."
        raise Refused("two_columns", sentence, fix, page.name, "")
    return meant[0]


def _own_column(page: Page, rows: list[int], labels: int, chosen: _Chosen) -> int:
    """The column of a block's numbers: the sheet's, unless the block has nothing there and numbers in one other."""
    if any((row, chosen.column) in page.cells for row in rows):
        return chosen.column
    cells = (place for row in rows for place in page.right_of(row, labels) if place[1] < chosen.end)
    filled = {place[1] for place in cells if read_cell(page.cells[place], "gbp").state == "reported"}
    meant = filled - chosen.others
    return meant.pop() if len(meant) == 1 else chosen.column


def _rest_of_block(
    page: Page,
    block: Block,
    rows: range,
    label_column: int,
    number_column: int,
    month: date,
    labels: LabelCells,
    found: LayoutCells,
) -> None:
    """Adds the totals that the site made itself, and labels with a number that the layout does not have."""
    known = {row for row, _ in labels.values()}
    measures = {number.partition(".")[0] for number in block.words}
    for row in rows:
        if row in known or (row, label_column) not in page.texts:
            continue
        if is_total(page.text(row, label_column)):
            found.expected.add((page.name, row, label_column))
            if len(measures) == 1:
                found.totals.append((next(iter(measures)), month, page.name, row, number_column))
        elif isinstance(page.cells.get((row, number_column)), float):
            found.unknown.append((page.name, row, label_column))
