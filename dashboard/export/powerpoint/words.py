"""Text, lines and grounds on a slide of a presentation, in the house's type; lengths in inches, sizes in points."""

from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from dashboard import theme

LEFT, INSIDE = 0.667, 12.0
FONT = "Arial"
ALIGNED = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}
Box = tuple[float, float, float, float]
Part = tuple[str, str, bool]
# How wide letters of the house's bold type are, as shares of its size; capitals 0.7, all others 0.62.
WIDTHS = {"ijlI.,:;’ ": 0.28, "tf()-": 0.34, "r": 0.39, "acekvsxyz£0123456789": 0.556, "mMwW%": 0.89}
WIDTH_OF = {letter: width for letters, width in WIDTHS.items() for letter in letters}


def rgb(colour: str) -> RGBColor:
    """A colour of the theme."""
    return RGBColor.from_string(colour.lstrip("#"))


def text(page: Any, words: str, box: Box, size: int, colour: str = theme.INK, *, align: str = "left",
         bold: bool | int = False, middle: bool = False) -> None:  # fmt: skip
    """Words in a box; nothing where there are none. `bold` may say how many letters at the start are."""
    if not words:
        return
    frame = page.shapes.add_textbox(*map(Inches, box)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    write(frame, words, size, bold=bold, colour=colour)
    frame.paragraphs[0].alignment = ALIGNED[align]


def write(frame: Any, words: str, size: int, *, bold: bool | int = False, colour: str = theme.INK) -> None:
    """Words in a frame, of which all, none or the first few letters are bold."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    frame.vertical_anchor = MSO_ANCHOR.TOP if frame.vertical_anchor is None else frame.vertical_anchor
    at = bold if bold is not True and bold else len(words) if bold else 0
    write_parts(frame, [(words[:at], colour, True), (words[at:], colour, False)], size)


def write_parts(frame: Any, parts: list[Part], size: int) -> None:
    """Words in parts, each with its colour and whether it is bold; a new line is a break within the paragraph."""
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    for words, colour, bold in parts:
        if words.startswith("\n"):
            paragraph.add_line_break()
            words = words[1:]
        if not words:
            continue
        run = paragraph.add_run()
        run.text = words
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
        run.font.color.rgb = rgb(colour)


def line(page: Any, start: tuple[float, float], end: tuple[float, float], colour: str, wide: float) -> None:
    """A straight line."""
    drawn = page.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(Inches, (*start, *end)))
    drawn.line.color.rgb, drawn.line.width = rgb(colour), Pt(wide)
    without_style(drawn)


def bar(page: Any, box: Box, colour: str) -> None:
    """A filled ground without an edge."""
    drawn = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Inches, box))
    drawn.line.fill.background()
    paint(drawn.fill, colour)
    without_style(drawn)


def without_style(drawn: Any) -> None:
    """Takes away the theme's look, and with it the shadow."""
    style = drawn._element.find(qn("p:style"))
    if style is not None:
        drawn._element.remove(style)


def lines_of(words: str, size: int, wide: float) -> int:
    """About how many lines bold words need in a box; rather one too many than one too few."""
    inches = sum(WIDTH_OF.get(letter, 0.7 if letter.isupper() else 0.62) for letter in words) * size / 72
    return int(inches / (wide * 0.97)) + 1


def paint(fill: Any, colour: str) -> None:
    """A solid fill."""
    fill.solid()
    fill.fore_color.rgb = rgb(colour)


def described(frame: Any, alt: str) -> None:
    """Gives a chart or table the words that stand for it."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt)
