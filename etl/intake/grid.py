"""What a file from outside becomes: a grid of cells with their true addresses, or a refusal in one sentence."""

from dataclasses import dataclass

NOT_CALCULATED = "formula not calculated"
LENGTH_OF_TIME = "a length of time"
Place = tuple[int, int]  # row and column, both counted from 1


class Refused(Exception):
    """A file that is not let in: what is wrong, where, and how to put it right; never a value found in the file."""

    def __init__(self, code: str, sentence: str, fix: str, sheet: str = "", cell: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.fix = fix
        self.sheet = sheet
        self.cell = cell


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds no value: an error such as `#REF!`, or a formula that was never calculated."""

    text: str


@dataclass(frozen=True)
class Sheet:
    """One sheet's filled cells by their places, row by row from the top, and in each from the left.

    A value is str, float, bool, datetime.date, datetime.datetime, datetime.time or Unreadable.
    """

    name: str
    cells: dict[Place, object]


@dataclass(frozen=True)
class Text:
    """Words outside the cells: a comment, a page header, a text box; `where` says which."""

    sheet: str
    where: str
    text: str


@dataclass(frozen=True)
class Grid:
    """A whole file: its kind ('xlsx', 'ods' or 'csv'), its sheets in order, and its words outside the cells."""

    kind: str
    sheets: tuple[Sheet, ...]
    other_text: tuple[Text, ...]


def column_letters(column: int) -> str:
    """The letters of a column counted from 1: 4 is 'D', 27 is 'AA'."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The column of its letters, counted from 1: 'D' is 4."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """A cell as a spreadsheet names it: row 17, column 4 is 'D17'."""
    return f"{column_letters(column)}{row}"
