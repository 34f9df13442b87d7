"""Long layouts: after a preamble one row a number, with its section, indicator, breakdown and value."""

from datetime import date

from etl.intake import Grid, Refused, Sheet
from etl.read.find import Found, NumberCell, wrong_words
from etl.read.words import plain, plain_cell
from etl.sites import Layout


def find_long(grid: Grid, layout: Layout, month: date) -> Found:
    """The cells of a long layout; refuses the file when a row of it is missing or stands twice."""
    sheet, header, columns = _header(grid, layout)
    found = Found(expected={(sheet.name, header, column) for column in columns.values()})
    section, indicator, breakdown, value = (columns[plain(name)] for name in layout.columns)
    rows: dict[tuple[str, str, str], list[int]] = {}
    for row in sorted({r for r, _ in sheet.cells if r > header}):
        cells = [sheet.cells.get((row, column)) for column in (section, indicator, breakdown)]
        rows.setdefault(tuple(map(plain_cell, cells)), []).append(row)  # type: ignore[arg-type]
    for block in layout.blocks:
        for number, label in block.words.items():
            place = rows.pop((plain(block.sheet), plain(block.heading), plain(label)), [])
            if len(place) != 1:
                raise wrong_words("row", f"{block.sheet}, {block.heading}, {label}", "", len(place))
            found.numbers.append(NumberCell(number, month, sheet.name, place[0], value))
            found.expected |= {(sheet.name, place[0], column) for column in (section, indicator, breakdown)}
    rest = [row for places in rows.values() for row in places]
    found.unknown += [
        (sheet.name, r, indicator) for r in rest if sheet.cells.get((r, value)) and (r, breakdown) in sheet.cells
    ]
    return found


def _header(grid: Grid, layout: Layout) -> tuple[Sheet, int, dict[str, int]]:
    """The sheet and row of the column headings, and the column of each heading that the layout knows."""
    wanted = [plain(name) for name in layout.columns]
    for sheet in grid.sheets:
        for row in sorted({r for r, _ in sheet.cells}):
            columns = _row_words(sheet, row, {*wanted, *map(plain, layout.ignored_columns)})
            if set(wanted) <= columns.keys():
                return sheet, row, columns
    names = ", ".join(layout.columns)
    fix = f"Put the line “{names}” back above the table and send the return again."
    raise Refused("missing_words", f"The line with the headings “{names}” is missing.", fix, "", "")


def _row_words(sheet: Sheet, row: int, wanted: set[str]) -> dict[str, int]:
    texts = [(plain_cell(value), c) for (r, c), value in sheet.cells.items() if r == row]
    columns = {text: column for text, column in texts if text in wanted}
    twice = [text for text in columns if sum(t == text for t, _ in texts) > 1]
    if twice and wanted <= {*columns, *twice}:
        raise wrong_words("column", twice[0], "", 2)
    return columns
