"""Tables of a presentation: hairlines between rows, a site by its mark, a status by its sign, word and ground."""

from collections.abc import Sequence
from typing import Any

from lxml import etree
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from dashboard import theme
from dashboard.export.powerpoint.words import INSIDE, LEFT, Box, Part, described, paint, text, write_parts
from dashboard.meeting.slides import Grid, Words

ALARM = "↘"
LEVELS = {
    "met": (theme.MET, theme.MET_GROUND, "✓"),
    "partly": (theme.PARTLY, theme.PARTLY_GROUND, "◐"),
    "not_met": (theme.NOT_MET, theme.NOT_MET_GROUND, "✕"),
    "unknown": (theme.UNKNOWN, theme.UNKNOWN_GROUND, "?"),
    "falling": (theme.PARTLY, theme.PAPER, ALARM),
}
SIGNS = {"circle": "●", "square": "■", "diamond": "◆", "triangle": "▲", "ring": "○"}
SHARES = {"changes": (2.4, 5, 4.6), "dates": (2.2, 2.4, 7.4), "decisions": (1.25, 3.6, 1.9, 1.55, 3.7)}
HEAD, LEAST, MOST = 0.5, 0.44, 0.9
WIDEST = 5  # columns, beyond which words are small
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's own name of a table without style or grid
Rows = Sequence[Sequence[Words]]


def grid(exhibit: Grid, page: Any, alt: str, top: float, bottom: float) -> None:
    """A table of words over the whole width."""
    shares = SHARES.get(exhibit.kind, (1.5, *(1,) * (len(exhibit.columns) - 1)))
    rows = [exhibit.columns, *exhibit.rows]
    high = row_height(len(exhibit.rows), top, bottom - 0.3 * bool(exhibit.left_out))
    add_table(page, rows, alt, (LEFT, top, INSIDE, high), shares, small=len(rows[0]) > WIDEST)
    text(page, exhibit.left_out, (LEFT, bottom - 0.3, INSIDE, 0.3), 14, theme.MUTED)


def row_height(count: int, top: float, bottom: float) -> float:
    """How high each of some rows is under a head, so that they fill the room but never stand far apart."""
    return max(LEAST, min(MOST, (bottom - top - HEAD) / max(count, 1)))


def size_for(high: float) -> int:
    """The size of words of which two lines fit into a row, so that it does not grow."""
    return next((size for size in (16, 14) if 2.4 * size / 72 + 0.06 <= high), 12)


def add_table(page: Any, rows: Rows, alt: str, box: Box, shares: Sequence[float], *, small: bool = False) -> None:
    """A table whose first row is its head; the box's height is that of a row, `shares` are the widths of columns."""
    left, top, wide, high = box
    size = 12 if small else size_for(high)
    whole = HEAD + high * (len(rows) - 1)
    frame = page.shapes.add_table(len(rows), len(rows[0]), *map(Inches, (left, top, wide, whole)))
    described(frame, alt)
    frame._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN
    for column, share in zip(frame.table.columns, shares, strict=True):
        column.width = Emu(int(Inches(wide) * share / sum(shares)))
    for y, row in enumerate(rows):
        frame.table.rows[y].height = Inches(high if y else HEAD)
        for x, words in enumerate(row):
            fill_cell(frame.table.cell(y, x), words, y, size if y else min(size, 13), first=not x)


def fill_cell(cell: Any, words: Words, row: int, size: int, *, first: bool) -> None:
    """A cell: a head, a site, a status, or words."""
    head = not row
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.MIDDLE
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.margin_left, cell.margin_right = Inches(0.12 if words.level else 0.02), Inches(0.12)
    if words.level:
        colour, ground, sign = LEVELS[words.level]
        edge(cell, theme.PAPER, 5, under_head=row == 1)
        paint(cell.fill, ground)
        parts = [(f"{sign} ", colour, True), (words.text, colour, True)]
    else:
        edge(cell, theme.INK if head else theme.HAIRLINE, 1.5 if head else 0.75)
        parts = parts_of(words, head=head, first=first)
    cell.text_frame.word_wrap = True
    write_parts(cell.text_frame, parts, size)
    if words.below:
        cell.text_frame.paragraphs[0].runs[-1].font.size = Pt(min(12, size - 2))


def parts_of(words: Words, *, head: bool, first: bool) -> list[Part]:
    """The words of a cell: a site behind its mark, what holds now in bold."""
    if words.place is not None:
        mark = words.place.mark
        named = [(f"{SIGNS[mark.shape]} ", mark.projected, True), (words.place.label, theme.INK, True)]
        return [*named, (f"\n     {words.below}", theme.MUTED, False)] if words.below else named
    if head:
        return [(words.text, theme.MUTED, False)]
    now = [(words.now, theme.INK, True)] if words.now else []
    return [(words.text, theme.INK, first), *now]


def edge(cell: Any, colour: str, wide: float, *, under_head: bool = False) -> None:
    """A line under a cell, none at its other sides; for a status the paper's colour around it, a gap between tags."""
    properties = cell._tc.get_or_add_tcPr()
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    around = colour == theme.PAPER
    sides = [side for side in ("lnL", "lnR", "lnT", "lnB") if not (under_head and side == "lnT")]
    for place, side in enumerate(sides):
        drawn = around or side == "lnB"
        fill = f"<a:solidFill><a:srgbClr val='{colour.lstrip('#')}'/></a:solidFill>" if drawn else "<a:noFill/>"
        made = etree.fromstring(f"<a:{side} xmlns:a='{space}' w='{int(Pt(wide)) if drawn else 0}'>{fill}</a:{side}>")
        properties.insert(place, made)
