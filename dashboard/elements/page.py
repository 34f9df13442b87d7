"""How a page is made: what was asked of it, its head, its cards, and where a card's numbers come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import Dash

from dashboard.data.edition import Editions
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.headline_links import OPENS
from dashboard.elements.widgets import Choice, Picker
from etl.definitions.messages import Capital, Listing, Name, Text, _
from etl.definitions.periods import write_date, write_month, write_period

Component = Any


@dataclass(frozen=True)
class Content:
    """What a page says: its headline, one quiet line, and its cards."""

    headline: str
    note: Component
    body: Sequence[Component]
    controls: Sequence[Component] = ()
    opens: Sequence[Component] = ()  # to what the numbers of the headline are links, where the page has none like them


@dataclass(frozen=True)
class Card:
    """What a card says, for the files of its exhibits; `line` holds its links, where it has a line of them."""

    name: str
    headline: str
    subtitle: str = ""
    source: str = ""
    controls: Sequence[Component] = ()
    line: Component = None


@dataclass(frozen=True)
class SourceLine:
    """A line that says where numbers come from, and the part of it that holds links."""

    line: Component


@dataclass(frozen=True)
class Page:
    """A page: one question, and the function that answers it. With `takes_more`, its path may go on: /site/croydon.

    `acts` adds what a reader can do there beyond choosing: the callbacks that write something down. A page that is
    `alone` fills the window and is not in the bar; one that is `unlisted` is like any other but is not in the bar.
    """

    path: str
    name: str
    position: int
    question: str
    build: Callable[[View], Content]
    takes_more: bool = False
    acts: Callable[[Dash, Editions], None] | None = None
    alone: bool = False
    unlisted: bool = False

    @property
    def in_bar(self) -> bool:
        """Whether the bar of pages names it."""
        return not (self.alone or self.unlisted)

    def answers(self, path: str) -> bool:
        """Whether this page is the one at a path."""
        return path == self.path or (self.takes_more and path.startswith(f"{self.path}/"))


def pick_sites(view: View) -> Picker:
    """The choice of sites."""
    count = len(view.edition.sites)
    everyone = _("All four") if count == 4 else _("All {number}", number=count)
    options = [("site=", everyone), *((f"site={site.name}", Name(site.label)) for site in view.edition.sites)]
    chosen = ",".join(site.name for site in view.sites) if not view.all_sites or count == 1 else ""
    if len(view.sites) > 1 and chosen:
        options.insert(1, (f"site={chosen}", Listing([Name(site.short) for site in view.sites])))
    return Picker(_("Sites"), options, f"site={chosen}")


def pick_period(view: View, kinds: Sequence[str] = ("rolling_year", "year", "quarter")) -> Picker:
    """The choice of a period."""
    options = []
    for kind in kinds:
        for starts, ends in view.edition.periods(kind):
            words: Text = Capital(write_period(kind, starts))
            if view.edition.data_month is not None and ends > view.edition.data_month:
                words = _("{period} to date", period=words)
            options.append((f"period={kind}&to={ends.isoformat()[:7]}", words))
    kind, starts, ends = view.period
    return Picker(_("Period"), options, f"period={kind}&to={ends.isoformat()[:7]}")


def choose(label: str, name: str, options: Sequence[tuple[str, str]], value: str) -> Choice:
    """A choice of a few short values of one name in the address."""
    return Choice(label, [(f"{name}={key}", text) for key, text in options], f"{name}={value}")


def pick(label: str, name: str, options: Sequence[tuple[str, str]], value: str) -> Picker:
    """A choice among many values of one name in the address."""
    return Picker(label, [(f"{name}={key}", text) for key, text in options], f"{name}={value}")


def card(
    headline: str,
    subtitle: str,
    *body: Component,
    name: str,
    twin: Component = None,
    source: str = "",
    links: Sequence[Component] = (),
    controls: Sequence[Component] = (),
    class_name: str = "",
    opens: Sequence[Component] = (),
) -> Component:
    """A card: a rule, a headline that states a finding, a subtitle, the exhibit, its table, and its source.

    The numbers of its headline are links to the same numbers in the exhibit and its table, before these to `opens`.
    """
    own = {OPENS: list(opens)} if opens else {}
    foot = source_line(source, links) if source or links else None
    data = Card(name, headline, subtitle, source, controls, foot and html.data_of(foot).line)
    drawn = html.Section(
        [
            html.Div([html.H2(headline, id=f"{name}-headline", **own)], className="card-head"),
            html.P(subtitle, className="subtitle") if subtitle else None,
            html.Details(
                [html.Summary(_("Table"), **{"aria-label": _("Table: {headline}", headline=headline)}), twin],
                className="twin",
            )
            if twin is not None
            else None,
            html.Div(list(controls), className="card-controls") if controls else None,
            html.Div(list(body), className="exhibit"),
            foot,
        ],
        className=f"card {class_name}".strip(),
        **{"aria-labelledby": f"{name}-headline", "data-card": name},
    )
    return html.carrying(drawn, data)


def plain_card(
    headline: str, *body: Component, name: str, links: Sequence[Component] = (), class_name: str
) -> Component:
    """A card of a table alone, whose links stand beside its headline."""
    line = html.Div(list(links), className="links")
    head = html.Div([html.H2(headline, id=f"{name}-headline"), line], className="card-head")
    drawn = html.Section([head, *body], className=f"card {class_name}", **{"aria-labelledby": f"{name}-headline"})
    return html.carrying(drawn, Card(name, headline, line=line))


def source_line(source: str, links: Sequence[Component] = ()) -> Component:
    """Where a card's numbers come from, and what can be had of them."""
    line = html.Div(list(links), className="links")
    return html.carrying(html.Div([html.P(source), line], className="source"), SourceLine(line))


def source_words(view: View) -> str:
    """The source of everything made from returns."""
    made, month = write_date(view.edition.made.date()), view.edition.data_month
    if month is None:
        return _("No returns yet, edition {day}", day=made)
    return _("Monthly returns to {month}, edition {day}", month=write_month(month), day=made)


def definition(view: View, measure: str) -> Component:
    """The link to what a measure means."""
    return html.A(
        _("Definition"),
        href=view.address.keep("/methods", "edition").href + f"#{measure}",
        **{"aria-label": _("Definition: {measure}", measure=view.measure_label(measure))},
    )


def site_name(view: View, site: str, *below: Component, short: bool = False) -> Component:
    """A site's mark and name."""
    entry = next((entry for entry in view.edition.sites if entry.name == site), None)
    label = Name(entry.short if short else entry.label) if entry else _("Programme")
    return html.Span(
        [icons.site_mark(view.mark(site)), html.Span([html.Span(label, className="site-label"), *below])],
        className="site-name",
    )


def grid(*cards: Component, kind: str = "halves") -> Component:
    """Cards side by side: `halves`, `wide-left` (712 and 456) or `wider-left` (744 and 424)."""
    return html.Div(list(cards), className=f"grid {kind}")


def nothing(words: str) -> Component:
    """What stands where an exhibit would, when there is nothing to draw."""
    return html.P(words, className="nothing")
