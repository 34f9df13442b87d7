"""Draws what is built in English in Welsh: the same components, figures and drawings with other words."""

from collections.abc import Mapping
from typing import Any

from dashboard.data.address import Address
from dashboard.data.edition import Edition
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.headline_links import OPENS, bare, opened
from dashboard.elements.html import Element
from dashboard.welsh.language import LANGUAGE, Welsh
from dashboard.welsh.say import sayer
from etl.definitions.messages import ENGLISH, Text, say

# Properties that a reader meets as words, and those that hold words further down.
WORDS = frozenset(("aria-label", "title", "alt", "placeholder", "label", "data-text", "text", "problem"))
HOLDERS = frozenset(("options", "groups", "fields", "legend", "hint", "after"))
TRACE_WORDS = ("text", "hovertemplate", "customdata", "name")
# What is shown as it is: names in code, letters.
AS_IT_IS = frozenset(("Code", "Pre"))
LINKS = frozenset(("href", "reset"))
# What an edition says in English only: what a measure means, and what is said about the cells of a return.
ENGLISH_ONLY = (
    ("measures", ("meaning",)),
    ("queries", ("message", "fix", "words")),
    ("past_queries", ("message", "fix", "words")),
)
SHORTEST = 12  # letters: less is no sentence to be known by
# What the scripts in `assets` say themselves.
SCRIPTS_SAY = (
    "of",
    "Copied",
    "What is supposed",
    "Work it out",
    "Reset to what is known",
    "Save this scenario",
    "Save this scenario as",
    "Save",
    "Delete",
    "No scenario has been saved yet.",
    "Play",
    "Pause",
)


def in_chosen_language(view: View, tree: Any) -> Any:
    """What a page or panel is made of, in the language of the address: English as it is."""
    return in_language_of(view.address, view.edition, tree)


def in_language_of(address: Address, edition: Edition | None, tree: Any) -> Any:
    """The same where there may be no edition to look at."""
    return Drawer(edition, address).draw(tree) if address.get("lang") == LANGUAGE else tree


class Drawer:
    """Draws an edition's pages anew; `missing` collects what could not be said and should have been."""

    def __init__(self, edition: Edition | None, address: Address | None = None) -> None:
        self.missing: set[str] = set()
        self._edition, self._address = edition, address
        sites = edition.sites if edition is not None else ()
        self._say = sayer(frozenset(name for site in sites for name in (site.label, site.short))).say

    def draw(self, node: Any) -> Any:
        """A component, or several, as the browser is told of them."""
        if isinstance(node, Element):
            return self._component(node)
        if isinstance(node, list | tuple):
            drawn = ((child, self.draw(child)) for child in node)
            return [part for child, one in drawn for part in (one if isinstance(child, Text) else [one])]
        return self._text(node) if isinstance(node, str) else node

    def text(self, text: str) -> str:
        """A text in Welsh, or as it is."""
        return self._said(text)

    def _component(self, node: Element) -> dict[str, Any]:
        told = node.to_plotly_json()
        props, kind = told["props"], told["type"]
        if "lang" in props:
            return {**told, "props": {**props, "children": _as_it_is(props.get("children"))}}
        if kind in AS_IT_IS:
            return {**told, "props": {**props, "lang": "en"}}
        more = {"lang": LANGUAGE, "words": self._scripts()} if kind == "Title" else {}
        return {**told, "props": {name: self._property(name, value) for name, value in props.items()} | more}

    def _scripts(self) -> dict[str, str]:
        """What the scripts say, for them to look up."""
        return {text: self._said(text) for text in SCRIPTS_SAY}

    def _property(self, name: str, value: Any) -> Any:
        if name in ("children", OPENS):
            drawn = self.draw(value)
            return bare(drawn) if isinstance(value, Text) else drawn
        if name == "figure":
            return self._figure(value)
        if name == "tree":
            return self._tree(value)
        if name in LINKS:
            return _in_welsh(value)
        if name in HOLDERS:
            return self._held(value)
        return self._said(value) if name in WORDS and isinstance(value, str) else value

    def _text(self, text: str) -> Any:
        """Words in Welsh; what cannot be said stays, marked as English for those who hear the page."""
        if isinstance(text, Text):
            language = Welsh()
            parts = [
                part if isinstance(part, str) else self.draw(part) for part in opened(text, language, self._address)
            ]
            if language.missing and (known := self._say(str(text))) is not None:
                return [known]  # as long as not all texts are messages
            self._miss(language)
            if language.missing:
                return [_told(html.Span(opened(text, ENGLISH, self._address), lang="en"))]
            return parts
        said = self._said(text)
        return said if self._say(text) is not None else html.Span(said, lang="en").to_plotly_json()

    def _said(self, text: str) -> str:
        """Words where no mark can stand."""
        if isinstance(text, Text):
            language = Welsh()
            said = say(text, language)
            if language.missing and (known := self._say(str(text))) is not None:
                return known
            self._miss(language)
            return str(text) if language.missing else said
        known = self._say(text)
        if known is None and not self._english_only(text):
            self.missing.add(text)
        return text if known is None else known

    def _miss(self, language: Welsh) -> None:
        """Notes what the catalogue lacks, but for what is said in English only."""
        self.missing |= {text for text in language.missing if not self._english_only(text)}

    def _english_only(self, text: str) -> bool:
        """Whether a text is, or holds, what the edition says in English only."""
        if self._edition is None:
            return False
        for table, columns in ENGLISH_ONLY:
            for row in self._edition.rows(table):
                said = (str(row.get(column) or "").rstrip(".") for column in columns)
                if any(len(words) >= SHORTEST and words in text for words in said):
                    return True
        return False

    def _held(self, value: Any) -> Any:
        """Words in lists and records: options, fields."""
        if isinstance(value, Mapping):
            kept = {name: one for name, one in value.items() if name not in WORDS | HOLDERS}
            return kept | {name: self._held(one) for name, one in value.items() if name in WORDS | HOLDERS}
        if isinstance(value, list | tuple):
            return [self._held(one) for one in value]
        return self._said(value) if isinstance(value, str) else value

    def _figure(self, figure: Mapping[str, Any]) -> dict[str, Any]:
        """A chart: its notes, ticks and what is said on pointing at it."""
        layout = dict(figure["layout"])
        layout["annotations"] = [{**note, "text": self._said(note["text"])} for note in layout.get("annotations", ())]
        for name in layout:
            if name.startswith(("xaxis", "yaxis")) and "ticktext" in layout[name]:
                layout[name] = {**layout[name], "ticktext": self._held(layout[name]["ticktext"])}
        return {**figure, "layout": layout, "data": [self._trace(trace) for trace in figure["data"]]}

    def _trace(self, trace: Mapping[str, Any]) -> dict[str, Any]:
        return {**trace, **{name: self._held(trace[name]) for name in TRACE_WORDS if name in trace}}

    def _tree(self, tree: Any) -> Any:
        """A drawing: the words in it and its name."""
        if isinstance(tree, str):
            return self._said(tree)
        if not isinstance(tree, list | tuple):
            return tree
        tag, attributes, *children = tree
        named = {k: self._said(v) if k == "aria-label" else v for k, v in attributes.items()}
        return [tag, named, *map(self._tree, children)]


def _in_welsh(href: Any) -> Any:
    """A link within the dashboard that keeps the language."""
    if not isinstance(href, str) or not href.startswith("/"):
        return href
    before, mark, after = href.partition("#")
    return f"{before}{'&' if '?' in before else '?'}lang={LANGUAGE}{mark}{after}" if "lang=" not in before else href


def _told(part: Any) -> Any:
    return part.to_plotly_json() if isinstance(part, Element) else part


def _as_it_is(part: Any) -> Any:
    """What is said in its language already."""
    if isinstance(part, list | tuple):
        return [_as_it_is(one) for one in part]
    if not isinstance(part, Element):
        return part
    told = part.to_plotly_json()
    return {**told, "props": {**told["props"], "children": _as_it_is(told["props"].get("children"))}}
