"""Slides as a presentation that can be edited: real charts and tables, notes for the speaker, alternative text."""

import io
from functools import singledispatch
from typing import Any

from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches

from dashboard import theme
from dashboard.export.powerpoint import charts, tables
from dashboard.export.powerpoint.words import INSIDE, LEFT, bar, line, lines_of, text, write
from dashboard.meeting.slides import Deck, Grid, Points, Slide, Steps, Verdicts

WIDE, HIGH = 13.333, 7.5
SPOKEN = {"cy": "cy-GB"}  # the names of languages that programs for presentations know
LARGE, SMALLER = 30, 27  # a headline, and one that then takes a line less


def deck_pptx(deck: Deck) -> bytes:
    """The presentation."""
    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
    show.core_properties.title = deck.file_title
    show.core_properties.language = SPOKEN.get(deck.language, deck.language)
    show.core_properties.comments = f"{deck.made_of}, {deck.audience}"
    for place, slide in enumerate(deck.slides):
        add_slide(show, deck, slide, deck.places[place])
    mark_language(show)
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def mark_language(show: Any) -> None:
    """Says in which language all text of a presentation is, for spelling and for those who hear it."""
    for slide in show.slides:
        roots = [slide.element, slide.notes_slide.element]
        for root in (*roots, *(shape.chart.part._element for shape in slide.shapes if shape.has_chart)):
            for look in root.iter(qn("a:rPr")):
                look.set("lang", show.core_properties.language)


def add_slide(show: Any, deck: Deck, slide: Slide, place: str) -> None:
    """A slide: question, headline as its title, exhibit, ask, codes, foot, notes."""
    page = show.slides.add_slide(show.slide_layouts[5])
    size = min((LARGE, SMALLER), key=lambda size: lines_of(slide.headline, size, INSIDE))
    lines = lines_of(slide.headline, size, INSIDE)
    title = page.shapes.title
    title.left, title.top, title.width, title.height = map(Inches, (LEFT, 0.74, INSIDE, 0.1 + 0.5 * lines))
    write(title.text_frame, slide.headline, size, bold=True)
    below = 0.84 + 0.5 * lines
    text(page, slide.question, (LEFT, 0.36, 7.6, 0.4), 16, theme.MUTED)
    if deck.head:
        text(page, deck.head, (LEFT + 7.6, 0.36, INSIDE - 7.6, 0.4), 16, theme.MUTED, align="right")
    if slide.subtitle:
        text(page, slide.subtitle, (LEFT, below, INSIDE, 0.36), 14, theme.MUTED)
    top, bottom = below + (0.5 if slide.subtitle else 0.25), 5.66 if slide.ask[1] else 6.45
    draw(slide.exhibit, page, slide.alt, top, bottom)
    if slide.ask[1]:
        bar(page, (LEFT, 5.86, INSIDE, 0.68), theme.WASH)
        bar(page, (LEFT, 5.86, 0.06, 0.68), theme.INK)
        text(page, "".join(slide.ask), (LEFT + 0.2, 5.86, INSIDE - 0.3, 0.68), 16, bold=len(slide.ask[0]), middle=True)
    text(page, slide.codes_words, (LEFT, 6.56, INSIDE, 0.28), 9, theme.MUTED)
    line(page, (LEFT, 6.88), (LEFT + INSIDE, 6.88), theme.RULE, 1)
    text(page, deck.foot_line, (LEFT, 6.92, INSIDE - 1.2, 0.34), 12, theme.MUTED)
    text(page, place, (LEFT + INSIDE - 1.2, 6.92, 1.2, 0.34), 12, theme.MUTED, align="right")
    page.notes_slide.notes_text_frame.text = "\n".join(filter(None, notes(deck, slide)))


def notes(deck: Deck, slide: Slide) -> list[str]:
    """What the speaker has: the slide in words, definitions, sources, codes, and what was chosen."""
    return [slide.alt, *slide.notes, slide.codes_words, deck.made_of]


@singledispatch
def draw(exhibit: Any, page: Any, alt: str, top: float, bottom: float) -> None:
    """The one exhibit of a slide, between two heights in inches."""
    raise TypeError(f"no presentation draws {type(exhibit).__name__}")


draw.register(Verdicts, charts.verdicts)
draw.register(Points, charts.points)
draw.register(Steps, charts.steps)
draw.register(Grid, tables.grid)
