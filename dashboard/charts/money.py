"""Charts of money: the bridge of a change, the gap of a year, the cliff, and who pays."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import theme
from dashboard.charts import Figure, Note, Shape, Trace, bold, figure, hover, line, months_axis, note, scatter
from dashboard.charts.dots import FOOT, HEAD
from dashboard.charts.scale import ticks
from dashboard.theme import Mark
from etl.definitions.messages import Month, Name, Plain, Text, _, joined
from etl.definitions.periods import month_after, write_month
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import MINUS, pounds, pounds_short, signed_pounds

# The grey of money that ends, which is hatched.
PALE = "#F3F4F5"


def bar(x: float, y0: float, y1: float, colour: str, **more: Any) -> Shape:
    """A bar of a bridge, around a place of the axis."""
    corners = {"type": "rect", "x0": x - 0.29, "x1": x + 0.29, "y0": y0, "y1": y1}
    return {**corners, "fillcolor": colour, "line": {"width": 0}, "layer": "between", **more}


def step(x: int, level: float) -> Shape:
    """The thin line from one bar of a bridge to the next."""
    return line(x - 1 + 0.29, level, x - 0.29, level, theme.RULE, 1)


def above(x: int, y: float, text: str, **more: Any) -> Note:
    """What a bar of a bridge comes to, on top of it."""
    return note(x, y, text, **{"font": bold(14), "xanchor": "center", "yanchor": "bottom", "yshift": 2, **more})


def bridge(
    before: tuple[str, str, float], parts: Sequence[tuple[str, str, float]], after: tuple[str, str, float], mark: Mark
) -> Figure:
    """From one unit cost to another by its parts; each step is a name, what stands under it, and pounds."""
    steps = [before, *parts, after]
    level, tops = before[2], [before[2]]
    shapes = [bar(0, 0, before[2], theme.BASELINE)]
    notes = [above(0, before[2], pounds(before[2]))]
    for place, (_name, _below, amount) in enumerate(parts, 1):
        start, level = level, level + amount
        shapes.append(step(place, start))
        shapes.append(bar(place, min(start, level), max(start, level), mark.colour))
        tops.append(max(start, level))
        notes.append(above(place, max(start, level), signed_pounds(amount)))
    last = len(parts) + 1
    shapes.append(step(last, level))
    shapes.append(bar(last, 0, after[2], mark.colour))
    notes.append(above(last, after[2], pounds(after[2])))
    tops.append(after[2])
    return _steps(steps, max(tops), shapes, notes)


def gap(
    planned: float, pieces: Sequence[tuple[str, str, float, str, bool]], left: float, words: Sequence[str]
) -> Figure:
    """Planned cost less what is there, piece by piece, to what nobody has said they will pay.

    A piece is a name, what stands under it, pounds, a colour, and whether it is secured; what is not is hatched
    lightly. `words` stand under the first and last bar.
    """
    steps = [(_("Planned cost"), words[0], planned), *[(name, below, amount) for name, below, amount, *_more in pieces]]
    shapes = [bar(0, 0, planned, theme.BASELINE)]
    notes = [above(0, planned, pounds(planned))]
    level = planned
    for place, (_name, _below, amount, colour, secured) in enumerate(pieces, 1):
        start, level = level, level - amount
        shapes.append(step(place, start))
        edge = {"line": {"width": 1.5, "color": colour, "dash": "solid"}} if not secured else {}
        shapes.append(
            bar(place, min(level, start), max(level, start), colour if secured else theme.UNKNOWN_GROUND, **edge)
        )
        sign = MINUS if amount >= 0 else "+"
        text = joined("", [sign, pounds(amount) if len(pieces) < 3 else pounds_short(abs(amount))])
        notes.append(above(place, max(level, start), text))
    if left > NIL_POUNDS:
        last = len(pieces) + 1
        steps.append((_("No funder stated"), words[1], left))
        shapes.append(step(last, left))
        dashed = {"color": theme.NOT_MET, "width": 2, "dash": "5px,4px"}
        shapes.append(bar(last, 0, left, "rgba(0,0,0,0)", line=dashed))
        notes.append(above(last, left, pounds(left), font=bold(20, theme.NOT_MET), yshift=3))
    return _steps(steps, planned, shapes, notes)


def _steps(steps: Sequence[tuple[str, str, float]], highest: float, shapes: list[Shape], notes: list[Note]) -> Figure:
    """The frame of a bridge: a zero line, names under the bars, no axis of values, because every bar is labelled."""
    crowded = len(steps) > 4
    for place, (name, below, _amount) in enumerate(steps):
        under = {"xanchor": "center", "yanchor": "top", "yref": "paper"}
        lower = 34 if crowded and place % 2 else 0
        notes.append(note(place, 0, name, font=bold(12 if crowded else 13), yshift=-5 - lower, **under))
        notes.append(note(place, 0, below, yshift=-22 - lower, **under))
    shapes.append(line(-0.5, 0, len(steps) - 0.5, 0, theme.RULE, 1))
    x = {"range": [-0.5, len(steps) - 0.5], "visible": False}
    y = {"range": [0, highest * 1.16], "visible": False}
    empty = scatter("markers", [None], [None], hoverinfo="skip")
    foot = 78 if crowded else 44
    return figure([empty], x=x, y=y, margin=(4, 14 if crowded else 0, foot, 0), shapes=shapes, notes=notes)


def hatch(shape: str, colour: str, size: int, ground: str = theme.PAPER) -> dict[str, Any]:
    """Lines or dots on a ground, in place of a plain colour."""
    return {"shape": shape, "fgcolor": colour, "bgcolor": ground, "size": size}


# An amount of the chart, as Plotly writes it on pointing at a bar.
AMOUNT = Plain("£%{y:,.0f}")
# From the ground up. A pattern's own ground is paper; money that ends is hatched the other way.
LAYERS: tuple[tuple[str, Text, dict[str, Any]], ...] = (
    ("approved", _("Secured"), {"color": theme.SECURED}),
    ("ending", _("Home Office"), {"color": "#EDEFF0", "pattern": hatch("\\", theme.EDGE, 8, PALE)}),
    ("agreed_in_principle", _("Agreed in principle"), {"color": theme.PAPER, "pattern": hatch("/", theme.MUTED, 7)}),
    ("expected", _("Expected"), {"color": theme.PAPER, "pattern": hatch("-", theme.CONTEXT, 7)}),
    ("bid", _("Bid"), {"color": theme.PAPER, "pattern": hatch(".", theme.MUTED, 6)}),
    ("no_funder", _("No funder"), {"color": theme.NOT_MET_GROUND}),
)


def layer(label: Text, months: Sequence[date], heights: Sequence[float], paint: Mapping[str, Any]) -> Trace:
    """Money of one kind, month by month."""
    bars = {"type": "bar", "name": label, "x": [month.isoformat() for month in months], "y": heights, "width": 1.0}
    marked = {**paint, "line": {"width": 0}}
    return {**bars, "marker": marked, "hovertemplate": hover(joined(": ", [label, AMOUNT]))}


def cliff(
    months: Sequence[date],
    amounts: Mapping[str, Mapping[date, float]],
    grant_ends: date | None,
    first_short: date | None,
) -> Figure:
    """Money by month, layer on layer by how certain it is, against the planned cost."""
    planned = [amounts.get("planned", {}).get(month, 0.0) for month in months]
    traces = []
    for status, label, paint in LAYERS:
        heights = [amounts.get(status, {}).get(month, 0.0) for month in months]
        if any(heights):
            traces.append(layer(label, months, heights, paint))
    top = max([*planned, *_totals(traces)], default=1.0) * 1.16
    shapes, notes = [], _layer_notes(months, amounts, top)
    for start, end, value in _runs(planned):
        shapes.append(line(start - 0.5, value, end + 0.5, value, theme.INK, 2))
    if grant_ends and grant_ends in months:
        place = list(months).index(grant_ends) + 0.5
        shapes.append({**line(place, 0, place, 1, theme.INK, 1.5), "yref": "paper"})
        text = _("Grant ends {day}", day=_last_day(grant_ends))
        notes.append(note(place, 1, text, yref="paper", xanchor="right", yanchor="top", xshift=-7, font=bold(12)))
    if first_short and first_short in months:
        place = list(months).index(first_short) - 0.5
        text = _("{month}: first month not fully funded", month=write_month(first_short, long=True))
        notes.append(note(place, 1, text, yref="paper", yanchor="top", xshift=7, font=bold(12, theme.NOT_MET)))
    notes += _inner_notes(months, amounts, top)
    steps = ticks(top / 1.16, 3)
    forms = {month: "short" if month.month == 4 or month == months[0] else "abbreviated" for month in months[::3]}
    texts = [Month(month, form) for month, form in forms.items()]
    x = {**months_axis(months, 0.5), "tickvals": [month.isoformat() for month in forms], "ticktext": texts}
    x["ticklabelstandoff"] = 3
    y = {"range": [0, top], "tickvals": steps, "ticktext": [pounds_short(step) for step in steps]}
    return figure(traces, x=x, y=y, margin=(2, 150, 22, 46), shapes=shapes, notes=notes, barmode="stack", bargap=0)


def _inner_notes(months: Sequence[date], amounts: Mapping[str, Mapping[date, float]], top: float) -> list[Note]:
    """Words in the blocks: who pays until the grant ends, and each level of secured money; none in a thin block."""
    secured = [amounts.get("approved", {}).get(month, 0.0) for month in months]
    ending = [amounts.get("ending", {}).get(month, 0.0) for month in months]
    notes = []
    for start, end, value in _runs(secured):
        if value < top * 0.09 or end - start < 2:
            continue
        grant = ending[start]
        words = _("Local money") if grant else pounds_short(value)
        notes.append(note((start + end) / 2, value / 2, words, xanchor="center", font=bold(12, theme.PAPER)))
    for start, end, value in _runs(ending):
        if value >= top * 0.09 and end - start >= 2:
            middle = secured[start] + value / 2
            ground = {"bgcolor": PALE, "borderpad": 2}
            notes.append(note((start + end) / 2, middle, _("Home Office"), xanchor="center", font=bold(12), **ground))
    return notes


def _totals(traces: Sequence[Mapping[str, Any]]) -> list[float]:
    """The height of the stack in each month."""
    return [sum(values) for values in zip(*(trace["y"] for trace in traces), strict=True)]


def _runs(values: Sequence[float]) -> list[tuple[int, int, float]]:
    """Runs of equal values as first and last place."""
    runs: list[tuple[int, int, float]] = []
    for place, value in enumerate(values):
        if runs and abs(runs[-1][2] - value) < NIL_POUNDS:
            runs[-1] = (runs[-1][0], place, value)
        else:
            runs.append((place, place, value))
    return runs


def _layer_notes(months: Sequence[date], amounts: Mapping[str, Mapping[date, float]], top: float) -> list[Note]:
    """The name of each layer and its last month's money at the right, moved apart where two would touch."""
    if not months:
        return []
    last, level = months[-1], 0.0
    wanted: list[tuple[float, Text, Text, str]] = []
    for status, label, _paint in LAYERS:
        value = amounts.get(status, {}).get(last, 0.0)
        if value > 0:
            wanted.append((level + value / 2, label, pounds_short(value), status))
        level += value
    planned = amounts.get("planned", {}).get(last)
    if planned:
        each_month = _("{amount} a month", amount=pounds_short(planned))
        wanted.append((max(planned, level) * 1.0, _("Planned cost"), each_month, "planned"))
    notes, floor = [], -1.0
    for height, label, words, status in wanted:
        height = max(height, floor)
        floor = height + top * 0.145
        colour = theme.NOT_MET if status == "no_funder" else theme.INK
        text = joined(" ", [label, words]) if status == "no_funder" else label
        shift = {"xref": "paper", "xshift": 9}
        notes.append(note(1, height, text, font=bold(12, colour), yshift=0 if status == "no_funder" else 7, **shift))
        if status != "no_funder":
            notes.append(note(1, height, words, yshift=-7, **shift))
    return notes


def _last_day(month: date) -> Text:
    """A month's last day in words."""
    return joined(" ", [Plain(str((month_after(month) - date.resolution).day)), write_month(month, long=True)])


MIX_ROW = 34


def mix_height(bars: int) -> int:
    """The height of the chart of shares in pixels."""
    return 22 + bars * MIX_ROW + 6


def mix(bars: Sequence[tuple[str, Mark, Sequence[tuple[str, float, bool]]]]) -> Figure:
    """Shares of a whole, a bar a site: a piece is a funder, its share, and whether it is money that ends."""
    traces, notes = [], []
    for index, (site, mark, pieces) in enumerate(bars):
        start = 0.0
        for name, share, ends in sorted(pieces, key=lambda piece: not piece[2]):
            paint: dict[str, Any] = {"color": mark.colour, "line": {"color": theme.PAPER, "width": 2}}
            if ends:
                hatched = hatch("\\", theme.EDGE, 8, PALE)
                paint = {"color": PALE, "pattern": hatched, "line": {"color": theme.EDGE, "width": 1}}
            words = hover(joined(": ", [Name(site), joined(" ", [Name(name), f"{share:.0%}"])]))
            place = {"type": "bar", "orientation": "h", "x": [share], "base": [start], "y": [index], "width": 0.7}
            traces.append({**place, "marker": paint, "hovertemplate": words})
            if share >= 0.2:
                font, ground = bold(13, theme.INK if ends else mark.on_fill), {"bgcolor": PALE} if ends else {}
                notes.append(note(start, index, f"{share:.0%}", xshift=6, font=font, **ground))
            start += share
    notes.append(note(0, 1, _("Home Office"), yref="paper", yanchor="bottom", font=bold(12)))
    notes.append(note(1, 1, _("Local"), yref="paper", yanchor="bottom", xanchor="right", font=bold(12)))
    return figure(
        traces,
        x={"range": [0, 1.005], "visible": False},
        y={"range": [len(bars) - 0.5, -0.5], "visible": False},
        margin=(HEAD, 6, FOOT, 6),
        notes=notes,
        barmode="overlay",
    )
