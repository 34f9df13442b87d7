"""Caseload: how many people Drive works with, against plan, and how they move through it."""

from datetime import date
from typing import Any

from dash import html

from dashboard import marks, words
from dashboard.charts import graph
from dashboard.charts.dots import Dot, dots, height
from dashboard.charts.over_time import control_chart, site_line
from dashboard.edition import Row
from dashboard.exhibits import beside_dots, shares_table, twin_of_series
from dashboard.page import (
    Content,
    Page,
    View,
    card,
    definition,
    grid,
    nothing,
    period_words,
    pick,
    pick_period,
    pick_sites,
    site_name,
    source_words,
)
from dashboard.scale import nice_top, ticks
from dashboard.tables import Column, number, state, table
from etl.definitions import label_of
from etl.definitions.measure import write
from etl.definitions.periods import month_after, months_from, write_month

Component = Any
CONTROLLED = "new_cases"
MOST_LINES = 12


def build(view: View) -> Content:
    """The page."""
    rows = plan_rows(view)
    return Content(
        words.new_cases_against_plan(rows) if rows else "No returns have been loaded yet",
        note(view),
        [
            grid(
                html.Div([open_cases(view)], className="stack"),
                html.Div([against_plan(view, rows), controlled(view)], className="stack"),
            ),
            grid(
                html.Div([journey(view), work_kinds(view), risk(view)], className="stack"),
                html.Div([closures(view), per_manager(view), people(view)], className="stack"),
            ),
        ],
        controls=[pick_sites(view), pick_period(view)],
    )


def plan_rows(view: View) -> list[tuple[str, Row | None, Row | None]]:
    """For each site its label, new cases and planned new cases of the period."""
    return [
        (site.label, view.result(site.name, "new_cases"), view.result(site.name, "planned_new_cases"))
        for site in view.sites
    ]


def note(view: View) -> str:
    """Who is counted, where and when, and whose months are missing."""
    _, starts, ends = view.period
    who = view.label(view.sites[0].name) if len(view.sites) == 1 else f"{words.count(len(view.sites))} sites"
    when = f"{write_month(starts, long=True)} to {write_month(ends, long=True)}"
    said = f"People allocated to a case manager, {who}, {when}."
    for site in view.sites:
        row = view.result(site.name, "new_cases")
        if row is not None and row.value is None and row.why:
            said += f" {site.label}: {row.why}."
    return said


def months_shown(view: View) -> list[date]:
    """The months of the charts over time: all that the edition has, or from the one that the address names."""
    known = view.edition.periods("month")
    if not known:
        return []
    months = months_from(known[-1][0], min(known[0][0], view.edition.data_month or known[0][0]))
    chosen = view.address.get("from")
    return [month for month in months if month.isoformat()[:7] >= chosen] or months


def open_cases(view: View) -> Component:
    """Open cases at the end of each month: small multiples on one scale, and the table under them."""
    months = months_shown(view)
    series = view.edition.series("closing_cases")
    if not months:
        return card("Open cases", "", nothing("No returns yet."), name="open-cases")
    by_site = {s.name: {row.starts: row for row in series.get(s.name, [])} for s in view.sites}
    plans = {s.name: view.edition.result(s.name, "planned_open_cases", "month", months[-1]) for s in view.sites}
    seen = [row.value for rows in by_site.values() for row in rows.values() if row.value is not None]
    planned = [row.value for row in plans.values() if row is not None and row.value is not None]
    top = max([*seen, *planned, 1.0]) * 1.16
    compare = [
        (
            site.label,
            value_at(by_site[site.name], month_after(months[-1], -12)),
            value_at(by_site[site.name], months[-1]),
        )
        for site in view.sites
    ]
    charts: list[Component] = []
    for site in view.sites[:MOST_LINES]:
        values = {month: row.value for month, row in by_site[site.name].items()}
        texts = {month: row.shown for month, row in by_site[site.name].items()}
        plan = plans[site.name]
        known = [row.shown for row in by_site[site.name].values() if row.value is not None]
        label = f"Open cases of {site.label} by month, {write_month(months[0])} to {write_month(months[-1])}"
        label += f", last {known[-1]}" if known else ", no number known"
        drawn = site_line(months, values, texts, view.mark(site.name), top, plan.value if plan is not None else None)
        charts.append(html.Div([html.H3(site_name(view, site.name)), graph(drawn, f"open-{site.name}", label, 134)]))
    return card(
        words.growth(compare),
        f"Cases open at the end of each month, one scale, {write_month(months[0], long=True)} to "
        f"{write_month(months[-1], long=True)}",
        html.Div(charts, className="multiples"),
        open_table(view, months, by_site, plans),
        name="open-cases",
        source=source_words(view) + made_up_plans(view),
        links=[definition(view, "closing_cases")],
    )


def made_up_plans(view: View) -> str:
    """Says so where a plan on the page is made up."""
    return ". Some plans are made up for the sample" if any(row.made_up for row in view.edition.rows("plans")) else ""


def value_at(rows: dict[date, Row], month: date) -> float | None:
    """A month's value, if it has one."""
    return rows[month].value if month in rows else None


def open_table(
    view: View, months: list[date], rows: dict[str, dict[date, Row]], plans: dict[str, Row | None]
) -> Component:
    """Quarter ends, every month with a hole, and the last month."""
    holes = {m for by_month in rows.values() for m, row in by_month.items() if row.value is None and m in months}
    ends = [month for month in months if month.month in (3, 6, 9, 12) and month < months[-1]][-5:]
    chosen = sorted({*ends, *list(holes)[:2], months[-1]})
    columns = [
        Column("Open at end of"),
        *(Column(f"{month:%b %y}", right=True) for month in chosen),
        Column("Plan", True),
    ]
    body = []
    for site in view.sites:
        cells = [site_name(view, site.name)]
        cells += [monthly(view, rows[site.name].get(month)) for month in chosen]
        plan = plans[site.name]
        cells.append(plan.shown if plan is not None and plan.value is not None else state("not known"))
        body.append(cells)
    names = [site.name for site in view.sites]
    return table(columns, body, "Open cases at the end of chosen months", row_names=names, class_name="under wide")


def monthly(view: View, row: Row | None) -> Component:
    """A month's number: missing where the return is, nothing where the site had not begun."""
    if row is None:
        return html.Span("n/a", className="muted")
    return number(view, row, words="missing" if "missing" in (row.why or "") else "not known")


def against_plan(view: View, rows: list[tuple[str, Row | None, Row | None]]) -> Component:
    """New cases with their intervals against the plan of the same months."""
    found: list[Dot] = []
    beside: list[tuple[Component, Component]] = []
    table_rows: list[list[Component]] = []
    for site in view.sites:
        row, plan = view.result(site.name, "new_cases"), view.result(site.name, "planned_new_cases")
        hollow = False
        if row is None or row.value is None:
            earlier = view.edition.last_complete(site.name, "new_cases", view.period[1], view.period[0])
            if earlier is not None:
                row, hollow = earlier, True
                plan = view.edition.result(site.name, "planned_new_cases", view.period[0], earlier.starts)
        planned = plan.value if plan is not None else None
        value = row.value if row is not None else None
        limits = (row.low, row.high, row.low_998, row.high_998) if row is not None else (None,) * 4
        text = row.shown if row is not None else ""
        found.append(Dot(site.label, view.mark(site.name), value, text, *limits, plan=planned, hollow=hollow))
        below = [html.Small(period_words((row.period, row.starts, row.ends)))] if hollow and row is not None else []
        of = f" of {plan.shown}" if plan is not None and plan.value is not None else ""
        beside.append((site_name(view, site.name, *below), html.Span([number(view, row, bold=True), of])))
        when = period_words((row.period, row.starts, row.ends)) if row is not None else ""
        said = words.against_plan(row, plan) or "not known"
        table_rows.append(
            [
                site_name(view, site.name),
                words.first_upper(when),
                number(view, row),
                words.interval(row) if row is not None else "",
                plan.shown if plan is not None else "",
                "cannot be told from plan" if said == "reaches plan" else said,
            ]
        )
    top = 1.03 * max([v for d in found for v in (d.high_998, d.high, d.plan, d.value) if v] or [1.0])
    heads = [
        Column("Site"),
        Column("Period"),
        *(Column(t, True) for t in ("New cases", "95% interval", "Plan")),
        Column(""),
    ]
    label = f"New cases against plan: {words.new_cases_against_plan(rows)}"
    drawn = graph(dots(found, top, lambda v: f"{v:,.0f}"), "new-cases-plan", label, height(len(found)))
    return card(
        words.below_plan_only(rows),
        f"New cases, {period_words(view.period)}; thick line 95%, thin 99.8% interval; upright: plan; hollow: earlier",
        beside_dots(drawn, beside, "of plan"),
        name="against-plan",
        twin=table(heads, table_rows, label_of("new_cases_against_plan"), class_name="wide"),
        links=[definition(view, "new_cases")],
        source=source_words(view) + made_up_plans(view),
    )


def controlled(view: View) -> Component:
    """The control chart of a chosen measure and site."""
    charts = view.edition.rows("control_charts", order="site, measure")
    if not charts or not view.sites:
        return card("Month by month", "", nothing("There are too few months for a control chart."), name="control")
    measures = [m for m in view.edition.measures if any(row.measure == m for row in charts)]
    measure = view.address.get("chart")
    measure = measure if measure in measures else (CONTROLLED if CONTROLLED in measures else measures[0])
    sites = [site for site in view.edition.sites if any(r.site == site.name and r.measure == measure for r in charts)]
    chosen = view.address.get("of") or (view.sites[0].name if not view.all_sites else usual_site(view, sites))
    site = next((entry for entry in sites if entry.name == chosen), sites[0])
    about = next(row for row in charts if row.site == site.name and row.measure == measure)
    points = view.edition.rows("control_points", "site = ? and measure = ?", (site.name, measure), "month")
    by_month = {row.month: row for row in points}
    months = [month for month in months_shown(view) if points and month >= points[0].month]
    unit = view.edition.measures[measure].unit
    texts = {row.month: write(row.value, unit) for row in points if row.value is not None}
    limits = {month: (row.mean, row.lower, row.upper) for month, row in by_month.items()}
    signals = {row.month: row.label for row in points if row.label in words.SIGNALS}
    highest = [value for row in points for value in (row.value, row.upper) if value is not None]
    top = nice_top(max([*highest, 1.0]) * 1.02)
    has_lines = any(row.mean is not None for row in points)
    axis_text = None
    if unit in ("gbp", "gbp_each"):
        axis_text = [words.pounds_short(tick) for tick in ticks(top, 4)]
    name = view.measure_label(measure)
    drawn = control_chart(
        months,
        {month: row.value for month, row in by_month.items()},
        limits,
        signals,
        texts,
        view.mark(site.name),
        trial=bool(about.trial),
        axis_text=axis_text,
        top=top,
    )
    headline = words.control(site.label, name, points, has_lines)
    icon_level = "signal" if signals else "wave"
    said = f"XmR, {'trial ' if about.trial else ''}limits from {about.points} months. "
    said += "Ringed: a signal; " if signals else "No signal here; "
    said += "about 4 in 20 such charts show one by chance."
    return card(
        headline,
        said,
        graph(drawn, "control", f"{headline}. Control chart, {name}, {site.label}", 196),
        name="control",
        twin=twin_of_series(view, [by_month[m] for m in months if m in by_month], unit),
        controls=[
            pick("Chart of", "chart", [(m, view.measure_label(m)) for m in measures], measure),
            pick("Site", "of", [(entry.name, entry.label) for entry in sites], site.name),
            html.Span(variation(icon_level, words.first_upper(about.words or "")), className="pushed"),
        ],
        source=source_words(view),
        links=[definition(view, measure)],
    )


def usual_site(view: View, sites: list[Any]) -> str:
    """The first site whose new cases are off its plan; else the first."""
    for site in sites:
        row, plan = view.result(site.name, "new_cases"), view.result(site.name, "planned_new_cases")
        if words.against_plan(row, plan) in ("below plan", "above plan"):
            return str(site.name)
    return str(sites[0].name)


def variation(icon: str, said: str) -> Component:
    """A kind of variation as an icon and a word."""
    return html.Span([marks.icon(icon, 16), html.Span(said)], className="tag plain large")


STEPS = ("referrals", "accepted", "new_cases", "closed_cases", "closed_cases.completed")


def journey(view: View) -> Component:
    """From referral to completion: numbers, and the two shares that mean something."""
    shares = {"accepted": "acceptance_rate", "closed_cases.completed": "completion_rate"}
    return card(
        words.spread(rates(view, "acceptance_rate"), "of referrals were accepted") or "From referral to completion",
        f"From referral to completion, {period_words(view.period)}. Shares: of referrals, of closures",
        shares_table(view, STEPS, shares, "From referral to completion"),
        name="journey",
        source=source_words(view),
        links=[definition(view, "referrals")],
    )


def per_manager(view: View) -> Component:
    """Open cases for each case manager, in post and by posts."""
    rows = ("closing_cases", "case_managers", "case_manager_posts", "caseload_per_case_manager", "caseload_per_post")
    return card(
        caseload_words(view),
        f"At the end of {write_month(view.period[2], long=True)}; full-time equivalents",
        shares_table(view, rows, {}, "Caseload per case manager"),
        name="per-manager",
        source=source_words(view),
        links=[definition(view, "caseload_per_case_manager")],
    )


def rates(view: View, measure: str) -> list[Row | None]:
    """A measure in the period, a row a site."""
    return [view.result(site.name, measure) for site in view.sites]


def caseload_words(view: View) -> str:
    """The range of open cases per case manager."""
    said = words.spread(rates(view, "caseload_per_case_manager"), "open cases for each case manager in post")
    return said or "Open cases per case manager are not known"


def kinds_words(view: View) -> str:
    """The kind of work that most open cases are in, over the sites shown together or the one site."""
    site = view.sites[0].name if len(view.sites) == 1 else "all"
    rows = [view.result(site, part) for part in parts_of(view, "closing_cases")]
    total = view.result(site, "closing_cases")
    known = [row for row in rows if row is not None and row.value is not None]
    if len(known) < len(rows) or not known or total is None or total.value is None or not view.all_sites:
        return "Open cases by kind of work"
    largest = max(known, key=lambda row: row.value)
    label = view.measure_label(largest.measure).split(": ")[-1]
    return f"{words.first_upper(label)} is the largest kind of work: {largest.shown} of {total.shown} open cases"


def parts_of(view: View, measure: str) -> list[str]:
    """The parts of a measure, in the edition's order."""
    return [name for name in view.edition.measures if name.startswith(f"{measure}.")]


def work_kinds(view: View) -> Component:
    """Open cases by kind of work."""
    return card(
        kinds_words(view),
        f"Open cases by kind of work at the end of {write_month(view.period[2], long=True)}",
        shares_table(view, [*parts_of(view, "closing_cases"), "closing_cases"], {}, "Open cases by kind of work"),
        name="kinds",
        source=source_words(view),
        links=[definition(view, "closing_cases")],
    )


def closures(view: View) -> Component:
    """Closures by reason."""
    return card(
        words.spread(rates(view, "completion_rate"), "of closures were completed as planned") or "Closures by reason",
        f"Closed cases by reason, {period_words(view.period)}",
        shares_table(view, [*parts_of(view, "closed_cases"), "closed_cases"], {}, "Closures by reason"),
        name="closures",
        source=source_words(view),
        links=[definition(view, "closed_cases")],
    )


def risk(view: View) -> Component:
    """How the risk to the victim had changed when cases closed."""
    rows = [*parts_of(view, "risk_change"), "risk_reduced"]
    return card(
        words.spread(rates(view, "risk_reduced_rate"), "of closures left the victim at lower risk")
        or "Risk to the victim at closure",
        f"As the IDVA judged it, {period_words(view.period)}. Share: of closures in which the change is known",
        shares_table(view, rows, {"risk_reduced": "risk_reduced_rate"}, "Risk to the victim at closure"),
        name="risk",
        source=source_words(view),
        links=[definition(view, "risk_reduced_rate")],
    )


def people(view: View) -> Component:
    """Victims, children, and who the perpetrators are."""
    rows = (
        "victims",
        "victims_in_contact",
        "children",
        "victims_per_perpetrator",
        "children_per_perpetrator",
        "serial_perpetrators",
        "repeat_perpetrators",
        "not_eligible_elsewhere",
        "marac_repeat_cases",
    )
    shares = {
        "victims_in_contact": "victims_in_contact_rate",
        "serial_perpetrators": "serial_share",
        "repeat_perpetrators": "repeat_share",
        "not_eligible_elsewhere": "not_eligible_elsewhere_share",
    }
    return card(
        words.spread(rates(view, "victims_in_contact_rate"), "of linked victims were in contact with an IDVA")
        or "Victims, children and perpetrators",
        f"{words.first_upper(period_words(view.period))}. Shares: of victims, of new cases; none on fewer than 10",
        shares_table(view, rows, shares, "Victims, children and perpetrators"),
        name="people",
        source=source_words(view),
        links=[definition(view, "victims")],
    )


PAGE = Page("/caseload", "Caseload", 2, "How many people does Drive work with, and is it as many as planned?", build)
