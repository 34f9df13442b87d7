"""Caseload: how many people Drive works with, against plan, and how they move through it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from dashboard.cards import alarms
from dashboard.cards.by_month import over_months
from dashboard.cards.control_chart import month_by_month
from dashboard.cards.dots_with_values import beside_dots
from dashboard.cards.site_table import Line, number_of, shares, side_by_side, with_small
from dashboard.charts import graph
from dashboard.charts.dots import Dot, dots, height
from dashboard.data.comparisons import asked, asked_words, columns, compared, of_a_year, of_sites, reasons, when
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import (
    Content,
    Page,
    card,
    definition,
    grid,
    nothing,
    pick_period,
    pick_sites,
    site_name,
    source_words,
)
from dashboard.elements.tables import Column, hidden, number, state, table
from dashboard.provenance import links
from dashboard.wording import caseload as wording
from dashboard.wording import numbers
from etl.definitions import label_of
from etl.definitions.messages import Capital, Count, Plain, Small, Text, _, joined, ngettext
from etl.definitions.periods import MONTHS_IN, write_month, write_months
from etl.definitions.settings import DELIVERED, LEAST_COUNT
from etl.definitions.writing import HIDDEN, figures, first_upper, listed, percent, write_interval
from etl.provenance.story import unit_of

Component = Any


def build(view: View) -> Content:
    """The page."""
    view = of_a_year(view)
    rows = of_sites(view, "new_cases")
    left = [open_cases(view), pathway(view), work_kinds(view), risk(view)]
    right = [
        against_plan(view, rows),
        month_by_month(view),
        year_before(view),
        closures(view),
        people(view),
        per_manager(view),
    ]
    return Content(
        wording.against_plan(rows, partial(links.result_text, view))
        if view.edition.has("results")
        else _("No returns have been loaded yet"),
        note(view),
        [
            alarms.lines(view),
            grid(html.Div(left, className="stack"), html.Div(right, className="stack")),
            withheld(view),
        ],
        controls=[pick_sites(view), pick_period(view, ("rolling_year", "year"))],
    )


def withheld(view: View) -> Component:
    """What others than the central team do not see, once on the page; and what a range is."""
    if view.edition.audience == "central":
        return None
    return html.P(
        [
            _("A range holds every number that the published figures allow; it is not a likely range."),
            " ",
            html.Strong(_("Not published, so that nobody can be identified:")),
            " ",
            _(
                "who people are, how cases closed, change in risk and kind of work by month or quarter. All of them are"
                " published by year."
            ),
        ],
        className="muted withheld",
    )


def note(view: View) -> Text:
    """Who is counted, where and when, and whose months are missing."""
    _, starts, ends = view.period
    count = len(view.sites)
    sites = ngettext("{number} site", "{number} sites", count, number=Count(count))
    who = view.label(view.sites[0].name) if count == 1 else sites
    months = write_months(starts, min(ends, view.edition.data_month or ends), long=True)
    return wording.note(who, months, list(reasons(view, "new_cases")))


def open_cases(view: View) -> Component:
    """Open cases at the end of each month, with the plan."""
    alone = view.sites[0] if len(view.sites) == 1 else None
    flows = flows_of(view, alone.name if alone else "all") if alone or view.all_sites else ()
    return over_months(
        view,
        "closing_cases",
        wording.since(flows, alone.label if alone else "", partial(links.flow_text, view)) or "",
        _("Cases open at the end of each month"),
        plan="planned_open_cases",
        name="open-cases",
        source=joined(". ", [source_words(view), *made_up_plans(view)]),
        below=levels_table(view) if view.is_latest else None,
    )


def levels_table(view: View) -> Component:
    """The level to which each site's new and closed cases lead, beside what is open now and planned."""
    found = {row.site: row for row in view.edition.rows("levels")}
    rows = [found[site.name] for site in view.sites if site.name in found]
    if not rows:
        return None
    heads = [Column(_("Site")), Column(_("Open now"), True), Column(_("Leads to"), True)]
    heads += [Column(_("Likely range"), True), Column(_("Plan"), True)]
    month = write_month(rows[0].ends)
    words = _("Where new and closed cases lead, if they go on as in the six months to {month}", month=month)
    exhibit = table(heads, [level_line(view, row) for row in rows], words, class_name="wide")
    return html.Div([html.P(words, className="muted small"), exhibit])


def level_line(view: View, row: Row) -> list[Component]:
    """A site's line: open cases now, the level that they are heading for with its likely range, and the plan."""
    now = view.edition.result(row.site, "closing_cases", "month", row.ends)
    plan = number(view, view.edition.result(row.site, "planned_open_cases", "month", row.ends))
    shown = [site_name(view, row.site), number(view, now)]
    if row.level is None:
        return [*shown, state(_("not known"), row.why or ""), "", plan]
    texts = (("level", figures(row.level)), ("range", write_interval(row.low, row.high, "count")))
    return [*shown, *(links.link_to(view, links.level_text(view, row, *text)) for text in texts), plan]


def made_up_plans(view: View) -> list[str]:
    """Says so where a plan on the page is made up."""
    made_up = any(row.made_up for row in view.edition.rows("plans"))
    return [_("Some plans are made up for the sample")] if made_up else []


def flows_of(view: View, site: str) -> tuple[Row, ...]:
    """How many were referred, taken on and closed in a site's last months; none in an edition of long ago."""
    return view.edition.rows("trends", "site = ? and measure <> 'closing_cases'", (site,), "measure")


def year_before(view: View) -> Component:
    """New cases of the last months beside those of the same months a year before."""
    found = [(site, row) for site in view.sites for row in flows_of(view, site.name) if row.measure == "new_cases"]
    rows = [(site, row) for site, row in found if row.span == MONTHS_IN["year"]]
    heads = [Column(_("Site")), Column(_("Months")), Column(_("A year before"), True), Column(_("Now"), True)]
    return card(
        wording.changed([(site.label, row) for site, row in rows]),
        _("New cases, against the same months a year before; a month missing in either year is left out of both"),
        table(
            [*heads, Column(_("Change"))],
            [before_line(view, site.name, row) for site, row in rows],
            YEAR_BEFORE,
            class_name="wide",
        )
        if rows
        else nothing(_("No returns yet.")),
        name="year-before",
        source=joined(". ", [source_words(view), _("Exact test of the two counts, adjusted for the number of sites")]),
        links=[definition(view, "new_cases")],
    )


YEAR_BEFORE = _("New cases and the same months a year before")


def before_line(view: View, site: str, row: Row) -> list[Component]:
    """A site's months, both numbers, and whether chance explains the difference."""
    change = state(_("not known"), row.why or "") if row.from_value is None else wording.CHANGES[row.direction]
    months: Component = write_months(row.to_starts, row.to_ends) if row.to_starts is not None else ""
    if row.left_out:
        months = html.Span([months, html.Small(_("without {months}", months=row.left_out))], className="with-share")
    known = [(what, row[what]) for what in ("from_value", "to_value")]
    numbers = [
        links.link_to(view, links.flow_text(view, row, what, figures(n))) if n is not None else "" for what, n in known
    ]
    return [site_name(view, site), months, *numbers, change]


def against_plan(view: View, rows: Sequence[tuple[str, Row]]) -> Component:
    """New cases as a share of plan with their likely ranges, on one scale."""
    by_site = compared(view, "new_cases")
    write = partial(links.result_text, view)
    found, beside, body = [], [], []
    for site in view.sites:
        row = by_site.get(site.name)
        found.append(dot_of(view, site.name, row))
        below = [html.Small(when(row))] if row is not None and row.hollow and row.value is not None else []
        of = [" ", _("of {number}", number=plan_text(view, row))] if row is not None and row.plan is not None else []
        share = wording.delivered(row, write) if row is not None else None
        numbers = [number(view, row, bold=True), *of, *([html.Small(share)] if share else [])]
        beside.append((site_name(view, site.name, *below), html.Span(numbers, className="with-share")))
        body.append(plan_line(view, site.name, row))
    top = max([TOP, *(1.03 * v for d in found for v in (d.high, d.value) if v)])
    heads = [Column(_("Site")), Column(_("Period")), Column(_("New cases"), True), Column(_("Likely range"), True)]
    heads += [Column(_("Plan"), True), Column(_("Of plan"), True), Column(_("Verdict"))]
    label = _("New cases against plan: {finding}", finding=wording.against_plan(rows))
    drawn = dots(found, top, percent, row=ROW_HEIGHT, floor=DELIVERED)
    drawn = graph(drawn, "new-cases-plan", label, height(len(found), ROW_HEIGHT))
    sure, open_years = wording.chances(rows, write), links.open_years(view, by_site)
    return card(
        wording.how_sure(rows, write),
        _("New cases delivered as a share of plan, {year}; line: likely range (95%)", year=asked_words(view)),
        beside_dots(drawn, beside, _("of plan"), ROW_HEIGHT),
        html.P(sure, className="note small") if sure else None,
        html.P(joined(". ", open_years), className="note small") if open_years else None,
        name="against-plan",
        twin=table(heads, body, label_of("new_cases_against_plan"), class_name="wide"),
        links=[definition(view, "new_cases")],
        source=joined(". ", [source_words(view), *made_up_plans(view)]),
    )


# The scale ends at half as much again as planned, unless a likely range does not.
TOP = 1.5
ROW_HEIGHT = 48


def dot_of(view: View, site: str, row: Row | None) -> Dot:
    """A site's dot, on the scale of its plan; none where no plan is known."""
    share = row.get("against") if row is not None else None
    if row is None or share is None:
        return Dot(view.label(site), view.mark(site), None, "")
    limits = (row.get("against_low"), row.get("against_high"))
    return Dot(view.label(site), view.mark(site), share, percent(share), *limits, plan=1.0, hollow=bool(row.hollow))


def plan_line(view: View, site: str, row: Row | None) -> list[Component]:
    """A site's line of the table: its year, number, interval, plan and verdict in words."""
    if row is None:
        return [site_name(view, site), "", state(_("not known")), "", "", "", ""]
    known = first_upper(when(row)) if row.value is not None else ""
    plan = number(view, plan_row(view, row)) if row.plan is not None else ""
    verdict = links.beside(view, row, "verdict", first_upper(row.words)) if row.words else ""
    share = wording.delivered(row, partial(links.result_text, view)) or ""
    return [site_name(view, site), known, number(view, row), links.interval(view, row), plan, share, verdict]


def plan_row(view: View, row: Row) -> Row | None:
    """The plan of the same months as a number of new cases."""
    return view.edition.result(row.site, "planned_new_cases", row.period, row.starts)


def plan_text(view: View, row: Row) -> str:
    """The same in a sentence."""
    plan = plan_row(view, row)
    return links.number_text(view, plan) if plan is not None else _("not known")


def spread(view: View, measure: str, sentence: Callable[..., Text], otherwise: Text) -> Text:
    """A sentence on the lowest and highest of a measure as they are shown, each of the year that the table says."""
    rows = [row for _label, row in of_sites(view, measure)]
    spread = numbers.spread(rows, partial(links.number_text, view), unit_of(view.edition, measure))
    return numbers.where_known(sentence(spread), rows) if spread is not None else otherwise


def pathway(view: View) -> Component:
    """From referral to completion: numbers, and each as a share of the step before; none on fewer than 10."""
    steps: dict[str, dict[str, Row]] = {}
    for row in asked(view, "pathway", order="position"):
        steps.setdefault(row.measure, {})[row.site] = row
    if not steps:
        return card(_("From referral to completion"), "", nothing(_("No referral is known.")), name="journey")
    lines = []
    for measure, rows in steps.items():
        some = next(iter(rows.values()))
        cells = {site: step_cell(view, row) for site, row in rows.items()}
        lines.append(Line(measure, some.label, first_note(rows.values()), rows, cells))
    return card(
        spread(
            view,
            "acceptance_rate",
            lambda share: _("{share} of referrals were accepted", share=share),
            _("From referral to completion"),
        ),
        _("From referral to completion, {year}; each step as a share of the one before", year=asked_words(view)),
        side_by_side(view, lines, _("From referral to completion")),
        name="journey",
        source=joined(". ", [source_words(view), _("No share on fewer than {number}", number=LEAST_COUNT)]),
        links=[definition(view, "referrals")],
    )


def first_note(rows: Any) -> str:
    """What a step's share is of, once for the row: it is the same at every site."""
    return next((row.note for row in rows if row.note), "")


def step_cell(view: View, row: Row) -> Component:
    """A step's number, with its share under it."""
    main = number_of(view, row, row.measure, row.count_shown or "", why=row.why or "")
    return with_small(main, links.share(view, row, row.measure, "step"))


def parts_lines(view: View, measure: str, total: str = "") -> list[Line]:
    """The parts of a measure with their shares, and its total under them."""
    rows: dict[str, dict[str, Row]] = {}
    for row in asked(view, "parts", "measure = ?", (measure,), "position"):
        rows.setdefault(row.part, {})[row.site] = row
    lines = []
    for part, by_site in rows.items():
        name = f"{measure}.{part}"
        cells = {
            site: with_small(number_of(view, row, name, row.value_shown or ""), links.share(view, row, name))
            for site, row in by_site.items()
        }
        cells |= {site: hidden() for site in columns(view) if site not in by_site and is_hidden(view, site, measure)}
        lines.append(Line(name, next(iter(by_site.values())).label, "", by_site, cells))
    return [*lines, measure_line(view, total)] if total and lines else lines


def is_hidden(view: View, site: str, measure: str) -> bool:
    """Whether a site's number of the year is not to be seen."""
    row = compared(view, measure).get(site) or view.result(site, measure)
    return row is not None and row.shown == HIDDEN


def nothing_of(view: View, measure: str, what: str, unknown: str) -> Component:
    """What stands where no site has a number to show: that they are hidden, or that none is known."""
    if not any(is_hidden(view, site, measure) for site in columns(view)):
        return nothing(unknown)
    return nothing(
        Capital(_("{what} are hidden, because small numbers could be worked out from them.", what=Small(what)))
    )


def measure_line(view: View, measure: str, of: str = "", note: str = "", label: str = "") -> Line:
    """A measure of the year; under a share, how many people of how many it is."""
    rows = compared(view, measure)
    cells = {
        site: with_small(number_of(view, row, measure, row.shown or "", why=row.why or ""), behind(view, row, of))
        for site, row in rows.items()
    }
    return Line(measure, label or view.measure_label(measure), note, rows, cells)


def behind(view: View, row: Row, of: str) -> Component:
    """The people behind a share: 55 of 122."""
    top = view.edition.result(row.site, of, row.period, row.starts) if of else None
    about = view.edition.measures.get(row.measure)
    below = view.edition.result(row.site, about.denominator, row.period, row.starts) if about is not None else None
    if numbers.range_of(row):
        if top is None or below is None or below.value is None:
            return None  # a range of a range says nothing more
        ends = [links.number_text(view, one) for one in (top, below)]
        return html.Span(_("{number} of {total}", number=ends[0], total=ends[1]), className="wraps")
    if top is None or top.value is None or row.value is None or row.get("count") is None:
        return None
    same = below is not None and below.value == row["count"]
    whole = links.number_text(view, below) if same and below is not None else Plain(figures(row["count"]))
    return html.Span(_("{number} of {total}", number=links.number_text(view, top), total=whole))


def per_manager(view: View) -> Component:
    """Open cases for each case manager, in post and by posts, at the end of the year."""
    lines = [measure_line(view, "closing_cases")]
    lines += [result_line(view, measure, lines[0].rows) for measure in ("case_managers", "case_manager_posts")]
    lines += [measure_line(view, measure) for measure in ("caseload_per_case_manager", "caseload_per_post")]
    last = min(view.period[2], view.edition.data_month or view.period[2])
    hidden_too = any(is_hidden(view, site.name, "caseload_per_case_manager") for site in view.sites)
    return card(
        spread(
            view,
            "caseload_per_case_manager",
            lambda cases: _("{cases} open cases for each case manager in post", cases=cases),
            _("Open cases per case manager are hidden")
            if hidden_too
            else _("Open cases per case manager are not known"),
        ),
        _("At the end of {month}; full-time equivalents", month=write_month(last, long=True)),
        side_by_side(view, [line for line in lines if line.rows], _("Caseload per case manager")),
        name="per-manager",
        source=source_words(view),
        links=[definition(view, "caseload_per_case_manager")],
    )


def result_line(view: View, measure: str, years: Mapping[str, Row]) -> Line:
    """A number that is not compared, of the years of another line."""
    found = {site: view.edition.result(site, measure, row.period, row.starts) for site, row in years.items()}
    cells = {site: number(view, row) for site, row in found.items()}
    return Line(measure, view.measure_label(measure), "", years if any(found.values()) else {}, cells)


def work_kinds(view: View) -> Component:
    """Open cases by kind of work."""
    lines = parts_lines(view, "closing_cases", "closing_cases")
    return card(
        kinds_words(view),
        _("Open cases by kind of work at the end of the year, and their share"),
        side_by_side(view, lines, _("Open cases by kind of work"))
        if lines
        else nothing_of(view, "closing_cases", _("Open cases by kind of work"), _("No kind of work is known.")),
        name="kinds",
        source=joined(". ", [source_words(view), *numbers.rounding(shares(lines))]),
        links=[definition(view, "closing_cases")],
    )


def kinds_words(view: View) -> Text:
    """The kind of work that most open cases are in, over the sites shown together or the one site."""
    site = view.sites[0].name if len(view.sites) == 1 else "all"
    rows = asked(view, "parts", "measure = 'closing_cases' and site = ?", (site,), "position")
    if not rows or (site == "all" and not view.all_sites) or any(row.value is None for row in rows):
        return _("Open cases by kind of work")
    largest = max(rows, key=lambda row: row.value)
    if sum(row.value == largest.value for row in rows) > 1 or not largest.whole:
        return _("Open cases by kind of work")
    part = Row(largest, measure=f"closing_cases.{largest.part}", shown=largest.value_shown)
    whole = Row(largest, value=largest.whole)
    return wording.largest_kind(
        largest.label, links.number_text(view, part), links.number_text(view, whole, figures(largest.whole))
    )


def closures(view: View) -> Component:
    """Closures by reason."""
    lines = parts_lines(view, "closed_cases", "closed_cases")
    return card(
        spread(
            view,
            "completion_rate",
            lambda share: _("{share} of closures were completed as planned", share=share),
            _("Closures by reason"),
        ),
        _(
            "Closed cases by reason, {year}; shares of all closures, none on fewer than {number}",
            year=asked_words(view),
            number=LEAST_COUNT,
        ),
        side_by_side(view, lines, _("Closures by reason"))
        if lines
        else nothing_of(view, "closed_cases", _("Closures by reason"), _("No closure is known.")),
        name="closures",
        source=joined(". ", [source_words(view), *numbers.rounding(shares(lines))]),
        links=[definition(view, "closed_cases")],
    )


# Each share of lower risk: the number it is of, its label in the table, and of which closures it is.
RISK = (
    ("risk_reduced_share", "risk_reduced", _("Lower, at least"), _("of all closures")),
    ("risk_reduced_at_most_share", "risk_reduced_or_not_known", _("Lower, at most"), _("if all not known were lower")),
    ("risk_reduced_rate", "risk_reduced", _("Lower, where known"), _("of closures with a known change")),
)


def risk(view: View) -> Component:
    """How the risk to the victim had changed when cases closed, of all closures and of those in which it is known."""
    lines = parts_lines(view, "risk_change")
    if lines:
        for measure, top, label, note in RISK:
            lines.append(measure_line(view, measure, top, note, label))
    return card(
        risk_headline(view),
        _("As the IDVA judged it, {year}", year=asked_words(view)),
        side_by_side(view, lines, _("Risk to the victim at closure"))
        if lines
        else nothing_of(view, "risk_change", _("Changes in risk"), _("No closure is known.")),
        name="risk",
        source=joined(". ", [source_words(view), *numbers.rounding(shares(lines))]),
        links=[definition(view, "risk_reduced_share")],
    )


def risk_headline(view: View) -> Text:
    """In which share of closures the risk was lower, and in which nobody knows."""
    usual = _("Risk to the victim at closure")
    lower = spread(
        view,
        "risk_reduced_share",
        lambda share: _("Risk to the victim was lower in {share} of closures", share=share),
        usual,
    )
    if lower is usual:
        return usual
    unknown = numbers.spread(
        [row for _label, row in of_sites(view, "risk_not_known_share")], partial(links.number_text, view)
    )
    return lower if unknown is None else _("{sentence}; not known in {share}", sentence=lower, share=unknown)


# A share or ratio of people, the number it is of, and what it is a share of.
PEOPLE = (
    ("victims_in_contact_rate", "victims_in_contact", _("of linked victims")),
    ("victims_per_perpetrator", "victims", _("victims of new cases")),
    ("children_per_perpetrator", "children", _("children of new cases")),
    ("serial_share", "serial_perpetrators", _("of new cases")),
    ("repeat_share", "repeat_perpetrators", _("of new cases")),
    ("not_eligible_elsewhere_share", "not_eligible_elsewhere", _("of new cases")),
)


def people(view: View) -> Component:
    """Victims, children, and who the perpetrators are; with the published range where there is one."""
    lines = []
    for measure, top, note in PEOPLE:
        label = view.measure_label(measure).removesuffix(" among new cases")
        lines.append(measure_line(view, measure, top, plausible(view, measure) or note, label))
    lines = [line for line in lines if line.rows]
    headline = spread(
        view,
        "victims_in_contact_rate",
        lambda share: _("{share} of linked victims were in contact with an IDVA", share=share),
        _("Victims, children and perpetrators"),
    )
    return card(
        headline,
        Capital(_("{year}; none on fewer than {number}", year=asked_words(view), number=LEAST_COUNT)),
        side_by_side(view, lines, _("Victims, children and perpetrators")) if lines else nothing(_("Nobody is known.")),
        name="people",
        source=source_words(view),
        links=[definition(view, "victims_per_perpetrator")],
    )


def plausible(view: View, measure: str) -> str:
    """The published range of a measure, and which sites lie outside it."""
    rows = {site: row for site, row in compared(view, measure).items() if site in columns(view)}
    some = next((row for row in rows.values() if row.plausible_low is not None), None)
    if some is None:
        return ""
    places = {"low": f"{some.plausible_low:g}", "high": f"{some.plausible_high:g}"}
    outside = [view.label(site) for site, row in rows.items() if row.plausible == "outside"]
    if not outside:
        return _("published: {low} to {high}", **places)
    return _("published: {low} to {high}; outside: {sites}", **places, sites=listed(outside))


PAGE = Page(
    "/caseload", _("Caseload"), 2, _("How many people does Drive work with, and is it as many as planned?"), build
)
