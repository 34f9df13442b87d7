"""Dots with intervals: one row a site, one scale, the plan as an upright."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard import theme
from dashboard.charts import Figure, Shape, bold, figure, hover, line, marker, scatter
from dashboard.charts.scale import ticks
from dashboard.theme import Mark
from etl.definitions.messages import Name, joined

ROW, HEAD, FOOT = 36, 26, 6


@dataclass(frozen=True)
class Dot:
    """A row: a value, its 95% limits, its plan, and whether it is of an earlier period."""

    name: str
    mark: Mark
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    plan: float | None = None
    hollow: bool = False


def height(rows: int, row: int = ROW) -> int:
    """The height of the chart in pixels, so that names beside it can stand on its rows."""
    return HEAD + rows * row + FOOT


def dots(
    rows: Sequence[Dot],
    top: float,
    write: Callable[[float], str],
    *,
    labelled: bool = False,
    row: int = ROW,
    floor: float | None = None,
) -> Figure:
    """The figure. Rows lie from the top down; `labelled` writes the value above its dot, `floor` is dashed."""
    shapes: list[Shape] = []
    if floor is not None:
        shapes.append(line(floor, -0.5, floor, len(rows) - 0.5, theme.MUTED, 1.2, dash="dash"))
    traces = []
    for index, dot in enumerate(rows):
        if dot.plan is not None:
            shapes.append(line(dot.plan, index - 0.34, dot.plan, index + 0.34, theme.INK, 2))
        if dot.value is None:
            continue
        if dot.low is not None and dot.high is not None:
            shapes.append(line(dot.low, index, dot.high, index, dot.mark.colour, 4))
        label = {"text": [dot.text], "textposition": "top center", "textfont": bold(14)}
        words = {"name": dot.name, "hovertemplate": hover(joined(": ", [Name(dot.name), dot.text]))}
        point = {"marker": marker(dot.mark, 7.5, hollow=dot.hollow), "cliponaxis": False}
        traces.append(
            scatter("markers+text" if labelled else "markers", [dot.value], [index], **label, **words, **point)
        )
    steps = ticks(top, 4 if floor is None else 3)
    x = {
        "range": [0, top],
        "tickvals": steps,
        "ticktext": [write(step) for step in steps],
        "side": "top",
        "showgrid": True,
        "zeroline": True,
        "zerolinecolor": theme.RULE,
        "zerolinewidth": 1.5,
    }
    y = {"range": [len(rows) - 0.5, -0.5], "visible": False}
    return figure(traces, x=x, y=y, margin=(HEAD, 24, FOOT, 12), shapes=[{**s, "layer": "between"} for s in shapes])
