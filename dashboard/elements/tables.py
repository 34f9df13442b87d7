"""Tables as data, drawn once; and how a number says what it is: nil, missing, not known, hidden, provisional."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from etl.definitions.messages import Plain, _, joined
from etl.definitions.readiness import LEVELS
from etl.definitions.settings import NOTHING_TO_DIVIDE
from etl.definitions.writing import HIDDEN, write_range
from etl.provenance.address import NumberAddress
from etl.provenance.story import unit_of

Component = Any
# What a file says in place of a number that is not there.
IS_HIDDEN, NOT_AVAILABLE, NOT_APPLICABLE, BETWEEN = "[c]", "[x]", "[z]", "[b]"
NOT_DUE = ("n/a", "none due", "not due", "not begun", NOTHING_TO_DIVIDE)
VERDICT_LEVELS = {"ready": "met", "ready_with_conditions": "partly", "not_yet": "not_met", "cannot_say": "unknown"}


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


@dataclass(frozen=True)
class Table:
    """A table as data: its caption, what heads its columns, and what stands in its cells.

    A cell is a text, a component, or several; what a component is in a file, it carries as `Part`.
    """

    caption: str
    columns: tuple[Component, ...]
    rows: tuple[tuple[Component, ...], ...]
    name: str = "table"


@dataclass(frozen=True)
class Part:
    """What a part of a cell is in a file: its words, and of a number the address of its story.

    `marker` says why a number is not there; `heard` is what is heard and not seen.
    """

    words: str = ""
    address: str = ""
    marker: str = ""
    heard: str = ""
    own_line: bool = False


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Component]],
    caption: str,
    *,
    class_name: str = "",
    row_names: Sequence[str] = (),
    name: str = "table",
) -> Component:
    """A table whose first column heads its rows. The caption is for those who hear the page, the name for files."""
    head = html.Tr([html.Th(column.label, scope="col", className=column.css) for column in columns])
    body = []
    for index, row in enumerate(rows):
        cells = [html.Th(row[0], scope="row", className=columns[0].css)]
        cells += [html.Td(cell, className=column.css) for column, cell in zip(columns[1:], row[1:], strict=True)]
        body.append(html.Tr(cells, **({"data-row": row_names[index]} if row_names else {})))
    parts = [html.Caption(caption, className="heard"), html.Thead(head), html.Tbody(body)]
    drawn = html.Table(parts, className=f"table {class_name}".strip())
    framed = html.Div(drawn, className="table-frame", tabIndex=0) if "wide" in class_name else drawn
    data = Table(caption, tuple(column.label for column in columns), tuple(map(tuple, rows)), name)
    return html.carrying(framed, data)


def number_key(row: Row) -> str:
    """What names a number of `results` in an address: site|period|starts|measure."""
    return str(NumberAddress(row.site, row.period, str(row.starts), row.measure))


def number(view: View, row: Row | None, *, bold: bool = False, words: str = "", text: str = "") -> Component:
    """A number of `results`, as a link to where it comes from; or what stands where there is none."""
    if row is None:
        return state(_("not known"))
    if row.shown == HIDDEN:
        return hidden()
    if row.value is None and row.get("range_low") is None:
        return state(row.shown or words or _("not known"), row.why or "")
    if row.value is None:
        return between(view, row, row.measure, bold=bold)
    name = joined(", ", [view.measure_label(row.measure), view.label(row.site)])
    drawn = link(view, number_key(row), text or row.shown, name, bold=bold)
    return html.Span([under_query(), drawn], className="flagged") if row.get("queried") else drawn


def between(view: View, row: Row, measure: str, *, bold: bool = False) -> Component:
    """A range that protects small numbers, as a link to what it is."""
    unit = unit_of(view.edition, measure)
    name = joined(", ", [view.measure_label(measure), view.label(row.site)])
    text = write_range(row.range_low, row.range_high, unit)
    drawn = link(view, number_key(Row(row, measure=measure)), text, name, bold=bold)
    return html.carrying(drawn, Part(text, number_key(Row(row, measure=measure)), marker=BETWEEN))


def under_query() -> Component:
    """The flag before a number that rests on one under query."""
    return html.Span([icons.icon("flag", 12), heard([_("under query:"), " "])], className="query-flag")


def link(view: View, key: str, text: str, name: str, *, bold: bool = False) -> Component:
    """A number that opens the panel which says where it comes from; where no row of an edition has it, a `Number`."""
    named = _("{number} {name}: where it comes from", number=text, name=name)
    drawn = html.A(
        text,
        href=view.address.with_(number=key).href,
        className="number bold" if bold else "number",
        **{"data-number": key, "aria-label": named if name else _("{number}: where it comes from", number=text)},
    )
    return html.carrying(drawn, Part(text, key))


def state(words: str, why: str = "") -> Component:
    """A number that is not there: a dashed box with the word."""
    drawn = html.Span(words, className="state", **({"title": why} if why else {}))
    return html.carrying(drawn, Part(words, marker=NOT_APPLICABLE if words in NOT_DUE else NOT_AVAILABLE))


def hidden() -> Component:
    """A number too small to show."""
    drawn = html.Span([Plain(HIDDEN), heard([" ", _("hidden: a small number")])], className="hidden-number")
    return html.carrying(drawn, Part(HIDDEN, marker=IS_HIDDEN))


def not_applicable(words: str = "") -> Component:
    """A number that cannot be."""
    words = words or _("n/a")
    return html.carrying(html.Span(words, className="muted"), Part(words, marker=NOT_APPLICABLE))


def heard(words: Component) -> Component:
    """Words for those who hear the page."""
    return html.carrying(html.Span(words, className="heard"), Part(heard=words if isinstance(words, str) else ""))


def seen_on_phones(name: Component) -> Component:
    """What a column is of, where a small screen has each cell by itself."""
    return html.carrying(html.Div(name, className="phone-name"), Part())


def tag(level: str, words: str = "", *, large: bool = False) -> Component:
    """A status: an icon and a word, never one without the other."""
    level = level if level in LEVELS else "unknown"
    size = 18 if large else 15
    drawn = html.Span(
        [icons.icon(level, size), html.Span(words or LEVELS[level])],
        className=f"tag {level.replace('_', '-')}{' large' if large else ''}",
    )
    marker = NOT_AVAILABLE if level == "unknown" and not words else ""
    return html.carrying(drawn, Part(words or LEVELS[level], marker=marker, own_line=True))


def verdict_tag(verdict: str, words: str) -> Component:
    """A verdict in words, with the icon of its kind."""
    return tag(VERDICT_LEVELS.get(verdict, "unknown"), words, large=True)
