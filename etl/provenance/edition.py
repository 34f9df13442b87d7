"""What an edition must be able to answer so that the story of a number can be told."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from sys import intern
from typing import Any, Protocol

from etl.definitions.messages import from_data
from etl.definitions.tables import AS_DATA, days


class Row(dict[str, Any]):
    """A row of an edition, whose columns are attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def read_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
    """Rows as they come from a file: with a day in each column that holds days, each text held once, and messages
    from the data beside them, which a file of long ago has not.
    """
    held = frozenset(place for place, name in enumerate(names) if name in days())
    data = {name: name.removesuffix(AS_DATA) for name in names if name.removesuffix(AS_DATA) in {*names} - {name}}
    found = tuple(
        Row(zip(names, [_held(value, place in held) for place, value in enumerate(row)], strict=True)) for row in rows
    )
    for row in found:
        for beside, name in data.items():
            if (told := row.pop(beside)) is not None:
                row[name] = message(told)
    return found


@lru_cache(maxsize=20_000)
def message(data: str) -> str:
    """The message of its data; rows of many sites and months have the same one."""
    made: str = from_data(json.loads(data))
    return made


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
