"""The address: all that is chosen on a page, read from and written to `?name=value`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote

LONGEST = 800  # letters of one choice
MOST_CHOICES = 40
# In the order in which an address names them.
NAMES = (
    "site",
    "period",
    "from",
    "to",
    "per",
    "basis",
    "spent",
    "allocation",
    "pair",
    "year",
    "money",
    "chart",
    "of",
    "state",
    "since",
    "subject",
    "grant",
    "months",
    "renewed",
    "local",
    "also",
    "caseload",
    "low",
    "high",
    "ratio",
    "postcost",
    "gaps",
    "areas",
    "like",
    "marac",
    "own",
    "forum",
    "slides",
    "every",
    "edition",
    "lang",
    "number",
    "code",
)
ORDER = {name: place for place, name in enumerate(NAMES)}


@lru_cache(4096)  # a page says the same few hundred times
def quoted(value: str) -> str:
    """A choice as an address writes it."""
    return quote(value, safe=",|:.-_")


@dataclass(frozen=True)
class Address:
    """A page's path and what is chosen there; what is left out takes the page's usual choice."""

    path: str
    chosen: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, usual: str = "") -> str:
        """What is chosen under a name, or the usual choice."""
        return dict(self.chosen).get(name, usual)

    def with_(self, path: str | None = None, /, **changes: str) -> "Address":
        """The same address with some choices changed; an empty choice is left out. `from_` stands for `from`."""
        named = {name.rstrip("_"): value for name, value in changes.items()}
        return make(path or self.path, {**dict(self.chosen), **named})

    def keep(self, path: str, *names: str) -> "Address":
        """Another page's address that keeps only these choices."""
        return make(path, {name: value for name, value in self.chosen if name in names})

    @property
    def href(self) -> str:
        """The address as a link has it."""
        query = "&".join(f"{name}={quoted(value)}" for name, value in self.chosen)
        return f"{self.path}?{query}" if query else self.path


def make(path: str, chosen: Mapping[str, str]) -> Address:
    """An address of known names in one order, empty choices left out."""
    known = sorted(filter(ORDER.__contains__, chosen), key=ORDER.__getitem__)
    return Address(path, tuple((name, chosen[name]) for name in known if chosen[name]))


def read(path: object, search: object) -> Address:
    """The address that a browser shows; unknown names are dropped, and of a name said twice the last counts.

    What is no text, which no browser of ours sends, says nothing.
    """
    pairs = parse_qsl(_text(search).lstrip("?"))[:MOST_CHOICES]
    return make("/" + _text(path).strip("/"), {name: value[:LONGEST] for name, value in pairs})


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""
