"""A meeting's slides in the language of the address: all that they say, before any of it is drawn or written."""

from dataclasses import replace

from dashboard.data.view import View
from dashboard.meeting.slides import Deck, in_language
from dashboard.welsh.draw import Drawer
from dashboard.welsh.language import LANGUAGE


def in_chosen_language(view: View, deck: Deck) -> Deck:
    """The slides as plain words in the language of the address."""
    welsh = view.address.get("lang") == LANGUAGE
    spoken: Deck = in_language(deck, Drawer(view.edition).text if welsh else str)
    return replace(spoken, language=LANGUAGE) if welsh else spoken
