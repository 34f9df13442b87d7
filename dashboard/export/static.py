"""Slides as one file of HTML that needs no script and no server: what is printed to PDF."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from dashboard import theme
from dashboard.elements.widgets import Drawing
from dashboard.meeting.draw import draw_deck
from dashboard.meeting.slides import Deck

Component = Any
ASSETS = Path(__file__).parents[1] / "assets"
WIDER = {"cy": ("welsh.css",)}  # the room that the words of a language need
VOID = ("br", "hr", "img")
NAMES = {
    "className": "class",
    "colSpan": "colspan",
    "rowSpan": "rowspan",
    "tabIndex": "tabindex",
    "strokeWidth": "stroke-width",
    "strokeDasharray": "stroke-dasharray",
    "strokeLinecap": "stroke-linecap",
    "strokeLinejoin": "stroke-linejoin",
}


def as_html(deck: Deck) -> str:
    """A whole document: the slides with their style."""
    sheets = ("house.css", "present.css", *WIDER.get(deck.language, ()))
    style = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in sheets)
    body = "".join(written(draw_deck(deck)))
    head = f'<meta charset="utf-8"><title>{escape(deck.file_title)}</title>'
    return (
        f'<!DOCTYPE html><html lang="{deck.language}"><head>{head}'
        f"<style>{theme.css_variables()}{style}@page {{ size: A4 landscape; margin: 0; }}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def written(part: Component) -> Iterator[str]:
    """A component as HTML; text is escaped."""
    if part is None:
        return
    if isinstance(part, (str, int, float)):
        yield escape(str(part))
    elif isinstance(part, (list, tuple)):
        for child in part:
            yield from written(child)
    elif isinstance(part, Drawing):
        yield from drawn(part.tree)
    else:
        props = dict(part.to_plotly_json()["props"])
        held = props.pop("children", None)
        yield from element(type(part).__name__.lower(), props, [] if held is None else [held])


def element(tag: str, props: dict[str, Any], held: list[Any]) -> Iterator[str]:
    """An element with its attributes."""
    said = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes(props))
    yield f"<{tag}{said}>"
    if tag not in VOID:
        yield from written(held)
        yield f"</{tag}>"


def attributes(props: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Attributes as HTML names them."""
    for name, value in props.items():
        if value is None or value is False or value == "":
            continue
        if name == "style":
            yield name, ";".join(f"{key}:{said}" for key, said in value.items())
        else:
            yield NAMES.get(name, name), value


def drawn(tree: Any) -> Iterator[str]:
    """A drawing as SVG."""
    if not isinstance(tree, list):
        yield escape(str(tree))
        return
    tag, props, *held = tree
    said = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes(props))
    yield f"<{tag}{said}>"
    for child in held:
        yield from drawn(child)
    yield f"</{tag}>"
