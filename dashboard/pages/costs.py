"""Costs: what one case costs on one basis, what each site counts, and what changed it."""

from typing import Any

from dash import html

from dashboard import words
from dashboard.charts import graph
from dashboard.charts.dots import Dot, dots, height
from dashboard.charts.money import bridge
from dashboard.charts.over_time import site_line
from dashboard.edition import Row, Site
from dashboard.exhibits import beside_dots, shares_table
from dashboard.page import (
    Content,
    Page,
    View,
    card,
    choose,
    definition,
    grid,
    nothing,
    pick,
    pick_sites,
    site_name,
    source_words,
)
from dashboard.tables import Column, number, state, table
from etl.definitions.periods import months_from, write_month, write_period

Component = Any
# What is divided by, as the address, the button and a sentence name it.
PER = {
    "new_case": ("New case", "new case"),
    "perpetrator_worked_with": ("Worked with", "perpetrator worked with"),
    "completed_case": ("Completed", "completed case"),
    "open_case_month": ("Case-month", "open case-month"),
}
# What is spent: the end of the measure's name, the button, and a sentence.
BASIS = {
    "shared": ("_shared", "Shared lines", "cash, shared cost lines"),
    "cash": ("", "All cash", "all cash"),
    "in_kind": ("_with_in_kind", "With in kind", "cash and in kind"),
}
ROW_HEIGHT = 58
# No ratio is shown on a count under this.
LEAST = 10


def build(view: View) -> Content:
    """The page."""
    per, basis, measure = chosen(view)
    rows = latest(view, measure)
    one, said = PER[per][1], BASIS[basis][2]
    headline = words.unit_costs([(site.label, row) for site, row, _ in rows if row is not None], one)
    if basis != "shared" and len(view.sites) > 1 and not same_scope(view):
        headline += "; not on the same basis"
    options = [
        (key, text) for key, (text, _) in PER.items() if f"cost_per_{key}{BASIS[basis][0]}" in view.edition.measures
    ]
    bases = [(key, text) for key, (end, text, _) in BASIS.items() if f"cost_per_{per}{end}" in view.edition.measures]
    return Content(
        headline,
        f"Delivery spend per {one}, {said}, latest complete year of each site, 95% intervals from the number of cases.",
        [
            grid(compared(view, measure, rows, one, said), scope(view), kind="wide-left"),
            grid(bridged(view, measure, one), year_table(view, measure, rows)),
            grid(trend(view, measure, one), by_line(view)),
        ],
        controls=[
            pick_sites(view),
            choose("Per", "per", options, per),
            choose("Basis", "basis", bases, basis),
        ],
    )


def chosen(view: View) -> tuple[str, str, str]:
    """What is divided by, the basis, and the measure that they name."""
    per = view.address.get("per") if view.address.get("per") in PER else "new_case"
    basis = view.address.get("basis") if view.address.get("basis") in BASIS else "shared"
    return per, basis, f"cost_per_{per}{BASIS[basis][0]}"


def latest(view: View, measure: str) -> list[tuple[Site, Row | None, bool]]:
    """For each site the period's number, or its last complete year, and whether it is that."""
    found: list[tuple[Site, Row | None, bool]] = []
    for site in view.sites:
        row = view.result(site.name, measure)
        if row is not None and row.value is not None and row.complete:
            found.append((site, row, False))
            continue
        earlier = view.edition.last_complete(site.name, measure, view.period[1])
        found.append((site, earlier, True) if earlier is not None else (site, row, False))
    return found


def same_scope(view: View) -> bool:
    """Whether all sites count the same cost lines."""
    said: dict[str, set[str]] = {}
    for row in view.edition.rows("scope"):
        if row.line not in ("in_kind", "central"):
            said.setdefault(row.line, set()).add(row.says)
    return bool(said) and all(len(answers) == 1 for answers in said.values())


def compared(view: View, measure: str, rows: list[tuple[Site, Row | None, bool]], one: str, said: str) -> Component:
    """A dot and an interval a site, on one scale."""
    found, beside, body = [], [], []
    for site, row, hollow in rows:
        value = row.value if row is not None else None
        low, high = (row.low, row.high) if row is not None else (None, None)
        found.append(
            Dot(site.label, view.mark(site.name), value, row.shown if row is not None else "", low, high, hollow=hollow)
        )
        below = [html.Small(write_period(row.period, row.starts))] if hollow and row is not None else []
        interval = words.interval(row, money=True) if row is not None else ""
        beside.append((site_name(view, site.name, *below), interval or state("not known")))
        when = words.first_upper(write_period(row.period, row.starts)) if row is not None else ""
        body.append([site_name(view, site.name), when, number(view, row), interval])
    top = 1.04 * max([v for dot in found for v in (dot.high, dot.value) if v] or [1.0])
    label = f"Cost per {one} of each site with its 95% interval: " + "; ".join(
        f"{dot.name} {dot.text}" for dot in found if dot.value is not None
    )
    size = ROW_HEIGHT if len(found) <= 6 else 44
    drawn = graph(dots(found, top, words.pounds, labelled=True, row=size), "unit-cost", label, height(len(found), size))
    columns = [
        Column("Site"),
        Column("Period"),
        Column(view.measure_label(measure), True),
        Column("95% interval", True),
    ]
    known = [(site.label, row) for site, row, _ in rows if row is not None]
    headline = words.alike(known) or "Cost and its interval"
    return card(
        words.first_upper(headline),
        f"{words.first_upper(said)} ÷ {one}s; hollow mark: a year that ends before {write_month(view.period[2])}",
        beside_dots(drawn, beside, "95% interval", size),
        name="unit-cost",
        twin=table(columns, body, "Unit cost and its interval"),
        source=source_words(view),
        links=[definition(view, measure)],
    )


def scope(view: View) -> Component:
    """Which cost lines each site counts."""
    rows = view.edition.rows("scope")
    if not rows:
        return card("What each site counts is not stated", "", nothing("No scope statement is known."), name="scope")
    lines = list({row.line: row.label for row in rows}.items())
    shared = {row.line for row in rows if row.shared}
    says = {(row.line, row.site): row.says for row in rows}
    heads = [
        Column("Cost line"),
        *(Column(site_name(view, s.name, short=True), class_name="centre") for s in view.sites),
    ]
    body = []
    for line, label in lines:
        cells = [says.get((line, site.name)) or "Not known" for site in view.sites]
        body.append([label, *(text if text == "Yes" else html.Span(text, className="muted small") for text in cells)])
    made_up = ". Made up for the sample" if any(row.made_up for row in rows) else ""
    names = [f"shared {line}" if line in shared else line for line, _ in lines]
    return card(
        f"What each site counts: {words.counted(len(shared), 'line is', 'lines are')} shared",
        f"Tinted: in the comparison on shared lines{made_up}",
        table(heads, body, "Cost lines that each site counts", class_name="scope wide", row_names=names),
        name="scope",
    )


def bridged(view: View, measure: str, one: str) -> Component:
    """The change of one site's unit cost, in spending and caseload."""
    rows = view.edition.rows("bridges", "measure = ?", (measure,), "site, to_ends desc")
    rows = rows or view.edition.rows("bridges", "measure = 'cost_per_new_case_shared'", (), "site, to_ends desc")
    here = {site.name for site in view.sites}
    newest: dict[str, Row] = {}
    for row in rows:
        if row.site in here and min(row.count0, row.count1) >= LEAST:
            newest.setdefault(row.site, row)
    if not newest:
        return card(
            "What changed the unit cost", "", nothing("No site has two whole periods to compare."), name="bridge"
        )
    largest = max(newest.values(), key=lambda row: abs(row.unit1 - row.unit0))
    row = newest.get(view.address.get("of"), largest)
    per = words.per_of(row.measure) or one
    first = f"{_range(row.from_starts, row.from_ends)}"
    last = f"{_range(row.to_starts, row.to_ends)}"
    spent = row.cost1 - row.cost0
    cases = row.count1 - row.count0
    many = words.plural(per)
    drawn = bridge(
        (first, f"{row.count0:,.0f} {many}", row.unit0),
        [
            ("Spending", f"{words.pounds(spent)} {'more' if spent >= 0 else 'less'} spent", row.spending),
            ("Volume", f"{abs(cases):,.0f} {'more' if cases >= 0 else 'fewer'}", row.volume),
        ],
        (last, f"{row.count1:,.0f} {many}", row.unit1),
        view.mark(row.site),
    )
    headline = words.bridge(view.label(row.site), row, per)
    heads = [Column("Step"), Column("Spend", True), Column(words.first_upper(many), True), Column(f"Per {per}", True)]
    body = [
        [first, words.pounds(row.cost0), f"{row.count0:,.0f}", words.pounds(row.unit0)],
        ["Spending", "", "", words.signed(row.spending)],
        ["Volume", "", "", words.signed(row.volume)],
        [last, words.pounds(row.cost1), f"{row.count1:,.0f}", words.pounds(row.unit1)],
    ]
    options = [(site.name, site.label) for site in view.sites if site.name in newest]
    return card(
        headline,
        f"Bridge of {words.lower_first(view.measure_label(row.measure))}, {words.two_spans(row)}",
        graph(
            drawn, "bridge", f"{headline}. {first}: {words.pounds(row.unit0)}; {last}: {words.pounds(row.unit1)}", 190
        ),
        name="bridge",
        twin=table(heads, body, "Bridge of the unit cost"),
        controls=[pick("Site", "of", options, row.site)] if len(options) > 1 else [],
        source=source_words(view),
        links=[definition(view, row.measure)],
    )


def _range(starts: Any, ends: Any) -> str:
    """Months in few words: Apr to Nov 2019."""
    first = f"{starts:%b}" if starts.year == ends.year else f"{starts:%b %Y}"
    return f"{first} to {write_month(ends)}"


def year_table(view: View, measure: str, rows: list[tuple[Site, Row | None, bool]]) -> Component:
    """The numbers behind the dots: spend, cases, unit cost, and why the asked year is not there."""
    about = view.edition.measures.get(measure)
    top, below = (about.numerator, about.denominator) if about is not None else ("", "")
    body = []
    for site, row, hollow in rows:
        now = view.result(site.name, measure)
        parts = [
            view.edition.result(site.name, m, row.period, row.starts) if row is not None else None for m in (top, below)
        ]
        why = (now.why if now is not None and now.value is None else "") or ""
        last: Component = "As shown"
        if hollow or row is None or row.value is None:
            last = html.Span([state("not known"), html.Small(why)], className="with-reason")
        body.append(
            [
                site_name(view, site.name),
                html.Span(write_month(row.ends), className="whole") if row is not None else "",
                number(view, parts[0]),
                number(view, parts[1]),
                number(view, row, bold=True),
                last,
            ]
        )
    asked = words.first_upper(write_period(view.period[0], view.period[1]))
    heads = [
        Column("Site"),
        Column("To", True),
        Column("Spend", True),
        Column(view.measure_label(below) if below else "", True),
        Column("Each", True),
        Column(asked, True),
    ]
    now_rows = [(site.label, view.result(site.name, measure)) for site in view.sites]
    return card(
        words.gaps_in(now_rows, write_period(view.period[0], view.period[1])),
        f"Table of the chart above: {words.lower_first(view.measure_label(measure))}",
        table(
            heads, body, "Spend, cases and unit cost", class_name="years wide", row_names=[s.name for s in view.sites]
        ),
        name="year-table",
        source=source_words(view),
        links=[definition(view, measure)],
    )


def trend(view: View, measure: str, one: str) -> Component:
    """The unit cost of each rolling year, by the month in which it ends. Never a month's own."""
    series = view.edition.series(measure, "rolling_year")
    known = view.edition.periods("rolling_year")
    if len(known) < 2:
        return card("Cost over time", "", nothing("One year is not yet a trend."), name="trend")
    months = months_from(known[-1][1], known[0][1])
    rows = {site.name: {row.ends: row for row in series.get(site.name, [])} for site in view.sites}
    top = 1.18 * max([row.value for by in rows.values() for row in by.values() if row.value is not None] or [1.0])
    charts, body, ends = [], [], []
    for site in view.sites[:12]:
        values = {month: row.value for month, row in rows[site.name].items()}
        texts = {month: row.shown for month, row in rows[site.name].items()}
        last = [row for row in rows[site.name].values() if row.value is not None]
        label = f"{site.label}: cost per {one} in each rolling year, last {last[-1].shown if last else 'not known'}"
        drawn = site_line(months, values, texts, view.mark(site.name), top, None, money=True)
        ends.append((site.label, last[0] if last else None, last[-1] if last else None))
        charts.append(html.Div([html.H3(site_name(view, site.name)), graph(drawn, f"trend-{site.name}", label, 116)]))
    for month in months:
        body.append([write_month(month), *(number(view, rows[site.name].get(month)) for site in view.sites)])
    heads = [Column("Year to"), *(Column(site_name(view, site.name, short=True), True) for site in view.sites)]
    return card(
        words.trend(ends, one),
        f"{view.measure_label(measure)}, each year to the month shown, one scale",
        html.Div(charts, className="multiples"),
        name="trend",
        twin=table(heads, body, "Unit cost of each rolling year", class_name="wide"),
        source=source_words(view),
        links=[definition(view, measure)],
    )


def by_line(view: View) -> Component:
    """Spend by line, in all, and against plan and funding."""
    lines = [name for name in view.edition.measures if name.startswith("spend.")]
    rows = [*lines, "spend", "planned_cost", "spend_against_plan", "funding", "spend_against_funding", "spend_in_kind"]
    known = [view.result(site.name, "spend_against_plan") for site in view.sites]
    return card(
        words.spend_against_plan(known) or "Spend by line",
        f"Cash spend by line, {write_period(view.period[0], view.period[1])}",
        shares_table(view, rows, {}, "Spend by line"),
        name="by-line",
        source=source_words(view),
        links=[definition(view, "spend")],
    )


PAGE = Page("/costs", "Costs", 3, "What does one case cost, and is that a fair comparison?", build)
