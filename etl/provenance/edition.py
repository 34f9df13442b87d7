"""What an edition must be able to answer so that the story of a number can be told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from sys import intern
from typing import Any, Protocol

from etl.definitions.tables import days


class Row(dict[str, Any]):
    """A row of an edition, whose columns are attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def read_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
    """Rows as they come from a file: with a day in each column that holds days, and each text held once."""
    held = frozenset(place for place, name in enumerate(names) if name in days())
    return tuple(
        Row(zip(names, [_held(value, place in held) for place, value in enumerate(row)], strict=True)) for row in rows
    )


def _held(value: Any, is_day: bool) -> Any:
    if isinstance(value, str):
        return intern(value)
    return value.date() if is_day and isinstance(value, datetime) else value


class Place(Protocol):
    """A site, as an edition has it."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...


class Edition(Protocol):
    """One edition as one audience sees it: the file of another audience gives another story."""

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
