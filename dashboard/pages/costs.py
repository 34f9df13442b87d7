"""Costs: what one case costs on one basis, what each site counts, and what changed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.cards import central_team
from dashboard.cards.by_month import MOST_CHARTS
from dashboard.cards.cost_bridge import why_changed
from dashboard.cards.dots_with_values import beside_dots
from dashboard.cards.events import happenings, marks_of, table_of
from dashboard.cards.site_table import Line, number_of, side_by_side, with_small
from dashboard.charts import graph
from dashboard.charts.dots import Dot, dots, height
from dashboard.charts.over_time import site_line
from dashboard.data.comparisons import (
    asked,
    asked_words,
    briefly,
    columns,
    compared,
    of_a_year,
    of_sites,
    when,
)
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.page import (
    Content,
    Page,
    card,
    choose,
    definition,
    grid,
    nothing,
    pick,
    pick_period,
    pick_sites,
    site_name,
    source_words,
)
from dashboard.elements.tables import Column, hidden, number, state, table
from dashboard.provenance import links
from dashboard.wording import findings, sentences
from etl.definitions.periods import months_from, write_financial_year, write_month
from etl.definitions.writing import HIDDEN, first_upper, lower_first, pounds, signed_pounds

Component = Any
# What is divided by, as the address, the choice and a sentence name it.
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
    "central": ("", "With central", "all cash with the central team’s share"),
}
ROW_HEIGHT = 62
SAYS_ICONS = {"reported": ("tick", "reported in its returns"), "always nil": ("dash", "always nil in its returns")}


@dataclass(frozen=True)
class Asked:
    """What is compared: the denominator, the basis, the measure that they name, and each site's row."""

    per: str
    basis: str
    measure: str
    rows: Mapping[str, Row]

    @property
    def one(self) -> str:
        """What a cost is per, in a sentence."""
        return PER[self.per][1]

    @property
    def said(self) -> str:
        """What is spent, in a sentence."""
        return BASIS[self.basis][2]

    @property
    def is_central(self) -> bool:
        """Whether the central team's share is in it."""
        return self.basis == "central"


def build(view: View) -> Content:
    """The page."""
    view = of_a_year(view)
    what = chosen(view)
    return Content(
        headline(view, what),
        note(view, what),
        [
            grid(unit_costs(view, what), scope(view), kind="wide-left"),
            grid(
                html.Div(
                    [why_changed(view, what.measure), trend(view, what), real_terms(view, what), spent(view)],
                    className="stack",
                ),
                html.Div(
                    [year_table(view, what), central_team.central_team(view), by_line(view)],
                    className="stack",
                ),
            ),
        ],
        controls=controls(view, what),
    )


def chosen(view: View) -> Asked:
    """What the address asks for; a case with the central team's share is a new case."""
    basis = view.address.get("basis") if view.address.get("basis") in BASIS else "shared"
    per = view.address.get("per") if view.address.get("per") in PER and basis != "central" else "new_case"
    measure = f"cost_per_{per}{BASIS[basis][0]}"
    if basis != "central":
        return Asked(per, basis, measure, compared(view, measure))
    rows = central_team.rows_of(view, central_team.basis_of(view), central_team.allocation_of(view))
    return Asked(per, basis, measure, rows)


def controls(view: View, what: Asked) -> list[Component]:
    """The choices. Some have no measure in an old edition, and the central team's share goes with new cases only."""
    known = view.edition.measures
    pers = [(key, text) for key, (text, _) in PER.items() if f"cost_per_{key}{BASIS[what.basis][0]}" in known]
    bases = [(key, text) for key, (end, text, _) in BASIS.items() if f"cost_per_{what.per}{end}" in known]
    bases = [(key, text) for key, text in bases if key != "central" or view.edition.rows("central")]
    found: list[Component] = [pick_sites(view)]
    if what.is_central:
        found += central_team.choices(view, central_team.basis_of(view))
    else:
        found += [pick_period(view, ("rolling_year", "year")), pick("Per", "per", pers, what.per)]
    return [*found, choose("Basis", "basis", bases, what.basis)]


def headline(view: View, what: Asked) -> str:
    """How the sites' costs compare."""
    if not view.edition.has("results"):
        return "No returns have been loaded yet"
    if what.is_central:
        return central_headline(view)
    found = asked(view, "findings", "measure = ?", (what.measure,)) if view.all_sites else ()
    pairs = asked(view, "apart", "measure = ?", (what.measure,))
    return findings.cost(found, pairs, what.rows, labels_of(view), what.one)


def central_headline(view: View) -> str:
    """What the central team costs and where it goes; all cash is never one basis where the sites count other lines."""
    basis = central_team.basis_of(view)
    bare, shared = (central_team.rows_of(view, basis, key) for key in ("none", "by_new_cases"))
    kept = [(s.label, bare[s.name], shared[s.name]) for s in view.sites if s.name in bare and s.name in shared]
    said = findings.central(bare.get(central_team.TEAM), kept, central_team.per(view))
    cash = [row for _, row in of_sites(view, "cost_per_new_case")]
    differs = len(view.sites) > 1 and any(row.same_basis is False for row in cash)
    return said + (findings.OFF_BASIS if differs else "")


def labels_of(view: View) -> dict[str, str]:
    """The labels of the sites shown."""
    return {site.name: site.label for site in view.sites}


def note(view: View, what: Asked) -> str:
    """Measure, basis, sites and period."""
    if not what.is_central:
        return (
            f"Delivery spend per {what.one}, {what.said}, {asked_words(view)} or the last complete year, "
            "95% intervals from the number of cases."
        )
    how = central_team.HOW[central_team.allocation_of(view)]
    money = central_team.BASES[central_team.basis_of(view)][1]
    return f"{first_upper(money)}; all cash; the central team’s cost {how}. Earmarked money stays where it is."


def unit_costs(view: View, what: Asked) -> Component:
    """A dot and an interval a site, on one scale."""
    found, beside, body = [], [], []
    for site in view.sites:
        row = what.rows.get(site.name)
        found.append(dot_of(view, site.name, row))
        below = [html.Small(when(row))] if row is not None and row.hollow and row.value is not None else []
        interval = central_team.interval(view, row) if what.is_central else links.interval(view, row, money=True)
        blank = state("not known", (row.why or "") if row is not None else "")
        beside.append((site_name(view, site.name, *below), interval or blank))
        shown = central_team.shown(view, row) if what.is_central else number(view, row)
        known = row is not None and row.value is not None
        body.append([site_name(view, site.name), first_upper(when(row)) if known and row else "", shown, interval])
    top = 1.04 * max([v for dot in found for v in (dot.high, dot.value) if v] or [1.0])
    known_dots = [f"{dot.name} {dot.text}" for dot in found if dot.value is not None]
    label = f"Cost per {what.one} of each site with its 95% interval: " + "; ".join(known_dots)
    size = ROW_HEIGHT if len(found) <= 6 else 44
    drawn = graph(dots(found, top, pounds, labelled=True, row=size), "unit-cost", label, height(len(found), size))
    heads = [Column("Site"), Column("Period"), Column(view.measure_label(what.measure), True)]
    heads.append(Column("95% interval", True))
    return card(
        beside_headline(view, what),
        f"{first_upper(what.said)} ÷ {sentences.plural(what.one)}; hollow mark: an earlier year than asked for",
        beside_dots(drawn, beside, "95% interval", size),
        name="unit-cost",
        twin=table(heads, body, "Unit cost and its interval"),
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def dot_of(view: View, site: str, row: Row | None) -> Dot:
    """A site's dot."""
    if row is None:
        return Dot(view.label(site), view.mark(site), None, "")
    text = row.shown or ""
    return Dot(view.label(site), view.mark(site), row.value, text, row.low, row.high, hollow=bool(row.hollow))


def beside_headline(view: View, what: Asked) -> str:
    """The finding beside the page's own."""
    rows = [what.rows[site.name] for site in view.sites if site.name in what.rows]
    if what.is_central:
        said = sentences.spread(rows, central_team.per(view))
        how = central_team.HOW[central_team.allocation_of(view)]
        return f"{said}, the central team’s cost {how}" if said else "Cost per new case with the central team"
    found = asked(view, "findings", "measure = ?", (what.measure,)) if view.all_sites else ()
    pairs = asked(view, "apart", "measure = ?", (what.measure,))
    return findings.alike(found, pairs, what.rows, labels_of(view))


def scope(view: View) -> Component:
    """Which cost lines each site counts, beside what its own returns say."""
    rows = [row for row in view.edition.rows("scope") if row.site in labels_of(view)]
    if not rows:
        return card("What each site counts is not stated", "", nothing("No scope statement is known."), name="scope")
    lines = list({row.line: row.label for row in rows}.items())
    shared = {row.line for row in rows if row.shared}
    cells = {(row.line, row.site): row for row in rows}
    heads = [Column("Cost line")]
    heads += [Column(site_name(view, s.name, short=True), class_name="centre") for s in view.sites]
    body = [[label, *(scope_cell(cells.get((line, s.name))) for s in view.sites)] for line, label in lines]
    made_up = ". Made up" if any(row.made_up for row in rows) else ""
    return card(
        findings.scope(rows),
        f"Tinted: shared. Tick: in the site’s returns; triangle: against them{made_up}",
        table(
            heads,
            body,
            "Cost lines that each site counts, and whether its returns report them",
            class_name="scope wide",
            row_names=[f"shared {line}" if line in shared else line for line, _ in lines],
        ),
        name="scope",
    )


def scope_cell(row: Row | None) -> Component:
    """What a statement says, with an icon for what the returns say."""
    if row is None:
        return html.Span("Not known", className="muted small")
    icon, heard = SAYS_ICONS.get(row.get("own_data") or "", ("", row.get("own_data") or ""))
    if row.get("agrees") is False:
        icon, heard = "warning", f"but {heard}"
    found = [html.Span(row.says, className="" if row.says == "Yes" else "muted small")]
    if heard:
        found += [icons.icon(icon, 11) if icon else None, html.Span(f", {heard}", className="heard")]
    return html.Span(found, className="says")


def year_table(view: View, what: Asked) -> Component:
    """The numbers behind the dots: spend, cases, unit cost, and why the asked year is not there."""
    if what.is_central:
        return central_table(view, what)
    about = view.edition.measures.get(what.measure)
    top, below = (about.numerator, about.denominator) if about is not None else ("", "")
    body, gaps = [], []
    for site in view.sites:
        row = what.rows.get(site.name)
        parts = [
            view.edition.result(site.name, measure, row.period, row.starts) if row is not None else None
            for measure in (top, below)
        ]
        unknown = row is None or row.hollow or row.value is None
        gaps += [(site.label, None)] if unknown else []
        why = (row.why or "") if row is not None else ""
        last: Component = (
            html.Span([state("not known"), html.Small(why)], className="with-reason") if unknown else "As shown"
        )
        to = html.Span(write_month(row.ends), className="whole") if row is not None else ""
        numbers = [number(view, part) for part in parts]
        body.append([site_name(view, site.name), to, *numbers, number(view, row, bold=True), last])
    per = html.Span(first_upper(sentences.plural(what.one)), className="whole" if what.per == "new_case" else "")
    heads = [Column("Site"), Column("To", True), Column("Spend", True), Column(per, True), Column("Each", True)]
    heads.append(Column(first_upper(asked_words(view)), True))
    rows = [(site.label, None if (site.label, None) in gaps else Row(value=1)) for site in view.sites]
    return card(
        sentences.gaps_in(rows, asked_words(view)),
        f"Table of the chart above: {lower_first(view.measure_label(what.measure))}",
        table(
            heads, body, "Spend, cases and unit cost", class_name="years wide", row_names=[s.name for s in view.sites]
        ),
        name="year-table",
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def central_table(view: View, what: Asked) -> Component:
    """The numbers behind the dots with the central team's share."""
    body = []
    for site in view.sites:
        row = what.rows.get(site.name)
        cells = [central_team.shown(view, row, name) for name in ("cost", "central", "total", "count", "unit")]
        body.append([site_name(view, site.name), row.words if row is not None else "", *cells])
    heads = [Column("Site"), Column("Year")]
    heads += [Column(text, True) for text in ("Site’s cost", "Central share", "Together", "New cases", "Each")]
    return card(
        "Each site’s cost, its share of the central team, and both together",
        "Table of the chart above; cash",
        table(
            heads, body, "Cost with the central team", class_name="years wide", row_names=[s.name for s in view.sites]
        ),
        name="year-table",
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def trend(view: View, what: Asked) -> Component:
    """The unit cost of each rolling year, by the month in which it ends. Never a month's own."""
    series = view.edition.series(what.measure, "rolling_year")
    known = view.edition.periods("rolling_year")
    if len(known) < 2:
        return card("Cost over time", "", nothing("One year is not yet a trend."), name="trend")
    months = months_from(known[-1][1], known[0][1])
    events = happenings(view, months, [site.name for site in view.sites])
    sites = view.sites[:MOST_CHARTS]
    rows = {site.name: {row.ends: row for row in series.get(site.name, [])} for site in sites}
    top = 1.18 * max([row.value for by in rows.values() for row in by.values() if row.value is not None] or [1.0])
    charts, ends = [], []
    for site in sites:
        values = {month: row.value for month, row in rows[site.name].items()}
        texts = {month: row.shown for month, row in rows[site.name].items()}
        last = [row for row in rows[site.name].values() if row.value is not None]
        label = (
            f"{site.label}: cost per {what.one} in each rolling year, last {last[-1].shown if last else 'not known'}"
        )
        letters = marks_of(events, site.name)
        drawn = site_line(months, values, texts, view.mark(site.name), top, None, money=True, events=letters)
        ends.append((site.label, last[0] if last else None, last[-1] if last else None))
        tall = 128 if events else 116
        charts.append(html.Div([html.H3(site_name(view, site.name)), graph(drawn, f"trend-{site.name}", label, tall)]))
    letters_all = marks_of(events, "all")
    body = [
        [write_month(month), *(number(view, rows[s.name].get(month)) for s in sites), letters_all.get(month, "")]
        for month in months
    ]
    heads = [
        Column("Year to"),
        *(Column(site_name(view, s.name, short=True), True) for s in sites),
        Column("Event"),
    ]
    return card(
        sentences.trend(ends, what.one),
        f"{view.measure_label(what.measure)}, each year to the month shown, one scale{drawn_of(view)}",
        html.Div(charts, className="multiples"),
        table_of(view, events),
        name="trend",
        twin=table(heads, body, "Unit cost of each rolling year", class_name="wide"),
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def by_line(view: View) -> Component:
    """Spend by line, with each line's share."""
    rows: dict[str, dict[str, Row]] = {}
    for row in asked(view, "spend_lines", order="position"):
        rows.setdefault(row.line, {})[row.site] = row
    lines = [
        Line(
            f"spend.{line}",
            next(iter(by.values())).label,
            "",
            by,
            {site: line_cell(view, row) for site, row in by.items()},
        )
        for line, by in rows.items()
    ]
    whole = compared(view, "spend")
    cells = {site: number_of(view, row, "spend", row.shown or "", why=row.why or "") for site, row in whole.items()}
    lines.append(Line("spend", view.measure_label("spend"), "", whole, cells))
    most = largest_lines(view, rows)
    return card(
        largest_line(view, most),
        f"Cash spend by line, {asked_words(view)} or the last complete year; shares of cash spend",
        side_by_side(view, lines, "Spend by line") if rows else nothing("No spend is known."),
        name="by-line",
        opens=[links.share(view, row, f"spend.{row.line}") for row in most],
        source=source_words(view),
        links=[definition(view, "spend")],
    )


def line_cell(view: View, row: Row) -> Component:
    """An amount with its share under it."""
    main = number_of(view, row, f"spend.{row.line}", row.amount_shown or "")
    return with_small(main, links.share(view, row, f"spend.{row.line}"))


def largest_lines(view: View, rows: Mapping[str, Mapping[str, Row]]) -> list[Row]:
    """The line on which most is spent at each site shown, the smallest share first."""
    most = []
    for site in view.sites:
        own = [by[site.name] for by in rows.values() if site.name in by and by[site.name].share is not None]
        if own:
            most.append(max(own, key=lambda row: row.share))
    return sorted(most, key=lambda row: row.share)


def largest_line(view: View, most: Sequence[Row]) -> str:
    """The line on which most is spent, where it is the same at every site shown."""
    if not most:
        return "Spend by line"
    if len({row.line for row in most}) > 1:
        return "The largest line of spend is not the same at every site"
    low, high = most[0].shown, most[-1].shown
    part = low if low == high else f"{low} to {high}"
    where = "at every site" if len(most) == len(view.sites) > 1 else "where known" if len(view.sites) > 1 else ""
    return f"{most[0].label} is the largest line {where}: {part} of cash spend".replace(" :", ":")


def spent(view: View) -> Component:
    """Cash spend against plan and against funding."""
    compared_rows = compared(view, "spend_against_plan")
    rows = {row.site: row for row in against_rows(view, compared_rows)}
    body = [spent_line(view, site, compared_rows.get(site), rows.get(site)) for site in columns(view)]
    heads = [Column("Site"), Column("Year")]
    heads += [Column(text, True) for text in ("Spend", "Plan", "Over plan", "Funding", "Over funding")]
    ratios = [compared_rows.get(site.name) for site in view.sites]
    known = sorted((row for row in ratios if row is not None and row.value is not None), key=lambda row: row.value)
    return card(
        sentences.spend_against_plan(ratios) or "Spend against plan and funding",
        f"Cash, {asked_words(view)} or the last complete year",
        table(heads, body, "Cash spend against plan and funding", class_name="wide"),
        name="spent",
        opens=[number(view, row) for row in known],
        source=source_words(view),
        links=[definition(view, "spend_against_plan")],
    )


def against_rows(view: View, years: Mapping[str, Row]) -> list[Row]:
    """The row of each site's year, an earlier one where the comparison is of that."""
    found: list[Row] = []
    for site, row in years.items():
        where = "site = ? and period = ? and starts = ?"
        found += view.edition.rows("spend_against", where, (site, row.period, row.starts))
    return found


def spent_line(view: View, site: str, year: Row | None, row: Row | None) -> list[Component]:
    """A site's line."""
    if year is None or row is None:
        return [site_name(view, site), "", state("not known"), "", "", "", ""]
    results = [
        view.edition.result(site, name, year.period, year.starts) for name in ("spend", "planned_cost", "funding")
    ]
    spend, plan, money = (number(view, result) for result in results)
    over = [
        html.Span(links.beside(view, Row(row, measure="spend"), name, signed_pounds(row[name])), className="whole")
        if row[name] is not None
        else ""
        for name in ("over_plan", "over_funding")
    ]
    to = html.Span(first_upper(briefly(year)), className="whole")
    return [site_name(view, site, short=True), to, spend, plan, over[0], money, over[1]]


def drawn_of(view: View) -> str:
    """Says so where not every site is drawn."""
    shown, known = MOST_CHARTS, len(view.sites)
    return f"; {shown} of {known} sites, choose a site for its own" if known > shown else ""


def real_terms(view: View, what: Asked) -> Component:
    """Spend and unit cost of each financial year in the prices of one."""
    measure = (
        what.measure if view.edition.rows("real_terms", "measure = ?", (what.measure,)) else "cost_per_new_case_shared"
    )
    rows = [
        row for row in view.edition.rows("real_terms", "measure = ?", (measure,), "starts") if row.site in columns(view)
    ]
    if not rows:
        return card("Cost in real terms", "", nothing("No whole financial year is known."), name="real-terms")
    base, per = rows[0].base_year, sentences.per_of(measure)
    sites = [site for site in columns(view) if any(row.site == site for row in rows)]
    if len(sites) > MOST_CHARTS:  # ten years of every site fill no page that anybody reads
        sites = [site for site in sites if site == "all"] or sites[:MOST_CHARTS]
    body = [real_line(view, row) for site in sites for row in rows if row.site == site]
    heads = [Column("Site"), Column("Year"), Column("In money of the year", True), Column(f"In {base} prices", True)]
    whole = [row for row in rows if not row.to_date and row.site != "all" and row.real is not None]
    year = max((row.year for row in whole), default="")
    shown = [Row(value=row.real, shown=row.real_shown) for row in whole if row.year == year]
    forecast = " Part of the deflator is a forecast." if any(row.forecast for row in rows) else ""
    return card(
        f"{sentences.spread(shown, f'per {per} in {year}, in {base} prices')}" if shown else "Cost in real terms",
        f"{view.measure_label(measure)}, by financial year",
        table(heads, body, "Unit cost in real terms", class_name="wide"),
        name="real-terms",
        source=f"{rows[0].source}.{forecast}",
        links=[definition(view, measure)],
    )


def real_line(view: View, row: Row) -> list[Component]:
    """A site's financial year."""
    year = write_financial_year(row.starts) + (" to date" if row.to_date else "")
    of_year = Row(row, period="year")
    nominal = number_of(view, of_year, row.measure, row.nominal_shown or "")
    real = links.beside(view, of_year, "real", row.real_shown) if row.real is not None else hidden_or_unknown(row)
    return [site_name(view, row.site, short=True), year, nominal, real]


def hidden_or_unknown(row: Row) -> Component:
    """What stands where there is no number in the prices of another year."""
    return hidden() if row.real_shown == HIDDEN else state("not known")


PAGE = Page("/costs", "Costs", 3, "What does one case cost, and is that a fair comparison?", build)
