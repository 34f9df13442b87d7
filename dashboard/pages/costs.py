"""Costs: what one case costs on one basis, what each site counts, and what changed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dashboard.cards import central_team
from dashboard.cards.by_month import MOST_CHARTS
from dashboard.cards.cost_bridge import why_changed
from dashboard.cards.dots_with_values import beside_dots
from dashboard.cards.events import happenings, marks_of, table_of
from dashboard.cards.site_table import Line, number_of, shares, side_by_side, with_small
from dashboard.charts import graph
from dashboard.charts.dots import Dot, dots, height
from dashboard.charts.over_time import site_line, under_query
from dashboard.data.comparisons import asked, asked_words, columns, compared, of_a_year, of_sites, when
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
from dashboard.elements.tables import Column, heard, hidden, number, state, table
from dashboard.provenance import links
from dashboard.wording import costs, numbers
from etl.definitions.messages import Capital, Name, Plain, Text, _, joined
from etl.definitions.periods import months_from, write_financial_year, write_month
from etl.definitions.writing import HIDDEN, first_upper, listed, lower_first, pounds, signed_pounds, why_open

Component = Any
# What is divided by, as the address and the choice name it.
PER = {
    "new_case": _("New case"),
    "perpetrator_worked_with": _("Worked with"),
    "completed_case": _("Completed"),
    "open_case_month": _("Case-month"),
}
# What is spent: the end of the measure's name, the button, and a sentence.
BASIS = {
    "shared": ("_shared", _("Shared lines"), _("cash, shared cost lines")),
    "cash": ("", _("All cash"), _("all cash")),
    "in_kind": ("_with_in_kind", _("With in kind"), _("cash and in kind")),
    "central": ("", _("With central"), _("all cash with the central team’s share")),
}
ROW_HEIGHT = 62
SAYS_ICONS = {
    "reported": ("tick", _("reported in its returns")),
    "always nil": ("dash", _("always nil in its returns")),
}


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
        return costs.PER[self.per].one

    @property
    def many(self) -> str:
        """Several of what a cost is per."""
        return costs.PER[self.per].many

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
                html.Div([year_table(view, what), central_team.central_team(view), by_line(view)], className="stack"),
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
    pers = [(key, text) for key, text in PER.items() if f"cost_per_{key}{BASIS[what.basis][0]}" in known]
    bases = [(key, text) for key, (end, text, said) in BASIS.items() if f"cost_per_{what.per}{end}" in known]
    bases = [(key, text) for key, text in bases if key != "central" or view.edition.rows("central")]
    found: list[Component] = [pick_sites(view)]
    if what.is_central:
        found += central_team.choices(view, central_team.basis_of(view))
    else:
        found += [pick_period(view, ("rolling_year", "year")), pick(_("Per"), "per", pers, what.per)]
    return [*found, choose(_("Basis"), "basis", bases, what.basis)]


def headline(view: View, what: Asked) -> str:
    """How the sites' costs compare."""
    if not view.edition.has("results"):
        return _("No returns have been loaded yet")
    if what.is_central:
        return central_headline(view)
    found = asked(view, "findings", "measure = ?", (what.measure,)) if view.all_sites else ()
    pairs = asked(view, "apart", "measure = ?", (what.measure,))
    basis = costs.on_lines(what.measure, view.edition.rows("scope"))
    return costs.cost(found, pairs, what.rows, labels_of(view), what.one, basis, partial(links.result_text, view))


def central_headline(view: View) -> str:
    """What the central team costs and where it goes; all cash is never one basis where the sites count other lines."""
    basis = central_team.basis_of(view)
    bare, shared = (central_team.rows_of(view, basis, key) for key in ("none", "by_new_cases"))
    kept = [(s.label, bare[s.name], shared[s.name]) for s in view.sites if s.name in bare and s.name in shared]
    write = partial(central_team.number_text, view)
    finding = costs.central(bare.get(central_team.TEAM), kept, central_team.per(view), write)
    same = all(row.same_basis is not False for label, row in of_sites(view, "cost_per_new_case"))
    return costs.on_its_basis(finding, same or len(view.sites) == 1)


def labels_of(view: View) -> dict[str, str]:
    """The labels of the sites shown."""
    return {site.name: site.label for site in view.sites}


def note(view: View, what: Asked) -> str:
    """Measure, basis, sites and period."""
    if not what.is_central:
        return _(
            "Delivery spend per {case}, {basis}, {year} or the last complete year, "
            "95% intervals from the number of cases.",
            case=what.one,
            basis=what.said,
            year=asked_words(view),
        )
    how = costs.SHARED_OUT[central_team.allocation_of(view)]
    money = central_team.BASES[central_team.basis_of(view)][1]
    return _("{money}; all cash; {how}. Earmarked money stays where it is.", money=Capital(money), how=how)


def unit_costs(view: View, what: Asked) -> Component:
    """A dot and an interval a site, on one scale."""
    found, beside, body = [], [], []
    for site in view.sites:
        row = what.rows.get(site.name)
        found.append(dot_of(view, site.name, row))
        below = [html.Small(when(row))] if row is not None and row.hollow and row.value is not None else []
        interval = central_team.interval(view, row) if what.is_central else links.interval(view, row)
        blank = hidden_or_not_known(row)
        beside.append((site_name(view, site.name, *below), interval or blank))
        shown = central_team.shown(view, row) if what.is_central else number(view, row)
        known = row is not None and row.value is not None
        body.append([site_name(view, site.name), first_upper(when(row)) if known and row else "", shown, interval])
    top = 1.04 * max([v for dot in found for v in (dot.high, dot.value) if v] or [1.0])
    known_dots = [joined(" ", [Name(dot.name), dot.text]) for dot in found if dot.value is not None]
    label = _(
        "Cost per {case} of each site with its 95% interval: {costs}", case=what.one, costs=joined("; ", known_dots)
    )
    size = ROW_HEIGHT if len(found) <= 6 else 44
    drawn = graph(dots(found, top, pounds, labelled=True, row=size), "unit-cost", label, height(len(found), size))
    heads = [Column(_("Site")), Column(_("Period")), Column(view.measure_label(what.measure), True)]
    heads.append(Column(_("Likely range"), True))
    return card(
        beside_headline(view, what),
        _(
            "{basis} ÷ {cases}; hollow mark: an earlier year than asked for",
            basis=first_upper(what.said),
            cases=what.many,
        ),
        *(why_none(view, what) or [beside_dots(drawn, beside, _("Likely range"), size)]),
        name="unit-cost",
        twin=table(heads, body, _("Unit cost and its interval")),
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def why_none(view: View, what: Asked) -> list[Component]:
    """Where no site's cost is known, why: a line a reason. Nothing where one is, or is hidden, or gives no reason."""
    by: dict[str, list[str]] = {}
    for site in view.sites:
        row = what.rows.get(site.name)
        if row is None or row.value is not None or row.shown == HIDDEN or not row.get("why"):
            return []
        by.setdefault(row.why, []).append(site.label)
    return [nothing(_("{sites}: {why}.", sites=Capital(listed(labels)), why=why)) for why, labels in by.items()]


def hidden_or_not_known(row: Row | None) -> Component:
    """What stands where a site has no cost: one answer, the same as in the table."""
    if row is not None and row.shown == HIDDEN:
        return hidden()
    return state(_("not known"), (row.why or "") if row is not None else "")


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
        allocation, write = central_team.allocation_of(view), partial(central_team.number_text, view)
        return costs.with_central_team(rows, central_team.per(view), allocation, write)
    found = asked(view, "findings", "measure = ?", (what.measure,)) if view.all_sites else ()
    pairs = asked(view, "apart", "measure = ?", (what.measure,))
    return costs.alike(found, pairs, what.rows, labels_of(view))


def scope(view: View) -> Component:
    """Which cost lines each site counts, beside what its own returns say."""
    rows = [row for row in view.edition.rows("scope") if row.site in labels_of(view)]
    if not rows:
        empty = nothing(_("No scope statement is known."))
        return card(_("What each site counts is not stated"), "", empty, name="scope")
    lines = list({row.line: row.label for row in rows}.items())
    shared = {row.line for row in rows if row.shared}
    cells = {(row.line, row.site): row for row in rows}
    heads = [Column(_("Cost line"))]
    heads += [Column(site_name(view, s.name, short=True), class_name="centre") for s in view.sites]
    body = [[label, *(scope_cell(cells.get((line, s.name))) for s in view.sites)] for line, label in lines]
    made_up = [_("Made up")] if any(row.made_up for row in rows) else []
    legend = _("Tinted: shared. Tick: in the site’s returns; triangle: against them")
    return card(
        costs.scope(rows),
        joined(". ", [legend, *made_up]),
        table(
            heads,
            body,
            _("Cost lines that each site counts, and whether its returns report them"),
            class_name="scope wide",
            row_names=[f"shared {line}" if line in shared else line for line, _ in lines],
        ),
        name="scope",
    )


def scope_cell(row: Row | None) -> Component:
    """What a statement says, with an icon for what the returns say."""
    if row is None:
        return html.Span(_("Not known"), className="muted small")
    icon, spoken = SAYS_ICONS.get(row.get("own_data") or "", ("", row.get("own_data") or ""))
    if row.get("agrees") is False:
        icon, spoken = "warning", _("but {in_returns}", in_returns=spoken)
    found = [html.Span(row.says, className="" if row.says == "Yes" else "muted small")]
    if spoken:
        found += [icons.icon(icon, 11) if icon else None, heard([", ", spoken])]
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
        gaps += [site.label] if unknown else []
        last: Component = year_asked(view, site.name, what) if unknown else _("As shown")
        to = html.Span(write_month(row.ends), className="whole") if row is not None else ""
        numbers = [number(view, part) for part in parts]
        body.append([site_name(view, site.name), to, *numbers, number(view, row, bold=True), last])
    per = html.Span(first_upper(what.many), className="whole" if what.per == "new_case" else "")
    heads = [Column(_("Site")), *(Column(head, True) for head in (_("To"), _("Spend"), per, _("Each")))]
    heads.append(Column(first_upper(asked_words(view)), True))
    caption, names = _("Spend, cases and unit cost"), [site.name for site in view.sites]
    return card(
        costs.gaps_in(gaps, asked_words(view), [site.label for site in view.sites]),
        _("Table of the chart above: {measure}", measure=lower_first(view.measure_label(what.measure))),
        table(heads, body, caption, class_name="years wide", row_names=names),
        name="year-table",
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def year_asked(view: View, site: str, what: Asked) -> Component:
    """What the year asked for may be at a site whose number is of an earlier one, and why it is not known."""
    year, row = links.open_year(view, site, what.measure), what.rows.get(site)
    reasons = [row.why if row is not None else "", why_open("", year.queried) if year is not None else ""]
    may_be = year.ranges if year is not None else state(_("not known"))
    why = html.Small(joined("; ", [reason for reason in reasons if reason]))
    return html.Span([may_be, why], className="with-reason")


def central_table(view: View, what: Asked) -> Component:
    """The numbers behind the dots with the central team's share."""
    body = []
    for site in view.sites:
        row = what.rows.get(site.name)
        cells = [central_team.shown(view, row, name) for name in ("cost", "central", "total", "count", "unit")]
        body.append([site_name(view, site.name), row.words if row is not None else "", *cells])
    heads = [Column(_("Site")), Column(_("Year"))]
    numbers = (_("Site’s cost"), _("Central share"), _("Together"), _("New cases"), _("Each"))
    heads += [Column(text, True) for text in numbers]
    caption, names = _("Cost with the central team"), [site.name for site in view.sites]
    return card(
        _("Each site’s cost, its share of the central team, and both together"),
        _("Table of the chart above; cash"),
        table(heads, body, caption, class_name="years wide", row_names=names),
        name="year-table",
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def trend(view: View, what: Asked) -> Component:
    """The unit cost of each rolling year, by the month in which it ends. Never a month's own."""
    series = view.edition.series(what.measure, "rolling_year")
    known = view.edition.periods("rolling_year")
    if len(known) < 2:
        return card(_("Cost over time"), "", nothing(_("One year is not yet a trend.")), name="trend")
    months = months_from(known[-1][1], known[0][1])
    events = happenings(view, months, [site.name for site in view.sites])
    sites = view.sites[:MOST_CHARTS]
    rows = {site.name: {row.ends: row for row in series.get(site.name, [])} for site in sites}
    top = 1.18 * max([row.value for by in rows.values() for row in by.values() if row.value is not None] or [1.0])
    charts = []
    for site in sites:
        values = {month: row.value for month, row in rows[site.name].items()}
        texts = {month: row.shown for month, row in rows[site.name].items()}
        last = [row for row in rows[site.name].values() if row.value is not None]
        if last and last[-1].ends != months[-1]:  # an earlier year never stands in silence for the last one
            texts[last[-1].ends] = joined(", ", [last[-1].shown, write_month(last[-1].ends)])
        label = _(
            "{site}: cost per {case} in each rolling year, last {cost}",
            site=Name(site.label),
            case=what.one,
            cost=last[-1].shown if last else _("not known"),
        )
        letters = marks_of(events, site.name)
        asked = under_query(rows[site.name])
        drawn = site_line(
            months, values, texts, view.mark(site.name), top, None, money=True, events=letters, asked=asked
        )
        tall = 128 if events else 116
        charts.append(html.Div([html.H3(site_name(view, site.name)), graph(drawn, f"trend-{site.name}", label, tall)]))
    letters_all = marks_of(events, "all")
    body = [
        [write_month(month), *(number(view, rows[s.name].get(month)) for s in sites), letters_all.get(month, "")]
        for month in months
    ]
    heads = [
        Column(_("Year to")),
        *(Column(site_name(view, s.name, short=True), True) for s in sites),
        Column(_("Event")),
    ]
    scale = _("{measure}, each year to the month shown, one scale", measure=view.measure_label(what.measure))
    return card(
        costs.trend(changes_over_a_year(view, what.measure), what.one),
        joined("; ", [scale, *drawn_of(view)]),
        html.Div(charts, className="multiples"),
        table_of(view, events),
        name="trend",
        twin=table(heads, body, _("Unit cost of each rolling year"), class_name="wide"),
        source=source_words(view),
        links=[definition(view, what.measure)],
    )


def changes_over_a_year(view: View, measure: str) -> list[tuple[str, Row]]:
    """Each site's newest pair of the same months, a whole year where there is one: years that overlap are no pair."""
    where = "measure = ? and latest and span in ('rolling_year', 'year_to_date')"
    rows = {row.site: row for row in reversed(view.edition.rows("bridges", where, (measure,), "span"))}
    return [(site.label, rows[site.name]) for site in view.sites if site.name in rows]


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
        costs.largest_line(most, len(view.sites), partial(links.result_text, view)),
        _("Cash spend by line, {year} or the last complete year; shares of cash spend", year=asked_words(view)),
        side_by_side(view, lines, _("Spend by line")) if rows else nothing(_("No spend is known.")),
        name="by-line",
        source=joined(". ", [source_words(view), *numbers.rounding(shares(lines))]),
        links=[definition(view, "spend")],
    )


def line_cell(view: View, row: Row) -> Component:
    """An amount with its share under it."""
    main = number_of(view, row, f"spend.{row.line}", row.amount_shown or "")
    return with_small(main, links.share(view, row, f"spend.{row.line}"))


def largest_lines(view: View, rows: Mapping[str, Mapping[str, Row]]) -> list[Row]:
    """The line on which most is spent at each site shown."""
    most = []
    for site in view.sites:
        own = [by[site.name] for by in rows.values() if site.name in by and by[site.name].share is not None]
        if own:
            row = max(own, key=lambda row: row.share)
            most.append(Row(row, measure=f"spend.{row.line}"))
    return most


def spent(view: View) -> Component:
    """Cash spend against plan and against funding."""
    compared_rows = compared(view, "spend_against_plan")
    rows = {row.site: row for row in against_rows(view, compared_rows)}
    body = [spent_line(view, site, compared_rows.get(site), rows.get(site)) for site in columns(view)]
    heads = [Column(_("Site")), Column(_("To"))]
    numbers = (_("Spend"), _("Plan"), _("Over plan"), _("Funding"), _("Over funding"))
    heads += [Column(text, True) for text in numbers]
    ratios = [compared_rows.get(site.name) for site in view.sites]
    return card(
        costs.spend_against_plan(ratios, partial(links.result_text, view)),
        _("Cash, {year} or the last complete year", year=asked_words(view)),
        table(heads, body, _("Cash spend against plan and funding"), class_name="wide"),
        name="spent",
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
        return [site_name(view, site), "", state(_("not known")), "", "", "", ""]
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
    to = html.Span(write_month(year.ends), className="whole")
    return [site_name(view, site, short=True), to, spend, plan, over[0], money, over[1]]


def drawn_of(view: View) -> list[Text]:
    """Says so where not every site is drawn."""
    shown, known = MOST_CHARTS, len(view.sites)
    if known <= shown:
        return []
    return [_("{shown} of {sites} sites, choose a site for its own", shown=shown, sites=known)]


def real_terms(view: View, what: Asked) -> Component:
    """Spend and unit cost of each financial year in the prices of one."""
    measure = (
        what.measure if view.edition.rows("real_terms", "measure = ?", (what.measure,)) else "cost_per_new_case_shared"
    )
    rows = [
        row for row in view.edition.rows("real_terms", "measure = ?", (measure,), "starts") if row.site in columns(view)
    ]
    if not rows:
        return card(_("Cost in real terms"), "", nothing(_("No whole financial year is known.")), name="real-terms")
    base, per = rows[0].base_year, costs.per_of(measure).one
    sites = [site for site in columns(view) if any(row.site == site for row in rows)]
    if len(sites) > MOST_CHARTS:  # ten years of every site fill no page that anybody reads
        sites = [site for site in sites if site == "all"] or sites[:MOST_CHARTS]
    body = [real_line(view, row) for site in sites for row in rows if row.site == site]
    heads = [Column(_("Site")), Column(_("Year")), Column(_("In money of the year"), True)]
    heads.append(Column(_("In {year} prices", year=Plain(base)), True))
    whole = [row for row in rows if not row.to_date and row.site != "all" and row.real is not None]
    year = max((row.year for row in whole), default="")
    shown = [Row(row, period="year") for row in whole if row.year == year]
    forecast = [_("Part of the deflator is a forecast.")] if any(row.forecast for row in rows) else []
    return card(
        costs.real_terms(shown, per, year, base, partial(links.result_text, view)),
        _("{measure}, by financial year", measure=view.measure_label(measure)),
        table(heads, body, _("Unit cost in real terms"), class_name="wide"),
        name="real-terms",
        source=joined(" ", [_("{source}.", source=rows[0].source), *forecast]),
        links=[definition(view, measure)],
    )


def real_line(view: View, row: Row) -> list[Component]:
    """A site's financial year."""
    year = write_financial_year(row.starts)
    year = _("{period} to date", period=year) if row.to_date else year
    of_year = Row(row, period="year")
    nominal = number_of(view, of_year, row.measure, row.nominal_shown or "")
    real = links.beside(view, of_year, "real", row.real_shown) if row.real is not None else hidden_or_unknown(row)
    return [site_name(view, row.site, short=True), year, nominal, real]


def hidden_or_unknown(row: Row) -> Component:
    """What stands where there is no number in the prices of another year."""
    return hidden() if row.real_shown == HIDDEN else state(_("not known"))


PAGE = Page("/costs", _("Costs"), 3, _("What does one case cost, and is that a fair comparison?"), build)
