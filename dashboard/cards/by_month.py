"""A measure month by month: a small chart for each site, all on one scale, and the table under them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from dashboard.cards.events import Happening, happenings, marks_of, table_of
from dashboard.charts import graph
from dashboard.charts.over_time import site_line, under_query
from dashboard.data.edition import Row, Site
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import card, definition, nothing, site_name, source_words
from dashboard.elements.tables import Column, not_applicable, number, table
from etl.definitions.messages import Month, Name, Plain, Text, _, joined
from etl.definitions.periods import months_from, write_months
from etl.definitions.writing import HIDDEN, percent, pounds_short

Component = Any
MOST_CHARTS = 12
TICKS: dict[str, Callable[[float], str]] = {"gbp": pounds_short, "gbp_each": pounds_short, "share": percent}


@dataclass(frozen=True)
class Shown:
    """A measure of the sites that are shown, over the months that are."""

    view: View
    measure: str
    plan: str
    months: list[date]

    @cached_property
    def rows(self) -> dict[str, dict[date, Row]]:
        """The measure by site and month."""
        series = self.view.edition.series(self.measure)
        return {site.name: {row.starts: row for row in series.get(site.name, [])} for site in self.view.sites}

    @cached_property
    def plans(self) -> dict[str, Row | None]:
        """What each site was to have in the last month."""
        sites, month = [site.name for site in self.view.sites], self.months[-1]
        planned = self.view.edition.results("month", month) if self.plan else {}
        return {site: planned.get((site, self.plan)) for site in sites}

    @cached_property
    def top(self) -> float:
        """Where the one scale of all charts ends."""
        rows = [row for by_month in self.rows.values() for row in by_month.values()]
        seen = [row.value for row in (*rows, *self.plans.values()) if row is not None and row.value is not None]
        return max(seen, default=0.0) * 1.16 or 1.0

    @property
    def about(self) -> Row:
        """What the edition says of the measure."""
        return self.view.edition.measures[self.measure]

    @property
    def span(self) -> Text:
        """The months in words."""
        return write_months(self.months[0], self.months[-1], long=True)


def over_months(
    view: View,
    measure: str,
    headline: str = "",
    subtitle: str = "",
    *,
    plan: str = "",
    name: str = "",
    source: str = "",
    below: Component = None,
) -> Component:
    """The card of any measure; `headline` says what it shows, else it is the measure's label. `below` is under it."""
    months, label = months_shown(view), view.measure_label(measure)
    name = name or measure.replace("_", "-").replace(".", "-")
    if not months or measure not in view.edition.measures:
        return card(label, "", nothing(_("No returns yet.")), name=name)
    shown = Shown(view, measure, plan, months)
    events = happenings(view, months, [site.name for site in view.sites])
    charts = [site_chart(shown, site, events, name) for site in view.sites[:MOST_CHARTS]]
    return card(
        headline or label,
        _("{what}, one scale, {months}", what=subtitle or _("Month by month"), months=shown.span),
        html.Div(charts, className="multiples"),
        months_table(shown),
        below,
        table_of(view, events),
        name=name,
        source=source or source_words(view),
        links=[definition(view, measure)],
    )


def months_shown(view: View) -> list[date]:
    """The months of the charts over time: all that the edition has, or from the one that the address names."""
    known = view.edition.periods("month")
    if not known:
        return []
    months = months_from(known[-1][0], min(known[0][0], view.edition.data_month or known[0][0]))
    chosen = view.address.get("from")
    return [month for month in months if month.isoformat()[:7] >= chosen] or months


def site_chart(shown: Shown, site: Site, events: Sequence[Happening], name: str) -> Component:
    """A site's own small chart, under its name."""
    rows, months, plan = shown.rows[site.name], shown.months, shown.plans[site.name]
    known = [row.shown for row in rows.values() if row.value is not None]
    places = {"measure": shown.about.label, "site": Name(site.label), "months": write_months(months[0], months[-1])}
    label = (
        _("{measure}, {site}, by month, {months}, last {number}", **places, number=known[-1])
        if known
        else _("{measure}, {site}, by month, {months}, no number known", **places)
    )
    drawn = site_line(
        months,
        {month: row.value for month, row in rows.items()},
        {month: Plain(row.shown) for month, row in rows.items()},
        shown.view.mark(site.name),
        shown.top,
        plan.value if plan is not None else None,
        write=TICKS.get(shown.about.unit),
        events=marks_of(events, site.name),
        asked=under_query(rows),
    )
    height = 146 if events else 134
    heading = html.H3(site_name(shown.view, site.name))
    return html.Div([heading, graph(drawn, f"{name}-{site.name}", label, height)])


def months_table(shown: Shown) -> Component:
    """Quarter ends, the first months with a hole, and the last month."""
    view, months = shown.view, shown.months
    columns = [Column(_("At the end of") if shown.about.over_months == "last" else _("Month"))]
    chosen = chosen_months(shown.rows, months)
    columns += [Column(short_month(month), right=True) for month in chosen]
    columns += [Column(_("Plan"), True)] if shown.plan else []
    body = []
    for site in view.sites:
        cells = [site_name(view, site.name)]
        cells += [monthly(view, shown.rows[site.name].get(month)) for month in chosen]
        plan = shown.plans[site.name]
        if shown.plan:
            cells.append(number(view, plan))
        body.append(cells)
    words = _("{measure} of chosen months", measure=view.measure_label(shown.measure))
    return table(columns, body, words, row_names=[site.name for site in view.sites], class_name="under wide")


def short_month(month: date) -> Text:
    """A month where a column is narrow: Nov 19."""
    return joined(" ", [Month(month, "abbreviated"), Plain(f"{month:%y}")])


def chosen_months(rows: Mapping[str, Mapping[date, Row]], months: Sequence[date]) -> list[date]:
    """The months that the table has room for."""
    told = [(month, row) for by_month in rows.values() for month, row in by_month.items() if row.shown != HIDDEN]
    holes = {month for month, row in told if row.value is None and month in months}
    ends = [month for month in months if month.month in (3, 6, 9, 12) and month < months[-1]][-5:]
    return sorted({*ends, *list(holes)[:2], months[-1]})


def monthly(view: View, row: Row | None) -> Component:
    """A month's number: missing where the return is, nothing where the site had not begun."""
    if row is None:
        return not_applicable()
    return number(view, row, words=_("missing") if "missing" in (row.why or "") else _("not known"))
