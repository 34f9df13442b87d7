"""Personal data in a return: what looks like it refuses the whole file, and the value itself is never repeated."""

from collections.abc import Set

from etl.intake.grid import Grid

Cells = Set[tuple[str, int, int]]


def refuse_personal_data(grid: Grid, expected: Cells, number_cells: Cells) -> None:
    """Raise Refused at the first thing that looks like personal data.

    `expected` are the cells that need no look (a layout's headings and labels, the cover's lines);
    `number_cells` those that hold its numbers. Both as (sheet name, row, column).
    """
