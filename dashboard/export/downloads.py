"""The links to what can be had of a page, and the address that answers them."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask, Response, g, request

from dashboard.data.address import Address, read
from dashboard.data.edition import Editions, NoEdition, audience_words
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import Content, Page, SourceLine, source_line
from dashboard.elements.widgets import chosen_words
from dashboard.export.exhibits import Exhibit, exhibits, named, said_of, section_of
from dashboard.export.package import page_zip
from dashboard.export.spreadsheet import About, table_csv, table_xlsx
from etl.definitions.messages import Plain, joined
from etl.definitions.periods import write_date, write_month

Component = Any
ROUTE = "/download/<path:wanted>"
FIRST_PAGE = "/overview"  # the name of `/` in the address of a download
WHOLE = "page.zip"
MAKERS: dict[str, tuple[Callable[[Exhibit, About], bytes], str]] = {
    "csv": (table_csv, "text/csv"),
    "xlsx": (table_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
Look = Callable[[Editions, Address, str], View]
Built = Callable[[Page, View], Content]


def address_of(view: View, file: str) -> str:
    """The address of a file of the page that is looked at: the same choices, of this edition."""
    path = FIRST_PAGE if view.address.path == "/" else view.address.path
    return view.address.with_(f"/download{path}/{file}", number="", edition=view.edition.name).href


def file_name(view: View, name: str, end: str) -> str:
    """The name of a file: the page, the exhibit, the edition."""
    page = (FIRST_PAGE if view.address.path == "/" else view.address.path).strip("/")
    return re.sub(r"[^A-Za-z0-9]+", "-", f"drive-{page}-{name}-{view.edition.name}") + f".{end}"


def whole_name(view: View) -> str:
    """The name of a page's package."""
    return file_name(view, "data", "zip").removesuffix(".zip")


def offer(view: View, content: Content) -> Content:
    """The same page, with links to CSV and XLSX at the right of each exhibit's source line."""
    body = list(content.body)
    cards: list[Component] = []
    for name, place in list(named(body)):
        card = section_of(place)
        second = card is not None and any(card is one for one in cards)
        cards.append(card)
        headline = [*([html.data_of(place[-1]).caption] if second else []), said_of(place)]
        links = [
            html.A(
                end.upper(),
                href=address_of(view, f"{name}.{end}"),
                download=file_name(view, name, end),
                **{"aria-label": joined(": ", [Plain(end.upper()), joined(", ", headline)])},
            )
            for end in MAKERS
        ]
        _put(body, place, None if second else card, links)
    return replace(content, body=body)


def _put(body: list[Component], place: tuple[Component, ...], section: Component, links: list[Component]) -> None:
    """Puts links into a card's own line of links, or under the table: one without a card, or the second of its card."""
    if section is not None:
        line = html.data_of(section).line
        if line is None:
            section.children = [*section.children, source_line("", links)]
        else:
            line.children = [*links, *line.children]
        return
    *above, block = place
    siblings = above[-1].children if above else body
    after = siblings.index(block) + 1
    below = html.data_of(siblings[after]) if after < len(siblings) else None
    if isinstance(below, SourceLine):
        below.line.children = [*links, *below.line.children]
    else:
        siblings.insert(after, source_line("", links))


def whole_page(view: View) -> Component:
    """The button that brings a page's data."""
    return html.A(
        "Download", href=address_of(view, WHOLE), download=f"{whole_name(view)}.zip", className="button download"
    )


def about_of(view: View, page: Page, content: Content, address: str) -> About:
    """What a file of a page says of itself."""
    month = view.edition.data_month
    return About(
        page.name,
        page.question,
        content.headline,
        chosen_words(content.controls),
        write_month(month) if month else "no month",
        f"{write_date(view.edition.made.date())} ({view.edition.name})",
        audience_words(view.edition.audience),
        address,
    )


def add_downloads(
    server: Flask, editions: Editions, page_at: Callable[[str], Page | None], look: Look, built: Built
) -> None:
    """Answers the addresses of files: the same pages, read back, from the edition of the audience that asks."""

    @server.get(ROUTE)
    def download(wanted: str) -> Response:
        path, _, file = f"/{wanted}".rpartition("/")
        address = read("/" if path == FIRST_PAGE else path, request.query_string.decode("utf-8", "replace"))
        address = address.with_(number="")
        page = page_at(address.path)
        if page is None or not path:
            return _nothing("There is no such page.")
        try:
            view = look(editions, address, editions.current_name())
        except NoEdition as problem:
            return _nothing(str(problem), 404 if address.get("edition") else 503)
        g.looked_at = page.path
        content = built(page, view)
        return _answer(view, page, content, file)


def _answer(view: View, page: Page, content: Content, file: str) -> Response:
    """A file of a page that is built."""
    about = about_of(view, page, content, view.address.with_(edition=view.edition.name).href)
    found = exhibits(view, content)
    if file == WHOLE:
        name = whole_name(view)
        return _file(page_zip(name, found, about), f"{name}.zip", "application/zip")
    name, _, end = file.rpartition(".")
    exhibit = next((entry for entry in found if entry.name == name), None)
    if exhibit is None or end not in MAKERS:
        return _nothing("The page has no such exhibit.")
    make, mimetype = MAKERS[end]
    return _file(make(exhibit, about), file_name(view, name, end), mimetype)


def _file(content: bytes, name: str, mimetype: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _nothing(words: str, status: int = 404) -> Response:
    return Response(f"{words}\n", status=status, mimetype="text/plain")
