"""The control chart of any measure and site: what varies by chance and what does not, with the words of its row."""

from collections.abc import Sequence
from typing import Any

from dashboard.cards import alarms
from dashboard.cards.events import happenings, marks_of, table_of
from dashboard.charts import graph
from dashboard.charts.over_time import control_chart
from dashboard.charts.scale import nice_top, ticks
from dashboard.data.comparisons import compared
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.page import card, definition, nothing, pick, source_words
from dashboard.elements.tables import Column, number, table
from dashboard.provenance import links
from dashboard.wording import control_chart as wording
from etl.definitions.measure import Unit
from etl.definitions.messages import Plain, _, joined
from etl.definitions.periods import write_month
from etl.definitions.settings import DAYS_LATE
from etl.definitions.writing import HIDDEN, first_upper, pounds_short, write, write_limit

Component = Any
USUAL = "new_cases"
# The icons of a kind of variation and of what it says of the plan; the words stand beside them.
VARIATION_ICONS = {"common_cause": "wave"}
ASSURANCE_ICONS = {
    "inconsistent": "partly",
    "consistent_pass": "met",
    "consistent_fail": "not_met",
    "always_above": "signal",
    "always_below": "signal_down",
}


def month_by_month(view: View) -> Component:
    """The card."""
    charts = view.edition.rows("control_charts", order="site, measure")
    if not charts or not view.sites:
        few = nothing(_("There are too few months for a control chart."))
        return card(_("Month by month"), "", few, name="control")
    about = chosen(view, charts)
    where = "site = ? and measure = ?"
    points = view.edition.rows("control_points", where, (about.site, about.measure), "month")
    chosen_from = view.address.get("from")
    points = tuple(row for row in points if row.month.isoformat()[:7] >= chosen_from) or points
    alarm = alarms.of_site(view, about.site, about.measure)
    headline = wording.control(view.label(about.site), about, alarm)
    events = happenings(view, [row.month for row in points], [about.site])
    return card(
        headline,
        wording.chart_note(about, alarm),
        html.Div(said(about, alarm), className="said") if about.drawn or alarm is not None else None,
        drawn(view, about, points, headline, alarm),
        table_of(view, events),
        html.P([joined(" ", wording.chance(about, alarm)), " ", wording.rebased(about)], className="muted small under"),
        name="control",
        twin=points_table(view, points, marks_of(events, about.site)),
        controls=pickers(view, charts, about),
        source=source_words(view),
        links=[definition(view, about.measure)],
    )


def chosen(view: View, charts: Sequence[Row]) -> Row:
    """The chart that the address names; else new cases of the first site whose alarm is on or that is off its plan, if
    it has a point to draw.
    """
    measures = {row.measure for row in charts}
    measure = view.address.get("chart")
    measure = measure if measure in measures else USUAL if USUAL in measures else charts[0].measure
    of_measure = {row.site: row for row in charts if row.measure == measure}
    for site in (view.address.get("of"), "" if view.all_sites else view.sites[0].name):
        if site in of_measure:
            return of_measure[site]
    sites = [*(row.site for row in alarms.of_view(view) if row.measure == measure), off_plan(view)]
    sites += [site.name for site in view.edition.sites]
    order = [of_measure[name] for name in sites if name in of_measure]
    return next((row for row in order if row.points), next(iter(order or of_measure.values())))


def off_plan(view: View) -> str:
    """The first site whose new cases are below or above its plan."""
    rows = compared(view, USUAL)
    return next((s.name for s in view.sites if s.name in rows and rows[s.name].verdict in ("below", "above")), "")


def pickers(view: View, charts: Sequence[Row], about: Row) -> list[Component]:
    """The choices of measure and site."""
    labels = {row.measure: row.label for row in charts}
    order = [name for name in view.edition.measures if name in labels]
    order += [name for name in labels if name not in order]
    sites = [(s.name, view.label(s.name)) for s in view.edition.sites] + [("all", view.label("all"))]
    here = {row.site for row in charts if row.measure == about.measure}
    return [
        pick(_("Chart of"), "chart", [(name, labels[name]) for name in order], about.measure),
        pick(_("Site"), "of", [(name, label) for name, label in sites if name in here], about.site),
    ]


def said(about: Row, alarm: Row | None) -> list[Component]:
    """The kind of variation and what it means for the plan, each an icon and words; an alarm in place of the first."""
    kind = about.variation or ""
    icon = VARIATION_ICONS.get(kind, "query" if not kind else "signal_down" if kind.endswith("low") else "signal")
    found = [tagged(icon, about.words or "") if alarm is None else tagged("falling", alarms.short(alarm))]
    if about.assurance_words:
        found.append(tagged(ASSURANCE_ICONS.get(about.assurance or "", "unknown"), about.assurance_words))
    return found


def tagged(icon: str, text: str) -> Component:
    """An icon and words."""
    return html.Span([icons.icon(icon, 16), html.Span(first_upper(text))], className="tag plain")


def drawn(view: View, about: Row, points: Sequence[Row], headline: str, alarm: Row | None) -> Component:
    """The chart."""
    unit = unit_of(view, about.measure)
    seen = [value for row in points for value in (row.value, row.upper, row.get("plan")) if value is not None]
    top = nice_top(max([*seen, 1.0]) * 1.02)
    months = [row.month for row in points]
    events = happenings(view, months, [about.site])
    money = unit in ("gbp", "gbp_each")
    figure = control_chart(
        months,
        {row.month: row.value for row in points},
        {row.month: (row.mean, row.lower, row.upper) for row in points},
        {row.month: row.label for row in points if row.label in wording.SIGNALS},
        _hidden_months(view, about)
        | {row.month: Plain(write(row.value, unit)) for row in points if row.value is not None},
        view.mark(about.site),
        trial=bool(about.trial),
        axis_text=[pounds_short(tick) for tick in ticks(top, 4)] if money else None,
        top=top,
        stretches={row.month: row.get("stretch") or 1 for row in points},
        plan={row.month: row.get("plan") for row in points},
        events=marks_of(events, about.site),
        alarm=alarm.month if alarm is not None else None,
    )
    what = _("Control chart, {measure}, {site}", measure=about.label, site=view.label(about.site))
    return graph(figure, "control", joined(". ", [headline, what]), 206)


def _hidden_months(view: View, about: Row) -> dict[Any, str]:
    """The months whose numbers may not be seen, each with their mark."""
    rows = view.edition.series(about.measure).get(about.site, ())
    return {row.starts: Plain(HIDDEN) for row in rows if row.shown == HIDDEN}


def unit_of(view: View, measure: str) -> Unit:
    """A measure's unit; lateness is counted in days."""
    unit: Unit = view.edition.measures[measure].unit if measure in view.edition.measures else DAYS_LATE.unit
    return unit


def points_table(view: View, points: Sequence[Row], events: dict[Any, str]) -> Component:
    """The points with their mean, limits, signals and the letters of what happened."""
    numbers = (_("Value"), _("Mean"), _("Lower"), _("Upper"), _("Plan"))
    heads = [Column(_("Month")), *(Column(text, True) for text in numbers), Column(_("Signal")), Column(_("Event"))]
    body = []
    told = {row.starts: row for row in view.edition.series(points[0].measure).get(points[0].site, ())} if points else {}
    for point in points:
        unit = unit_of(view, point.measure)
        row = told.get(point.month)
        shown = number(view, row) if row is not None else write(point.value, unit) if point.value is not None else ""
        edges = [
            edge(view, row, name, write_limit(point.get(name), unit)) for name in ("mean", "lower", "upper", "plan")
        ]
        signal = wording.SIGNALS.get(point.label or "", _("none"))
        body.append([write_month(point.month), shown, *edges, signal, Plain(events.get(point.month, ""))])
    return table(heads, body, _("Points of the control chart"), class_name="wide")


def edge(view: View, row: Row | None, name: str, said: str) -> Component:
    """The average, a limit or the plan as a link to what it rests on."""
    return links.beside(view, row, name, said) if row is not None and said else said
