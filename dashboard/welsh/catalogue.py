"""What says sentences in Welsh that come ready-made: the catalogue’s texts, and templates of sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE, TEMPLATES = (Path(__file__).parent / name for name in ("cy.po", "ready_made.po"))
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


def _read(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        yield from (Entry(m.id, str(m.string)) for m in read_po(file, locale="cy") if m.id and isinstance(m.id, str))


@cache
def texts() -> dict[str, str]:
    """The texts without a place: English to Welsh."""
    return {entry.english: entry.welsh for entry in _read(CATALOGUE) if not PLACE.search(entry.english)}


@cache
def templates() -> tuple[Entry, ...]:
    """The templates, those that say most first."""
    return tuple(sorted(_read(TEMPLATES), key=lambda entry: -entry.letters))
