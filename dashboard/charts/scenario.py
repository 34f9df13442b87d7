"""Charts of a scenario: money by month against cost, and the cases that money pays for by fixed share."""

from collections.abc import Sequence
from datetime import date

from dashboard import theme
from dashboard.charts import Figure, Note, Shape, bold, figure, hover, line, months_axis, note, scatter, value_axis
from dashboard.charts.money import LAYERS, PALE, layer
from dashboard.charts.scale import ticks
from etl.definitions.messages import Plain, Text, _, joined
from etl.definitions.periods import write_month
from etl.definitions.writing import figures, pounds_short
from etl.judge.scenario import LABEL, Month, Range

PAINTS = {status: paint for status, label, paint in LAYERS}
PARTS = (
    ("local", _("Local money"), "approved"),
    ("grant", _("Home Office"), "ending"),
    ("extra", _("Money that may come"), "bid"),
)


def by_month(months: Sequence[date], found: Sequence[Month], planned: float | None) -> Figure:
    """A bar a month by who pays, the planned cost as a line, and the supposed cost as one or two dashed lines."""
    traces = []
    for name, label, status in PARTS:
        heights = [getattr(one, name) for one in found]
        if any(heights):
            traces.append(layer(label, months, heights, PAINTS[status]))
    costs = [one.cost for one in found]
    paid = [one.local + one.grant + one.extra for one in found]
    top = max([*paid, *(cost.high for cost in costs), planned or 0.0, 1.0]) * 1.14
    shapes, notes = _costs(costs[0], planned, len(months), top)
    notes += _names_of(found, top)
    notes.append(note(0, 1, LABEL, xref="paper", yref="paper", yanchor="bottom"))
    steps = ticks(top / 1.14, 3)
    ticked = [months[at] for at in (0, len(months) // 2, -1)] if months else []
    x = months_axis(months, 0.5)
    x |= {"tickvals": [month.isoformat() for month in ticked], "ticktext": [write_month(month) for month in ticked]}
    y = value_axis(steps, top, [pounds_short(step) for step in steps])
    return figure(traces, x=x, y=y, margin=(20, 98, 22, 46), shapes=shapes, notes=notes, barmode="stack", bargap=0)


def _costs(cost: Range, planned: float | None, months: int, top: float) -> tuple[list[Shape], list[Note]]:
    """The lines of cost with their names at the right, those that would touch said once."""
    lines: list[tuple[Text, float, str]] = [(_("plan"), planned, "solid")] if planned else []
    if planned is None or abs(cost.low - planned) > 1 or abs(cost.high - planned) > 1:
        both = cost.high - cost.low > 1
        lines += [(_("lowest") if both else _("supposed"), cost.low, "5px,3px")]
        lines += [(_("highest"), cost.high, "5px,3px")] if both else []
    shapes = [line(-0.5, value, months - 0.5, value, theme.INK, 2, dash) for name, value, dash in lines]
    notes, floor = [], -1.0
    for label, value, _dash in sorted(lines, key=lambda entry: entry[1]):
        at = max(value, floor)
        floor = at + top * 0.085
        bold = {"size": 12, "color": theme.INK, "weight": 600}
        notes.append(note(1, at, joined(" ", [label, pounds_short(value)]), xref="paper", xshift=6, font=bold))
    return shapes, notes


def _names_of(found: Sequence[Month], top: float) -> list[Note]:
    """Who pays, in the block of the first month where it is high enough for words."""
    notes: list[Note] = []
    for name, label, _status in PARTS:
        for place, month in enumerate(found):
            height = getattr(month, name)
            if height < top * 0.1 or place > len(found) - 3:
                continue
            ground = {} if name == "local" else {"bgcolor": PALE, "borderpad": 2}
            font = bold(12, theme.PAPER if name == "local" else theme.INK)
            below = {"local": 0.0, "grant": month.local, "extra": month.local + month.grant}[name]
            notes.append(note(place - 0.35, below + height / 2, label, font=font, **ground))
            break
    return notes


def affordable(points: Sequence[tuple[float, float]], planned: float, shares: tuple[float, float]) -> Figure:
    """Cases that the money pays for, by the share of cost that is fixed; the supposed range of shares is shaded."""
    top = max([planned, *(cases for _, cases in points), 1.0]) * 1.16
    curve = scatter(
        "lines",
        [share * 100 for share, _ in points],
        [cases for _, cases in points],
        line={"color": theme.INK, "width": 2.25},
        hovertemplate=hover(_("{share} fixed: {cases} cases", share=Plain("%{x:.0f}%"), cases=Plain("%{y:.0f}"))),
    )
    low, high = (share * 100 for share in shares)
    box = {"type": "rect", "x0": low, "x1": high, "y0": 0, "y1": top, "fillcolor": theme.UNKNOWN_GROUND}
    shapes = [
        {**box, "line": {"width": 0}, "layer": "below"},
        line(0, planned, 100, planned, theme.CONTEXT, 2, "5px,3px"),
    ]
    ends = [note(share, top, f"{share:g}%", xanchor="center", yanchor="top") for share in dict.fromkeys((low, high))]
    plan = note(100, planned, _("plan {number}", number=figures(planned)), xanchor="right", yanchor="bottom")
    notes = [*ends, plan, note(0, 1, LABEL, xref="paper", yref="paper", yanchor="bottom")]
    x = {"range": [0, 100], "tickvals": [0, 25, 50, 75, 100], "ticktext": [f"{at}%" for at in (0, 25, 50, 75, 100)]}
    y = value_axis(ticks(top / 1.16, 3), top)
    return figure([curve], x=x, y=y, margin=(20, 18, 22, 40), shapes=shapes, notes=notes)
