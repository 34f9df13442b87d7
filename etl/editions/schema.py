"""An edition's tables as files have them, with the columns and types that `etl/definitions/tables/*.toml` says.

Look there for a table's columns, such as those of `cover` in `money.toml`; `data/edition_tables.csv` lists them all.
They lie so low as what works tables out, hides numbers in them and tells where numbers come from needs them too.
"""

from pathlib import Path

import pandas as pd

from etl.definitions.tables import Column, Table, column, table
from etl.system.database import connect


class NotWhole(ValueError):
    """A column of whole numbers was given a part of one, which would be rounded away."""


def write_file(path: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Writes tables into a DuckDB file, which need not be there, and closes it, with nothing left outside the file.

    Raises NotDescribed for a table or column that has no description.
    """
    con = connect(path)
    try:
        for name, frame in tables.items():
            con.register("frame", frame)
            con.execute(f"create table {name} as {_rows(table(name), frame)}")
            con.unregister("frame")
        con.execute("checkpoint")
    finally:
        con.close()


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
