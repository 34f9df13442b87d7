"""Alarms above what they bear on, and in it: where numbers have fallen by more than chance allows."""

from itertools import groupby
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from etl.definitions.messages import Capital, Month, Name, Number, Plain, Text, _
from etl.definitions.writing import count, figures
from etl.provenance.address import NumberAddress

Component = Any
MOST_LINES = 2


def of_view(view: View) -> list[Row]:
    """The alarms of the sites shown, in the order of the sites; of a site new cases first."""
    rows = view.edition.rows("alarms") if view.is_latest else ()
    order = {site.name: place for place, site in enumerate(view.sites)}
    return sorted((row for row in rows if row.site in order), key=lambda row: (order[row.site], row.measure))


def of_site(view: View, site: str, measure: str) -> Row | None:
    """The alarm that is on for a site's measure."""
    return next((row for row in of_view(view) if (row.site, row.measure) == (site, measure)), None)


def lines(view: View) -> Component:
    """A line for each site; three or more as one line that counts them, with the list under it."""
    found = [list(rows) for _site, rows in groupby(of_view(view), key=lambda row: row.site)]
    if not found:
        return None
    drawn = [line(view, rows) for rows in found]
    if len(found) > MOST_LINES:
        head = _("Unusually low numbers at {number} sites", number=count(len(found)))
        drawn = [html.Details([html.Summary([icon(), html.Strong(head)]), html.Ul([html.Li(one) for one in drawn])])]
    chance = html.P(found[0][0].false_alarms, className="muted small")
    return html.Section([*drawn, chance], className="alarms", **{"aria-label": _("Unusually low numbers")})


def line(view: View, rows: list[Row]) -> Component:
    """What is low at a site, what is usual, and the way to its chart."""
    first, *others = rows
    chosen = {"chart": first.measure, "of": first.site}
    chart = view.address.keep("/caseload", "site", "edition", "lang").with_(**chosen).href
    told = [html.Strong(words(view, first)), " ", first.usual]
    for row in others:
        told += [" ", html.Strong(_("{what}.", what=Capital(row.words))), " ", row.usual]
    link = html.A(_("See the chart"), href=f"{chart}#control", className="end")
    return html.Div([icon(), html.P(told), link], className="alarm")


def words(view: View, row: Row) -> Text:
    """What is low, and where."""
    return _("{site}: {what}.", site=Name(view.label(row.site)), what=row.words)


def short(row: Row) -> Text:
    """What is low, in a cell or beside a point."""
    number = Plain(figures(row.value))
    if row.kind == "fall":
        return _("{number} since {month}, unusually low", number=number, month=Month(row.since, "abbreviated"))
    shown = Number(number, str(NumberAddress(row.site, "month", str(row.month), row.measure)), "")
    return _("{month}: {number}, unusually low", month=Month(row.month, "abbreviated"), number=shown)


def in_cell(view: View, site: str) -> list[Component]:
    """The same under a site's new cases, where their alarm is on."""
    row = of_site(view, site, "new_cases")
    return [html.Span([icon(13), short(row)], className="alarm-note")] if row is not None else []


def icon(size: float = 20) -> Component:
    """A filled square with a falling step."""
    return html.Span(icons.icon("falling", size), className="alarm-icon")
