"""Tables of a measure a row and a site a column; a site with a hole shows its last complete year and says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.data.comparisons import briefly, columns, is_hollow
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import site_name
from dashboard.elements.tables import Column, between, hidden, link, number_key, state, table
from etl.definitions.messages import _, joined
from etl.definitions.settings import TOO_FEW
from etl.definitions.writing import HIDDEN

Component = Any
MOST_COLUMNS = 6


@dataclass(frozen=True)
class Line:
    """A row: its name, its label with a note under it, and by site a row of the edition and how it is shown."""

    name: str
    label: str
    note: str = ""
    rows: Mapping[str, Row] = field(default_factory=dict)
    cells: Mapping[str, Component] = field(default_factory=dict)

    @property
    def head(self) -> Component:
        """The label, with its note under it."""
        return html.Span([self.label, html.Small(self.note)], className="noted") if self.note else self.label


def number_of(view: View, row: Row | None, measure: str, shown: str, *, why: str = "", bold: bool = False) -> Component:
    """A number of a comparison table, as a link to where it comes from; or what stands where there is none."""
    if shown == HIDDEN:
        return hidden()
    if row is not None and row.get("range_low") is not None:
        return between(view, row, measure, bold=bold)
    if row is None or not shown or shown == "not known":
        return state(TOO_FEW if why.startswith(TOO_FEW) else _("not known"), why)
    name = joined(", ", [view.measure_label(measure), view.label(row.site)])
    return link(view, number_key(Row(row, measure=measure)), shown, name, bold=bold)


def with_small(main: Component, small: Component) -> Component:
    """A number with another under it."""
    return html.Span([main, html.Small(small)], className="with-share") if small else main


def side_by_side(view: View, lines: Sequence[Line], caption: str) -> Component:
    """The table. With many sites, sites are rows."""
    sites = columns(view)
    earlier = {site: _only_year([line.rows[site] for line in lines if site in line.rows]) for site in sites}
    if len(sites) > MOST_COLUMNS:
        heads = [Column(_("Site")), *(Column(line.label, True) for line in lines)]
        body = [[_named(view, site, earlier[site]), *(_cell(line, site, earlier) for line in lines)] for site in sites]
        return table(heads, body, caption, class_name="wide", row_names=sites)
    heads = [Column(_("Measure"))]
    heads += [Column(_named(view, site, earlier[site], short=True), right=True) for site in sites]
    body = [[line.head, *(_cell(line, site, earlier) for site in sites)] for line in lines]
    return table(
        heads,
        body,
        caption,
        class_name=f"shares{' few' if len(sites) < 3 else ''} wide",
        row_names=[line.name for line in lines],
    )


def shares(lines: Sequence[Line]) -> list[list[float | None]]:
    """The shares of each site's column, as `dashboard.wording.numbers.rounding` takes them."""
    sites = {site for line in lines for site in line.rows}
    return [[line.rows[site].get("share") for line in lines if site in line.rows] for site in sites]


def _only_year(rows: Sequence[Row]) -> str:
    """The earlier year that all of a site's rows with a number are of, if they are."""
    years = {briefly(row) if is_hollow(row) else "" for row in rows if row.hollow is False or is_hollow(row)}
    return years.pop() if len(years) == 1 else ""


def _named(view: View, site: str, earlier: str, *, short: bool = False) -> Component:
    """A site's name, with the earlier year that its numbers are of."""
    return site_name(view, site, *([html.Small(earlier)] if earlier else []), short=short)


def _cell(line: Line, site: str, earlier: Mapping[str, str]) -> Component:
    """A cell, with its earlier year where the site's name does not say it."""
    row = line.rows.get(site)
    cell = line.cells.get(site, state(_("not known"), (row.get("why") or "") if row is not None else ""))
    if earlier[site] or row is None or not is_hollow(row):
        return cell
    return html.Span([cell, html.Small(briefly(row), className="muted")], className="with-share")
