"""An edition's tables as files have them, with the columns and types that `etl/definitions/tables/*.toml` says.

Look there for a table's columns, such as those of `cover` in `money.toml`; `data/edition_tables.csv` lists them all.
They lie so low as what works tables out, hides numbers in them and tells where numbers come from needs them too.
"""

import json
from pathlib import Path

import pandas as pd

from etl.definitions.messages import Text, to_data
from etl.definitions.tables import AS_DATA, Column, Table, as_data, column, table
from etl.provenance.edition import message
from etl.system.database import connect

# Columns of strings keep the objects that they are given, which other ways to hold them do not: messages stay messages.
pd.options.mode.string_storage = "python"


class NotWhole(ValueError):
    """A column of whole numbers was given a part of one, which would be rounded away."""


def write_file(path: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Writes tables into a DuckDB file, which need not be there, and closes it, with nothing left outside the file.

    Raises NotDescribed for a table or column that has no description.
    """
    con = connect(path)
    try:
        for name, frame in tables.items():
            whole = _with_data(name, frame)
            con.register("frame", whole)
            con.execute(f"create table {name} as {_rows(table(name), whole)}")
            con.unregister("frame")
        con.execute("checkpoint")
    finally:
        con.close()


def with_messages(frame: pd.DataFrame) -> pd.DataFrame:
    """A table as it comes from a file, its messages made of the data beside them."""
    told = {name: name.removesuffix(AS_DATA) for name in frame.columns if name.endswith(AS_DATA)}
    made = {
        own: [
            message(data) if isinstance(data, str) else said for said, data in zip(frame[own], frame[name], strict=True)
        ]
        for name, own in told.items()
    }
    return frame.assign(**made).drop(columns=[*told])


def _with_data(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows, with each column of messages as data beside it; a message that is a plain string has none."""
    data = {}
    for own in (column(name, one) for one in frame.columns):
        if own.type == "message" and any(isinstance(value, Text) for value in frame[own.name]):
            data[as_data(own).name] = [_json(value) for value in frame[own.name]]
    return frame.assign(**data) if data else frame


def _json(value: object) -> str | None:
    return json.dumps(to_data(value), ensure_ascii=False, separators=(",", ":")) if isinstance(value, Text) else None


def _rows(made: Table, frame: pd.DataFrame) -> str:
    """A table's rows in the described types, in their own order or first by what pages ask for."""
    columns = ", ".join(_typed(column(made.name, name), frame[name]) for name in frame.columns)
    by = [name for name in made.sorted_by if name in frame.columns]
    if not by:
        return f"select {columns} from frame"
    numbered = "select *, row_number() over () as place from frame"
    return f"select {columns} from ({numbered}) order by {', '.join(by)}, place"


def _typed(described: Column, values: pd.Series) -> str:
    """A column in its described type; one of few names keeps the list of them that the frame has."""
    name = f'"{described.name}"'
    if described.sql == "ENUM":
        return name
    if described.type == "whole" and pd.api.types.is_float_dtype(values) and (values.dropna() % 1 != 0).any():
        raise NotWhole(f"The column {described.name!r} is of whole numbers, and has others.")
    return f"cast({name} as {described.sql}) as {name}"
