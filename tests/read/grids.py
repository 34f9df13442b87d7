"""Returns as grids of cells, to be changed as people change them: rows, columns, words and cells."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from pathlib import Path

from etl.intake import Grid, Reader, Refused, Sheet
from etl.intake.grid import column_number
from etl.read import Rejected, Return, read_return
from etl.sample import name_file, write_return, write_tracker
from etl.sample.simulate import Numbers, simulate
from etl.sites import load_sites

SITES = load_sites()
MONTH = date(2019, 6, 1)
RECEIVED = datetime(2020, 4, 20)
KINDS = {"blocks": "croydon", "long": "west_midlands", "tracker": "west_mercia", "tables": "south_wales"}
Pair = tuple[str, str]
Said = tuple[float | None, str]


@cache
def true_numbers(site: str) -> dict[date, Numbers]:
    """The numbers of a site in the financial year of MONTH, up to MONTH."""
    made = dict(simulate(site, SITES[site].first_month, MONTH, 7))
    return {month: numbers for month, numbers in made.items() if month >= date(2019, 4, 1)}


@cache
def written(site: str) -> Grid:
    """The return of a site for MONTH as its layout has it, read into cells."""
    with tempfile.TemporaryDirectory() as folder, Reader() as reader:
        path = Path(folder) / name_file(SITES[site], MONTH)
        months = true_numbers(site)
        if SITES[site].layout_on(MONTH).kind == "tracker":
            write_tracker(SITES[site], months, path)
        else:
            write_return(SITES[site], MONTH, months[MONTH], path)
        return reader.read(path.read_bytes())


def read(grid: Grid, name: str = "", received: datetime = RECEIVED) -> Return:
    return read_return(grid, name, received, SITES)


def numbers(grid: Grid, month: date = MONTH) -> dict[Pair, Said]:
    return {(e.measure, e.part): (e.value, e.state) for e in read(grid).entries if e.month == month}


def expected(site: str, month: date = MONTH, **odd: Said) -> dict[Pair, Said]:
    """What the reader must find: the true numbers, and for a number in `odd` (`sex__male`) something else."""
    told = {pair: (float(value), "reported") for pair, value in true_numbers(site)[month].items()}
    return told | {(name.partition("__")[0], name.partition("__")[2]): said for name, said in odd.items()}


def refusal(grid: Grid, name: str = "", received: datetime = RECEIVED) -> Refused:
    """The refusal of a return; fails when it is read."""
    try:
        found = read(grid, name, received)
    except Rejected as rejected:
        return rejected.refused
    raise AssertionError(f"read as {found.site} {found.month}")


def place(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), column_number(letters)


def sheet_of(grid: Grid, name: str) -> Sheet:
    return next(sheet for sheet in grid.sheets if sheet.name == name)


def with_sheet(grid: Grid, name: str, change: Callable[[Sheet], Sheet]) -> Grid:
    """The grid with one sheet changed, its cells in the order in which a sheet is read."""

    def changed(sheet: Sheet) -> Sheet:
        new = change(sheet)
        return Sheet(new.name, dict(sorted(new.cells.items(), key=itemgetter(0))))

    return replace(grid, sheets=tuple(changed(sheet) if sheet.name == name else sheet for sheet in grid.sheets))


def with_cells(grid: Grid, sheet: str, cells: Mapping[str, object]) -> Grid:
    """The grid with other values in cells named by their addresses; None empties one."""

    def change(old: Sheet) -> Sheet:
        new = {**old.cells, **{place(address): value for address, value in cells.items()}}
        return Sheet(old.name, {p: value for p, value in new.items() if value is not None})

    return with_sheet(grid, sheet, change)


def insert(grid: Grid, sheet: str, row: int = 0, rows: int = 0, column: int = 0, columns: int = 0) -> Grid:
    """The grid with empty rows before `row` and empty columns before `column` of a sheet."""

    def moved(p: tuple[int, int]) -> tuple[int, int]:
        return p[0] + rows * (row > 0 and p[0] >= row), p[1] + columns * (column > 0 and p[1] >= column)

    return with_sheet(grid, sheet, lambda old: Sheet(old.name, {moved(p): v for p, v in old.cells.items()}))


def with_words(grid: Grid, say: Callable[[str], str]) -> Grid:
    """The grid with every text said otherwise."""

    def change(sheet: Sheet) -> Sheet:
        return Sheet(say(sheet.name), {p: say(v) if isinstance(v, str) else v for p, v in sheet.cells.items()})

    return replace(grid, sheets=tuple(change(sheet) for sheet in grid.sheets))


def where(grid: Grid, sheet: str, text: str, nth: int = 0) -> tuple[int, int]:
    """The row and column of a text on a sheet, the first from the top."""
    return sorted(p for p, value in sheet_of(grid, sheet).cells.items() if value == text)[nth]
