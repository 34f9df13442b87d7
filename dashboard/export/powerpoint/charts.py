"""Charts of a presentation, each with its numbers in a workbook of its own, drawn to stand in line with a table."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_PATTERN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from dashboard import theme
from dashboard.export.powerpoint.tables import ALARM, HEAD, add_table, row_height
from dashboard.export.powerpoint.words import FONT, INSIDE, LEFT, Box, bar, described, line, paint, rgb, text
from dashboard.meeting.slides import Point, Points, Steps, Verdicts, Words

MARKERS = {
    "circle": XL_MARKER_STYLE.CIRCLE,
    "square": XL_MARKER_STYLE.SQUARE,
    "diamond": XL_MARKER_STYLE.DIAMOND,
    "triangle": XL_MARKER_STYLE.TRIANGLE,
    "ring": XL_MARKER_STYLE.CIRCLE,
}
PATTERNS = {
    "ending": MSO_PATTERN.WIDE_DOWNWARD_DIAGONAL,
    "agreed_in_principle": MSO_PATTERN.WIDE_UPWARD_DIAGONAL,
    "expected": MSO_PATTERN.LIGHT_HORIZONTAL,
}
SOLID = {"approved": theme.SECURED, "bid": theme.HAIRLINE}  # not every program draws dots
SPACE = "http://schemas.openxmlformats.org/drawingml/2006/chart"
TABLE = 10.2  # how wide the table of verdicts is
AXIS = 0.4  # room for the words of an axis
BELOW = 0.3  # and for a line under an exhibit
HOLLOW = 0.72  # how much paper is in the colour of a number of an earlier year


def verdicts(exhibit: Verdicts, page: Any, alt: str, top: float, bottom: float) -> None:
    """Verdicts in a table; beside each the months that are secured, as a bar of a chart."""
    rows = [[*map(Words, exhibit.heads), Words(exhibit.head)]]
    for row in exhibit.rows:
        months = f"{row.shown} {exhibit.of_twelve}" if row.months is not None else row.shown
        months = f"{months}, {row.limit}" if row.limit else months
        name = Words(row.place.label, place=row.place)
        rows.append([name, Words(row.verdict, row.level), Words(row.reason), Words(months)])
    high = row_height(len(exhibit.rows), top, bottom - BELOW * bool(exhibit.left_out))
    add_table(page, rows, alt, (LEFT, top, TABLE, high), (2.2, 2.45, 3.6, 1.95))
    data = CategoryChartData(number_format="0.0")
    data.categories = [row.place.label for row in exhibit.rows]
    data.add_series(exhibit.head, [row.months for row in exhibit.rows])
    where = (LEFT + TABLE, top + HEAD, INSIDE - TABLE, high * len(exhibit.rows))
    chart = add_chart(page, XL_CHART_TYPE.BAR_CLUSTERED, where, data)
    described(chart, f"{exhibit.head}: " + "; ".join(f"{r.place.label} {r.shown}" for r in exhibit.rows))
    plain(chart.chart, (0, 0, 0.98, 1))
    chart.chart.category_axis.reverse_order = True
    for axis in (chart.chart.category_axis, chart.chart.value_axis):
        axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        axis.format.line.fill.background()
    scale(chart.chart.value_axis, 0, 12, 12)
    chart.chart.value_axis.major_gridlines.format.line.color.rgb = rgb(theme.INK)
    plot = chart.chart.plots[0]
    plot.gap_width = 170
    for point, row in enumerate(exhibit.rows):
        paint(plot.series[0].points[point].format.fill, row.place.mark.projected)
    text(page, exhibit.left_out, (LEFT, bottom - BELOW, INSIDE, BELOW), 14, theme.MUTED)


def points(exhibit: Points, page: Any, alt: str, top: float, bottom: float) -> None:
    """Numbers in a table; beside each its dot, interval and plan on a scale that all share."""
    count = len(exhibit.rows)
    below = [words for words in (exhibit.open_years, exhibit.left_out) if words]
    high = row_height(count, top, bottom - AXIS - BELOW * len(below))
    wide = add_numbers(page, exhibit, alt, top, high)
    data = XyChartData()
    drawn = [part for index, row in enumerate(exhibit.rows) for part in add_series(data, exhibit, row, count - index)]
    where = (LEFT + wide, top + HEAD, INSIDE - wide, high * count + AXIS)
    frame = add_chart(page, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, where, data)
    described(frame, alt)
    plain(frame.chart, (0.04, 0, 0.93, high * count / (high * count + AXIS)))
    values, heights = frame.chart.category_axis, frame.chart.value_axis
    scale(values, 0, exhibit.top, exhibit.ticks[1][0] if len(exhibit.ticks) > 1 else None)
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = rgb(theme.HAIRLINE)
    values.tick_labels.number_format_is_linked = False
    values.tick_labels.number_format = '"£"#,##0' if exhibit.is_money else "#,##0"
    scale(heights, 0.5, count + 0.5, None)
    heights.format.line.fill.background()
    heights.tick_label_position, heights.has_major_gridlines = XL_TICK_LABEL_POSITION.NONE, False
    for series, (row, part) in zip(frame.chart.plots[0].series, drawn, strict=True):
        draw_series(series, row, part)
    for place, words in enumerate(reversed(below), 1):
        text(page, words, (LEFT, bottom - BELOW * place, INSIDE, BELOW), 14, theme.MUTED)


def add_numbers(page: Any, exhibit: Points, alt: str, top: float, high: float) -> float:
    """The table beside the dots; gives its width. What is beside a number may say the number itself: then once."""
    once = bool(exhibit.both)
    heads = [exhibit.both] if once else [exhibit.name, exhibit.head]
    rows = [[Words(exhibit.site), *map(Words, heads)]]
    for row in exhibit.rows:
        beside = f"{row.beside}\n{ALARM} {row.alarm}" if row.alarm else row.beside
        numbers = [beside] if once else [row.shown, beside]
        rows.append([Words(row.place.label, place=row.place, below=row.below), *map(Words, numbers)])
    shares = (2.5, 2.3) if once else (2.5, 1.7, 2.0)
    add_table(page, rows, alt, (LEFT, top, sum(shares), high), shares)
    return sum(shares)


def add_series(data: Any, exhibit: Points, row: Point, height: float) -> list[tuple[Point, str]]:
    """A site's interval, its plan and its number, each a series, so that each can be edited; gives what each is."""
    parts = []
    if row.low is not None and row.high is not None:
        parts.append((row, "interval"))
        interval = data.add_series(f"{row.place.label}, {exhibit.interval}")
        interval.add_data_point(row.low, height)
        interval.add_data_point(row.high, height)
    if row.plan is not None:
        parts.append((row, "plan"))
        plan = data.add_series(f"{row.place.label}, {exhibit.plan}")
        plan.add_data_point(row.plan, height - 0.3)
        plan.add_data_point(row.plan, height + 0.3)
    number = data.add_series(row.place.label)
    if row.value is not None:
        number.add_data_point(row.value, height)
    return [*parts, (row, "")]


def draw_series(series: Any, row: Point, part: str) -> None:
    """An interval as a thick line, a plan as an upright one, a number as the site's mark, paler where hollow."""
    colour = row.place.mark.projected
    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    if part:
        series.format.line.color.rgb = rgb(theme.INK if part == "plan" else colour)
        series.format.line.width = Pt(2.5 if part == "plan" else 4.5)
        return
    series.format.line.fill.background()
    series.marker.style, series.marker.size = MARKERS[row.place.mark.shape], 14
    series.marker.format.line.color.rgb = rgb(colour)
    series.marker.format.line.width = Pt(2)
    paint(series.marker.format.fill, paler(colour) if row.hollow else colour)


def paler(colour: str) -> str:
    """A colour with much paper in it: not every program draws the edge of a white mark."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * HOLLOW):02X}" for part in parts)


def steps(exhibit: Steps, page: Any, alt: str, top: float, bottom: float) -> None:
    """Money by month as columns without gaps, layer on layer, planned cost as a line, names at the right."""
    data = CategoryChartData(number_format='"£"#,##0')
    data.categories = exhibit.month_names
    for layer in exhibit.layers:
        data.add_series(layer.name, layer.amounts)
    data.add_series(exhibit.planned_name, exhibit.planned)
    box = (LEFT, top, 9.6, bottom - top)
    frame = add_chart(page, XL_CHART_TYPE.COLUMN_STACKED, box, data)
    described(frame, alt)
    inner = (0.075, 0.08, 0.925, 0.82)
    plain(frame.chart, inner)
    scale(frame.chart.value_axis, 0, exhibit.top, exhibit.ticks[1][0] if len(exhibit.ticks) > 1 else None)
    frame.chart.value_axis.tick_labels.number_format_is_linked = False
    frame.chart.value_axis.tick_labels.number_format = '[=0]"£0";"£"#,##0,"k"'
    every_third(frame.chart.category_axis)
    plot = frame.chart.plots[0]
    plot.gap_width, plot.overlap = 0, 100
    for series, layer in zip(plot.series, exhibit.layers, strict=False):
        draw_layer(series, layer.status)
    as_line(frame.chart)
    name_layers(page, exhibit, box, inner)


def draw_layer(series: Any, status: str) -> None:
    """The ground of a layer: a pattern for what is not secured."""
    fill = series.format.fill
    if status in PATTERNS:
        fill.patterned()
        fill.pattern = PATTERNS[status]
        fill.fore_color.rgb, fill.back_color.rgb = rgb(theme.MUTED), rgb(theme.PAPER)
    else:
        paint(fill, SOLID.get(status, theme.NOT_MET_GROUND))


def name_layers(page: Any, exhibit: Steps, box: Box, inner: Box) -> None:
    """What each layer is, at its height to the right of the columns; above them, when the grant ends."""
    left, top, wide, high = box
    for at, name, said, status in exhibit.beside(0.165):
        middle = top + high * (inner[1] + inner[3] * (1 - at))
        colour = theme.NOT_MET if status == "no_funder" else theme.INK
        text(
            page,
            f"{name}\n{said}",
            (left + wide + 0.15, middle - 0.3, 2.2, 0.6),
            14,
            colour,
            bold=len(name),
            middle=True,
        )
    if exhibit.grant_ends not in exhibit.months:
        return
    months = exhibit.months.index(exhibit.grant_ends) + 1
    x = left + wide * (inner[0] + inner[2] * months / len(exhibit.months))
    line(page, (x, top), (x, top + high * (inner[1] + inner[3])), theme.INK, 2)
    name_ending(page, exhibit, (left + wide * inner[0], top + high * inner[1], x, high * inner[3]))
    text(page, exhibit.turn[0], (x - 3.1, top - 0.04, 3.0, 0.34), 14, bold=True, align="right")
    text(page, exhibit.turn[1], (x + 0.1, top - 0.04, 4.0, 0.34), 14, theme.NOT_MET, bold=True)


def name_ending(page: Any, exhibit: Steps, box: Box) -> None:
    """The name of the money that ends, in its own block: `box` is its left, the top, its right and the whole height."""
    left, top, right, high = box
    floor = 0.0
    for layer in exhibit.layers:
        if layer.status == "ending" and right - left > 1.4:
            middle = top + high * (1 - (floor + layer.amounts[0] / 2) / exhibit.top)
            centre = (left + right) / 2
            bar(page, (centre - 0.65, middle - 0.16, 1.3, 0.32), theme.PAPER)
            text(
                page, layer.name, (centre - 0.65, middle - 0.16, 1.3, 0.32), 14, bold=True, middle=True, align="center"
            )
        floor += layer.amounts[0]


def as_line(chart: Any) -> None:
    """Draws the last series of a chart of columns as a line over them, on the same axes and in the same workbook."""
    columns = chart._chartSpace.find(f".//{qn('c:barChart')}")
    last = columns.findall(qn("c:ser"))[-1]
    drawn = etree.SubElement(columns.getparent(), qn("c:lineChart"))
    columns.addnext(drawn)
    for name, value in (("grouping", "standard"), ("varyColors", "0")):
        etree.SubElement(drawn, qn(f"c:{name}")).set("val", value)
    drawn.append(last)
    for wrong in last.findall(qn("c:invertIfNegative")):
        last.remove(wrong)
    ink = theme.INK.lstrip("#")
    look = etree.fromstring(
        f"<c:spPr xmlns:c='{SPACE}' xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'>"
        f"<a:ln w='31750'><a:solidFill><a:srgbClr val='{ink}'/></a:solidFill></a:ln></c:spPr>"
    )
    last.find(qn("c:tx")).addnext(look)
    none = etree.fromstring(f"<c:marker xmlns:c='{SPACE}'><c:symbol val='none'/></c:marker>")
    look.addnext(none)
    for axis in columns.findall(qn("c:axId")):
        drawn.append(deepcopy(axis))


def add_chart(page: Any, kind: Any, box: Box, data: Any) -> Any:
    """A chart with its workbook."""
    return page.shapes.add_chart(kind, *map(Inches, box), data)


def plain(chart: Any, inner: Sequence[float]) -> None:
    """A chart without a title or legend, in the house's type; `inner`: where its axes stand, in shares."""
    chart.has_title = chart.has_legend = False
    chart.font.size, chart.font.name = Pt(12), FONT
    chart.font.color.rgb = rgb(theme.MUTED)
    for axis in (chart.value_axis, chart.category_axis):
        axis.format.line.color.rgb = rgb(theme.RULE)
        axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
        if axis.has_major_gridlines:
            axis.major_gridlines.format.line.color.rgb = rgb(theme.HAIRLINE)
    sides = "".join(f"<c:{name} val='{value}'/>" for name, value in zip("xywh", inner, strict=True))
    layout = etree.fromstring(
        f"<c:layout xmlns:c='{SPACE}'><c:manualLayout><c:layoutTarget val='inner'/><c:xMode val='edge'/>"
        f"<c:yMode val='edge'/>{sides}</c:manualLayout></c:layout>"
    )
    area = chart._chartSpace.find(f".//{qn('c:plotArea')}")
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    area.insert(0, layout)


def scale(axis: Any, least: float, most: float, step: float | None) -> None:
    """The ends of an axis and the distance of its ticks."""
    axis.minimum_scale, axis.maximum_scale = least, most
    if step:
        axis.major_unit = step


def every_third(axis: Any) -> None:
    """The name of every third month only."""
    skip = etree.fromstring(f"<c:tickLblSkip xmlns:c='{SPACE}' val='3'/>")
    before = axis._element.find(qn("c:noMultiLvlLbl"))
    if before is not None:
        before.addprevious(skip)
    else:
        axis._element.append(skip)
