"""How the story of a number is drawn: formula, facts, tables, and months down to returns, sheets and cells."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any
from urllib.parse import quote

from dashboard.data.printed import safe
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.page import Card, site_name
from dashboard.elements.tables import Column, Part, hidden, link, state, table
from dashboard.provenance import codes
from etl.definitions.messages import Number, _, joined, ngettext
from etl.definitions.periods import write_date, write_month
from etl.provenance.cells import STATES
from etl.provenance.story import (
    HIDDEN,
    NOT_KNOWN,
    NOT_STATED,
    Block,
    Facts,
    Formula,
    Item,
    Month,
    Months,
    Points,
    Site,
    Source,
    Story,
    Table,
    Words,
)

Component = Any
ABSENT: tuple[str, ...] = (NOT_KNOWN, NOT_STATED)
COLUMNS = (
    "site", "month", "measure", "label", "value", "state", "return", "file", "received", "verdict", "sheet", "cell",
    "revised", "queried",
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """How a story is drawn where it stands: what a number in it is a link to, and the rank of its heads."""

    linked: Callable[[Number], Component]
    head: Callable[[str], Component]


def in_panel(view: View) -> Way:
    """Within a panel a number opens its own panel."""
    return Way(lambda number: link(view, number.address, number.shown, ""), html.H3)


def on_page(view: View) -> Way:
    """On a page of its own a number leads to its own page."""

    def linked(number: Number) -> Component:
        drawn = html.A(number.shown, href=codes.page_of(view, number.address), className="number")
        return html.carrying(drawn, Part(number.shown, number.address))

    return Way(linked, html.H2)


def shown(story: Story) -> Component:
    """The number itself, or what stands where there is none."""
    if story.known == "hidden":
        return hidden()
    return state(story.shown) if story.known == "not known" or story.shown in ABSENT else story.shown


def sentence(view: View, story: Story) -> Component:
    """What the number is."""
    site = story.site
    return html.Span([icons.site_mark(view.mark(site.name)), html.Strong(site.label), ": ", story.what])


def told(view: View, story: Story, way: Way) -> list[Component]:
    """How a number came about."""
    return [draw(block, view, way) for block in story.body]


@singledispatch
def draw(block: Block, view: View, way: Way) -> Component:
    """A part of a story."""
    raise TypeError(f"nothing draws {type(block).__name__}")


def section(way: Way, head: str, *body: Component) -> Component:
    """A part of a story under a head of its own."""
    return html.carrying(html.Section([way.head(head), *body]), Card("table", head))


def item(view: View, said: Item, way: Way) -> Component:
    """A site, a number or words."""
    if isinstance(said, Site):
        return site_name(view, said.name) if said.name != "central_team" else said.label
    if not isinstance(said, Number):
        return said
    if said == HIDDEN:
        return hidden()
    if said.shown in ABSENT:
        return state(said.shown)
    return way.linked(said) if said.address else said.shown


@draw.register
def formula(block: Formula, view: View, way: Way) -> Component:
    cells: list[Component] = []
    for sign, label, number in block.parts:
        cells += [html.Span(sign, className="sign")] if sign else []
        cells.append(html.Div([html.Small(label), html.Strong(item(view, number, way))]))
    return html.Div(cells, className="formula")


@draw.register
def words(block: Words, view: View, way: Way) -> Component:
    return html.P(block.text, className="chance")


@draw.register
def facts(block: Facts, view: View, way: Way) -> Component:
    if block.head == "Definition":
        ((measure, meaning),) = block.rows
        where = view.address.keep("/methods", "edition").href + f"#{measure}"
        return section(way, block.head, html.P([f"{meaning} ", html.A(view.measure_label(measure), href=where)]))
    rows = [part for name, said in block.rows for part in (html.Dt(name), html.Dd(said))]
    return html.Dl(rows, className="facts")


@draw.register
def points(block: Points, view: View, way: Way) -> Component:
    if not block.lines:
        return None
    lines = [
        html.Li([icons.icon(icon, 14), html.Span(said)], className="met" if icon == "met" else "")
        for icon, said in block.lines
    ]
    return section(way, block.head, html.Ul(lines, className="queried"))


@draw.register
def in_table(block: Table, view: View, way: Way) -> Component:
    body = [[item(view, said, way) for said in row] for row in block.rows]
    heads = [Column(name, right) for name, right in block.columns]
    return section(way, block.head, table(heads, body, block.head, class_name="wide"))


@draw.register
def by_month(block: Months, view: View, way: Way) -> Component:
    heads = [Column(_("Return")), *(Column(head, True) for head in block.heads)]
    body = [month(view, row, way) for row in block.rows]
    if block.total:
        body.append(
            [_("{number} months", number=len(block.rows)), *(item(view, number, way) for number in block.total)]
        )
    name = _("Returns, sheets and cells")
    return section(way, name, table(heads, body, name, class_name="provenance wide"))


def month(view: View, row: Month, way: Way) -> list[Component]:
    """A month: its returns, and each number with the cells that it was typed in."""
    head = html.Span([write_month(row.month), *(html.Small(said) for said in row.returns)])
    return [head, *(typed_in(view, *found, way) if found is not None else "" for found in row.numbers)]


def typed_in(view: View, number: Number, cells: tuple[Source, ...], way: Way) -> Component:
    """A month's number with its sheets and cells."""
    by_sheet: dict[str, list[str]] = {}
    for cell in cells:
        if cell.cell:
            by_sheet.setdefault(cell.sheet or "", []).append(cell.cell)
    places = [html.Small([html.Code(f"{sheet} "), html.Code(", ".join(found))]) for sheet, found in by_sheet.items()]
    odd = sorted({cell.state for cell in cells if cell.state not in ("reported", "")})
    said = [html.Small(joined(", ", [STATES.get(one, one) for one in odd]), className="muted")] if odd else []
    return html.Span([item(view, number, way), *said, *places])


def code_line(view: View, story: Story) -> Component:
    """The code of a number, as a link to its own page."""
    found = codes.code(view, str(story.address))
    if not found:
        return None
    return html.P(
        [_("Code"), " ", html.A(html.Code(found), href=codes.page_of(view, str(story.address)))], className="code-line"
    )


def acts(view: View, story: Story) -> list[Component]:
    """What can be had of a number: a link to it, and its cells."""
    found = codes.code(view, str(story.address))
    held = {"data-link": codes.page_of(view, str(story.address))} if found else {}
    copy = html.Button(_("Copy link"), className="button filled copy", type="button", **held)
    return [copy, *([cells_link(view, story)] if story.sources else [])]


def cells_link(view: View, story: Story) -> Component:
    """The cells as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for cell in story.sources:
        writer.writerow([safe(said) if isinstance(said, str) else said for said in values(cell)])
    name = f"cells-of-{codes.code(view, str(story.address))}-edition-{view.edition.name}.csv"
    label = ngettext("{number} cell as CSV", "{number} cells as CSV", len(story.sources))
    return html.A(label, href=f"data:text/csv;charset=utf-8,{quote(out.getvalue())}", download=name, className="button")


def values(cell: Source) -> list[Any]:
    """A cell as a line of CSV."""
    received = write_date(cell.received.date()) if cell.received else ""
    said = [cell.site, cell.month, cell.measure, cell.label, cell.value, cell.state, cell.return_id, cell.file]
    return [*said, received, cell.verdict, cell.sheet, cell.cell, cell.revised, cell.queried]
