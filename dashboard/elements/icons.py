"""Small drawings in SVG: the sites' marks, the icons of a status, and the tracks in the cells of a table."""

from collections.abc import Sequence
from typing import Any

from dashboard import theme
from dashboard.data.edition import Row
from dashboard.elements.widgets import Drawing, Tree
from dashboard.theme import Mark

Attributes = dict[str, Any]


def draw(width: float, height: float, *shapes: Tree, label: str = "", class_name: str = "", **data: str) -> Drawing:
    """A drawing of a size in pixels. Without a label it is decoration, because the words stand beside it."""
    named: Attributes = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    named |= {"viewBox": f"0 0 {width:g} {height:g}", "width": width, "height": height, "focusable": "false"}
    named |= {"className": class_name, **{key.replace("_", "-"): value for key, value in data.items()}}
    return Drawing(["svg", named, *shapes])


def shape(mark: Mark, x: float, y: float, radius: float, *, hollow: bool = False, halo: bool = False) -> Tree:
    """A site's mark around a point; all shapes look equally large. Hollow: an earlier year than the one asked for."""
    paint: Attributes = {"fill": mark.colour, "stroke": theme.PAPER if halo else "none", "strokeWidth": 1.5}
    if hollow or mark.shape == "ring":
        paint = {"fill": theme.PAPER, "stroke": mark.colour, "strokeWidth": round(radius * 0.42, 2)}
        radius *= 0.86
    if mark.shape in ("circle", "ring"):
        return ["circle", {"cx": x, "cy": y, "r": radius, **paint}]
    if mark.shape == "square":
        half = radius * 0.9
        return ["rect", {"x": x - half, "y": y - half, "width": 2 * half, "height": 2 * half, **paint}]
    if mark.shape == "diamond":
        reach = radius * 1.28
        points = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
    else:
        reach = radius * 1.32
        points = [(x, y - reach * 0.92), (x + reach, y + reach * 0.78), (x - reach, y + reach * 0.78)]
    return ["polygon", {"points": " ".join(f"{a:.2f},{b:.2f}" for a, b in points), **paint}]


def site_mark(mark: Mark, size: float = 14) -> Drawing:
    """A site's mark beside its name."""
    return draw(size, size, shape(mark, size / 2, size / 2, size * 0.36), class_name="mark")


def icon(name: str, size: float = 15) -> Drawing:
    """The icon of a status, a state of a return or a kind of variation."""
    return draw_scaled(size, *ICONS[name])


def draw_scaled(size: float, *shapes: Tree) -> Drawing:
    """A drawing made on a field of 16 by 16, at another size."""
    return Drawing(
        [
            "svg",
            {"viewBox": "0 0 16 16", "width": size, "height": size, "aria-hidden": "true", "className": "icon"},
            *shapes,
        ]
    )


def _line(path: str, colour: str = "currentColor", width: float = 2) -> Tree:
    paint = {
        "fill": "none",
        "stroke": colour,
        "strokeWidth": width,
        "strokeLinecap": "round",
        "strokeLinejoin": "round",
    }
    return ["path", {"d": path, **paint}]


ICONS: dict[str, tuple[Tree, ...]] = {
    "met": (["circle", {"cx": 8, "cy": 8, "r": 7, "fill": "currentColor"}], _line("M4.8 8.3l2.2 2.2 4.2-4.6", "#fff")),
    "partly": (
        ["circle", {"cx": 8, "cy": 8, "r": 6.2, "fill": "none", "stroke": "currentColor", "strokeWidth": 1.6}],
        ["path", {"d": "M8 1.8a6.2 6.2 0 0 0 0 12.4z", "fill": "currentColor"}],
    ),
    "not_met": (
        ["rect", {"x": 1.2, "y": 1.2, "width": 13.6, "height": 13.6, "rx": 1.5, "fill": "currentColor"}],
        _line("M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2", "#fff"),
    ),
    "unknown": (
        [
            "circle",
            {
                "cx": 8,
                "cy": 8,
                "r": 6.6,
                "fill": "none",
                "stroke": "currentColor",
                "strokeWidth": 1.4,
                "strokeDasharray": "2.6 1.6",
            },
        ],
        _line("M6.3 6.5a1.8 1.8 0 1 1 2.6 1.7c-.6.3-.9.6-.9 1.2", width=1.5),
        ["circle", {"cx": 8, "cy": 11.5, "r": 0.9, "fill": "currentColor"}],
    ),
    "tick": (_line("M3.6 8.4l2.8 2.8 6-6.4"),),
    "cross": (_line("M4 4l8 8M12 4l-8 8", width=2.4),),
    "clock": (
        ["circle", {"cx": 8, "cy": 8, "r": 6.2, "fill": "none", "stroke": "currentColor", "strokeWidth": 1.7}],
        _line("M8 4.6V8l2.2 1.6", width=1.7),
    ),
    "warning": (_line("M8 2.2l6.4 11.4H1.6z", width=1.6), _line("M8 6.6v3.2", width=1.7), _line("M8 11.9v.1")),
    "revised": (_line("M13 5.4A5.4 5.4 0 1 0 13.4 9", width=1.9), _line("M13.4 2.2v3.5H9.9", width=1.9)),
    "dash": (_line("M5.5 8h5", width=1.6),),
    "query": (_line("M5.6 5.6a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2.9-1.2 1.7", width=1.9), _line("M8 12.4v.1", width=2.4)),
    "wave": (_line("M1.5 8.6c1.2-3.4 2.6-3.4 3.8 0s2.6 3.4 3.8 0 2.6-3.4 4.4-1.4", width=1.8),),
    "signal": (_line("M2 11.5l3.4-2.2 3 1.4L13.6 4", width=1.8), _line("M10 3.6h3.8v3.8", width=1.8)),
    "flag": (["path", {"d": "M4 1.5v13M4 2.2h9l-2.4 3 2.4 3H4z", "fill": "currentColor", "stroke": "currentColor"}],),
    "falling": (
        ["rect", {"x": 0.5, "y": 0.5, "width": 15, "height": 15, "rx": 2.5, "fill": "currentColor"}],
        _line("M3.4 5h3.2l2.8 4.2h3.2", "#fff", 1.8),
        _line("M10.6 11.6l2.2-2.2M12.8 12V9", "#fff", 1.4),
    ),
    "signal_down": (_line("M2 4.5l3.4 2.2 3-1.4 5.2 6.7", width=1.8), _line("M10 12.4h3.8V8.6", width=1.8)),
}


def track(share: float, mark: Mark, of: int = 12, width: float = 184) -> Drawing:
    """A bar of months out of twelve: filled as far as they are covered, an upright at the whole."""
    inside = width - 1
    filled = max(0.0, min(1.0, share)) * inside
    ticks = [
        ["line", {"x1": x, "x2": x, "y1": 8, "y2": 15, "stroke": theme.PAPER if x < filled else theme.HAIRLINE}]
        for x in (inside * step / of for step in range(1, of))
    ]
    frame = {"x": 0.5, "y": 7.5, "width": inside - 0.5, "height": 8, "fill": "none", "stroke": theme.EDGE}
    return draw(
        width + 2,
        22,
        ["rect", frame],
        ["rect", {"x": 0, "y": 7.5, "width": round(filled, 2), "height": 8, "fill": mark.colour}],
        *ticks,
        ["line", {"x1": inside, "x2": inside, "y1": 2, "y2": 21, "stroke": theme.INK, "strokeWidth": 2}],
        class_name="track",
    )


def dot(
    value: float,
    low: float | None,
    high: float | None,
    top: float,
    mark: Mark,
    *,
    plan: float | None = None,
    hollow: bool = False,
    width: float = 184,
) -> Drawing:
    """A value with its interval on a scale from 0 to `top`, and the plan as an upright."""

    def at(number: float) -> float:
        return round(max(0.0, min(1.0, number / top)) * width, 2)

    shapes: list[Tree] = [["line", {"x1": 0, "x2": width, "y1": 11, "y2": 11, "stroke": theme.HAIRLINE}]]
    if plan is not None:
        ends = {"x1": at(plan), "x2": at(plan), "y1": 1, "y2": 21}
        shapes.append(["line", {**ends, "stroke": theme.INK, "strokeWidth": 2}])
    if low is not None and high is not None:
        ends = {"x1": at(low), "x2": at(high), "y1": 11, "y2": 11}
        shapes.append(["line", {**ends, "stroke": mark.colour, "strokeWidth": 2.5}])
    shapes.append(shape(mark, at(value), 11, 5.5, hollow=hollow, halo=True))
    return draw(width, 22, *shapes, class_name="track")


def between(
    low: float,
    high: float,
    top: float,
    mark: Mark,
    *,
    plan: float | None = None,
    to: float | None = None,
    width: float = 184,
) -> Drawing:
    """What is known to lie between two numbers: solid to the lower, hollow to the upper one, no mark in the middle.

    The plan is an upright; a dotted line runs `to` where the bar would end if a number under query is right.
    """

    def at(number: float) -> float:
        return round(max(0.0, min(1.0, number / top)) * width, 2)

    start, end = at(low), max(at(high), at(low) + 3)
    hollow = {"x": start, "y": 6.75, "width": end - start, "height": 8.5, "fill": theme.PAPER}
    shapes: list[Tree] = [
        ["line", {"x1": 0, "x2": width, "y1": 11, "y2": 11, "stroke": theme.HAIRLINE}],
        ["rect", {"x": 0, "y": 6, "width": start, "height": 10, "fill": mark.colour}],
        ["rect", {**hollow, "stroke": mark.colour, "strokeWidth": 1.5}],
    ]
    if to is not None and at(to) > end:
        line = {"x1": end, "x2": at(to), "y1": 11, "y2": 11, "strokeDasharray": "2 3"}
        stop = {"x1": at(to), "x2": at(to), "y1": 7, "y2": 15}
        shapes += [["line", {**one, "stroke": mark.colour, "strokeWidth": 1.5}] for one in (line, stop)]
    if plan is not None:
        ends = {"x1": at(plan), "x2": at(plan), "y1": 1, "y2": 21}
        shapes.append(["line", {**ends, "stroke": theme.INK, "strokeWidth": 2}])
    return draw(width, 22, *shapes, class_name="track")


STATE_COLOURS = {"on_time": theme.MUTED, "late": theme.PARTLY, "missing": theme.NOT_MET, "rejected": theme.NOT_MET}


def strip(states: Sequence[str], width: float = 184) -> Drawing:
    """A row of months: a small square each, crossed where a return is missing, struck where it was late."""
    step = width / max(len(states), 1)
    shapes: list[Tree] = []
    for index, state in enumerate(states):
        x = step * (index + 0.5)
        colour = STATE_COLOURS.get(state, theme.RULE)
        if state in ("missing", "rejected"):
            cross = f"M{x - 4:.1f} 7l8 8M{x + 4:.1f} 7l-8 8"
            shapes.append(["path", {"d": cross, "stroke": colour, "strokeWidth": 2, "fill": "none"}])
        elif state == "late":
            box = {"x": x - 4, "y": 7, "width": 8, "height": 8, "fill": theme.PAPER, "stroke": colour}
            shapes.append(["rect", {**box, "strokeWidth": 1.6}])
            shapes.append(["path", {"d": f"M{x - 3:.1f} 14l6-6", "stroke": colour, "strokeWidth": 1.6}])
        elif state in ("not_due", "due"):
            shapes.append(["line", {"x1": x - 3, "x2": x + 3, "y1": 11, "y2": 11, "stroke": theme.CONTEXT}])
        else:
            shapes.append(["rect", {"x": x - 4, "y": 7, "width": 8, "height": 8, "fill": colour}])
    return draw(width, 22, *shapes, class_name="track")


def among(value: float | None, row: Row | None, others: Sequence[float], top: float, mark: Mark) -> Drawing:
    """A site's value and interval on a scale from 0, and the other sites' values as grey ticks.

    A range is a bar that is solid to its lower end and hollow to its upper: nobody estimates what lies between.
    """
    width = 220.0

    def at(number: float) -> float:
        return round(max(0.0, min(1.0, number / top)) * width, 2)

    shapes: list[Tree] = [["line", {"x1": 0, "x2": width, "y1": 11, "y2": 11, "stroke": theme.HAIRLINE}]]
    for other in others:
        ends = {"x1": at(other), "x2": at(other), "y1": 4, "y2": 18}
        shapes.append(["line", {**ends, "stroke": theme.CONTEXT, "strokeWidth": 2}])
    if value is None and row is not None and row.get("range_low") is not None:
        least, most = at(row.range_low), at(row.range_high)
        solid = {"x": 0, "y": 6, "width": least, "height": 10, "fill": mark.colour}
        hollow = {"x": least, "y": 6.75, "width": max(most - least, 3), "height": 8.5, "fill": theme.PAPER}
        shapes += [["rect", solid], ["rect", {**hollow, "stroke": mark.colour, "strokeWidth": 1.5}]]
    if value is not None and row is not None:
        if row.low is not None and row.high is not None:
            ends = {"x1": at(row.low), "x2": at(row.high), "y1": 11, "y2": 11}
            shapes.append(["line", {**ends, "stroke": mark.colour, "strokeWidth": 2.5}])
        shapes.append(shape(mark, at(value), 11, 5.5, halo=True))
    return draw(width, 22, *shapes, class_name="track")
