"""The strings that a workbook's cells share: how many there are, which are empty, and which no cell shows."""

import html
import re
from dataclasses import dataclass

from etl.intake import limits, markup, refusals

OPENING = re.compile(rb"<(?:[\w.-]+:)?sst(\s[^<>]*)?>")
COUNTS = re.compile(rb"""\b(?:count|uniqueCount)\s*=\s*["']([^"']*)["']""")
PIECE = rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+(?:&(?:amp|lt|gt|quot|apos);[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+)*+"
XML_SPACES = " \t\r\n"  # left out by the reader at either end, unless the text says that they are to be kept
PLAIN = re.compile(rb"(?:<si><t(?: xml:space=\"preserve\"|(?=>[^ \t\r\n]))>" + PIECE + rb"</t></si>)*+</sst>\s*")
PLAIN_TEXT = re.compile(rb"<t[^>]*>([^<]*)</t>")


@dataclass(frozen=True)
class Strings:
    """`empty` are the indices of strings without text; `aside` is text that the reader leaves out (phonetic).

    `longest` is the length of the longest, in bytes at most.
    """

    count: int
    empty: frozenset[int]
    content: bytes = b""
    listed: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    longest: int = 0

    def texts(self) -> tuple[str, ...]:
        """Every string, in order."""
        if self.listed or not self.content:
            return self.listed
        return tuple(html.unescape(text.decode()) for text in PLAIN_TEXT.findall(self.content))


def inspect(content: bytes) -> Strings:
    """Count the shared strings, whatever they say their number is."""
    opening = OPENING.search(content)
    if not opening:
        raise refusals.damaged()
    _refuse_claims(opening[0])
    return _plain(content, opening.end()) or _any(content)


def _refuse_claims(opening: bytes) -> None:
    for claim in COUNTS.findall(opening):
        if not claim.isdigit() or len(claim) > 9 or int(claim) > limits.STRINGS:
            raise refusals.too_large(f"claims more than {limits.STRINGS:,} different texts")


def _plain(content: bytes, start: int) -> Strings | None:
    """The form that nearly every program writes, taken in whole by one expression; None for any other."""
    count = content.count(b"<si>")
    if b"></t>" in content or count > limits.STRINGS or not PLAIN.fullmatch(content, start):
        return None
    return Strings(count, frozenset(), content, longest=max(map(len, PLAIN_TEXT.findall(content)), default=0))


def _any(content: bytes) -> Strings:
    texts: list[str] = []
    aside: list[str] = []
    phonetic = 0  # depth of the phonetic run that we are in
    for element in markup.elements(content):
        if phonetic and element.depth <= phonetic:
            phonetic = 0
        if element.name == "si":
            texts.append("")
        elif element.name == "rPh":
            phonetic = element.depth
        elif element.name == "t" and phonetic:
            aside.append(element.text)
        elif element.name == "t" and texts:
            texts[-1] += element.text if element.get("space") == "preserve" else element.text.strip(XML_SPACES)
    if len(texts) > limits.STRINGS:
        raise refusals.too_large(f"holds more than {limits.STRINGS:,} different texts")
    empty = frozenset(index for index, text in enumerate(texts) if not text)
    longest = max((len(text.encode()) for text in texts), default=0)
    return Strings(len(texts), empty, b"", tuple(texts), tuple(aside), longest)
