"""Writes an edition's tables as Parquet for other engines: a folder for each audience, from that audience's file."""

from pathlib import Path

from etl.system.database import connect

FOLDER = "parquet"


def write_parquet(edition: Path) -> list[Path]:
    """Writes each table of each audience's file into `parquet/AUDIENCE/TABLE.parquet`, and returns the files.

    A file holds what the audience's own DuckDB file does and nothing else, so what is hidden there is hidden here.
    """
    return [path for file in sorted(edition.glob("*.duckdb")) for path in _of_audience(file)]


def _of_audience(file: Path) -> list[Path]:
    folder = file.parent / FOLDER / file.stem
    folder.mkdir(parents=True)
    con = connect(file, read_only=True, beside=folder)
    try:
        names = [name for (name,) in con.execute("select table_name from duckdb_tables() order by all").fetchall()]
        paths = [folder / f"{name}.parquet" for name in names]
        for name, path in zip(names, paths, strict=True):
            con.table(name).write_parquet(str(path))
        return paths
    finally:
        con.close()
