"""Words as people type them: compared without regard to capitals, spaces, colons and kinds of dash."""

import re
import unicodedata

from etl.intake.cache import remembered

_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_AROUND_SIGNS = re.compile(r"\s*([-/])\s*")


@remembered
def plain(text: str) -> str:
    """The text in the form in which it is compared: `' NPS /  CRC: '` is `'nps/crc'`."""
    return as_typed(text).rstrip(": ")


@remembered
def as_typed(text: str) -> str:
    """The text as `plain` has it, but with a colon at the end: in a value that is no slip of the hand."""
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
        text = _DASHES.sub("-", text).replace("\u2019", "'").replace("\u2018", "'")
    return _AROUND_SIGNS.sub(r"\1", " ".join(text.split()).casefold())


def plain_cell(value: object) -> str:
    """A text cell in the form in which it is compared; '' for anything that is no text."""
    return plain(value) if isinstance(value, str) else ""
