"""Charts over time: a site's line with its plan, and a control chart."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import theme
from dashboard.charts import (
    Figure,
    Note,
    Shape,
    Trace,
    bold,
    figure,
    gap_words,
    gaps,
    hover,
    line,
    marker,
    month_axis,
    note,
    scatter,
    value_axis,
)
from dashboard.charts.scale import ticks
from dashboard.data.edition import Row
from dashboard.theme import Mark
from etl.definitions.messages import Plain, Text, _, joined
from etl.definitions.periods import month_after, write_month
from etl.definitions.writing import HIDDEN, figures, pounds, pounds_short

# What is said on pointing at a point: its month and its number.
POINTED_AT = hover(Plain("%{customdata[0]}: %{customdata[1]}"))
RING = {"symbol": "circle-open", "size": 11, "color": theme.PARTLY, "line": {"width": 2}}
ALARM_RING = {**RING, "size": 17}
# The height of a label as a share of the height of a control chart's scale.
LABEL = 0.085
# The width of a letter as a share of the width of a small chart.
LETTER = 0.045


def site_line(
    months: Sequence[date],
    values: Mapping[date, float | None],
    texts: Mapping[date, str],
    mark: Mark,
    top: float,
    plan: float | None,
    *,
    money: bool = False,
    write: Callable[[float], str] | None = None,
    events: Mapping[date, str] | None = None,
    asked: Collection[date] = (),
) -> Figure:
    """One small multiple: a line that breaks where the data does, its last value, its plan, and what happened.

    Months whose number is under query (`asked`) are ringed. `write` says what stands at the axis (as numbers are typed,
    if not given).
    """
    write = pounds_short if money else write
    steps = ticks(top, 3)
    names = [month.isoformat() for month in months]
    drawn = [values.get(month) for month in months]
    known = [month for month in months if values.get(month) is not None]
    hidden = _hidden(months, texts)
    traces = [
        scatter(
            "lines",
            names,
            drawn,
            connectgaps=False,
            line={"color": mark.colour, "width": 2.25},
            customdata=[[write_month(month), _pointed_at(texts.get(month, ""), month in asked)] for month in months],
            hovertemplate=POINTED_AT,
        )
    ]
    if ringed := [month for month in known if month in asked]:
        rings = [month.isoformat() for month in ringed], [values[month] for month in ringed]
        traces.append(scatter("markers", *rings, marker=RING, hoverinfo="skip", cliponaxis=False))
    notes, shapes = [], []
    if alone := [month for month in known if not _beside(month, values)]:
        dots = [month.isoformat() for month in alone], [values[month] for month in alone]
        traces.append(scatter("markers", *dots, marker=marker(mark, 3), hoverinfo="skip"))
    if known:
        last = known[-1].isoformat()
        end = {"marker": marker(mark, 5), "hoverinfo": "skip", "cliponaxis": False}
        traces.append(scatter("markers", [last], [values[known[-1]]], **end))
        notes.append(note(last, values[known[-1]], texts[known[-1]], xshift=9, font=bold(14)))
    if plan is not None:
        shapes.append(line(0, plan, len(months) - 1, plan, theme.CONTEXT, 1.5, "5px,3px", layer="below"))
        notes.append(note(0, plan, _plan(short(plan)), xshift=4, yanchor="bottom"))
    notes += _hidden_note(hidden, bool(known), top * 0.04)
    for run in gaps(months, {**values, **hidden}) if not money else []:
        middle = run[len(run) // 2].isoformat()
        shapes.append(line(middle, top * 0.26, middle, top * 0.62, theme.CONTEXT, 1, "dot"))
        notes.append(note(middle, top * 0.18, gap_words(run), xanchor="center"))
    marked = event_marks(months, events or {})
    return figure(
        traces,
        x=month_axis(months),
        y=value_axis(steps, top, [write(step) for step in steps] if write else None),
        margin=(20 if events else 8, 54 if write else 44, 24, 40 if write else 32),
        shapes=[*shapes, *marked[0]],
        notes=[*notes, *marked[1]],
    )


def under_query(rows: Mapping[date, Row]) -> list[date]:
    """The months of which the number is under query."""
    return [month for month, row in rows.items() if row.get("queried")]


def _pointed_at(text: str, asked: bool) -> str:
    """A month's number, and whether it is under query."""
    return joined(", ", [text, _("under query")]) if asked and text else text


def _hidden(months: Sequence[date], texts: Mapping[date, str]) -> dict[date, float]:
    """The months whose numbers may not be seen."""
    return {month: 0.0 for month in months if texts.get(month) == HIDDEN}


def _hidden_note(hidden: Mapping[date, float], known: bool, at: float) -> list[Note]:
    """Says that months are hidden, where some are."""
    mark = Plain(HIDDEN)
    words = _("some months hidden {mark}", mark=mark) if known else _("all months hidden {mark}", mark=mark)
    return [note(0, at, words, xshift=4, yanchor="bottom")] if hidden else []


def _beside(month: date, values: Mapping[date, float | None]) -> bool:
    """Whether a month next to this one has a number, so that a line is drawn."""
    return any(values.get(month_after(month, step)) is not None for step in (-1, 1))


def event_marks(months: Sequence[date], events: Mapping[date, str]) -> tuple[list[Shape], list[Note]]:
    """A dotted upright and a letter above the plot for each month in which something happened; C–E where they touch."""
    shapes: list[Shape] = []
    notes: list[Note] = []
    last = -len(months)
    for month in filter(events.__contains__, months):
        at, letters = month.isoformat(), events[month]
        shapes.append(line(at, 0, at, 1, theme.MUTED, 1, "dot", yref="paper", layer="below"))
        if months.index(month) - last < len(months) * LETTER:
            notes[-1] = {**notes[-1], "text": f"{notes[-1]['text'][0]}–{letters[-1]}"}
        else:
            notes.append(note(at, 1, letters, yref="paper", yanchor="bottom", xanchor="center", font=bold(12)))
        last = months.index(month)
    return shapes, notes


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
    stretches: Mapping[date, int] | None = None,
    plan: Mapping[date, float | None] | None = None,
    events: Mapping[date, str] | None = None,
    alarm: date | None = None,
) -> Figure:
    """A control chart: the points, their mean and limits; signals are ringed. `limits` is mean, lower, upper by month.

    Limits break where a new stretch begins: where somebody decided to start them afresh. The month of an alarm has a
    ring of its own and says so.
    """
    names = [month.isoformat() for month in months]
    traces = []
    for number in sorted({(stretches or {}).get(month, 1) for month in months}):
        own = {month: limits[month] for month in limits if (stretches or {}).get(month, 1) == number}
        traces += [
            _limit_line(months, own, place, "solid" if not place else "3px,3px" if trial else "6px,3px")
            for place in (0, 1, 2)
        ]
    if plan and any(value is not None for value in plan.values()):
        traces.append(_plan_line(months, plan))
    traces.append(
        scatter(
            "lines+markers",
            names,
            [values.get(month) for month in months],
            connectgaps=False,
            line={"color": mark.colour, "width": 1.5},
            marker=marker(mark, 4, halo=False),
            customdata=[[write_month(month), texts.get(month, "")] for month in months],
            hovertemplate=POINTED_AT,
            cliponaxis=False,
        )
    )
    ringed = [month for month in months if month in signals and values.get(month) is not None]
    ring = {"symbol": "circle-open", "size": 15, "color": theme.INK, "line": {"width": 2}}
    rings = [month.isoformat() for month in ringed], [values[month] for month in ringed]
    traces.append(scatter("markers", *rings, marker=ring, hoverinfo="skip", cliponaxis=False))
    if alarm is not None and alarm in values:
        at = [alarm.isoformat()], [values[alarm]]
        traces.append(scatter("markers", *at, marker=ALARM_RING, hoverinfo="skip", cliponaxis=False))
    return figure(
        traces,
        x=month_axis(months),
        y=value_axis(ticks(top, 4), top, axis_text),
        margin=(20 if events else 10, 100 if axis_text is None else 118, 24, 48),
        shapes=event_marks(months, events or {})[0],
        notes=[
            *_limit_notes(months, values, limits, texts, short if axis_text is None else pounds, top * LABEL, alarm),
            *event_marks(months, events or {})[1],
            *_hidden_note(_hidden(months, texts), any(v is not None for v in values.values()), top * 0.03),
            *_plan_note(months, plan or {}, limits, short if axis_text is None else pounds, top * LABEL),
        ],
    )


def _limit_line(months: Sequence[date], limits: Mapping[date, tuple[Any, ...]], place: int, dash: str) -> Trace:
    """The mean or a limit of one stretch; a lower limit under nought is said, not drawn."""
    drawn = [limits.get(month, (None, None, None))[place] for month in months]
    if place == 1:
        drawn = [value if value is not None and value > 0 else None for value in drawn]
    steps = {"color": theme.MUTED, "width": 1.25, "dash": dash, "shape": "hvh"}
    return scatter("lines", [month.isoformat() for month in months], drawn, line=steps, hoverinfo="skip")


def _plan_line(months: Sequence[date], plan: Mapping[date, float | None]) -> Trace:
    """The plan of each month, as grey dashes."""
    planned, dashes = [plan.get(month) for month in months], {"color": theme.CONTEXT, "width": 1.5, "dash": "5px,3px"}
    return scatter("lines", [month.isoformat() for month in months], planned, line=dashes, hoverinfo="skip")


def _plan_note(
    months: Sequence[date],
    plan: Mapping[date, float | None],
    limits: Mapping[date, tuple[float | None, float | None, float | None]],
    write: Callable[[float], str],
    gap: float,
) -> list[Note]:
    """The name of the plan's dashes at their left end, above the upper limit where that is near."""
    first = next((month for month in months if plan.get(month) is not None), None)
    value = plan.get(first) if first else None
    if first is None or value is None:
        return []
    upper = limits.get(first, (None, None, None))[2]
    at = upper if upper is not None and 0 <= upper - value < 1.5 * gap else value
    return [note(first.isoformat(), at, _plan(write(value)), xshift=6, yanchor="bottom")]


def _plan(number: str) -> Text:
    """The name of a plan's dashes, with no nought after the point."""
    return _("plan {number}", number=number.removesuffix(".0"))


def _limit_notes(
    months: Sequence[date],
    values: Mapping[date, float | None],
    limits: Mapping[date, tuple[float | None, float | None, float | None]],
    texts: Mapping[date, str],
    write: Callable[[float], str],
    gap: float,
    alarm: date | None = None,
) -> list[Note]:
    """The names and values of the limits at their right ends, no nearer than `gap` to another, and the last value.

    An alarm is said under its value, in place of the lower limit.
    """
    held = [month for month in months if limits.get(month, (None,))[0] is not None]
    notes = _last_notes(months, values, limits.get(held[-1]) if held else None, texts, gap, alarm)
    if held:
        mean, lower, upper = limits[held[-1]]
        assert mean is not None
        end = {"xref": "paper", "xshift": 8}
        middle = max(mean, notes[0]["y"] + 1.3 * gap) if alarm is not None else mean
        notes.append(note(1, middle, _("average {number}", number=write(mean)), **end))
        if upper is not None:
            notes.append(note(1, max(upper, middle + gap), _("upper limit {number}", number=write(upper)), **end))
        if lower is not None and alarm is None:
            words = _("lower limit {number}", number=write(lower)) if lower > 0 else _("lower below 0")
            at = min(max(lower, 0), mean - gap)
            notes.append(note(1, at, words, yanchor="middle" if lower > 0 else "bottom", **end))
    return notes


def _last_notes(
    months: Sequence[date],
    values: Mapping[date, float | None],
    limits: tuple[float | None, float | None, float | None] | None,
    texts: Mapping[date, str],
    gap: float,
    alarm: date | None,
) -> list[Note]:
    """The last value, and under it that it is unusually low."""
    known = [month for month in months if values.get(month) is not None]
    if not known:
        return []
    last, value = known[-1].isoformat(), values[known[-1]]
    if alarm is not None:
        at = max(value or 0, 1.3 * gap)
        low = note(last, at - 1.3 * gap, _("unusually low"), xshift=13, font={"size": 12, "color": theme.PARTLY})
        return [note(last, at, texts[known[-1]], font=bold(14), xshift=13), low]
    far = limits is not None and _near(value, limits)
    side = {"yshift": 14, "xanchor": "right", "xshift": 8} if far else {"xshift": 7}
    return [note(last, value, texts[known[-1]], font=bold(14), **side)]


def _near(value: float | None, limits: tuple[float | None, float | None, float | None]) -> bool:
    """Whether the last value lies so near a limit that their words would touch."""
    scale = max((abs(limit) for limit in limits if limit is not None), default=0.0)
    return any(limit is not None and value is not None and abs(value - limit) < scale * 0.09 for limit in limits)


def short(value: float | None) -> str:
    """A limit in few signs: 11.1, 1,204, £36k is left to money's own axis."""
    if value is None:
        return ""
    return figures(value, 1 if abs(value) < 1000 else 0)
