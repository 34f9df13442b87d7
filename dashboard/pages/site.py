"""Sites: one site on one page, to print: its headline numbers with their plans, and the other sites beside them."""

from datetime import date
from functools import partial
from typing import Any

from dashboard.cards import alarms
from dashboard.cards.events import happenings, in_words, marks_of
from dashboard.cards.funders import conditions
from dashboard.cards.site_table import with_small
from dashboard.charts import graph
from dashboard.charts.over_time import site_line, under_query
from dashboard.data.edition import Row, Site
from dashboard.data.to_fix import MOST_MONTHS, are_not_shown, place_of, to_fix
from dashboard.data.view import View, period_words
from dashboard.elements import html, icons
from dashboard.elements.page import Content, Page, card, definition, grid, nothing, pick_period, source_words
from dashboard.elements.tables import Column, hidden, link, not_applicable, number, state, table, tag
from dashboard.provenance import links
from dashboard.wording import caseload, control_chart, readiness, returns
from etl.definitions.messages import Capital, Count, Month, Name, Plain, Text, _, joined, ngettext
from etl.definitions.outcomes import LEFT_OPEN
from etl.definitions.periods import MONTHS_IN, month_after, months_from, write_date, write_month, write_months
from etl.definitions.readiness import VERDICTS
from etl.definitions.writing import HIDDEN, first_upper, spaced
from etl.provenance.address import NumberAddress

Component = Any
HEADLINES = (
    "new_cases",
    "closing_cases",
    "caseload_per_case_manager",
    "acceptance_rate",
    "completion_rate",
    "risk_reduced_share",
    "victims_in_contact_rate",
    "cost_per_new_case_shared",
    "spend",
    "funding_share.home_office",
)


def site_of(view: View) -> Site | None:
    """The site that the path names; the first one where it names none."""
    name = view.address.path.removeprefix("/site").strip("/")
    return next((site for site in view.edition.sites if name in ("", site.name)), None)


def build(view: View) -> Content:
    """The page of a site."""
    if not view.edition.sites:
        return Content(_("The edition has no site"), "", [])
    site = site_of(view)
    if site is None:
        missing = _("There is no such site in this edition")
        return Content(missing, _("Choose one of these."), [site_links(view, "")])
    verdict = next(iter(view.edition.rows("verdicts", "site = ?", (site.name,))), None)
    headline = (
        readiness.one_verdict(verdict, {site.name: site.label})
        if verdict is not None
        else _("{site}: not enough data yet", site=view.label(site.name))
    )
    return Content(
        headline,
        _(
            "{commissioner}; {provider}. Since {month}; {period}.",
            commissioner=Name(site.commissioner) if site.commissioner else _("Commissioner not known"),
            provider=Name(site.provider) if site.provider else _("provider not known"),
            month=write_month(site.first_month, long=True),
            period=period_words(view.period),
        ),
        [
            site_links(view, site.name),
            grid(
                measures(view, site),
                html.Div([judged(view, site, verdict), agreements(view, site)], className="stack"),
                kind="wide-left",
            ),
            grid(over_time(view, site, "closing_cases"), over_time(view, site, "new_cases")),
            to_mend(view, site),
        ],
        controls=[pick_period(view)],
        opens=links.money(view, site.name),
    )


def site_links(view: View, chosen: str) -> Component:
    """The sites, each with its page."""
    items = []
    for site in view.edition.sites:
        current = site.name == chosen
        href = view.address.keep(f"/site/{site.name}", "period", "to", "edition").href
        marked = {"aria-current": "page"} if current else {}
        css = "button filled" if current else "button"
        items.append(html.Li(html.A(view.label(site.name), href=href, className=css, **marked)))
    return html.Nav(html.Ul(items, className="site-links"), **{"aria-label": _("Sites")})


def measures(view: View, site: Site) -> Component:
    """Every headline number with its plan, its range over twelve months, and the other sites as grey ticks."""
    body = []
    for measure in HEADLINES:
        if measure not in view.edition.measures:
            continue
        row = view.result(site.name, measure)
        plan = view.result(site.name, links.PLANS[measure]) if measure in links.PLANS else None
        body.append(
            [
                view.measure_label(measure),
                number_or_bounds(view, site, row, measure),
                number(view, plan) if plan is not None else not_applicable(),
                beside_others(view, site, measure, row),
            ]
        )
    columns = [Column(_("Measure")), Column(_("Number"), True), Column(_("Plan"), True)]
    columns.append(Column(_("Beside the other sites (grey)")))
    label, number_of = view.label(site.name), Count(len(body))
    period = period_words(view.period)
    return card(
        ngettext("{site} in {number} number", "{site} in {number} numbers", len(body), site=label, number=number_of),
        Capital(_("{period}; line: 95% interval; grey: other sites, no ranks", period=period)),
        table(columns, body, _("Headline numbers of {site}", site=label), class_name="tall"),
        name="measures",
        source=source_words(view),
        links=[definition(view, HEADLINES[0])],
    )


def number_or_bounds(view: View, site: Site, row: Row | None, measure: str) -> Component:
    """A headline number with what it leaves open; what it may be where it is not known."""
    shown = number(view, row, bold=True)
    if row is None or row.value is not None:
        return with_small(shown, left_open(view, row, measure))
    year = links.open_year(view, site.name, measure)
    return html.Span(year.in_full, className="small") if year is not None else shown


def left_open(view: View, row: Row | None, measure: str) -> Text | None:
    """Under a share of a whole of which something is not known: how much that is, and what the share is at most."""
    if row is None or row.value is None or measure not in LEFT_OPEN:
        return None
    most, unknown = (view.edition.result(row.site, one, row.period, row.starts) for one in LEFT_OPEN[measure][1:])
    if most is None or unknown is None or most.value is None or unknown.value is None:
        return None
    return _(
        "at most {most}; {unknown} not known",
        most=links.number_text(view, most),
        unknown=links.number_text(view, unknown),
    )


def beside_others(view: View, site: Site, measure: str, row: Row | None) -> Component:
    """The site's mark and interval on a scale, the others as ticks."""
    others = [view.result(s.name, measure) for s in view.edition.sites if s.name != site.name]
    values = [r.value for r in others if r is not None and r.value is not None]
    unseen = any(r is not None and r.shown == HIDDEN for r in (row, *others))
    own = row.value if row is not None else None
    ends = (row.high, row.get("range_high")) if row is not None else ()
    seen = [v for v in (*values, own, *ends) if v is not None]
    if not seen:
        return hidden() if unseen else state(_("not known"))
    return icons.among(own, row, values, max(seen) * 1.05 or 1.0, view.mark(site.name))


def judged(view: View, site: Site, verdict: Row | None) -> Component:
    """The verdict and its criteria."""
    rows = view.edition.rows("readiness", "site = ?", (site.name,), "position")
    if verdict is None and not rows:
        return card(_("Not enough data yet"), "", nothing(_("No verdict is known.")), name="judged")
    body = [[first_upper(row.criterion), tag(row.level), criterion(view, row)] for row in rows]
    head = VERDICTS.get(verdict.verdict, "") if verdict is not None else _("No verdict")
    met = sum(row.level == "met" for row in rows)
    columns = [Column(_("Criterion")), Column(_("Level")), Column(_("Evidence"))]
    return card(
        readiness.criteria_met(met, len(rows)),
        "",
        html.P(links.verdict(view, site.name, verdict.verdict, head)) if verdict is not None else None,
        table(columns, body, _("Criteria"), class_name="wide"),
        html.P([_("What would change it:"), " ", verdict.change], className="note small")
        if verdict is not None and verdict.change
        else None,
        name="judged",
    )


def criterion(view: View, row: Row) -> Component:
    """What a criterion rests on, as a link to its evidence."""
    key = str(NumberAddress(row.site, "readiness", row.criterion, "level"))
    return link(view, key, row.words, joined(", ", [row.criterion, view.label(row.site)])) if row.words else ""


def agreements(view: View, site: Site) -> Component:
    """Money agreed, and until when."""
    rows = view.edition.rows("agreements", "site = ? and form = 'cash'", (site.name,), "ends desc")[:8]
    body = [
        [
            row.funder_label,
            links.agreement(view, row),
            html.Span([first_upper(spaced(row.status)), *conditions(row)], className="with-condition"),
            write_date(row.ends) if row.ends else _("open"),
        ]
        for row in rows
    ]
    columns = [Column(_("Funder")), Column(_("Amount"), True), Column(_("Status")), Column(_("Ends"), True)]
    made_up = _("Some are made up for the sample") if any(row.made_up for row in rows) else ""
    known = ngettext("{number} agreement known", "{number} agreements known", len(rows), number=Count(len(rows)))
    return card(
        Capital(known) if rows else _("No agreement is known"),
        "",
        table(columns, body, _("Agreements"), class_name="wide")
        if rows
        else nothing(_("Nothing is known of money ahead.")),
        name="agreements",
        source=made_up,
    )


def over_time(view: View, site: Site, measure: str) -> Component:
    """A measure of the site by month."""
    rows = {row.starts: row for row in view.edition.series(measure).get(site.name, [])}
    last: date | None = view.edition.data_month
    if not rows or last is None:
        return card(view.measure_label(measure), "", nothing(_("No returns yet.")), name=measure)
    months = [month for month in months_from(min(rows), last) if month > month_after(last, -36)]
    values = {month: row.value for month, row in rows.items()}
    plan = view.edition.result(site.name, links.PLANS.get(measure, ""), "month", last)
    planned = plan.value if plan is not None else None
    top = 1.18 * max([v for v in (*values.values(), planned) if v is not None] or [1.0])
    texts = {month: Plain(row.shown) for month, row in rows.items()}
    events = happenings(view, months, [site.name])
    marked = marks_of(events, site.name)
    asked = under_query(rows)
    drawn = site_line(
        months, values, texts, view.mark(site.name), top, planned, events=marked, asked=asked, provisional=True
    )
    body = [[write_month(month), number(view, rows.get(month))] for month in months]
    headline = monthly(view, site, measure)
    return card(
        headline,
        _(
            "{measure} by month, {months}; hollow: {month}, provisional",
            month=Month(last, "name"),
            measure=view.measure_label(measure),
            months=write_months(months[0], months[-1]),
        ),
        graph(drawn, measure, headline, 162 if events else 150),
        html.P(in_words(events), className="muted small") if events else None,
        over_a_year(view, site, measure),
        name=measure,
        twin=table([Column(_("Month")), Column(view.measure_label(measure), True)], body, headline),
        source=source_words(view),
        links=[definition(view, measure)],
    )


def over_a_year(view: View, site: Site, measure: str) -> Component:
    """How a flow went against the same months a year before; nothing of what is no flow."""
    rows = view.edition.rows("trends", "site = ? and measure = ?", (site.name, measure))
    rows = tuple(row for row in rows if row.get("span") == MONTHS_IN["year"])
    if measure == "closing_cases":
        return heading_for(view, site)
    return html.P(caseload.change(rows[0], partial(links.flow_text, view)), className="note small") if rows else None


def heading_for(view: View, site: Site) -> Component:
    """To what level the site's new and closed cases lead."""
    rows = view.edition.rows("levels", "site = ? and level is not null", (site.name,))
    said = [caseload.leads_to(row, partial(links.level_text, view)) for row in rows]
    return html.P(said, className="note small") if said else None


def monthly(view: View, site: Site, measure: str) -> Text:
    """What the site's control chart of a measure shows; the measure's label where there is none."""
    charts = view.edition.rows("control_charts", "site = ? and measure = ?", (site.name, measure))
    if charts:
        return control_chart.control(site.label, charts[0], alarms.of_site(view, site.name, measure))
    return control_chart.by_month(site.label, view.measure_label(measure))


def to_mend(view: View, site: Site) -> Component:
    """What there is to fix in the site's returns, as the page of returns has it."""
    months = view.edition.rows("calendar", "site = ?", (site.name,), "month")[-MOST_MONTHS:]
    not_shown = are_not_shown(view.edition, months)
    body: list[list[Component]] = [
        [write_month(row.month), links.receipt(view, row, place_of(row)), row.message or "", row.fix or ""]
        for row in to_fix(view.edition, months)
    ]
    columns = [Column(_("Month")), Column(_("Where")), Column(_("What it says")), Column(_("What to do"))]
    return card(
        returns.mend(len(body), 0, not_shown),
        "",
        table(columns, body, _("Things to mend"), class_name="wide")
        if body
        else nothing(returns.nothing_to_mend(not_shown)),
        name="mend",
    )


PAGE = Page("/site", _("Sites"), 8, _("How does this site stand?"), build, takes_more=True)
