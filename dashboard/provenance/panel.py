"""Where a number comes from: a panel beside the page, with the number's code and what can be had of it."""

from typing import Any

from dashboard.data.address import Address
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.provenance import story
from etl.definitions.messages import _
from etl.definitions.periods import write_date
from etl.definitions.writing import lower_first
from etl.provenance import tell
from etl.provenance.address import NoNumber, NumberAddress

Component = Any
NONE = _("The edition has no such number.")


def build(view: View) -> Component:
    """The panel for the number that the address names; nothing for a name that names none."""
    address = view.address.get("number")
    try:
        number_story = tell(view.edition, str(NumberAddress.read(address)))
    except NoNumber:
        return None
    if number_story is None:
        return frame(view, [html.P(_("Not known"), className="panel-number"), html.P(NONE)], [])
    head = [
        html.P(story.shown(number_story), className="panel-number"),
        html.P(story.sentence(view, number_story), className="panel-sentence"),
        story.code_line(view, number_story),
    ]
    return frame(view, [*head, *story.told(view, number_story, story.in_panel(view))], story.acts(view, number_story))


def message(address: Address, title: str, words: str) -> Component:
    """The panel with a message in place of a number's story."""
    return dialog(address, title, [html.P(words)], [])


def frame(view: View, body: list[Component], acts: list[Component]) -> Component:
    """The panel: its title, what it says, and its foot."""
    receipt = NumberAddress.read(view.address.get("number")).kind == "receipt"
    title = _("Receipt of a return") if receipt else _("Where this number comes from")
    edition = html.Span(_("Edition {day}", day=write_date(view.edition.made.date())), className="muted small pushed")
    return dialog(view.address, title, body, [*acts, edition])


def dialog(address: Address, title: str, body: list[Component], foot: list[Component]) -> Component:
    """What lies over the page until it is closed."""
    close = html.A(
        icons.icon("cross", 16),
        href=address.with_(number="").href,
        className="close",
        **{"aria-label": _("Close: {title}", title=lower_first(title))},
    )
    panel = html.Div(
        [
            html.Div([html.H2(title, id="panel-title", className="question"), close], className="panel-head"),
            *[part for part in body if part is not None],
            html.Div(foot, className="panel-foot"),
        ],
        className="panel",
        role="dialog",
        **{"aria-modal": "true", "aria-labelledby": "panel-title", "data-panel": address.get("number")},
    )
    return html.Div([html.Div(className="shade"), panel])
