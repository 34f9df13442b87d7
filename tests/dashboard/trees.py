"""What pages are made of, as it is before a browser has it."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component

from dashboard.app import look
from dashboard.data.address import read
from dashboard.data.edition import Editions
from dashboard.data.view import View


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
