"""The queries that stand in files of their own, by name."""

from functools import cache
from importlib.resources import files


@cache
def read_sql(name: str) -> str:
    """The text of a file of `etl/warehouse/sql`."""
    return files("etl.warehouse.sql").joinpath(f"{name}.sql").read_text(encoding="utf-8")
