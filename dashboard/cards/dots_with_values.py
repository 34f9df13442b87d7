"""Exhibits that several pages share: names and numbers beside dots, a measure a row, a series as a table."""

from collections.abc import Sequence
from typing import Any

from dashboard.charts.dots import HEAD, ROW
from dashboard.data.view import View
from dashboard.elements import html
from etl.definitions.writing import first_upper

Component = Any
MOST_COLUMNS = 6


def beside_dots(
    chart: Component, rows: Sequence[tuple[Component, Component]], head: str = "", row: int = ROW
) -> Component:
    """A chart of dots with names at its left and numbers at its right, each on the row of its dot."""
    size = {"--row": f"{row}px", "--head": f"{HEAD}px"}
    return html.Div(
        [
            html.Div([html.Div(name) for name, _ in rows], className="names"),
            chart,
            html.Div([html.Span(head, className="head"), *(html.Div(value) for _, value in rows)], className="values"),
        ],
        className="beside-dots",
        style=size,
    )


def part_label(view: View, measure: str) -> str:
    """A part's label without the name of the whole, which the table's own headline says."""
    label = view.measure_label(measure)
    _, sign, part = label.partition(": ")
    return first_upper(part) if sign and "." in measure else label
