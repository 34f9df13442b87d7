"""The catalogue: each English text or template and its Welsh, kept as a file that translators' programs open."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from babel.messages.pofile import read_po

PATH = Path(__file__).parent / "cy.po"
PLACE = re.compile(r"\{([a-z]+)\d*\}")


@dataclass(frozen=True)
class Entry:
    """A text with its Welsh; both name the same places: `{who} spends {n}`."""

    english: str
    welsh: str

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The English between the places."""
        return tuple(re.split(PLACE.pattern.replace("(", "(?:"), self.english))

    @cached_property
    def worded(self) -> bool:
        """Whether the English has a word of its own beside its places."""
        return any(map(str.isalpha, "".join(self.pieces)))

    @property
    def letters(self) -> int:
        """How much of the English is said by the entry itself: what says more goes first."""
        return sum(map(len, self.pieces))


@cache
def entries() -> tuple[Entry, ...]:
    """All entries of the file."""
    with PATH.open("rb") as file:
        return tuple(Entry(str(m.id), str(m.string)) for m in read_po(file, locale="cy") if m.id)


@cache
def texts() -> dict[str, str]:
    """The entries without a place: English to Welsh."""
    return {entry.english: entry.welsh for entry in entries() if not PLACE.search(entry.english)}


@cache
def templates() -> tuple[Entry, ...]:
    """The entries with places, those that say most first."""
    return tuple(sorted((e for e in entries() if PLACE.search(e.english)), key=lambda e: -e.letters))
