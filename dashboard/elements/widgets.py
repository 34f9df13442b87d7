"""Native elements that Dash has no component for: drawings, labelled selects, radios and the page's title.

The browser's half of each stands in `assets/house.js`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.elements import html
from dashboard.elements.dash_internals import OURS, Element
from etl.definitions.messages import _


class _Native(Element):
    """A component of our own, which `window.drive` draws."""

    _namespace = OURS


Tree = list[Any] | str


class Drawing(_Native):
    """A tree of elements, `[tag, attributes, *children]`, drawn as it is written: SVG in the main."""

    _type = "Drawing"

    def __init__(self, tree: Tree) -> None:
        super().__init__(tree=tree)


class _Chooser(_Native):
    """Options, of which one is chosen. An option's value is the part of the address that choosing it sets."""

    def __init__(self, label: str, options: Sequence[tuple[str, str]], value: str) -> None:
        super().__init__(label=label, value=value, options=[{"value": v, "label": text} for v, text in options])
        self.data = Chosen(label, dict(options).get(value, _("as usual")))


class Picker(_Chooser):
    """A label and a native select."""

    _type = "Picker"


class Choice(_Chooser):
    """A few short choices side by side: real radios, of which the chosen one is filled."""

    _type = "Choice"


@dataclass(frozen=True)
class Chosen:
    """What is chosen of what: Period, Year to Nov 2019."""

    label: str
    text: str


def chosen_words(controls: Sequence[Any]) -> str:
    """What is chosen, in words: Sites: All four; Period: Year to Nov 2019."""
    found = (html.data_of(control) for control in controls)
    return "; ".join(f"{one.label}: {one.text}" for one in found if isinstance(one, Chosen))


class Chart(_Native):
    """A figure of plotly.js."""

    _type = "Chart"

    def __init__(self, figure: dict[str, Any], config: dict[str, Any], height: int) -> None:
        super().__init__(figure=figure, config=config, height=height)


class Frame(_Native):
    """What the pages stand in: a tree of elements and of components of ours, which the browser draws as one."""

    _type = "Frame"

    def __init__(self, id: str) -> None:
        super().__init__(id=id)


class Title(_Native):
    """The title of the window, and the language of all that is in it."""

    _type = "Title"

    def __init__(self, text: str) -> None:
        super().__init__(text=text)


class Paper(_Native):
    """Plain HTML of our own making, whose texts are escaped: a form that works without a script too."""

    _type = "Paper"

    def __init__(self, html: str) -> None:
        super().__init__(html=html)


class ScenarioForm(_Native):
    """A form whose fields are parts of the address: groups of a legend and fields (name, label, value, usual, …)."""

    _type = "ScenarioForm"

    def __init__(self, groups: Sequence[dict[str, Any]], reset: str) -> None:
        super().__init__(groups=list(groups), reset=reset)


class SavedList(_Native):
    """Saved scenarios, each a link, and a form that saves the one shown; what is asked for comes back in `sent`."""

    _type = "SavedList"

    def __init__(self, id: str, rows: Sequence[dict[str, Any]], problem: str = "") -> None:
        super().__init__(id=id, rows=list(rows), problem=problem, said="", answer=0)
