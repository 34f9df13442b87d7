"""The frame round every page: bar, choices, headline and foot; and the callbacks that fill it from the address."""

import threading
from typing import Any

from cachetools import LRUCache
from dash import Dash, Input, Output, State, dcc, no_update
from flask import current_app, g, has_request_context, request

from dashboard import theme
from dashboard.access.csrf import COOKIE, HEADER
from dashboard.access.signed_in_as import who_looks
from dashboard.cards.old_edition import notice
from dashboard.data.address import Address, read
from dashboard.data.edition import Editions, NoEdition
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.headline_links import OPENS, link_numbers
from dashboard.elements.page import Content, Page
from dashboard.elements.widgets import Chart, Frame, Title
from dashboard.export import downloads
from dashboard.operations import plotly_js
from dashboard.operations.logs import LOG, about_request
from dashboard.pages import pages
from dashboard.provenance import codes, panel
from dashboard.welsh.draw import in_chosen_language, in_language_of
from dashboard.welsh.language import LANGUAGE
from etl.definitions.messages import Plain, _
from etl.definitions.periods import write_date, write_month

NAME = "Drive"
MARKS = _("Small numbers about people are shown as ranges. A gap in the data is a gap in the line.")
KEPT_BETWEEN_PAGES = ("site", "edition")
KEPT_PAGES = 2  # as components, which weigh a hundred times what goes over the wire
ENGLISH = "en-GB"
TRANSLATED = _("This is our own translation. Definitions and what is said about the cells of a return are in English.")
# What draws a chart, fetched beside the page that has one and not after it; its words come first.
PRELOADED = '<link rel="preload" href="{}" as="script" fetchpriority="low">'
ICON = '<link rel="icon" href="/assets/favicon.svg?v=1" type="image/svg+xml">'
_with_charts: set[str] = set()
_built: LRUCache[tuple[str, str], Content] = LRUCache(KEPT_PAGES)
_lock = threading.Lock()

DOCUMENT = """<!DOCTYPE html>
<html lang="en-GB">
<head>
{%metas%}
<title>{%title%}</title>
ICON
<meta name="plotly-js" content="PLOTLY">
<!-- preloaded -->
{%css%}
<style>TOKENS</style>
</head>
<body>
{%app_entry%}
<!-- who -->
<noscript><p>This dashboard is drawn by a script. Turn scripts on for this address to see it.</p></noscript>
<footer class="engine">{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


class Dashboard(Dash):
    """The application, whose document says who looks, in the language of its address, and fetches charts early."""

    def interpolate_index(self, **parts: str) -> str:
        """The document that a browser is first given."""
        document: str = super().interpolate_index(**parts)
        page = page_at(read(request.path, "").path) if has_request_context() else None
        preloaded = PRELOADED.format(plotly_js.served().address) if page and page.path in _with_charts else ""
        document = document.replace("<!-- preloaded -->", preloaded, 1)
        document = document.replace("<!-- who -->", who_looks(), 1)
        welsh = has_request_context() and request.args.get("lang") == LANGUAGE
        return document.replace(f'lang="{ENGLISH}"', f'lang="{LANGUAGE}"', 1) if welsh else document


def make_app(editions: Editions) -> Dash:
    """The dashboard on the editions of one audience."""
    app = Dashboard(
        "dashboard",
        title=NAME,
        update_title="",
        index_string=DOCUMENT.replace("TOKENS", theme.css_variables())
        .replace("ICON", ICON)
        .replace("PLOTLY", plotly_js.served().address),
        suppress_callback_exceptions=True,
        include_pages_meta=False,
        use_pages=False,
        compress=False,
        serve_locally=True,
        enable_mcp=False,
        csrf_token_name=COOKIE,
        csrf_header_name=HEADER,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = html.Div(
        [
            dcc.Location(id="address", refresh=False),
            dcc.Store(id="shown"),
            html.A(_("Skip to the page"), href="#main", className="skip"),
            Frame("frame"),
            html.Div(id="panel"),
        ]
    )
    _fill(app, editions)
    for page in pages():
        if page.acts is not None:
            page.acts(app, editions)
    return app


def _fill(app: Dash, editions: Editions) -> None:
    """The two callbacks: the page, and the panel beside it. Only the panel depends on `number`."""

    @app.callback(
        Output("frame", "tree"),
        Output("shown", "data"),
        Input("address", "pathname"),
        Input("address", "search"),
        State("shown", "data"),
    )
    def show_page(pathname: str | None, search: str | None, shown: str | None) -> tuple[Any, Any]:
        address = read(pathname, search).with_(number="")
        try:
            current = editions.current_name()
            if shown == shown_as(address, current):
                return no_update, no_update
            return draw_page(look(editions, address, current)), shown_as(address, current)
        except NoEdition as problem:
            told = message_frame(address, _("There is nothing to show here"), str(problem))
        except Exception as error:
            told = message_frame(address, _("This page cannot be shown"), went_wrong(error))
        return in_language_of(address, None, told), address.href

    @app.callback(Output("panel", "children"), Input("address", "pathname"), Input("address", "search"))
    def show_panel(pathname: str | None, search: str | None) -> Any:
        address = read(pathname, search)
        try:
            return draw_panel(look(editions, address, editions.current_name())) if address.get("number") else None
        except NoEdition:
            return None
        except Exception as error:
            told = panel.message(address, _("Where this number comes from cannot be shown"), went_wrong(error))
            return in_language_of(address, None, told)


def went_wrong(error: Exception) -> str:
    """What a reader is told of a fault, under the number by which the log tells it whole."""
    LOG.error("A page could not be drawn.", exc_info=error, extra={"said": about_request(current_app, 200)})
    return _(
        "Something went wrong here, and other pages may still be shown. The log says what, under {request}.",
        request=Plain(g.request_id),
    )


def shown_as(address: Address, current: str) -> str:
    """What a browser is told that it shows, so that it does not ask for the same page again."""
    return f"{address.get('edition') or current} {address.href}"


def draw_page(view: View) -> Any:
    """What stands in the frame."""
    drawn = in_chosen_language(view, frame(view))
    link_numbers(drawn, view.address)
    return drawn


def draw_panel(view: View) -> Any:
    """What stands in the panel; nothing where the address names no number."""
    return in_chosen_language(view, panel.build(view)) if view.address.get("number") else None


def look(editions: Editions, address: Address, current: str) -> View:
    """What the reader of an address looks at."""
    names = tuple(editions.names())
    name = address.get("edition") or codes.edition_of(address, names) or current
    edition = editions.get(name)
    newest = editions.get(current) if name != current and current in names else None
    return View(edition, address, names, name == current, newest)


def page_at(path: str) -> Page | None:
    """The page of a path."""
    return next((page for page in pages() if page.answers(path)), None)


def frame(view: View) -> list[Any]:
    """A page in its frame."""
    page = page_at(view.address.path)
    if page is None:
        return message_frame(view.address, _("There is no such page"), _("Choose a page in the bar above."), view)
    content = built(page, view)
    if page.alone:
        return [Title(text=_("{page} – Drive", page=page.name)), html.Main(list(content.body), id="main", tabIndex=-1)]
    return [
        Title(text=_("{page} – Drive", page=page.name)),
        top_bar(view.address, view),
        choices(view, content),
        html.Main(
            [
                notice(view, codes.in_current(view) or view.address.with_(edition="").href),
                head(page.question, content),
                *content.body,
            ],
            id="main",
            tabIndex=-1,
            **{"data-path": view.address.path},
        ),
        foot(view),
    ]


def built(page: Page, view: View) -> Content:
    """What a page says of an edition at an address, built once: an audience's edition never changes.

    A page where readers write something down is built each time, for that is in no edition.
    """
    if page.acts is not None:
        return _noted(page, downloads.offer(view, page.build(view)))
    key = (str(view.edition.path), view.address.href)
    with _lock:
        content: Content | None = _built.get(key)
    if content is None:
        content = _noted(page, page.build(view) if page.alone else downloads.offer(view, page.build(view)))
        with _lock:
            _built[key] = content
    return content


def _noted(page: Page, content: Content) -> Content:
    """The same content, once it is noted whether there is a chart in it."""
    if any(isinstance(part, Chart) for whole in content.body for part in html.every(whole)):
        _with_charts.add(page.path)
    return content


def message_frame(address: Address, headline: str, words: str, view: View | None = None) -> list[Any]:
    """The frame with a message in place of a page."""
    main = html.Main([html.H1(headline), html.P(words, className="note")], id="main", tabIndex=-1)
    return [Title(text=_("{page} – Drive", page=headline)), top_bar(address), main, foot(view)]


def top_bar(address: Address, view: View | None = None) -> Any:
    """The name, the pages there are, and what can be had of the one that is shown."""
    links = [
        html.Li(
            html.A(
                html.Span(page.name, **{"data-text": page.name}),
                href=address.keep(page.path, *KEPT_BETWEEN_PAGES).href,
                **({"aria-current": "page"} if page.answers(address.path) else {}),
            )
        )
        for page in pages()
        if page.in_bar
    ]
    name = html.A([html.Span(className="ring"), NAME], href=address.keep("/", "edition").href, className="wordmark")
    nav = html.Nav(html.Ul(links), **{"aria-label": _("Pages")})
    show = html.A(_("Present"), href=address.keep("/present", *KEPT_BETWEEN_PAGES).href, className="button filled")
    acts = html.Div([downloads.whole_page(view), show], className="bar-acts") if view is not None else None
    return html.Header(html.Div([name, nav, other_language(address), acts], className="inside"))


def other_language(address: Address) -> Any:
    """The same page in the other language, named in that language."""
    is_welsh = address.get("lang") == LANGUAGE
    name, lang = ("English", ENGLISH) if is_welsh else ("Cymraeg", LANGUAGE)
    href = address.with_(lang="" if is_welsh else LANGUAGE).href
    return html.A(name, href=href, lang=lang, hrefLang=lang, className="language")


def choices(view: View, content: Content) -> Any:
    """What can be chosen, and what the numbers are of."""
    month = view.edition.data_month
    said = [
        html.Span([_("Data to"), " ", html.Strong(write_month(month) if month else _("no month"))]),
        html.Span([_("Edition"), " ", html.Strong(write_date(view.edition.made.date()))]),
    ]
    return html.Section(
        html.Div(
            [html.Div(list(content.controls), className="controls"), html.P(said, className="data-to")],
            className="inside",
        ),
        className="choices",
        **{"aria-label": _("What is shown")},
    )


def head(question: str, content: Content) -> Any:
    """The question, what answers it, and one quiet line."""
    return html.Div(
        [
            html.P(question, className="question"),
            html.H1(content.headline, **({OPENS: list(content.opens)} if content.opens else {})),
            html.P(content.note, className="note") if content.note else None,
        ],
        className="page-head",
    )


def foot(view: View | None) -> Any:
    """Who looks, and which editions there are."""
    shown = [] if view is None else [html.P([MARKS, " ", codes.finder(view)]), editions_there_are(view)]
    if view is not None and view.address.get("lang") == LANGUAGE:
        shown.append(html.P(TRANSLATED))
    return html.Footer(html.Div(shown, className="inside")) if shown else None


def editions_there_are(view: View) -> Any:
    """The last editions that the reader may open."""
    links: list[Any] = []
    for name in view.editions[:12]:
        chosen = name == view.edition.name
        links.append(html.Li(html.Strong(name) if chosen else html.A(name, href=view.address.with_(edition=name).href)))
    return html.Nav([html.Span(_("Editions")), html.Ul(links)], className="editions", **{"aria-label": _("Editions")})
