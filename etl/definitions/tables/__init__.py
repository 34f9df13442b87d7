"""Every table of an edition and every column of it, described once: read from the TOML files of this folder.

From here come the types of an edition's tables, who may see which column, what is held about whom, the days that come
as days from a file, and the table dictionary in `data/`. `common.toml` has the columns that mean the same everywhere.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

# What a column may hold: the type of it in a file, in a data frame that has no value to tell it by, and what that is
# unless said otherwise. A message is a sentence, or a part of one, that is made from the definitions for readers.
TYPES = {
    "text": ("VARCHAR", "str", ""),
    "message": ("VARCHAR", "str", "words"),
    "day": ("DATE", "datetime64[us]", "day"),
    "time": ("TIMESTAMP", "datetime64[us]", "day"),
    "flag": ("BOOLEAN", "bool", "state"),
    "number": ("DOUBLE", "float64", "people"),
    "whole": ("BIGINT", "float64", "people"),
}
# What comes after the name of a column of messages in that of the column beside it, which has them as data. Nobody
# describes that one: whoever sees the messages sees it.
AS_DATA = "_message"
# Who sees a column. Nobody does where none of these is said.
WHO = {
    "all": "everybody who signs in",
    "masked": "everybody, small numbers hidden",
    "money": "everybody, of people only the site's own lead",
    "own": "the central team and the site's own lead",
    "central": "the central team",
    "worked_out": "each audience, worked out from what it may see",
}


class NotDescribed(LookupError):
    """A table or column of which nobody has said what it holds; the message says where to say it."""


@dataclass(frozen=True)
class Column:
    """A column: `who` of WHO sees it, `holds` is a kind of `etl/editions/held.toml`; the unit `measure` is the row's.

    `marked_in` is the column that prints [c] where this one is hidden. A number that tells a count says in `count_of`
    by which columns: of the measure (or `=` and its name), and of the first and last day.
    """

    name: str
    type: str
    meaning: str
    who: str = ""
    holds: str = ""
    unit: str = ""
    sql: str = ""
    marked_in: str = ""
    count_of: tuple[str, ...] = ()

    @property
    def frame_type(self) -> str:
        """The type of the column in a data frame that has no value in it."""
        return TYPES[self.type][1]


@dataclass(frozen=True)
class Table:
    """A table: of lists that sites sent an audience gets the `rows` of its `own` site, or those that name it.

    A long table lies in the file `sorted_by` what pages ask for, so that they read a part of it.
    """

    name: str
    meaning: str
    columns: Mapping[str, Column]
    rows: str = ""
    sorted_by: tuple[str, ...] = ()


@cache
def tables() -> Mapping[str, Table]:
    """All tables that an edition may have, by name."""
    common = _read("common")
    found: dict[str, Table] = {}
    for subject in ("returns", "numbers", "money", "protection"):
        for name, said in _read(subject).items():
            like = said.pop("like", "")
            columns = found[like].columns if like else _columns(said.pop("columns"), said.pop("who", ""), common)
            found[name] = Table(name=name, columns=columns, **_tuples(said))
    return found


def _read(subject: str) -> dict[str, Any]:
    return tomllib.loads(files("etl.definitions.tables").joinpath(f"{subject}.toml").read_text(encoding="utf-8"))


def _columns(said: Mapping[str, Any], who: str, common: Mapping[str, Any]) -> dict[str, Column]:
    return {name: _column(name, {"who": who} | common.get(name, {}) | own) for name, own in said.items()}


def _column(name: str, said: Mapping[str, Any]) -> Column:
    sql, _, holds = TYPES[said["type"]]
    if said.get("unit", "").startswith("gbp"):
        holds = "money"
    return Column(name=name, **({"sql": sql, "holds": holds} | _tuples(said)))


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def table(name: str) -> Table:
    """A table by name. Raises NotDescribed."""
    if name not in tables():
        raise NotDescribed(f"Nobody has said what the table {name!r} holds: describe it in etl/definitions/tables/.")
    return tables()[name]


def column(table_name: str, name: str) -> Column:
    """A column of a table, or the one beside it that has its messages as data. Raises NotDescribed."""
    columns = table(table_name).columns
    found = columns.get(name)
    if found is None and (own := columns.get(name.removesuffix(AS_DATA))) and own.type == "message":
        return as_data(own)
    if found is None:
        raise NotDescribed(
            f"Nobody has said what the column {name!r} of the table {table_name!r} holds: describe it in"
            " etl/definitions/tables/."
        )
    return found


def as_data(own: Column) -> Column:
    """The column beside a column of messages that has them as data, for other languages and for links."""
    meaning = f"{own.meaning}, as data; none where no message has places or another language"
    return replace(own, name=f"{own.name}{AS_DATA}", meaning=meaning)


def columns_of(name: str) -> list[str]:
    """The names of a table's columns, in their order."""
    return list(table(name).columns)


def all_columns() -> Iterator[tuple[Table, Column]]:
    """Every column of every table."""
    return ((own, one) for own in tables().values() for one in own.columns.values())


@cache
def days() -> frozenset[str]:
    """The names of columns that hold a day, in whatever type a table has them."""
    return frozenset(one.name for _, one in all_columns() if one.type == "day")
