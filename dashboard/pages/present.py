"""Present: a meeting's slides, one message each, that need no mouse, no scroll and, once shown, no network."""

from typing import Any

from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.page import Content, Page
from dashboard.meeting.chosen_language import in_chosen_language
from dashboard.meeting.deck import make_deck
from dashboard.meeting.draw import draw_deck
from etl.definitions.messages import _

Component = Any


def build(view: View) -> Content:
    """The slides, and the buttons that turn them."""
    deck = in_chosen_language(view, make_deck(view))
    if not deck.slides:
        nothing = html.Div([html.H1(_("There is nothing to present yet")), html.P(_("No returns have been loaded."))])
        return Content(deck.title, "", [html.Div([nothing, leave(view)], className="deck empty")])
    return Content(deck.title, "", [draw_deck(deck), turn(view, len(deck.slides))])


def turn(view: View, count: int) -> Component:
    """Back, forth, full screen and out; where the reader is, said aloud."""
    arrow = {"back": _("Previous slide"), "on": _("Next slide")}
    buttons = {
        name: html.Button(
            html.Span("‹" if name == "back" else "›", **{"aria-hidden": "true"}),
            type="button",
            className=f"turn-{name}",
            **{"aria-label": said},
        )
        for name, said in arrow.items()
    }
    place = html.Span(_("{number} of {total}", number=1, total=count), className="turn-place", role="status")
    clock = html.Button(_("Play"), type="button", className="turn-clock", title=_("Turn the slides by the clock"))
    full = html.Button(_("Full screen"), type="button", className="turn-full")
    files = [
        html.A(end.upper(), href=pack_address(view, end), download=f"drive-slides.{end}", className="turn-file")
        for end in ("pptx", "pdf")
    ]
    return html.Nav([clock, *files, full, leave(view), buttons["back"], place, buttons["on"]], className="turns",
                    **{"aria-label": _("Slides")})  # fmt: skip


def pack_address(view: View, end: str) -> str:
    """The address of the same slides as a file, of this edition."""
    return view.address.with_(f"/pack/slides.{end}", edition=view.edition.name, every="").href


def leave(view: View) -> Component:
    """The way out."""
    href = view.address.keep("/", "site", "edition").href
    return html.A(icons.icon("cross", 16), href=href, className="turn-leave", **{"aria-label": _("Leave the slides")})


PAGE = Page("/present", "Present", 10, "What does the forum need to know and decide?", build, alone=True)
