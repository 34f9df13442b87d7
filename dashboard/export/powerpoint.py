"""Slides as a presentation that can be edited: real charts and tables, notes for the speaker, alternative text."""

import io
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from dashboard import theme
from dashboard.export.slides import Deck, Grid, Point, Points, Slide, Steps, Verdicts, Words
from dashboard.export.static import titled

WIDE, HIGH = Inches(13.333), Inches(7.5)
EDGE, INSIDE = Inches(0.66), Inches(12.0)
FONT = "Arial"
LEVELS = {"met": theme.MET, "partly": theme.PARTLY, "not_met": theme.NOT_MET, "unknown": theme.UNKNOWN}
SIGNS = {"met": "✓ ", "partly": "◐ ", "not_met": "✕ ", "unknown": "? "}
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
    "bid": MSO_PATTERN.PERCENT_20,
    "expected": MSO_PATTERN.LIGHT_HORIZONTAL,
}


def deck_pptx(deck: Deck) -> bytes:
    """The presentation."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDE, HIGH
    show.core_properties.title = titled(deck)
    show.core_properties.language = "en-GB"
    show.core_properties.comments = f"{deck.chosen}. For {deck.audience}. {deck.address}"
    for place, slide in enumerate(deck.slides, 1):
        add_slide(show, deck, slide, place)
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def add_slide(show: Any, deck: Deck, slide: Slide, place: int) -> None:
    """A slide: question, headline as its title, exhibit, ask, foot, notes."""
    page = show.slides.add_slide(show.slide_layouts[5])
    title = page.shapes.title
    title.left, title.top, title.width, title.height = EDGE, Inches(0.72), INSIDE, Inches(1.1)
    write(title.text_frame, slide.headline, 30 if len(slide.headline) <= 84 else 27, bold=True)
    title.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    text(page, slide.question, 0.36, 0.4, 16, theme.MUTED)
    if slide.subtitle:
        text(page, slide.subtitle, 1.78, 0.36, 14, theme.MUTED)
    draw(slide.exhibit, page, slide.alt)
    if slide.ask[1]:
        text(page, "".join(slide.ask), 6.05, 0.5, 17, theme.INK, ground=theme.WASH)
    said = [f"{name}{value}" for name, value in deck.foot] + [deck.chosen, f"{place} of {len(deck.slides)}"]
    text(page, "    ".join(said), 6.85, 0.35, 12, theme.MUTED)
    notes = [*slide.notes, f"{deck.chosen}. Data to {deck.data_to}, edition {deck.edition}. {deck.address}"]
    page.notes_slide.notes_text_frame.text = "\n".join([slide.alt, *notes])


def text(page: Any, words: str, top: float, high: float, size: int, colour: str, *, ground: str = "") -> None:
    """A line of words across the slide."""
    box = page.shapes.add_textbox(EDGE, Inches(top), INSIDE, Inches(high))
    box.text_frame.word_wrap = True
    write(box.text_frame, words, size, colour=colour)
    if ground:
        box.fill.solid()
        box.fill.fore_color.rgb = rgb(ground)


def write(frame: Any, words: str, size: int, *, bold: bool = False, colour: str = theme.INK) -> None:
    """Words in the house's type."""
    frame.text = words
    for line in frame.paragraphs:
        line.alignment = PP_ALIGN.LEFT
        for run in line.runs:
            run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
            run.font.color.rgb = rgb(colour)


def rgb(colour: str) -> RGBColor:
    """A colour of the theme."""
    return RGBColor.from_string(colour.lstrip("#"))


def described(frame: Any, alt: str) -> None:
    """Gives a chart or table the words that stand for it."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt)


@singledispatch
def draw(exhibit: Any, page: Any, alt: str) -> None:
    """The one exhibit of a slide."""
    raise TypeError(f"no presentation draws {type(exhibit).__name__}")


def add_table(page: Any, rows: Sequence[Sequence[Words]], alt: str, box: tuple[float, float, float, float],
              shares: Sequence[float]) -> None:  # fmt: skip
    """A table whose first row is its head; `shares` are the widths of its columns."""
    left, top, wide, high = (Inches(side) for side in box)
    frame = page.shapes.add_table(len(rows), len(rows[0]), left, top, wide, high)
    described(frame, alt)
    style = frame._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId"))
    style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
    for column, share in zip(frame.table.columns, shares, strict=True):
        column.width = Emu(int(wide * share / sum(shares)))
    for y, row in enumerate(rows):
        for x, words in enumerate(row):
            cell = frame.table.cell(y, x)
            colour = theme.MUTED if not y else LEVELS.get(words.level, theme.INK)
            if words.place is not None and y:
                colour = words.place.mark.projected
            write(cell.text_frame, SIGNS.get(words.level, "") + words.text, 14 if not y else 16,
                  bold=bool(y and (words.level or words.place or x == 0)), colour=colour)  # fmt: skip
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE


@draw.register
def _(exhibit: Verdicts, page: Any, alt: str) -> None:
    rows = [[Words("Site"), Words("Verdict"), Words("Reason"), Words(exhibit.head)]]
    for row in exhibit.rows:
        months = f"{row.shown} of 12" if row.months is not None else row.shown
        name = Words(row.place.label, place=row.place)
        rows.append([name, Words(row.verdict, row.level), Words(row.reason), Words(months)])
    add_table(page, rows, alt, (0.66, 2.0, 8.2, 0.62 * len(rows)), (2.2, 2.7, 3.6, 1.9))
    data = CategoryChartData(number_format="0.0")
    data.categories = [row.place.label for row in exhibit.rows]
    data.add_series(exhibit.head, [row.months for row in exhibit.rows])
    where = (Inches(9.0), Inches(2.0), Inches(3.7), Inches(0.62 * len(rows) + 0.3))
    frame = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *where, data)
    described(frame, f"{exhibit.head}: " + "; ".join(f"{r.place.label} {r.shown}" for r in exhibit.rows))
    chart = frame.chart
    plain_chart(chart)
    chart.category_axis.reverse_order = True
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 12
    chart.value_axis.major_unit = 3
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 80, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0.0", False
    for point, row in zip(range(len(exhibit.rows)), exhibit.rows, strict=True):
        paint(plot.series[0].points[point].format.fill, row.place.mark.projected)


@draw.register
def _(exhibit: Grid, page: Any, alt: str) -> None:
    shares = {"changes": (2, 5, 4), "dates": (2, 2, 6)}.get(exhibit.kind, (1.3, *(1,) * (len(exhibit.columns) - 1)))
    rows = [list(exhibit.columns), *(list(row) for row in exhibit.rows)]
    add_table(page, rows, alt, (0.66, 2.05, 12.0, 0.58 * len(rows)), shares)


@draw.register
def _(exhibit: Points, page: Any, alt: str) -> None:
    has_plan = any(row.plan is not None for row in exhibit.rows)
    rows = [[Words("Site"), Words(exhibit.name), Words(exhibit.head)]]
    for row in exhibit.rows:
        said = f"{row.shown} ({row.below[:1].lower()}{row.below[1:]})" if row.below else row.shown
        rows.append([Words(row.place.label, place=row.place), Words(said), Words(row.beside)])
    add_table(page, rows, alt, (0.66, 2.2, 5.4, 0.62 * len(rows)), (2.1, 2.1, 2))
    data = XyChartData()
    for index, row in enumerate(exhibit.rows):
        series = data.add_series(row.place.label)
        if row.value is not None:
            series.add_data_point(row.value, len(exhibit.rows) - index)
    if has_plan:
        plans = data.add_series("Plan")
        for index, row in enumerate(exhibit.rows):
            if row.plan is not None:
                plans.add_data_point(row.plan, len(exhibit.rows) - index)
    where = (Inches(6.2), Inches(2.2), Inches(6.5), Inches(0.62 * len(rows) + 0.4))
    frame = page.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *where, data)
    described(frame, alt)
    plain_chart(frame.chart)
    values, heights = frame.chart.category_axis, frame.chart.value_axis
    values.minimum_scale, values.maximum_scale = 0, exhibit.top
    values.tick_labels.number_format_is_linked = False
    values.tick_labels.number_format = "£#,##0" if exhibit.ticks[-1][1].startswith("£") else "#,##0"
    if len(exhibit.ticks) > 1:
        values.major_unit = exhibit.ticks[1][0]
    heights.minimum_scale, heights.maximum_scale, heights.visible = 0.4, len(exhibit.rows) + 0.6, False
    heights.has_major_gridlines = False
    for series, row in zip(frame.chart.plots[0].series, exhibit.rows, strict=False):
        dot(series, row)
    if has_plan:
        upright(frame.chart.plots[0].series[len(exhibit.rows)])


def dot(series: Any, row: Point) -> None:
    """A site's marker, its number above it, and its interval as bars of error."""
    series.format.line.fill.background()
    series.marker.style, series.marker.size = MARKERS[row.place.mark.shape], 12
    colour = rgb(row.place.mark.projected)
    series.marker.format.line.color.rgb = colour
    paint(series.marker.format.fill, theme.PAPER if row.hollow else row.place.mark.projected)
    if row.value is None:
        return
    label = series.points[0].data_label
    label.position = XL_LABEL_POSITION.ABOVE
    write(label.text_frame, row.shown, 14, bold=True)
    if row.low is not None and row.high is not None:
        bars(series, "x", row.high - row.value, row.value - row.low, row.place.mark.projected, 4)


def upright(series: Any) -> None:
    """Plans as upright ticks."""
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.NONE
    bars(series, "y", 0.3, 0.3, theme.INK, 2.5)


def bars(series: Any, way: str, more: float, less: float, colour: str, wide: float) -> None:
    """Bars of error, which the library has no words for."""
    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    given = "<c:numLit><c:ptCount val='1'/><c:pt idx='0'><c:v>%r</c:v></c:pt></c:numLit>"
    kind = "cust" if way == "x" else "fixedVal"
    sized = f"<c:val val='{more}'/>"
    if kind == "cust":
        sized = f"<c:plus>{given % more}</c:plus><c:minus>{given % less}</c:minus>"
    found = etree.fromstring(
        f"<c:errBars xmlns:c='{space}' xmlns:a='{drawing}'><c:errDir val='{way}'/><c:errBarType val='both'/>"
        f"<c:errValType val='{kind}'/><c:noEndCap val='1'/>{sized}<c:spPr><a:ln w='{int(wide * 12700)}'>"
        f"<a:solidFill><a:srgbClr val='{colour.lstrip('#')}'/></a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    series._element.find(qn("c:xVal")).addprevious(found)


@draw.register
def _(exhibit: Steps, page: Any, alt: str) -> None:
    data = CategoryChartData(number_format='"£"#,##0')
    data.categories = [f"{month:%b %Y}" for month in exhibit.months]
    for layer in exhibit.layers:
        data.add_series(layer.name, layer.amounts)
    frame = page.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_STACKED, EDGE, Inches(2.15), INSIDE, Inches(4.0 if exhibit.grant_ends else 4.4), data
    )
    ends = f" Grant ends after {exhibit.grant_ends:%B %Y}." if exhibit.grant_ends else ""
    described(frame, f"{alt}. Planned cost {exhibit.planned_shown}.{ends}")
    chart = frame.chart
    plain_chart(chart)
    chart.has_legend, chart.legend.include_in_layout = True, False
    chart.legend.position, chart.legend.font.size = XL_LEGEND_POSITION.RIGHT, Pt(14)
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, exhibit.top
    chart.plots[0].gap_width, chart.plots[0].overlap = 0, 100
    for series, layer in zip(chart.plots[0].series, exhibit.layers, strict=True):
        if layer.status in PATTERNS:
            series.format.fill.patterned()
            series.format.fill.pattern = PATTERNS[layer.status]
            series.format.fill.fore_color.rgb, series.format.fill.back_color.rgb = rgb(theme.MUTED), rgb(theme.PAPER)
        else:
            paint(series.format.fill, theme.SECURED if layer.status == "approved" else theme.NOT_MET_GROUND)
    said = "; ".join(f"{layer.name} {layer.shown}" for layer in exhibit.layers)
    text(page, f"Planned cost {exhibit.planned_shown}. {said}.{ends}", 6.2, 0.4, 14, theme.INK)


def plain_chart(chart: Any) -> None:
    """A chart without a title or legend, in the house's type, with hairlines."""
    chart.has_title = chart.has_legend = False
    chart.font.size, chart.font.name = Pt(12), FONT
    chart.font.color.rgb = rgb(theme.MUTED)
    for axis in (chart.value_axis, chart.category_axis):
        axis.format.line.color.rgb = rgb(theme.RULE)
        if axis.has_major_gridlines:
            axis.major_gridlines.format.line.color.rgb = rgb(theme.HAIRLINE)


def paint(fill: Any, colour: str) -> None:
    """A solid fill."""
    fill.solid()
    fill.fore_color.rgb = rgb(colour)
