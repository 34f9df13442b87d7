"""Counts what a sheet of an .xlsx holds, by streaming its XML, and finds its error cells and uncalculated formulas."""

import re
from dataclasses import dataclass, field

from etl.intake import limits, markup, refusals
from etl.intake.grid import NOT_CALCULATED, Unreadable, address, column_number
from etl.intake.markup import Element, local
from etl.intake.strings import XML_SPACES, Strings

# The plain form that nearly every program writes. One expression takes in all of a sheet's rows or none: a sheet that
# it takes in is well formed, within the limits, and has no error cell, no empty value and no text in a formula.
ADDRESS = rb"(?:[A-Z]|[A-F][A-Z])(?:[1-9][0-9]{0,2}+|[1-4][0-9]{3})"
ATTRIBUTES = rb"(?: [\w:]+=\"[^\"<&]*\")*+"
FORMULA = rb"(?:<f" + ATTRIBUTES + rb"(?:/>|>[^<&\"]*+(?:&(?:lt|gt);[^<&\"]*+)*+</f>))?+"
WORDS = rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]++"
CELL = (
    rb"<c r=\"" + ADDRESS + rb"\"(?: s=\"[0-9]+\")?+(?: ?/>|></c>"
    rb"|(?: t=\"n\")?+>" + FORMULA + rb"<v>[-+.0-9eE]++</v></c>"
    rb"| t=\"s\"><v>[0-9]++</v></c>"
    rb"| t=\"b\">" + FORMULA + rb"<v>[01]</v></c>"
    rb"| t=\"str\">" + FORMULA + rb"<v>" + WORDS + rb"</v></c>"
    rb"| t=\"inlineStr\"><is><t(?: xml:space=\"preserve\"|(?=>[^ \t\r\n]))>" + WORDS + rb"</t></is></c>)"
)
PLAIN = re.compile(rb"(?:<row r=\"[1-9][0-9]{0,4}\"" + ATTRIBUTES + rb"(?: ?/>|>(?:" + CELL + rb")*+</row>))*+")
SHARED = re.compile(rb" t=\"s\"><v>([0-9]+)")
QUOTED = re.compile(r'"((?:[^"]|"")*)"')
CELL_NAME = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"))
ERROR_FORM = re.compile(r"#[A-Z/0]{2,12}[!?]?")


@dataclass
class SheetContents:
    """What one sheet holds: filled cells, cells that the library reads wrongly, strings used, and everything else."""

    filled: int = 0
    overrides: dict[tuple[int, int], object] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    references: int = 0
    others: tuple[Element, ...] = ()
    formula_texts: list[tuple[str, str]] = field(default_factory=list)
    unknown_errors: set[str] = field(default_factory=set)


def inspect(content: bytes, name: str, strings: Strings) -> SheetContents:
    """Count a sheet's cells; raises Refused when it is too large or not well formed."""
    found = _plain(content, strings) or _Scan(name, strings).run(content)
    if found.filled > limits.FILLED:
        raise refusals.sheet_too_large(name, f"more than {limits.FILLED:,} filled cells")
    return found


def _plain(content: bytes, strings: Strings) -> SheetContents | None:
    before, opened, rest = content.partition(b"<sheetData>")
    body, closed, after = rest.partition(b"</sheetData>")
    if not (opened and closed) or strings.empty or not PLAIN.fullmatch(body):
        return None
    others = markup.elements(before + b"<sheetData/>" + after)
    if [element.depth for element in others if element.name == "sheetData"] != [1]:
        return None  # what looked like the rows stood in a comment
    references = SHARED.findall(body)
    used = set(map(int, references))
    if used and max(used) >= strings.count:
        raise refusals.damaged()
    return SheetContents(
        filled=body.count(b"<v>") + body.count(b"<is>"), used=used, references=len(references), others=others
    )


class _Scan:
    """Goes through a sheet cell by cell; slower, and takes any form that XML allows."""

    def __init__(self, name: str, strings: Strings) -> None:
        self.name, self.strings, self.found = name, strings, SheetContents()
        self.row = self.column = self.cells = 0
        self.path: list[str] = []
        self.others: list[Element] = []
        self.open_others: list[Element] = []
        self.seen: set[tuple[int, int]] = set()
        self.kind = ""
        self.value: str | None = None
        self.inline: str | None = None
        self.formula: str | None = None
        self.pieces = 0
        self.run_of_text, self.kept = "", False

    def run(self, content: bytes) -> SheetContents:
        if b"<![CDATA[" in content:  # no spreadsheet program writes it here, and the reader leaves it out
            raise refusals.damaged()
        markup.parse(content, self.start, self.end, self.text, whole=False)
        self.found.others = tuple(self.others)
        return self.found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        self.path.append(name)
        if len(self.path) > markup.DEPTH:
            raise refusals.damaged()
        if self.path[1:2] != ["sheetData"] or len(self.path) == 2:
            self._start_other(name, attributes)
        elif len(self.path) == 3 and name == "row":
            self.row, self.column = _row(attributes, self.row), 0
        elif len(self.path) == 4 and name == "c":
            self._start_cell(attributes)
        elif len(self.path) == 5 and name == "v":
            self._refuse_second(self.value)
            self.value = ""
        elif len(self.path) == 5 and name == "is":
            self._refuse_second(self.inline)
            self.inline = ""
        elif len(self.path) == 5 and name == "f":
            self.formula = ""
        elif self.path[4:5] == ["is"] and name == "t":
            self.kept = attributes.get("xml:space") == "preserve"
            self.run_of_text = ""
        elif self.path[4:5] != ["is"] and self.path[4:5] != ["extLst"] and self.path[3:4] != ["extLst"]:
            raise refusals.damaged()

    def end(self, _: str) -> None:
        path = self.path
        if len(path) == 4 and path[1] == "sheetData" and path[3] == "c":
            self._end_cell()
        elif path[4:5] == ["is"] and path[-1] == "t" and self.inline is not None:
            self.inline += self.run_of_text if self.kept else self.run_of_text.strip(XML_SPACES)
            self.run_of_text = ""
        if path[1:2] != ["sheetData"] or len(path) == 2:
            self.open_others.pop()
        path.pop()

    def text(self, piece: str) -> None:
        path = self.path
        if path[1:2] != ["sheetData"] or len(path) == 2:
            self.open_others[-1].pieces.append(piece)
        elif path[4:5] == ["v"] and self.value is not None:
            self.value += piece
            self.pieces += 1
        elif path[4:5] == ["f"] and self.formula is not None:
            self.formula += piece
        elif path[4:5] == ["is"] and path[-1] == "t" and "rPh" not in path:
            self.run_of_text += piece

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.others) >= markup.ELEMENTS:
            raise refusals.damaged()
        element = Element(name, attributes, len(self.path) - 1)
        self.others.append(element)
        self.open_others.append(element)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "n")
        self.value = self.inline = self.formula = None
        self.pieces = 0
        if "r" not in attributes:
            self.column += 1
            self.row = max(self.row, 1)
            return
        written = CELL_NAME.fullmatch(attributes["r"])
        if not written:
            raise refusals.damaged()
        self.row, self.column = int(written[2]), column_number(written[1])

    def _refuse_second(self, already: str | None) -> None:
        if already is not None:
            raise refusals.damaged()

    def _end_cell(self) -> None:
        if self.value is None and self.inline is None and self.formula is None:
            return  # formatted, and empty
        place = (self.row, self.column)
        _refuse_place(self.name, *place)
        if place in self.seen:
            raise refusals.damaged()
        self.seen.add(place)
        if self.formula:
            self.found.formula_texts += [(address(*place), text) for text in QUOTED.findall(self.formula) if text]
        state = self._state()
        if isinstance(state, Unreadable):
            self.found.overrides[place] = state
        else:
            self.found.filled += state

    def _state(self) -> bool | Unreadable:
        """Whether the cell is filled, or why it cannot be read."""
        if self.kind != "str" and self.pieces > 1:
            raise refusals.damaged()  # a number interrupted by a reference or comment, which the reader cuts short
        if self.kind == "e":
            return self._error()
        if self.inline is not None:
            return bool(self.inline) and not self.value
        if self.kind == "s" and self.value:
            return self._shared(self.value)
        if self.formula is not None and not self.value and (self.kind != "str" or self.value is None):
            return Unreadable(NOT_CALCULATED)
        return bool(self.value) and self.kind != "inlineStr"

    def _error(self) -> Unreadable:
        text = self.value or ""
        if text and text not in ERRORS:
            self.found.unknown_errors.add(text)
        return Unreadable(text if ERROR_FORM.fullmatch(text) else "#ERROR!")

    def _shared(self, written: str) -> bool:
        if not written.isdecimal() or len(written) > 9 or int(written) >= self.strings.count:
            raise refusals.damaged()
        self.found.used.add(int(written))
        self.found.references += 1
        return int(written) not in self.strings.empty


def _row(attributes: dict[str, str], before: int) -> int:
    written = attributes.get("r", str(before + 1))
    if not written.isdecimal() or len(written) > 7:
        raise refusals.damaged()
    return int(written)


def _refuse_place(name: str, row: int, column: int) -> None:
    if row > limits.ROWS:
        raise refusals.sheet_too_large(name, f"more than {limits.ROWS:,} rows")
    if column > limits.COLUMNS:
        raise refusals.sheet_too_large(name, f"more than {limits.COLUMNS} columns")
    if row < 1 or column < 1:
        raise refusals.damaged()
