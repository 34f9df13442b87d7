"""What is asked of an edition to say where its numbers come from, whoever has opened it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

# Columns that hold a day, in whatever type a table has them.
DAYS = frozenset(
    (
        "month",
        "starts",
        "ends",
        "due",
        "done",
        "known_from",
        "evidence_date",
        "day",
        "known",
        "first_due",
        "first_short_if_even",
    )
)


class Row(dict[str, Any]):
    """A row of an edition, whose columns are attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def read_row(names: Sequence[str], values: Sequence[Any]) -> Row:
    """A row as it comes from a file: with a day in each column that holds days."""
    return Row((name, _day(name, value)) for name, value in zip(names, values, strict=True))


def _day(name: str, value: Any) -> Any:
    return value.date() if isinstance(value, datetime) and name in DAYS else value


class Place(Protocol):
    """A site, as an edition has it."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...


class Edition(Protocol):
    """One edition as one audience sees it: whoever opens a file for another audience tells another story."""

    @property
    def name(self) -> str: ...

    @property
    def audience(self) -> str: ...

    @property
    def data_month(self) -> date | None: ...

    @property
    def sites(self) -> Sequence[Place]: ...

    @property
    def measures(self) -> Mapping[str, Row]: ...

    def rows(self, table: str, where: str = "true", given: tuple[Any, ...] = (), order: str = "") -> Sequence[Row]: ...

    def result(self, site: str, measure: str, period: str, starts: date) -> Row | None: ...
