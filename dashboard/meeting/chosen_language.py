"""A meeting's slides in the language of the address: all that they say, before any of it is drawn or written."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from dashboard.data.view import View
from dashboard.meeting.slides import NOT_WORDS, Deck
from dashboard.welsh.draw import Drawer
from dashboard.welsh.language import LANGUAGE


def in_chosen_language(view: View, deck: Deck) -> Deck:
    """The slides as plain words in the language of the address."""
    welsh = view.address.get("lang") == LANGUAGE
    spoken: Deck = in_language(deck, Drawer(view.edition).text if welsh else str)
    return replace(spoken, language=LANGUAGE) if welsh else spoken


def in_language(part: Any, say: Callable[[str], str]) -> Any:
    """A deck, or a part of one, whose words are said by `say`."""
    if isinstance(part, str):
        return say(part) if part else part
    if isinstance(part, tuple):
        return tuple(in_language(one, say) for one in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    words = [one.name for one in fields(part) if one.metadata != NOT_WORDS]
    return replace(part, **{name: in_language(getattr(part, name), say) for name in words})
