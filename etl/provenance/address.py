"""The address of a number, by which its story is found: whose it is, of which kind, of when or what, and which."""

from dataclasses import dataclass
from datetime import date

from etl.definitions.periods import PERIODS


class NoNumber(LookupError):
    """An address that names no number."""


@dataclass(frozen=True)
class NumberAddress:
    """A number of `results` is `site|period|starts|measure`; others have a kind for the period.

    `beside` is what goes with the number, such as `low` for the lower end of its interval.
    """

    site: str
    kind: str
    place: str
    what: str
    beside: str = ""

    @classmethod
    def read(cls, text: str) -> "NumberAddress":
        """The address that a text writes. Raises NoNumber."""
        parts = text.split("|")
        if len(parts) not in (4, 5):
            raise NoNumber(text)
        return cls(*parts)

    def __str__(self) -> str:
        """As a browser's address has it."""
        parts = (self.site, self.kind, self.place, self.what, self.beside)
        return "|".join(parts if self.beside else parts[:4])

    @property
    def is_result(self) -> bool:
        """Whether it names a number of `results`."""
        return self.kind in PERIODS

    @property
    def day(self) -> date:
        """The day that its place names. Raises NoNumber."""
        try:
            return date.fromisoformat(self.place)
        except ValueError:
            raise NoNumber(str(self)) from None
