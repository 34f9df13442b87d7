"""Alarms above what they bear on: a line for each site whose numbers have fallen by more than chance allows."""

from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from etl.definitions.messages import Capital, Name, Text, _
from etl.definitions.writing import count

Component = Any
MOST_LINES = 2


def of_view(view: View) -> list[Row]:
    """The alarms of the sites shown, in the order of the sites."""
    rows = view.edition.rows("alarms") if view.is_latest else ()
    order = {site.name: place for place, site in enumerate(view.sites)}
    return sorted((row for row in rows if row.site in order), key=lambda row: (order[row.site], row.measure))


def lines(view: View) -> Component:
    """A line each; three or more as one line that counts them, with the list under it."""
    found = of_view(view)
    if not found:
        return None
    drawn = [line(view, row) for row in found]
    if len(found) > MOST_LINES:
        head = _("{number} numbers are unusually low", number=Capital(count(len(found))))
        drawn = [html.Details([html.Summary([icon(), html.Strong(head)]), html.Ul([html.Li(one) for one in drawn])])]
    chance = html.P(found[0].false_alarms, className="muted small")
    return html.Section([*drawn, chance], className="alarms", **{"aria-label": _("Unusually low numbers")})


def line(view: View, row: Row) -> Component:
    """What is low and where, what is usual, and the way to its chart."""
    chosen = {"chart": row.measure, "of": row.site}
    chart = view.address.keep("/caseload", "site", "edition", "lang").with_(**chosen).href
    return html.P(
        [
            icon(),
            html.Strong(words(view, row)),
            html.Span([" ", row.usual]),
            html.A(_("See the chart"), href=f"{chart}#control", className="end"),
        ],
        className="alarm",
    )


def words(view: View, row: Row) -> Text:
    """What is low, and where."""
    return _("{site}: {what}.", site=Name(view.label(row.site)), what=row.words)


def icon(size: float = 20) -> Component:
    """A filled square with a falling step."""
    return html.Span(icons.icon("falling", size), className="alarm-icon")
