"""A meeting's slides as a file in Welsh: what is printed, and the presentation, said again text by text."""

import re
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.oxml.ns import qn

from dashboard.welsh.draw import Drawer
from dashboard.welsh.language import LANGUAGE

ROOM = Path(__file__).parents[1] / "assets" / "welsh.css"
SPOKEN = "cy-GB"
LABEL = re.compile(r'(aria-label=")([^"]+)"')


def document(html: str, drawer: Drawer) -> str:
    """A document of slides in Welsh, with the room that its words need."""
    head, body = html.split("<body>", 1)
    head = re.sub(r"<title>([^<]*)</title>", lambda title: f"<title>{_said(title[1], drawer)}</title>", head)
    head = head.replace('lang="en-GB"', f'lang="{LANGUAGE}"').replace("</style>", ROOM.read_text("utf-8") + "</style>")
    body = LABEL.sub(lambda label: f'{label[1]}{_said(label[2], drawer)}"', drawer.html(body))
    return f"{head}<body>{body}"


def presentation(content: bytes, drawer: Drawer) -> bytes:
    """A presentation in Welsh: slides, notes, charts and what stands for them where they cannot be seen."""
    show = Presentation(BytesIO(content))
    show.core_properties.title = drawer.text(show.core_properties.title)
    show.core_properties.language = SPOKEN
    for slide in show.slides:
        roots = [slide.element, slide.notes_slide.element] if slide.has_notes_slide else [slide.element]
        charts = [shape.chart.part._element for shape in slide.shapes if shape.has_chart]
        for root in (*roots, *charts):
            _say_all(root, drawer)
    out = BytesIO()
    show.save(out)
    return out.getvalue()


def _say_all(root: Any, drawer: Drawer) -> None:
    """Every paragraph, name of a series or of a place on an axis, and description below an element."""
    for paragraph in root.iter(qn("a:p")):
        _say_paragraph([run for run in paragraph.iter(qn("a:t")) if run.text], drawer)
    for look in root.iter(qn("a:rPr")):
        look.set("lang", SPOKEN)
    for cache in root.iter(qn("c:strCache")):
        for value in cache.iter(qn("c:v")):
            value.text = drawer.text(value.text or "")
    for element in root.iter():
        if element.get("descr"):
            element.set("descr", drawer.text(element.get("descr")))


def _say_paragraph(runs: list[Any], drawer: Drawer) -> None:
    """A paragraph's runs one by one, or, where they make sense together only, as one."""
    whole = "".join(run.text for run in runs)
    if len(runs) > 1 and not all(map(drawer.can_say, (run.text for run in runs))) and drawer.can_say(whole):
        runs[0].text, rest = drawer.text(whole), runs[1:]
        for run in rest:
            run.text = ""
        return
    for run in runs:
        run.text = drawer.text(run.text)


def _said(text: str, drawer: Drawer) -> str:
    return escape(drawer.text(unescape(text)))
