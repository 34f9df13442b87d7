"""Charts over time: a site's line with its plan, and a control chart."""

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard import theme
from dashboard.charts import Figure, figure, gap_words, gaps, line, marker, month_axis, note, value_axis
from dashboard.scale import ticks
from dashboard.theme import Mark
from dashboard.words import pounds_short


def site_line(
    months: Sequence[date],
    values: Mapping[date, float | None],
    texts: Mapping[date, str],
    mark: Mark,
    top: float,
    plan: float | None,
    *,
    money: bool = False,
) -> Figure:
    """One small multiple: a line that breaks where the data does, its last value, the plan as dashes."""
    steps = ticks(top, 3)
    names = [month.isoformat() for month in months]
    drawn = [values.get(month) for month in months]
    known = [month for month in months if values.get(month) is not None]
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": names,
            "y": drawn,
            "connectgaps": False,
            "line": {"color": mark.colour, "width": 2.25},
            "customdata": [[f"{month:%b %Y}", texts.get(month, "")] for month in months],
            "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra></extra>",
        }
    ]
    notes, shapes = [], []
    if known:
        last = known[-1].isoformat()
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [last],
                "y": [values[known[-1]]],
                "marker": marker(mark, 5),
                "hoverinfo": "skip",
                "cliponaxis": False,
            }
        )
        label = {"size": 14, "color": theme.INK, "weight": 700}
        notes.append(note(last, values[known[-1]], texts[known[-1]], xshift=9, font=label))
    if plan is not None:
        shapes.append(line(0, plan, len(months) - 1, plan, theme.CONTEXT, 1.5, "5px,3px", layer="below"))
        notes.append(note(0, plan, f"plan {plan:,.0f}", xshift=4, yanchor="bottom"))
    for run in gaps(months, values) if not money else []:
        middle = run[len(run) // 2].isoformat()
        shapes.append(line(middle, top * 0.26, middle, top * 0.62, theme.CONTEXT, 1, "dot"))
        notes.append(note(middle, top * 0.18, gap_words(run), xanchor="center"))
    return figure(
        traces,
        x=month_axis(months),
        y=value_axis(steps, top, [pounds_short(step) for step in steps] if money else None),
        margin=(8, 54 if money else 44, 24, 36 if money else 28),
        shapes=shapes,
        notes=notes,
    )


def control_chart(
    months: Sequence[date],
    values: Mapping[date, float | None],
    limits: Mapping[date, tuple[float | None, float | None, float | None]],
    signals: Mapping[date, str],
    texts: Mapping[date, str],
    mark: Mark,
    *,
    trial: bool = False,
    axis_text: Sequence[str] | None = None,
    top: float,
) -> Figure:
    """An XmR chart: the points, their mean and limits; signals are ringed. `limits` is mean, lower, upper by month."""
    names = [month.isoformat() for month in months]
    traces = []
    for place, dash in ((0, "solid"), (1, "6px,3px"), (2, "6px,3px")):
        drawn = [limits.get(month, (None, None, None))[place] for month in months]
        if place == 1:
            drawn = [value if value is not None and value > 0 else None for value in drawn]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": names,
                "y": drawn,
                "line": {
                    "color": theme.MUTED,
                    "width": 1.25,
                    "dash": "3px,3px" if trial and place else dash,
                    "shape": "hvh",
                },
                "hoverinfo": "skip",
            }
        )
    points = marker(mark, 4, halo=False)
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": names,
            "y": [values.get(month) for month in months],
            "connectgaps": False,
            "line": {"color": mark.colour, "width": 1.5},
            "marker": points,
            "customdata": [[f"{month:%b %Y}", texts.get(month, "")] for month in months],
            "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra></extra>",
            "cliponaxis": False,
        }
    )
    ringed = [month for month in months if month in signals and values.get(month) is not None]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [month.isoformat() for month in ringed],
            "y": [values[month] for month in ringed],
            "marker": {"symbol": "circle-open", "size": 15, "color": theme.INK, "line": {"width": 2}},
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    )
    return figure(
        traces,
        x=month_axis(months),
        y=value_axis(ticks(top, 4), top, axis_text),
        margin=(10, 100, 24, 44),
        shapes=[],
        notes=_limit_notes(months, values, limits, texts),
    )


def _limit_notes(
    months: Sequence[date],
    values: Mapping[date, float | None],
    limits: Mapping[date, tuple[float | None, float | None, float | None]],
    texts: Mapping[date, str],
) -> list[dict[str, object]]:
    """The names and values of the limits at their right ends, and the last value."""
    known = [month for month in months if values.get(month) is not None]
    held = [month for month in months if limits.get(month, (None,))[0] is not None]
    notes = []
    if held:
        mean, lower, upper = limits[held[-1]]
        end = {"xref": "paper", "xshift": 8}
        notes.append(note(1, mean, f"average {short(mean)}", **end))
        if upper is not None:
            notes.append(note(1, upper, f"upper limit {short(upper)}", **end))
        if lower is not None:
            words = f"lower limit {short(lower)}" if lower > 0 else "lower below 0"
            notes.append(note(1, max(lower, 0), words, yanchor="middle" if lower > 0 else "bottom", **end))
    if known:
        bold = {"size": 14, "color": theme.INK, "weight": 700}
        far = held and _near(values[known[-1]], limits[held[-1]])
        side = {"yshift": 14, "xanchor": "center"} if far else {"xshift": 7}
        notes.append(note(known[-1].isoformat(), values[known[-1]], texts[known[-1]], font=bold, **side))
    return notes


def _near(value: float | None, limits: tuple[float | None, float | None, float | None]) -> bool:
    """Whether the last value lies so near a limit that their words would touch."""
    scale = max((abs(limit) for limit in limits if limit is not None), default=0.0)
    return any(limit is not None and value is not None and abs(value - limit) < scale * 0.09 for limit in limits)


def short(value: float | None) -> str:
    """A limit in few signs: 11.1, 1,204, £36k is left to money's own axis."""
    if value is None:
        return ""
    return f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"
