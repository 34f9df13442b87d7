"""Guards an .xlsx workbook: its parts, what they point to, its hidden sheets, and its words outside the cells.

Parts of a workbook can hold far more than its cells show: a pivot table keeps the rows that it was made from, which may
be a list of clients; an external link keeps values of the other file. Whoever sends the workbook cannot see them and
would not know, so such parts refuse it. Every word elsewhere (comments, text boxes, headers, names) is looked at for
personal data as a cell is.
"""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.intake import archive, limits, markup, refusals, strings, worksheet
from etl.intake.cache import remembered_part
from etl.intake.grid import Text
from etl.intake.inspection import Seen, SeenSheet
from etl.intake.markup import Element
from etl.intake.strings import Strings

WORKBOOK = "xl/workbook.xml"
# What a part's name, its declared type or a relationship to it must not contain, and what to call it.
FORBIDDEN = {
    "vbaproject": "macros",
    "vbadata": "macros",
    "macrosheet": "macros",
    "macroenabled": "macros",
    "xlmacro": "macros",
    "dialogsheet": "macros",
    "attachedtoolbars": "macros",
    "externallink": "links to other files",
    "activex": "embedded objects",
    "oleobject": "embedded objects",
    "embeddings/": "embedded objects",
    "relationships/package": "embedded objects",
    "webextension": "embedded objects",
    "xl/connections": "data connections",
    "relationships/connections": "data connections",
    "querytable": "data connections",
    "xl/model/": "data connections",
    "powerpivot": "data connections",
    "customdata": "data connections",
    "pivotcache": "pivot tables, which keep a copy of their data out of sight,",
}
FORBIDDEN_ELEMENTS = {
    "externalReference": "links to other files",
    "pivotCache": "pivot tables, which keep a copy of their data out of sight,",
    "oleObject": "embedded objects",
    "oleObjects": "embedded objects",
}
FORBIDDEN_WORD = re.compile("|".join(map(re.escape, FORBIDDEN)))
MARKUP = (".xml", ".rels", ".vml")
PICTURES = "xl/media/"
# Parts under xl/ without words that a person typed; the sheets and shared strings are read on their own.
WORDLESS = (
    "xl/styles",
    "xl/theme/",
    "xl/calcchain",
    "xl/persons/",
    "xl/metadata",
    "xl/richdata/",
    "xl/_rels/",
    "xl/volatile",
)
GROUPS = ("comment", "threadedComment", "p", "si")
CELL_NAME = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
PLACES = ("col", "colOff", "row", "rowOff")
PRINT_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]+|[A-Z+-])')
TEXT_ATTRIBUTES = {
    "dataValidation": ("prompt", "promptTitle", "error", "errorTitle"),
    "hyperlink": ("display", "tooltip", "location"),
    "definedName": ("name", "comment"),
    "tableColumn": ("name", "totalsRowLabel"),
    "cNvPr": ("descr", "title"),
    "table": ("comment",),
}


@dataclass(frozen=True)
class Listed:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    hidden: bool
    has_cells: bool


def inspect(content: bytes, parts: dict[str, bytes]) -> Seen:
    """Everything that must be known of a workbook before a library opens it; raises Refused."""
    _refuse_parts(parts)
    book = markup.elements(parts[WORKBOOK])
    relations = _relations(parts, WORKBOOK)
    listed = _listed(book, relations, parts)
    shared = _strings(relations, parts)
    texts = _texts_of("", WORKBOOK, book)
    sheets, used, references, mended = [], set(), 0, {}
    for sheet in listed:
        if not sheet.has_cells:
            sheets.append(SeenSheet(sheet.name, 0, has_cells=False))
            continue
        found = worksheet.inspect(parts[sheet.part], sheet.name, shared)
        _refuse_elements(found.others)
        if sheet.hidden and (found.filled or found.overrides or _speaks(parts, sheet.part)):
            raise refusals.hidden_sheet(sheet.name)
        used |= found.used
        references += found.references
        texts += _texts_of(sheet.name, sheet.part, found.others)
        texts += [Text(sheet.name, f"formula in {cell}", text) for cell, text in found.formula_texts]
        sheets.append(SeenSheet(sheet.name, found.filled, found.overrides))
        if found.unknown_errors:
            mended[sheet.part] = _with_known_errors(parts[sheet.part], found.unknown_errors)
    if references * shared.longest > limits.TEXT_BYTES:
        raise refusals.too_large("shows more than 20 MB of text")
    _refuse_unlisted(parts, listed)
    texts += _unused(shared, used)
    texts += _words(parts, listed)
    content = archive.repack(parts | mended) if mended else content
    return Seen("xlsx", content, tuple(sheets), tuple(texts))


@dataclass(frozen=True)
class Relation:
    """A pointer from one part to another."""

    id: str
    type: str
    target: str


def _refuse_parts(parts: dict[str, bytes]) -> None:
    for name, content in parts.items():
        lower = name.casefold()
        if lower.endswith(MARKUP) and not lower.startswith(PICTURES):
            markup.refuse_unsafe(content)
        if lower.endswith(".rels"):
            _refuse_relations(content)
        elif lower.startswith("customxml/") and b"DataMashup" in content:
            raise refusals.forbidden("data connections")
    _refuse_word("\n".join(parts))
    _refuse_types(parts.get("[Content_Types].xml", b"<none/>"))


def _refuse_word(text: str) -> None:
    found = FORBIDDEN_WORD.search(text.casefold())
    if found:
        raise refusals.forbidden(FORBIDDEN[found[0]])


@remembered_part
def _refuse_types(content: bytes) -> None:
    _refuse_word("\n".join(element.get("ContentType") for element in markup.elements(content)))


@remembered_part
def _refuse_relations(content: bytes) -> None:
    for element in markup.elements(content):
        kind = element.get("Type")
        _refuse_word(kind)
        if element.get("TargetMode").casefold() == "external" and not kind.endswith("/hyperlink"):
            raise refusals.forbidden("links to other files")


def _refuse_elements(found: tuple[Element, ...]) -> None:
    for element in found:
        if element.name in FORBIDDEN_ELEMENTS:
            raise refusals.forbidden(FORBIDDEN_ELEMENTS[element.name])


def _relations(parts: dict[str, bytes], source: str) -> tuple[Relation, ...]:
    """What a part points to, with targets as names of parts."""
    folder, _, name = source.rpartition("/")
    content = parts.get(f"{folder}/_rels/{name}.rels")
    return _read_relations(folder, content) if content else ()


@remembered_part
def _read_relations(folder: str, content: bytes) -> tuple[Relation, ...]:
    return tuple(
        Relation(element.get("Id"), element.get("Type").rpartition("/")[2], _target(folder, element))
        for element in markup.elements(content)
        if element.name == "Relationship"
    )


def _target(folder: str, element: Element) -> str:
    target = element.get("Target")
    if element.get("TargetMode").casefold() == "external":
        return target
    target = target.replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")


def _listed(book: tuple[Element, ...], relations: Sequence[Relation], parts: dict[str, bytes]) -> list[Listed]:
    """The sheets in the workbook's order; raises Refused when one leads nowhere or two share a name."""
    _refuse_elements(book)
    by_id = {relation.id: relation for relation in relations}
    listed = []
    for element in book:
        if element.name != "sheet":
            continue
        relation = by_id.get(element.get("id"))
        if relation is None or relation.target not in parts:
            raise refusals.damaged()
        hidden = element.get("state") not in ("", "visible")
        listed.append(Listed(element.get("name"), relation.target, hidden, relation.type == "worksheet"))
    if len({sheet.name for sheet in listed}) != len(listed) or len({sheet.part for sheet in listed}) != len(listed):
        raise refusals.damaged()
    return listed


def _strings(relations: Sequence[Relation], parts: dict[str, bytes]) -> Strings:
    """The shared strings that the reader will use, which must be those that the workbook points to."""
    pointed = {relation.target for relation in relations if relation.type == "sharedStrings"}
    present = {name for name in parts if name.casefold() == "xl/sharedstrings.xml"}
    if not pointed and not present:
        return Strings(0, frozenset())
    if pointed != present:
        raise refusals.damaged()
    return strings.inspect(parts[pointed.pop()])


def _speaks(parts: dict[str, bytes], part: str) -> bool:
    """Whether a sheet points to anything with words: comments, text boxes, tables."""
    return any(relation.type != "printerSettings" for relation in _relations(parts, part))


def _refuse_unlisted(parts: dict[str, bytes], listed: list[Listed]) -> None:
    """A sheet that the workbook does not list is out of everyone's sight."""
    known = {sheet.part for sheet in listed}
    for name in parts:
        if re.match(r"xl/(?:work|chart)sheets/[^/]+$", name, re.IGNORECASE) and name not in known:
            raise refusals.damaged()


def _with_known_errors(content: bytes, unknown: set[str]) -> bytes:
    """The sheet with newer programs' errors written as one that the reader knows; the guard keeps what they were."""
    for error in unknown:
        content = content.replace(f">{error}</".encode(), b">#VALUE!</")
    return content


def _unused(shared: Strings, used: set[int]) -> list[Text]:
    """Strings that no cell shows, and phonetic text: left over, or hidden on purpose."""
    left = [] if len(used) == shared.count else [text for i, text in enumerate(shared.texts()) if i not in used]
    return [Text("", "text that no cell shows", text) for text in (*left, *shared.aside) if text]


def _words(parts: dict[str, bytes], listed: list[Listed]) -> list[Text]:
    """The words of comments, text boxes, charts, tables and links, each with its sheet where that is known."""
    owners = {relation.target: sheet.name for sheet in listed for relation in _relations(parts, sheet.part)}
    skipped = {sheet.part for sheet in listed} | {WORKBOOK, "xl/sharedStrings.xml"}
    texts = []
    for name, content in parts.items():
        lower = name.casefold()
        if not lower.startswith("xl/") or lower.startswith(PICTURES) or name in skipped or lower.startswith(WORDLESS):
            continue
        if lower.endswith(".rels"):
            texts += [Text("", "link", e.get("Target")) for e in markup.elements(content) if e.get("TargetMode")]
        elif lower.endswith(".xml"):
            texts += _texts_of(owners.get(name, ""), name, markup.elements(content))
        elif lower.endswith(".vml"):
            words = re.sub(r"<[^>]*>", "\n", content.decode())
            texts += [Text(owners.get(name, ""), "drawing", word) for word in words.split("\n") if word.strip()]
    return texts


def _texts_of(sheet: str, part: str, found: tuple[Element, ...]) -> list[Text]:
    """Every text in a part, a comment or paragraph put together, and the attributes that people read."""
    texts: list[tuple[str, list[str]]] = []
    group = -1  # depth of the comment or paragraph that we are in
    for element in found:
        if element.depth <= group:
            group = -1
        if group < 0 and element.name in GROUPS:
            group = element.depth
            texts.append((_where(element, part), []))
        if element.text.strip() and element.name not in PLACES:
            if group < 0:
                texts.append((_where(element, part), []))
            texts[-1][1].append(element.text)
        for attribute in TEXT_ATTRIBUTES.get(element.name, ()):
            if element.get(attribute):
                texts.insert(0, (_where(element, part), [element.get(attribute)]))
    return [Text(sheet, where, _plain("".join(pieces), where)) for where, pieces in texts if pieces]


def _where(element: Element, part: str) -> str:
    if element.name in ("comment", "threadedComment"):
        reference = element.get("ref")  # told only when it is what it should be: anything can stand there
        return f"comment on {reference}" if CELL_NAME.fullmatch(reference) else "comment"
    if element.name.endswith(("Header", "Footer")):
        return "page header" if element.name.endswith("Header") else "page footer"
    if "drawing" in part.casefold():
        return "text box"
    return {"dataValidation": "input message", "hyperlink": "link", "definedName": "defined name"}.get(
        element.name, "text outside the cells"
    )


def _plain(text: str, where: str) -> str:
    return PRINT_CODES.sub(" ", text) if where.startswith("page ") else text
