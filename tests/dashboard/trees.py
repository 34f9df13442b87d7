"""What pages are made of, as it is before a browser has it."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts_of(tree: Any) -> Iterator[Component]:
    """A component, or several, and all that they hold."""
    if isinstance(tree, Component):
        yield tree
        yield from parts_of(getattr(tree, "children", None))
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from parts_of(part)
