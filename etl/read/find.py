"""What finding the cells of a layout in a grid yields, and how a file that does not have them is refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from etl.intake import Grid, Place, Refused, Sheet
from etl.read.month import read_month
from etl.read.words import plain, plain_cell, remembered
from etl.sites import Layout

Address = tuple[str, int, int]  # sheet, row, column
# Where a number of the return is: the number (or a total that the site typed itself), month, sheet, row, column.
NumberCell = tuple[str, date, str, int, int]

YEAR_TO_DATE = {"ytd", "year to date", "total", "cumulative"}
_TOTALS = {"total", "totals", "cyfanswm/total", "cyfanswm"}

# Words over numbers that say they are not the month's, and words that say they are.
_OTHER = re.compile(
    r"\b(?:last (?:month|year)|previous|prior|ytd|to date|cumulative|target|plan|planned|budget|forecast|variance"
    r"|change|average|notes?|comments?|ref|mis diwethaf|targed|nodiadau)\b|%|per ?cent|^20\d\d[-/]\d\d$"
)
_THIS = re.compile(r"\b(?:this|current|reporting) month\b|\bactuals?\b|^mis hwn\b")
_LONGEST_HEADING = 40


@dataclass
class LayoutCells:
    """The cells of a layout in one file.

    `numbers` are the reported numbers, `totals` those that the site added up itself (by breakdown), `to_date` its own
    years to date, `expected` the cells with the layout's own words, `unknown` labels with a number beside them that the
    layout does not have, as (address, label).
    """

    numbers: list[NumberCell] = field(default_factory=list)
    totals: list[NumberCell] = field(default_factory=list)
    to_date: list[NumberCell] = field(default_factory=list)
    expected: set[Address] = field(default_factory=set)
    unknown: list[Address] = field(default_factory=list)


class Page:
    """A sheet to look things up in: by its rows, and by its texts in the form in which they are compared.

    `rows` has each row that is not empty, from the top, and of each its cells by column, from the left.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.name, self.cells = sheet.name, sheet.cells
        self.rows: dict[int, dict[int, object]] = {}
        self.texts: dict[Place, str] = {}
        self.places: dict[str, list[Place]] = {}
        last, here = 0, dict[int, object]()
        for place, value in sheet.cells.items():
            row, column = place
            if row != last:
                last, here = row, self.rows.setdefault(row, {})
            here[column] = value
            if isinstance(value, str):
                self.texts[place] = plain(value)
        for place, text in self.texts.items():
            self.places.setdefault(text, []).append(place)

    @property
    def last_row(self) -> int:
        return max(self.rows, default=0)

    def of(self, text: str) -> list[Place]:
        """The places of the text, from the top."""
        return self.places.get(plain(text), [])

    def text(self, row: int, column: int) -> str:
        """The text in a cell; '' for anything that is no text."""
        return self.texts.get((row, column), "")

    def right_of(self, row: int, column: int) -> list[Place]:
        """The filled cells to the right in the same row, from the nearest on."""
        return [(row, c) for c in self.rows.get(row, ()) if c > column]


Book = tuple[Page, ...]


def open_book(grid: Grid) -> Book:
    """A file's sheets to look things up in."""
    return tuple(map(Page, grid.sheets))


def is_total(text: str) -> bool:
    """Whether a plain label is that of a sum which the site made itself."""
    return text in _TOTALS or text.startswith("total ")


def says_other(cells: Iterable[object]) -> bool:
    """Whether a heading among the cells says that the numbers with it are not those of the month."""
    return any(_is_other(value) for value in cells if isinstance(value, str))


@remembered
def _is_other(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and bool(_OTHER.search(plain(text)))


def names_other_month(cells: Iterable[object], month: date) -> bool:
    """Whether a heading among the cells is a month, and not the one given."""
    return any(read_month(value) not in (None, month) for value in cells if not isinstance(value, float))


def says_this(cells: Iterable[object], month: date) -> bool:
    """Whether a heading among the cells says that the numbers with it are those of the month."""
    return any(
        read_month(value) == month or bool(_THIS.search(plain_cell(value)[:_LONGEST_HEADING])) for value in cells
    )


def page_named(book: Book, name: str) -> Page:
    """The sheet with this name; refuses the file when it is missing or is there twice."""
    pages = [page for page in book if plain(page.name) == plain(name)]
    if len(pages) != 1:
        raise wrong_words("sheet", name, "", len(pages))
    return pages[0]


def wrong_words(what: str, name: str, where: str, times: int) -> Refused:
    """The refusal of a file in which a heading or label of its layout is missing or is there more than once."""
    place = f" {where}" if where else ""
    if times == 0:
        sentence = f"The {what} “{name}”{place} is missing."
        fix = f"Put the {what} “{name}” back as it was and send the return again."
        return Refused("missing_words", sentence, fix, "", "")
    sentence = f"The {what} “{name}” stands {'twice' if times == 2 else f'{times} times'}{place}."
    fix = f"Keep the {what} “{name}” once and send the return again."
    return Refused("words_twice", sentence, fix, "", "")


@cache
def layout_words(layout: Layout) -> frozenset[str]:
    """The plain headings and labels of a layout, by which a file is recognised."""
    words = {plain(word) for block in layout.blocks for word in (block.heading, *block.words.values())}
    return frozenset(words | {plain(block.sheet) for block in layout.blocks})


def text_of(book: Book) -> set[str]:
    """All plain texts of a file, its sheets' names among them."""
    return {plain(page.name) for page in book}.union(*(page.places for page in book))
