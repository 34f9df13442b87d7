"""Tables, and how a number says what it is: a number, nil, missing, not known, not applicable, hidden, provisional."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from etl.definitions.messages import Plain, _, joined
from etl.definitions.readiness import LEVELS
from etl.definitions.writing import HIDDEN
from etl.provenance.address import NumberAddress

Component = Any
VERDICT_LEVELS = {
    "ready": "met",
    "ready_with_conditions": "partly",
    "not_yet": "not_met",
    "cannot_say": "unknown",
}


@dataclass(frozen=True)
class Column:
    """A column: its heading, and whether its numbers stand to the right."""

    label: Component
    right: bool = False
    class_name: str = ""

    @property
    def css(self) -> str:
        """The classes of its cells."""
        return f"{'right ' if self.right else ''}{self.class_name}".strip()


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Component]],
    caption: str,
    *,
    class_name: str = "",
    row_names: Sequence[str] = (),
) -> Component:
    """A table whose first column heads its rows. The caption is for those who hear the page."""
    head = html.Tr([html.Th(column.label, scope="col", className=column.css) for column in columns])
    body = []
    for index, row in enumerate(rows):
        cells = [html.Th(row[0], scope="row", className=columns[0].css)]
        cells += [html.Td(cell, className=column.css) for column, cell in zip(columns[1:], row[1:], strict=True)]
        body.append(html.Tr(cells, **({"data-row": row_names[index]} if row_names else {})))
    parts = [html.Caption(caption, className="heard"), html.Thead(head), html.Tbody(body)]
    return (
        html.Div(html.Table(parts, className=f"table {class_name}".strip()), className="table-frame", tabIndex=0)
        if ("wide" in class_name)
        else html.Table(parts, className=f"table {class_name}".strip())
    )


def number_key(row: Row) -> str:
    """What names a number of `results` in an address: site|period|starts|measure."""
    return str(NumberAddress(row.site, row.period, str(row.starts), row.measure))


def number(view: View, row: Row | None, *, bold: bool = False, words: str = "", text: str = "") -> Component:
    """A number of `results`, as a link to where it comes from; or what stands where there is none."""
    if row is None:
        return state(_("not known"))
    if row.shown == HIDDEN:
        return hidden()
    if row.value is None:
        return state(words or _("not known"), row.why or "")
    name = joined(", ", [view.measure_label(row.measure), view.label(row.site)])
    return link(view, number_key(row), text or row.shown, name, bold=bold)


def link(view: View, key: str, text: str, name: str, *, bold: bool = False) -> Component:
    """A number that opens the panel which says where it comes from."""
    return html.A(
        text,
        href=view.address.with_(number=key).href,
        className="number bold" if bold else "number",
        **{"data-number": key, "aria-label": _("{number} {name}: where it comes from", number=text, name=name)},
    )


def state(words: str, why: str = "") -> Component:
    """A number that is not there: a dashed box with the word."""
    return html.Span(words, className="state", **({"title": why} if why else {}))


def hidden() -> Component:
    """A number too small to show."""
    return html.Span(
        [Plain(HIDDEN), html.Span([" ", _("hidden: a small number")], className="heard")], className="hidden-number"
    )


def not_applicable() -> Component:
    """A number that cannot be."""
    return html.Span(_("n/a"), className="muted")


def tag(level: str, words: str = "", *, large: bool = False) -> Component:
    """A status: an icon and a word, never one without the other."""
    level = level if level in LEVELS else "unknown"
    size = 18 if large else 15
    return html.Span(
        [icons.icon(level, size), html.Span(words or LEVELS[level])],
        className=f"tag {level.replace('_', '-')}{' large' if large else ''}",
    )


def verdict_tag(verdict: str, words: str) -> Component:
    """A verdict in words, with the icon of its kind."""
    return tag(VERDICT_LEVELS.get(verdict, "unknown"), words, large=True)
