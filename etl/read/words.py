"""Words as people type them: compared without regard to capitals, spaces, colons and kinds of dash."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_AROUND_SIGNS = re.compile(r"\s*([-/])\s*")

_LONGEST_REMEMBERED = 200
Rest = TypeVarTuple("Rest")
Said = TypeVar("Said")


def remembered(work: Callable[[str, *Rest], Said]) -> Callable[[str, *Rest], Said]:
    """Remembers what is said of a text, as labels come again and again; long ones would fill the memory."""
    remembering = lru_cache(maxsize=20_000)(work)

    @wraps(work)
    def say(text: str, *rest: *Rest) -> Said:
        return remembering(text, *rest) if len(text) <= _LONGEST_REMEMBERED else work(text, *rest)

    return say


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
