"""What pages are made of, as it is before a browser has it."""

import re
from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component

from dashboard.app import look
from dashboard.data.address import read
from dashboard.data.edition import Editions
from dashboard.data.view import View
from dashboard.elements.html import children

BLOCKS = {"Div", "P", "Small", "Li", "Dd", "Dt", "Br", "H3"}


def parts_of(tree: Any) -> Iterator[Component]:
    """A component, or several, and all that they hold."""
    if isinstance(tree, Component):
        yield tree
        yield from parts_of(getattr(tree, "children", None))
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from parts_of(part)


def seen(editions: Editions, path: str, search: str = "") -> View:
    """What a reader of an address looks at."""
    return look(editions, read(path, search), editions.current_name())


def kind(part: Any) -> str:
    """The kind of a component: Table, Tr, Span."""
    return type(part).__name__


def plain(part: Any, *, heard: bool = False) -> str:
    """The words of a component as one line; blocks are parted by semicolons."""
    pieces = "".join(_words(part, heard)).split("\n")
    kept = [re.sub(r"\s+", " ", piece).strip() for piece in pieces]
    return "; ".join(piece for piece in kept if piece)


def _words(part: Any, heard: bool) -> Iterator[str]:
    if isinstance(part, (str, int, float)):
        yield str(part).replace("\n", " ")
        return
    names = str(getattr(part, "className", "") or "").split()
    if "phone-name" in names or ("heard" in names and not heard):
        return
    apart = kind(part) in BLOCKS or "tag" in names
    yield "\n" if apart else ""
    for child in children(part):
        yield from _words(child, heard) if child is not None else ()
    yield "\n" if apart else ""
