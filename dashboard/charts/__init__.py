"""Charts as plain dictionaries: the house's axes, marks and labels, and what the browser is told to do with them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import theme
from dashboard.elements import html
from dashboard.elements.widgets import Chart
from dashboard.theme import Mark
from etl.definitions.messages import Month, Plain, Text, _, joined
from etl.definitions.periods import months_from

Figure = dict[str, Any]
Trace = dict[str, Any]
Shape = dict[str, Any]
Note = dict[str, Any]

CONFIG = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showAxisDragHandles": False,
    "showTips": False,
}
SYMBOLS = {"circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle-up", "ring": "circle"}
# So that all shapes look equally large.
AREAS = {"circle": 1.0, "square": 0.9, "diamond": 0.985, "triangle": 1.14, "ring": 1.0}


def graph(figure: Figure, name: str, label: str, height: int, *, scrolls: bool = False) -> Any:
    """A figure as an image with a name; its table stands beside it. `scrolls`: too rich for a phone's width."""
    image = html.Div(
        Chart(figure, CONFIG, height), role="img", className="chart-frame", **{"aria-label": label, "data-chart": name}
    )
    if not scrolls:
        return image
    name_of_group = {"aria-label": _("Chart: {name}", name=Plain(name))}
    return html.Div(image, className="chart-scroll", tabIndex=0, role="group", **name_of_group)


def figure(
    traces: Sequence[Mapping[str, Any]],
    *,
    x: Mapping[str, Any],
    y: Mapping[str, Any],
    margin: tuple[int, int, int, int],
    shapes: Sequence[Shape] = (),
    notes: Sequence[Note] = (),
    **layout: Any,
) -> Figure:
    """A figure in the house's look. `margin` is top, right, bottom, left."""
    top, right, bottom, left = margin
    return {
        "data": [dict(trace) for trace in traces],
        "layout": {
            "autosize": True,
            "margin": {"t": top, "r": right, "b": bottom, "l": left, "pad": 0, "autoexpand": False},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": theme.FONT, "size": 12, "color": theme.MUTED},
            "showlegend": False,
            "dragmode": False,
            "hoverlabel": {"bgcolor": theme.PAPER, "bordercolor": theme.INK, "font": {"color": theme.INK, "size": 13}},
            "xaxis": axis(**x),
            "yaxis": axis(**y),
            "shapes": list(shapes),
            "annotations": list(notes),
            **layout,
        },
    }


def axis(**given: Any) -> dict[str, Any]:
    """An axis without a line, with hairlines only, that cannot be dragged."""
    usual = {
        "fixedrange": True,
        "showgrid": False,
        "gridcolor": theme.HAIRLINE,
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": theme.MUTED},
        "title": {"text": ""},
    }
    return {**usual, **given}


def value_axis(ticks: Sequence[float], top: float, texts: Sequence[str] | None = None) -> dict[str, Any]:
    """An upright axis from nought, with a hairline at each tick."""
    return {
        "range": [0, top],
        "tickvals": list(ticks),
        "ticktext": list(texts or [f"{tick:g}" for tick in ticks]),
        "showgrid": True,
        "zeroline": True,
        "zerolinecolor": theme.RULE,
        "zerolinewidth": 1,
        "ticklabelstandoff": 5,
    }


def marker(mark: Mark, radius: float, *, hollow: bool = False, halo: bool = True) -> dict[str, Any]:
    """A site's marker; hollow for an earlier period than the one asked for."""
    size = 2 * radius * AREAS[mark.shape]
    if hollow or mark.shape == "ring":
        edge = {"color": mark.colour, "width": 2.5}
        return {"symbol": SYMBOLS[mark.shape], "size": size - 1, "color": theme.PAPER, "line": edge, "opacity": 1}
    edge = {"color": theme.PAPER, "width": 1.5 if halo else 0}
    return {"symbol": SYMBOLS[mark.shape], "size": size + (1.5 if halo else 0), "color": mark.colour, "line": edge}


def line(x0: Any, y0: Any, x1: Any, y1: Any, colour: str, width: float, dash: str = "solid", **more: Any) -> Shape:
    """A straight line in the figure's own measures."""
    return {
        "type": "line",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "line": {"color": colour, "width": width, "dash": dash},
        **more,
    }


def scatter(mode: str, x: Sequence[Any], y: Sequence[Any], **more: Any) -> Trace:
    """Points, or a line through them."""
    return {"type": "scatter", "mode": mode, "x": x, "y": y, **more}


def bold(size: int, colour: str = theme.INK) -> dict[str, Any]:
    """The letters of words that stand out."""
    return {"size": size, "color": colour, "weight": 700}


def hover(text: str) -> Text:
    """What is said on pointing at a mark, without the name that Plotly would put beside it."""
    return joined("", [text, Plain("<extra></extra>")])


def note(x: Any, y: Any, text: str, **more: Any) -> Note:
    """Words at a point."""
    usual = {"showarrow": False, "xanchor": "left", "yanchor": "middle", "font": {"size": 12, "color": theme.MUTED}}
    return {"x": x, "y": y, "text": text, **usual, **more}


def month_ticks(months: Sequence[date]) -> tuple[list[str], list[Text]]:
    """The first month, each turn of the financial year, and the last; none so near another that they touch."""
    if not months:
        return [], []
    gap = max(2, len(months) // 7)
    places = {0, len(months) - 1}
    for index, month in enumerate(months):
        if month.month == 4 and min(abs(index - place) for place in places) >= gap:
            places.add(index)
    chosen = [months[place] for place in sorted(places)]
    return [month.isoformat() for month in chosen], [
        joined(" ", [Month(month, "abbreviated"), Plain(f"{month:%y}")]) for month in chosen
    ]


def month_axis(months: Sequence[date]) -> dict[str, Any]:
    """A time axis by month; months are places of equal width."""
    values, texts = month_ticks(months)
    return {**months_axis(months, 0.3), "tickvals": values, "ticktext": texts, "ticklabelstandoff": 4}


def months_axis(months: Sequence[date], edge: float) -> dict[str, Any]:
    """The same before its ticks are chosen; it goes on by so much of a month before the first and after the last."""
    names = [month.isoformat() for month in months]
    places = {"type": "category", "categoryorder": "array", "categoryarray": names}
    return {**places, "range": [-edge, len(names) - 1 + edge], "tickangle": 0}


def gaps(months: Sequence[date], values: Mapping[date, float | None]) -> list[list[date]]:
    """Runs of months without a number that lie between months with one."""
    known = [month for month in months if values.get(month) is not None]
    if not known:
        return []
    runs: list[list[date]] = []
    for month in months_from(known[0], max(known[-1], months[-1])):
        if values.get(month) is not None:
            continue
        if runs and months_from(runs[-1][-1], month)[1:] == [month]:
            runs[-1].append(month)
        else:
            runs.append([month])
    return runs


def gap_words(run: Sequence[date]) -> Text:
    """A gap in words: Aug missing."""
    first, last = Month(run[0], "abbreviated"), Month(run[-1], "abbreviated")
    if len(run) == 1:
        return _("{month} missing", month=first)
    return _("{month} to {last_month} missing", month=first, last_month=last)
