"""What is held, about whom, from where, for how long and who may see it: for a data protection impact assessment."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from etl.definitions import REPORTED, SUBJECTS
from etl.editions.folder import KEPT
from etl.intake.personal import PATTERNS
from etl.protect.audience import COLUMNS, OWN_ROWS
from etl.protect.lattice import THRESHOLD

# Who sees a column, as `etl.protect.audience` has it, in words.
WHO = {
    "all": "everybody who signs in",
    "masked": "everybody, small numbers hidden",
    "money": "everybody, of people only the site's own lead",
    "own": "the central team and the site's own lead",
    "central": "the central team",
}


class NotDescribed(LookupError):
    """A table or column that nobody has described; the message says where to describe it."""


@cache
def words() -> dict[str, Any]:
    """The descriptions of tables, kinds of columns and files, from `held.toml`."""
    return tomllib.loads(files("etl.editions").joinpath("held.toml").read_text(encoding="utf-8"))


def tables_of(path: Path) -> dict[str, list[str]]:
    """The tables and views of a database file, each with its columns."""
    with duckdb.connect(str(path), read_only=True) as con:
        return _tables(con)


def schema() -> dict[str, list[str]]:
    """The tables and views of a warehouse, as the schema makes them."""
    with duckdb.connect() as con:
        con.execute(files("etl.warehouse.sql").joinpath("schema.sql").read_text(encoding="utf-8"))
        return _tables(con)


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    sql = "select table_name, column_name from duckdb_columns() where not internal order by table_name, column_index"
    found: dict[str, list[str]] = {}
    for table, column in con.execute(sql).fetchall():
        found.setdefault(table, []).append(column)
    return found


def kind_of(column: str) -> str:
    """The kind of thing that a column of this name holds. Raises NotDescribed."""
    kinds = [kind for kind, told in words()["kinds"].items() if column in told["names"]]
    if not kinds:
        raise NotDescribed(
            f"Nobody has said what the column {column!r} holds: add it to a kind in etl/editions/held.toml."
        )
    return kinds[0]


def describe(store: str, tables: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str, str]]:
    """Of each table its name, what it holds, the kinds of its columns, and who may see it. Raises NotDescribed."""
    for table, columns in sorted(tables.items()):
        said = words()[store].get(table)
        if said is None:
            raise NotDescribed(f"Nobody has said what the table {table!r} holds: say it in etl/editions/held.toml.")
        kinds = dict.fromkeys(kind_of(column) for column in columns)
        yield table, said, ", ".join(kind for kind in words()["kinds"] if kind in kinds), _who(store, table)


def _who(store: str, table: str) -> str:
    """Who may see a table, from what the editions are made by."""
    if store == "warehouse":
        return "nobody by the dashboard"
    if table in words()["central_only"]["tables"]:
        return WHO["central"]
    if table not in COLUMNS:
        return "each audience, worked out from what it may see"
    ways = dict.fromkeys(COLUMNS[table].values())
    said = "; ".join(WHO[way] for way in WHO if way in ways)
    return f"rows of its own site only: {said}" if table in OWN_ROWS else said


def held(edition: Path | None = None) -> str:
    """The whole list as Markdown. The tables of an edition are those of the file `edition`, if there is one."""
    parts = [_opening(), _counted(), _refused(), _files(), _stores("warehouse", schema())]
    told = tables_of(edition) if edition else {table: [] for table in words()["edition"]}
    parts += [_stores("edition", told), _kinds()]
    return "\n\n".join(parts) + "\n"


def _opening() -> str:
    return words()["opening"].format(most=THRESHOLD - 1).strip()


def _counted() -> str:
    lines = [f"- {name.capitalize()}: {', '.join(m.label for m in SUBJECTS[name].REPORTED)}" for name in SUBJECTS]
    count = f"{len(REPORTED)} numbers a month, some by their parts."
    return f"## What sites are asked for\n\n{count}\n\n" + "\n".join(lines)


def _refused() -> str:
    return words()["refused"].format(kinds=", ".join(what for what, _ in PATTERNS)).strip()


def _files() -> str:
    rows = [(f["file"], f["says"], f["from"], f["about"], f["kept"], f["who"]) for f in words()["files"]]
    heads = ("file", "what", "from", "about whom", "for how long", "who may read it")
    return "## Files\n\n" + _table(heads, rows).replace("{editions_kept}", str(KEPT))


def _stores(store: str, tables: Mapping[str, list[str]]) -> str:
    heads = ("table", "what", "holds", "who may see it")
    return f"## Tables of {'the warehouse' if store == 'warehouse' else 'an edition'}\n\n" + _table(
        heads, describe(store, tables)
    )


def _kinds() -> str:
    rows = [(name, told["says"], ", ".join(told["names"])) for name, told in words()["kinds"].items()]
    return "## Kinds of columns\n\n" + _table(("kind", "what", "columns"), rows)


def _table(heads: tuple[str, ...], rows: Any) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(re.sub(r"\|", "/", cell) for cell in line) + " |" for line in lines)
