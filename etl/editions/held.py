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
from etl.definitions.settings import THRESHOLD
from etl.definitions.tables import AS_DATA, WHO, NotDescribed, Table, all_columns, column, columns_of, table, tables
from etl.editions.folder import KEPT
from etl.intake.personal import PATTERNS
from etl.system.database import connect


@cache
def words() -> dict[str, Any]:
    """The descriptions of the warehouse's tables, kinds of columns and files, from `held.toml`."""
    return tomllib.loads(files("etl.editions").joinpath("held.toml").read_text(encoding="utf-8"))


def tables_of(path: Path) -> dict[str, list[str]]:
    """The tables and views of a database file, each with its columns."""
    with connect(path, read_only=True) as con:
        return _tables(con)


def schema() -> dict[str, list[str]]:
    """The tables and views of a warehouse, as the schema makes them."""
    with connect() as con:
        con.execute(files("etl.warehouse.sql").joinpath("schema.sql").read_text(encoding="utf-8"))
        return _tables(con)


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    sql = "select table_name, column_name from duckdb_columns() where not internal order by table_name, column_index"
    found: dict[str, list[str]] = {}
    for name, one in con.execute(sql).fetchall():
        found.setdefault(name, []).append(one)
    return found


def kinds_of(name: str) -> list[str]:
    """The kinds of things that columns of this name hold. Raises NotDescribed."""
    kinds = [kind for kind, names in names_by_kind().items() if name.removesuffix(AS_DATA) in names]
    if not kinds:
        raise NotDescribed(f"Nobody has said what the column {name!r} holds: add it to etl/editions/held.toml.")
    return kinds


@cache
def names_by_kind() -> dict[str, list[str]]:
    """The columns that hold each kind of thing: those of editions, and what else the warehouse has."""
    described = [(one.holds, one.name) for _, one in all_columns()]
    of_warehouse = [(kind, name) for kind, told in words()["kinds"].items() for name in told.get("of_warehouse", ())]
    kinds = {kind: [name for own, name in (*described, *of_warehouse) if own == kind] for kind in words()["kinds"]}
    return {kind: list(dict.fromkeys(names)) for kind, names in kinds.items()}


def describe(store: str, found: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str, str]]:
    """Of each table its name, what it holds, the kinds of its columns, and who may see it. Raises NotDescribed."""
    for name, columns in sorted(found.items()):
        if store == "edition":
            kinds = {column(name, one).holds for one in columns}
            said, who = table(name).meaning, _who(table(name))
        elif name in words()["warehouse"]:
            kinds = {kind for one in columns for kind in kinds_of(one)[:1]}
            said, who = words()["warehouse"][name], "nobody by the dashboard"
        else:
            raise NotDescribed(f"Nobody has said what the table {name!r} holds: say it in etl/editions/held.toml.")
        yield name, said, ", ".join(kind for kind in words()["kinds"] if kind in kinds), who


def _who(own: Table) -> str:
    """Who may see a table of an edition, in words."""
    ways = {one.who for one in own.columns.values()}
    said = "; ".join(words for way, words in WHO.items() if way in ways)
    return f"rows of its own site only: {said}" if own.rows == "own" else said


def held(edition: Path | None = None) -> str:
    """The whole list as Markdown. The tables of an edition are those of the file `edition`, if there is one."""
    parts = [_opening(), _counted(), _refused(), _files(), _stores("warehouse", schema())]
    told = tables_of(edition) if edition else {name: columns_of(name) for name in tables()}
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
    rows = [(kind, words()["kinds"][kind]["says"], ", ".join(names)) for kind, names in names_by_kind().items()]
    return "## Kinds of columns\n\n" + _table(("kind", "what", "columns"), rows)


def _table(heads: tuple[str, ...], rows: Any) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(re.sub(r"\|", "/", cell) for cell in line) + " |" for line in lines)
