"""Reads XML from outside without trusting it: UTF-8 only, no document type, no entities, limits on size and depth.

A document type can name files to read (XXE) and entities that multiply until memory is full (billion laughs). No
spreadsheet program writes one. In UTF-16 or UTF-7 the same letters are other bytes, which a search for `<!` would miss:
any other encoding than UTF-8 is refused first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from etl.intake import refusals
from etl.intake.cache import remembered_part

ELEMENTS = 200_000
DEPTH = 100
DECLARED = re.compile(rb"""\A\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']""")
DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")
ACCEPTED = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Element:
    """An element flattened out of its tree: its name without prefix, its depth, the text directly in it."""

    name: str
    attributes: dict[str, str]
    depth: int
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly in the element."""
        return "".join(self.pieces)

    def get(self, attribute: str) -> str:
        """An attribute by its name without prefix; '' if there is none."""
        if attribute in self.attributes:
            return self.attributes[attribute]
        for name, value in self.attributes.items():
            if local(name) == attribute:
                return value
        return ""


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


@remembered_part
def refuse_unsafe(content: bytes) -> None:
    """Refuse XML that is not UTF-8, or declares a document type or entities."""
    declared = DECLARED.match(content[:1_000].removeprefix(BYTE_ORDER_MARK))
    if declared and declared[1].lower() not in ACCEPTED:
        raise refusals.damaged()
    if b"\0" in content or (b"<!" in content and DECLARATION.search(content)):
        raise refusals.damaged()
    try:
        if not content.isascii():
            content.decode()
    except UnicodeDecodeError:
        raise refusals.damaged() from None


@remembered_part
def elements(content: bytes) -> tuple[Element, ...]:
    """Every element in order of its start; raises Refused when it is not well formed or has no end."""
    found: list[Element] = []
    open_ones: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(found) >= ELEMENTS or len(open_ones) >= DEPTH:
            raise refusals.damaged()
        element = Element(local(name), attributes, len(open_ones))
        found.append(element)
        open_ones.append(element)

    def end(_: str) -> None:
        open_ones.pop()

    def text(piece: str) -> None:
        open_ones[-1].pieces.append(piece)

    parse(content, start, end, text)
    return tuple(found)


def parse(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    whole: bool = True,
) -> None:
    """Run through XML that `refuse_unsafe` has let pass; raises Refused when it is not well formed.

    With `whole` text comes in one piece where it can; otherwise a reference or a comment splits it.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = whole
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise refusals.damaged() from None
