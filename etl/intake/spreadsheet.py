"""Counts what the tables of an .ods hold, by streaming its content, repeats and all, and finds its error cells."""

import re
from dataclasses import dataclass, field

from etl.intake import limits, markup, refusals
from etl.intake.grid import NOT_CALCULATED, Text, Unreadable, address
from etl.intake.inspection import SeenSheet
from etl.intake.markup import local

FORBIDDEN = {
    **dict.fromkeys(("table-source", "cell-range-source", "dde-link"), "links to other files"),
    **dict.fromkeys(("event-listener", "script"), "macros"),
    **dict.fromkeys(("object-ole", "plugin", "applet", "floating-frame"), "embedded objects"),
    **dict.fromkeys(("database-source-sql", "database-source-table", "database-source-query"), "data connections"),
    "source-service": "data connections",
}
CELLS = ("table-cell", "covered-table-cell")
PARAGRAPHS = ("p", "h")
ERROR_FORM = re.compile(r"#[A-Z/0]{2,12}[!?]?|Err:[0-9]{3}")
VALUE_OF = {
    **dict.fromkeys(("float", "percentage", "currency"), "value"),
    **{kind: f"{kind}-value" for kind in ("date", "time", "boolean")},
}
QUOTED = re.compile(r'"((?:[^"]|"")*)"')


# The plain form that nearly every program writes. One expression takes in a whole table or none: a table that it takes
# in is well formed, within the limits, and has no error, no comment, no shape, and no repeat but of what is empty.
ATTRIBUTES = rb"(?: [\w:.-]+=\"[^\"<&]*\")*+"
STYLE = rb"(?: table:(?:default-cell-)?style-name=\"[^\"<&]*\")?+"
WORDS = rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]"
PARAGRAPH = rb"<text:p>" + WORDS + rb"*+(?:&(?:amp|lt|gt|quot|apos);" + WORDS + rb"*+)*+</text:p>"
FILLED = (
    rb"<table:table-cell" + STYLE + rb"(?:"
    rb" office:value-type=\"string\"(?: calcext:value-type=\"string\")?+>"
    rb"<text:p>(?=[^<])" + PARAGRAPH.removeprefix(rb"<text:p>") + rb"</table:table-cell>"
    rb"|(?: table:formula=\"[^\"<&]*\")?+ office:value-type=\"(?:float|percentage|currency)\""
    rb"(?: office:currency=\"[^\"<&]*\")?+ office:value=\"[-+.0-9eE]++\""
    rb"(?: calcext:value-type=\"(?:float|percentage|currency)\")?+(?:/>|>(?:(?!<text:p>(?:#|Err))"
    + PARAGRAPH
    + rb")?+</table:table-cell>)"
    rb"| office:value-type=\"date\" office:date-value=\"[-0-9T:.]++\"(?: calcext:value-type=\"date\")?+>"
    + PARAGRAPH
    + rb"</table:table-cell>)"
)
EMPTY = rb"<table:table-cell" + STYLE + rb"(?: ?/>|></table:table-cell>)"
TRAILING = rb"<table:table-cell" + STYLE + rb" table:number-columns-repeated=\"[0-9]{1,7}\"" + STYLE + rb" ?/>"
ROW = (
    rb"<table:table-row" + STYLE + rb"(?: ?/>|>(?:" + FILLED + rb"|" + EMPTY + rb"){0,200}+(?:" + TRAILING + rb")?+"
    rb"</table:table-row>)"
)
LAST_ROWS = (
    rb"(?:<table:table-row(?:"
    + STYLE
    + rb" table:number-rows-repeated=\"[0-9]{1,7}\""
    + STYLE
    + rb")(?: ?/>|>(?:"
    + TRAILING
    + rb"|"
    + EMPTY
    + rb")*+</table:table-row>)){0,3}+"
)
TABLE = re.compile(
    rb"<table:table table:name=\"([^\"<&]*)\"" + ATTRIBUTES + rb">(?:<table:table-column" + ATTRIBUTES + rb" ?/>)*+"
    rb"((?:" + ROW + rb")*+)" + LAST_ROWS + rb"</table:table>"
)


def inspect(content: bytes, hidden_styles: set[str]) -> tuple[list[SeenSheet], list[Text]]:
    """The sheets of content.xml and the words outside their cells; raises Refused."""
    return _plain(content, set(hidden_styles)) or _any(content, set(hidden_styles))


def _plain(content: bytes, hidden_styles: set[str]) -> tuple[list[SeenSheet], list[Text]] | None:
    start, end = content.find(b"<table:table "), content.rfind(b"</table:table>") + len(b"</table:table>")
    sheets, at = [], start
    while 0 <= at < end:
        table = TABLE.match(content, at, end)
        if not table:
            return None
        sheets.append(_plain_sheet(table))
        at = table.end()
    if not sheets:
        return None
    rest = Scan(hidden_styles)
    rest.run(content[:start] + content[end:])
    if rest.spreadsheets != 1 or rest.hidden_styles or rest.sheets:
        return None
    return sheets, rest.texts


def _plain_sheet(table: re.Match[bytes]) -> SeenSheet:
    name, rows = table[1].decode(), table[2]
    if rows.count(b"<table:table-row") > limits.ROWS:
        raise refusals.sheet_too_large(name, f"more than {limits.ROWS:,} rows")
    filled = rows.count(b" office:value-type=")
    if filled > limits.FILLED:
        raise refusals.sheet_too_large(name, f"more than {limits.FILLED:,} filled cells")
    return SeenSheet(name, filled)


def _any(content: bytes, hidden_styles: set[str]) -> tuple[list[SeenSheet], list[Text]]:
    scan = Scan(hidden_styles)
    scan.run(content)
    return scan.sheets, scan.texts


@dataclass
class _Cell:
    """A cell while its element is open."""

    attributes: dict[str, str]
    repeats: int
    depth: int
    paragraphs: list[list[str]] = field(default_factory=list)


class Scan:
    """Goes through content.xml; afterwards `sheets` and `texts` hold what it says."""

    def __init__(self, hidden_styles: set[str]) -> None:
        self.sheets: list[SeenSheet] = []
        self.texts: list[Text] = []
        self.hidden_styles = hidden_styles
        self.path: list[str] = []
        self.spreadsheets = 0
        self.style = ""
        self.table, self.hidden, self.spoken = "", False, False
        self.filled, self.overrides = 0, dict[tuple[int, int], object]()
        self.row = self.column = self.row_repeats = 0
        self.row_filled, self.row_overrides = 0, dict[int, object]()
        self.last_column = 0
        self.row_characters = self.characters = 0
        self.cell: _Cell | None = None
        self.aside: list[str] | None = None  # a paragraph outside the cells' own text
        self.aside_depth = 0

    def run(self, content: bytes) -> None:
        """Scan it all; raises Refused."""
        if b"<![CDATA[" in content:  # no spreadsheet program writes it, and the reader leaves it out
            raise refusals.damaged()
        markup.parse(content, self.start, self.end, self.text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        path = self.path
        path.append(name)
        if len(path) > markup.DEPTH:
            raise refusals.damaged()
        if name in CELLS:
            self._start_cell(attributes)
        elif name in PARAGRAPHS:
            self._start_paragraph()
        elif name == "table-row":
            self._start_row(attributes)
        elif name == "s" and self.aside is None and self.cell and self.cell.paragraphs:
            self.cell.paragraphs[-1].append(" ")
        elif name in FORBIDDEN:
            raise refusals.forbidden(FORBIDDEN[name])
        elif name == "table":
            self._start_table(attributes)
        elif name == "spreadsheet":
            self.spreadsheets += len(path) == 3
        elif name == "style":
            self.style = _get(attributes, "name")
        elif name == "table-properties" and _get(attributes, "display") == "false":
            self.hidden_styles.add(self.style)
        else:
            self._hear_attributes(name, attributes)

    def end(self, name: str) -> None:
        name = self.path.pop()
        if name in CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table" and self.path[-1:] == ["spreadsheet"]:
            self._end_table()
        elif self.aside is not None and len(self.path) < self.aside_depth:
            self._end_aside()

    def text(self, piece: str) -> None:
        if self.aside is not None:
            self.aside.append(piece)
        elif self.cell and self.cell.paragraphs and len(self.path) > self.cell.depth:
            self.cell.paragraphs[-1].append(piece)

    def _start_table(self, attributes: dict[str, str]) -> None:
        if self.path[-2:-1] != ["spreadsheet"] or len(self.sheets) >= limits.PARTS:
            raise refusals.damaged()
        self.table = _get(attributes, "name")
        self.hidden = _get(attributes, "style-name") in self.hidden_styles or _get(attributes, "display") == "false"
        self.spoken, self.filled, self.overrides, self.row = False, 0, {}, 0

    def _end_table(self) -> None:
        if self.hidden and (self.filled or self.overrides or self.spoken):
            raise refusals.hidden_sheet(self.table)
        self.sheets.append(SeenSheet(self.table, self.filled, self.overrides))
        self.table = ""

    def _start_row(self, attributes: dict[str, str]) -> None:
        if self.cell is not None:
            raise refusals.damaged()  # a table within a cell
        self.row_repeats = _repeats(attributes, "number-rows-repeated")
        self.column = self.row_filled = self.last_column = self.row_characters = 0
        self.row_overrides = {}

    def _end_row(self) -> None:
        first, self.row = self.row + 1, self.row + self.row_repeats
        if not self.last_column:
            return
        self._refuse_place(self.row, self.last_column)
        self.filled += self.row_filled * self.row_repeats
        self.characters += self.row_characters * self.row_repeats
        if self.characters > limits.TEXT_BYTES // 4:  # at most four bytes each
            raise refusals.too_large("shows more than 20 MB of text")
        if self.filled + (len(self.overrides) + len(self.row_overrides)) * self.row_repeats > limits.FILLED:
            raise refusals.sheet_too_large(self.table, f"more than {limits.FILLED:,} filled cells")
        for row in range(first, self.row + 1):
            self.overrides.update({(row, column): value for column, value in self.row_overrides.items()})

    def _refuse_place(self, row: int, column: int) -> None:
        if row > limits.ROWS:
            raise refusals.sheet_too_large(self.table, f"more than {limits.ROWS:,} rows")
        if column > limits.COLUMNS:
            raise refusals.sheet_too_large(self.table, f"more than {limits.COLUMNS} columns")

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self.cell is not None:
            raise refusals.damaged()
        self.cell = _Cell(attributes, _repeats(attributes, "number-columns-repeated"), len(self.path))

    def _end_cell(self) -> None:
        cell, self.cell = self.cell, None
        if cell is None:
            raise refusals.damaged()
        first, self.column = self.column + 1, self.column + cell.repeats
        if not cell.attributes and not cell.paragraphs:
            return
        filled, override = _state(cell)
        formula = _get(cell.attributes, "formula")
        for text in QUOTED.findall(formula) if '"' in formula else ():
            self.texts.append(Text(self.table, f"formula in {address(self.row + 1, first)}", text))
        if not filled and override is None:
            return
        self.last_column = self.column
        self._refuse_place(self.row + self.row_repeats, self.column)
        self.row_filled += cell.repeats if filled else 0
        self.row_characters += cell.repeats * _length(cell)
        if override is not None:
            self.row_overrides.update(dict.fromkeys(range(first, self.column + 1), override))

    def _start_paragraph(self) -> None:
        if self.cell is not None and self.path[self.cell.depth : -1] in ([], ["list", "list-item"]):
            self.cell.paragraphs.append([])
        elif self.aside is None:
            self.aside, self.aside_depth = [], len(self.path)

    def _end_aside(self) -> None:
        text, self.aside = "".join(self.aside or ()), None
        if text.strip():
            self.spoken = True
            self.texts.append(Text(self.table, self._where(), text))

    def _where(self) -> str:
        if "annotation" in self.path:
            return f"comment on {address(self.row + 1, self.column + 1)}"
        return "tracked change" if "tracked-changes" in self.path else "text outside the cells"

    def _hear_attributes(self, name: str, attributes: dict[str, str]) -> None:
        """Words that a program shows from attributes: titles, links, names of ranges."""
        for attribute, value in attributes.items():
            told = attribute in ("xlink:href", "xlink:title", "table:title", "svg:title", "svg:desc", "office:title")
            if told or (name in ("named-range", "database-range") and attribute == "table:name"):
                self.texts.append(Text(self.table, "link or name", value))


def _state(cell: _Cell) -> tuple[bool, object]:
    """Whether the library finds the cell filled, and its value where the library would not give it."""
    text = "\n".join("".join(pieces) for pieces in cell.paragraphs)
    formula = _get(cell.attributes, "formula")
    kind = cell.attributes.get("office:value-type", "")
    if kind == "string":
        filled = bool(cell.attributes.get("office:string-value", text))
    else:
        filled = kind in VALUE_OF and bool(cell.attributes.get(f"office:{VALUE_OF[kind]}"))
    if cell.attributes.get("calcext:value-type") == "error" or (formula and ERROR_FORM.fullmatch(text)):
        return filled, Unreadable(text if ERROR_FORM.fullmatch(text) else "#ERROR!")
    if filled or kind == "string":
        return filled, None
    if formula:
        return False, Unreadable(NOT_CALCULATED)
    return False, text or None


def _length(cell: _Cell) -> int:
    """How many characters a cell may come to."""
    said = sum(map(len, cell.attributes.values()))
    return said + sum(len(piece) + 1 for pieces in cell.paragraphs for piece in pieces)


def _get(attributes: dict[str, str], name: str) -> str:
    for key, value in attributes.items():
        if local(key) == name:
            return value
    return ""


def _repeats(attributes: dict[str, str], name: str) -> int:
    written = _get(attributes, name) or "1"
    if not written.isdecimal() or len(written) > 9 or written == "0":
        raise refusals.damaged()
    return int(written)
