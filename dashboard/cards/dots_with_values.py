"""Exhibits that several pages share: names and numbers beside dots, a measure a row, a series as a table."""

from collections.abc import Sequence
from typing import Any

from dashboard.charts.dots import HEAD, ROW
from dashboard.elements import html

Component = Any


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
