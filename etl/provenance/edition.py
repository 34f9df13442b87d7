"""What is asked of an edition to say where its numbers come from, whoever has opened it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol


class Row(dict[str, Any]):
    """A row of an edition, whose columns are attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


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
