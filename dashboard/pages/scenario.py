"""Scenario: what somebody supposes beside what is known; nothing here is a forecast, and nothing known is changed."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dash import Dash, Input, Output, State, no_update
from flask import g, has_request_context

from dashboard.access.roles import Who, of_audience
from dashboard.charts import graph
from dashboard.charts.scenario import affordable as affordable_chart
from dashboard.charts.scenario import by_month as month_chart
from dashboard.data.address import read
from dashboard.data.edition import Editions, NoEdition, Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import Content, Page, card, nothing, pick_sites, site_name
from dashboard.elements.tables import VERDICT_LEVELS, Column, link, not_applicable, state, table, tag
from dashboard.elements.widgets import SavedList, ScenarioForm
from dashboard.provenance import links
from dashboard.scenarios import saved
from dashboard.scenarios.choices import ALSO, GAPS, GRANTS, ScenarioChoice, facts_of, read_supposed, said, start_of
from dashboard.wording import scenario
from dashboard.wording.scenario import captioned, count_span, labelled, months_of_cover, span
from etl.definitions.messages import Name, Number, Plain, Text, _, joined
from etl.definitions.periods import month_after, months_from, write_date, write_financial_year, write_month
from etl.definitions.readiness import VERDICTS, count_verdicts
from etl.definitions.writing import figures, first_upper, listed, lower_first, percent, pounds, write_count
from etl.judge.scenario import (
    LABEL,
    Choices,
    Month,
    Outcome,
    Range,
    Start,
    by_fixed_share,
    by_month,
    cases_paid_for,
    keep_going,
    months_together,
    next_year,
    roll_out,
    roll_out_by_volume,
    still_needed,
    suppose,
    together,
    verdicts_under,
)
from etl.provenance.address import NumberAddress

Component = Any


@dataclass(frozen=True)
class Case:
    """A site under the scenario: where it starts, what is supposed of it, what comes of that, and what is known now."""

    row: Row
    start: Start
    choices: Choices
    now: Outcome
    then: Outcome
    months: tuple[Month, ...]
    verdicts: tuple[str, str]


def build(view: View) -> Content:
    """The page."""
    supposed = read_supposed(view.address, view.edition.sites)
    labels = {site.name: site.label for site in view.edition.sites}
    found = cases(view, supposed)
    form = html.Div([inputs(view, supposed), saved_card(view)], className="stack")
    phrases = said(supposed, labels)
    label = html.Span(LABEL, className="scenario-label")
    note = html.Span([label, _("Supposed: {choices}.", choices=joined("; ", phrases))])
    controls = [pick_sites(view)]
    if not found:
        none = nothing(_("No site has a plan for the year without the grant, so there is nothing to start from."))
        return Content(_("There is no plan to start a scenario from"), note, [scenario_grid(form, [none])], controls)
    headline = headline_of(view, supposed, found)
    results = [
        beside_actuals(view, supposed, found, headline),
        html.Div([months_card(view, found), affordable_card(view, supposed, found)], className="pair"),
        html.Div([ways_card(view, found), next_year_card(view, found)], className="pair"),
        rollout_card(view, supposed),
    ]
    return Content(headline, note, [scenario_grid(form, results)], controls)


def scenario_grid(form: Component, results: Sequence[Component]) -> Component:
    """Inputs beside results."""
    return html.Div([form, html.Div(list(results), className="stack")], className="scenario")


def start_rows(view: View, mended: bool) -> dict[str, Row]:
    """Where each site starts, as it is known or once what is missing has come as planned."""
    return {row.site: row for row in view.edition.rows("scenario_start", "mended = ?", (mended,))}


def cases(view: View, supposed: ScenarioChoice) -> list[Case]:
    """The chosen sites that have a plan, each under the scenario."""
    rows = start_rows(view, supposed.mended)
    found = []
    for site in view.sites:
        row = rows.get(site.name)
        start = start_of(row) if row is not None else None
        if row is not None and start is not None:
            found.append(case_of(view, row, start, supposed))
    return found


def case_of(view: View, row: Row, start: Start, supposed: ScenarioChoice) -> Case:
    """One site under the scenario."""
    choices = supposed.at(row)
    then = suppose(start, choices)
    low, high = (judged.verdict.replace(" ", "_") for judged in verdicts_under(facts_of(row), then))
    months = by_month(start, choices, secured_months(view, row.site, row.year))
    return Case(row, start, choices, suppose(start, Choices()), then, months, (low, high))


def secured_months(view: View, site: str, year: date) -> list[float]:
    """What agreements that are secured pay in each month of the year."""
    rows = view.edition.rows("cliff", "site = ? and status = 'approved' and month >= ?", (site, year))
    by = {row.month: row.amount or 0.0 for row in rows}
    return [by.get(month, 0.0) for month in year_of(year)]


def year_of(starts: date) -> list[date]:
    """The months of a financial year."""
    return months_from(starts, month_after(starts, 11))


def headline_of(view: View, supposed: ScenarioChoice, found: Sequence[Case]) -> Text:
    """What the scenario leaves unsecured; the amount opens where the same is known without it."""
    clause = scenario.clause(supposed.changed, supposed.choices)
    gap = together([case.then for case in found]).gap
    return scenario.scenario(clause, gap, gap_text(view, found, span(gap)), [case.then for case in found])


def gap_text(view: View, found: Sequence[Case], amount: Text) -> Text:
    """What is not secured of these sites, with its address where the edition has the same amount."""
    whole = len(found) == len(view.edition.sites) and len(found) > 1
    site = "all" if whole else found[0].row.site if len(found) == 1 else ""
    rows = [row for row in view.edition.rows("cover", "site = ?", (site,)) if row.gap is not None]
    return links.cover_text(view, rows[0], "gap", amount) if rows and pounds(rows[0].gap) == amount else amount


# The form


def inputs(view: View, supposed: ScenarioChoice) -> Component:
    """The choices, in a form."""
    address = view.address

    def field(name: str, label: str, after: str = "", usual: str = "", **more: Any) -> dict[str, Any]:
        value = address.get(name) or usual
        problem = supposed.problems.get(name, "")
        return {
            "name": name,
            "label": label,
            "after": after,
            "usual": usual,
            "value": value,
            "problem": problem,
            **more,
        }

    def select(name: str, label: str, options: Mapping[str, str], usual: str = "") -> dict[str, Any]:
        offered = [{"value": key, "label": text} for key, text in options.items()]
        value = address.get(name) if address.get(name) in options else usual
        return {**field(name, label, usual=usual, wide=True), "value": value, "options": offered}

    typed = dict(part.partition(":")[::2] for part in address.get("local").split(",") if part)
    local = [
        {**field(f"local.{site.name}", Name(site.short), "%", "100"), "value": typed.get(site.name, "100")}
        for site in view.edition.sites
    ]
    likes = {site.name: Name(site.label) for site in view.edition.sites}
    first = next(iter(likes), "")
    groups: list[dict[str, Any]] = [
        {
            "legend": grant_from(view),
            "fields": [
                select("grant", _("The grant"), GRANTS, "ends"),
                field("months", _("If extended, by"), _("months")),
                field("renewed", _("If renewed, at"), "%"),
            ],
        },
        {
            "legend": _("Local money, of what is secured"),
            "fields": [*local, select("also", _("Money that counts"), ALSO)],
        },
        {
            "legend": _("Caseload, cost and staff"),
            "fields": [
                field(
                    "caseload",
                    _("New cases, against plan"),
                    "%",
                    "0",
                    wide=True,
                    hint=_("20 for a fifth more, −20 for a fifth fewer"),
                ),
                field("low", _("Fixed cost, at least"), "%", "25"),
                field("high", _("Fixed cost, at most"), "%", "80"),
                field("ratio", _("Cases per case manager"), hint=_("Blank: as now")),
                field("postcost", _("Cost of a post"), _("£ a year"), hint=_("Blank: not counted")),
                select("gaps", _("Missing numbers"), GAPS),
            ],
        },
        {
            "legend": _("A rollout"),
            "fields": [
                select("like", _("Areas like"), likes, first),
                field("areas", _("Number of areas"), hint=_("Pan-London: 32")),
                field("own", _("MARAC cases there"), _("a year")),
                field(
                    "marac",
                    _("MARAC cases of each area"),
                    wide=True,
                    words=True,
                    hint=_("With spaces between; blank: equal caseload"),
                ),
            ],
        },
    ]
    return ScenarioForm(groups, view.address.keep("/scenario", "site", "edition").href)


def grant_from(view: View) -> Text:
    """The legend of the grant: from when on it is supposed."""
    rows = view.edition.rows("scenario_start", order="year")
    if not rows:
        return _("The Home Office grant after March 2020")
    return _("The Home Office grant from {month}", month=write_month(rows[0].year, long=True))


# Results beside the actuals


def beside_actuals(view: View, supposed: ScenarioChoice, found: Sequence[Case], headline: str) -> Component:
    """What comes of the scenario for each site and the programme, with what is known under it."""
    actual = {row.site: row for row in view.edition.rows("verdicts")}
    covers = {row.site: row for row in view.edition.rows("cover")}
    body = [
        [
            site_name(view, case.row.site, short=True),
            verdict_cell(case, actual.get(case.row.site)),
            *numbers(view, case.then, case.now, covers.get(case.row.site), posts_of(view, case.row.site, [case])),
        ]
        for case in found
    ]
    names = [case.row.site for case in found]
    if view.all_sites and len(found) == len(view.edition.sites) > 1:
        all_now, all_then = together([case.now for case in found]), together([case.then for case in found])
        counted = count_verdicts([case.verdicts[1] for case in found])
        known = actual.get("all")
        row = [site_name(view, "all"), pair(counted, verdicts_now(view, known) if known else "", wraps=True)]
        body.append([*row, *numbers(view, all_then, all_now, covers.get("all"), posts_of(view, "all", found))])
        names.append("all")
    heads = (*(_("Verdict"), _("Not secured"), _("Cover")), *(_("Cost of the year"), _("Per new case"), _("Posts")))
    columns = [Column(_("Site")), *(Column(head) for head in heads)]
    year = write_financial_year(found[0].row.year)
    beside = [_("{year}, under each number what is known now", year=year)]
    missing = [_("what is missing is supposed to come as planned")] if supposed.mended else []
    caption = captioned(_("results beside what is known, {year}", year=year))
    source = [_("Agreements, plans and returns known on {day}", day=write_date(view.edition.made.date()))]
    made_up = [_("some are made up for the sample")] if any(case.row.made_up for case in found) else []
    return card(
        scenario.verdicts([(case.verdicts, actual.get(case.row.site)) for case in found]),
        labelled(joined("; ", [*beside, *missing])),
        table(columns, body, caption, class_name="wide", row_names=names),
        name="results",
        source=joined("; ", [*source, *made_up]),
        links=[download(view, supposed, found, headline)],
    )


def verdicts_now(view: View, known: Row) -> Component:
    """The sites' verdicts counted, as they are known."""
    said = _("now {verdict}", verdict=known.words)
    return link(view, str(NumberAddress("all", "verdict", "", "words")), said, _("verdicts"))


def verdict_cell(case: Case, known: Row | None) -> Component:
    """The verdict under the scenario; where it depends on the cost, both ends."""
    low, high = case.verdicts
    shown = tag(VERDICT_LEVELS[high], VERDICTS[high])
    at_lowest = _("{verdict} at the lowest cost", verdict=VERDICTS[low])
    more = [html.Small(at_lowest, className="now")] if low != high else []
    now = VERDICTS.get(known.verdict, known.words) if known else _("not judged")
    return html.Span([shown, *more, html.Small(_("now {verdict}", verdict=lower_first(now)), className="now")])


def posts_of(view: View, site: str, found: Sequence[Case]) -> Row | None:
    """The posts of case managers that a scenario starts from; none where its sites' are of several months."""
    months = {case.row.posts_month for case in found}
    month = months.pop() if len(months) == 1 else None
    return view.edition.result(site, "case_manager_posts", "month", month) if month else None


def numbers(view: View, then: Outcome, now: Outcome, cover: Row | None, staff: Row | None) -> list[Component]:
    """Gap, cover, cost, unit cost and posts, each above what it is now."""
    gap = stored(view, cover, "gap", pounds)
    months = stored(view, cover, "months", lambda months: figures(months, 1))
    is_known = cover is not None and cover.get("months") is not None
    cost = stored(view, cover, "planned", pounds)
    if cover is None or cover.planned is None or span(now.cost) != pounds(cover.planned):
        cost = span(now.cost)
    unit = span(then.unit_cost) if then.unit_cost else not_applicable()
    by_chance = then.unit_cost_by_chance
    chance = [_("by chance {interval}", interval=span(by_chance))] if by_chance else []
    each = links.planned(view, cover.site, cover.year, "unit", span(now.unit_cost)) if cover else span(now.unit_cost)
    return [
        pair(span(then.gap, short=True), _("now {number}", number=gap)),
        pair(
            months_of_cover(then.months),
            _("now {number} months", number=months) if is_known else _("now {number}", number=months),
        ),
        pair(span(then.cost, short=True), _("now {number}", number=cost)),
        pair(unit, *chance, _("now {number}", number=each)),
        posts(view, then, now, staff),
    ]


def posts(view: View, then: Outcome, now: Outcome, staff: Row | None) -> Component:
    """Posts above what they are now."""
    supposed = figures(then.posts, 1) if then.posts is not None else state(_("not known"))
    if staff is not None and staff.value is not None and staff.value == now.posts:
        return pair(supposed, _("now {number}", number=links.number_text(view, staff)))
    return pair(supposed, _("now {number}", number=figures(now.posts, 1)) if now.posts is not None else "")


def stored(view: View, cover: Row | None, column: str, write: Callable[[float], str]) -> Text:
    """A number of the year as it is known, with where it comes from."""
    if cover is None or cover.get(column) is None:
        return _("not known")
    return links.cover_text(view, cover, column, write(cover[column]))


def pair(then: Component, *below: Component, wraps: bool = False) -> Component:
    """A supposed value above what is known."""
    parts = [html.Span(then, className="then"), *(html.Small(line, className="now") for line in below)]
    return html.Span(parts, className="wraps" if wraps else "")


def download(view: View, supposed: ScenarioChoice, found: Sequence[Case], headline: str) -> Component:
    """The results as CSV, whose first lines say that they are a scenario and what is supposed."""
    labels = {site.name: site.label for site in view.edition.sites}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((LABEL, headline))
    writer.writerow(("Supposed", *said(supposed, labels)))
    ranges = ("cost", "gap", "months", "unit_cost", "unit_cost_by_chance")
    ends = [f"{name} {end}" for name in ranges for end in ("low", "high")]
    writer.writerow(("site", "verdict at low cost", "verdict at high cost", "money", "cases", *ends, "posts"))
    for case in found:
        values = [getattr(case.then, name) for name in ranges]
        numbers_of = [f"{end:.2f}" for value in values for end in ((value.low, value.high) if value else ("", ""))]
        then = case.then
        writer.writerow((case.row.site, *case.verdicts, then.money, then.cases, *numbers_of, then.posts))
    href = f"data:text/csv;charset=utf-8,{quote(out.getvalue())}"
    name = f"scenario-not-a-forecast-{view.edition.name}.csv"
    label = {"aria-label": _("All figures of the scenario as CSV")}
    return html.A(_("All figures"), href=href, download=name, **label)


# Month by month


def months_card(view: View, found: Sequence[Case]) -> Component:
    """Money of each month against the planned and the supposed cost."""
    starts = found[0].row.year
    months = year_of(starts)
    drawn = months_together([case.months for case in found])
    short = min(
        (month for case in found for month, one in zip(months, case.months, strict=True) if one.is_short), default=None
    )
    as_planned = [by_month(case.start, Choices(), [one.local for one in case.months]) for case in found]
    planned = months_together(as_planned)[0].cost.low
    headline = scenario.first_short(short)
    body = [
        [
            write_month(month),
            of_month(view, found, month, "approved", one.local),
            *(pounds(value) for value in (one.grant, one.extra)),
            span(one.cost),
            of_month(view, found, month, "planned", planned),
        ]
        for month, one in zip(months, drawn, strict=True)
    ]
    heads = (_("Local money"), _("Home Office"), _("May come"), _("Supposed cost"), _("Planned cost"))
    columns = [Column(_("Month")), *(Column(head, True) for head in heads)]
    label = joined(". ", [captioned(headline), _("Money by month under the scenario against planned cost")])
    year = write_financial_year(starts)
    return card(
        headline,
        labelled(_("Money by month against cost (lines), {sites}, {year}", sites=who(view, found), year=year)),
        graph(month_chart(months, drawn, planned), "scenario-months", label, 250),
        name="months",
        twin=table(columns, body, captioned(_("money by month")), class_name="wide"),
    )


def of_month(view: View, found: Sequence[Case], month: date, status: str, amount: float) -> Component:
    """A month's money as it is known, as a link to where it comes from; what is only supposed is none."""
    everyone = len(found) == len(view.edition.sites)
    site = "all" if everyone else found[0].row.site if len(found) == 1 else ""
    text = pounds(amount)
    rows = view.edition.rows("cliff", "site = ? and month = ? and status = ?", (site, month, status))
    if not rows or rows[0].amount is None or pounds(rows[0].amount) != text:
        return text
    name = joined(", ", [write_month(month), Name(view.label(site))])
    return link(view, str(NumberAddress(site, "cliff", str(month), status)), text, name)


def who(view: View, found: Sequence[Case]) -> Text:
    """Whose numbers are added up."""
    return listed([view.label(case.row.site) for case in found], 3)


def affordable_card(view: View, supposed: ScenarioChoice, found: Sequence[Case]) -> Component:
    """The cases that the money pays for, whatever share of the cost is fixed."""
    starts, budgets = [case.start for case in found], [case.then.money for case in found]
    planned = together([case.now for case in found]).cases
    points = by_fixed_share(starts, budgets)
    shares = supposed.choices.fixed_shares
    ends = [cases_paid_for(starts, budgets, share) for share in shares]
    headline = scenario.cases_paid_for(min(ends), max(ends), planned)
    body = [[percent(share), write_count(cases)] for share, cases in points]
    label = joined(". ", [captioned(headline), _("Cases by the share of cost that does not change with cases")])
    heads = [Column(_("Fixed share")), Column(_("Cases"), True)]
    by_share = _("New cases a year by fixed share of cost, {sites}; shaded: the supposed range", sites=who(view, found))
    return card(
        headline,
        labelled(by_share),
        graph(affordable_chart(points, planned, shares), "scenario-cases", label, 250),
        name="affordable",
        twin=table(heads, body, captioned(_("cases that the money pays for"))),
        source=_("Each site’s money pays for its own cases, and for no more than its plan"),
    )


# Maintain, reduce or uplift; next year's cases; a rollout


def ways_card(view: View, found: Sequence[Case]) -> Component:
    """Three answers to the money there is."""
    body: list[list[Component]] = []
    for case in found:
        ways = keep_going(case.start, case.choices)
        reduce = ways["reduce"]
        cases = count_span(Range(min(reduce.low, case.start.planned_cases), min(reduce.high, case.start.planned_cases)))
        whole = f"{case.start.planned_cases:g}"
        planned = links.planned(view, case.row.site, case.row.year, "count", whole)
        maintain = gap_text(view, [case], span(ways["maintain"]))
        fewer = _("{cases} of {planned}", cases=cases, planned=planned)
        body.append([site_name(view, case.row.site, short=True), maintain, fewer, span(ways["uplift"])])
    heads = (_("Maintain: still needed"), _("Reduce to: cases"), _("Uplift: still needed"))
    columns = [Column(_("Site")), *(Column(head, True) for head in heads)]
    needed = still_needed([(case.start, case.choices) for case in found])
    ways_words = _("Maintain the planned cases, reduce to the money there is, or go to the supposed caseload")
    return card(
        scenario.to_maintain(needed, gap_text(view, found, Plain(pounds(needed)))),
        labelled(ways_words),
        table(columns, body, captioned(_("maintain, reduce or uplift")), class_name="wide"),
        name="ways",
    )


def next_year_card(view: View, found: Sequence[Case]) -> Component:
    """Next year's new cases by chance alone, beside what is supposed."""
    body, outside = [], []
    for case in found:
        row = case.row
        name = site_name(view, row.site, short=True)
        if row.cases_seen is None or not row.months_seen:
            body.append([name, state(_("not known")), "", count_span(Range(case.then.cases, case.then.cases))])
            continue
        ahead = next_year(int(row.cases_seen), int(row.months_seen), row.get("dispersion") or 1.0)
        if not ahead.low <= case.then.cases <= ahead.high:
            outside.append(view.label(row.site))
        seen = _("{cases} in {number} months", cases=seen_cases(view, row), number=Plain(f"{row.months_seen:g}"))
        likely = _("{low} to {high}", low=f"{ahead.low:,}", high=f"{ahead.high:,}")
        body.append([name, seen, joined("; ", [figures(ahead.mean), likely]), write_count(case.then.cases)])
    heads = (_("Seen"), _("Next year, and its range"), _("Supposed"))
    columns = [Column(_("Site")), *(Column(head, True) for head in heads)]
    chance = _(
        "New cases if referrals go on as in the last year: 95 in 100 such years (negative binomial, wider where months "
        "vary more than chance explains)"
    )
    return card(
        scenario.outside_chance(outside, len(found)),
        labelled(chance),
        table(columns, body, captioned(_("next year’s new cases")), class_name="wide"),
        name="next-year",
    )


def seen_cases(view: View, row: Row) -> Number:
    """The new cases of the last year that are known, which open the year or the months that are known of it."""
    seen, last = write_count(row.cases_seen), view.edition.data_month
    year = view.edition.result(row.site, "new_cases", "rolling_year", month_after(last, -11)) if last else None
    if year is not None and year.shown == seen:
        return links.number_text(view, year)
    name = joined(", ", [_("new cases"), Name(view.label(row.site))])
    return Number(seen, str(NumberAddress(row.site, "start", str(row.year), "cases_seen")), name, row.cases_seen)


def rollout_card(view: View, supposed: ScenarioChoice) -> Component:
    """As many areas like one site: cost, posts, and the money that they need."""
    row = start_rows(view, supposed.mended).get(supposed.like)
    start = start_of(row) if row is not None else None
    if row is None or start is None or not supposed.areas:
        hint = _("Say how many areas, such as 32 for pan-London, and what cases they have: equal, or by MARAC volume.")
        return card(_("No rollout is supposed"), joined("", [LABEL, "."]), nothing(hint), name="rollout")
    choices = supposed.at(row)
    if supposed.volumes:
        volumes = {str(place): volume for place, volume in enumerate(supposed.volumes)}
        outcome, how = roll_out_by_volume(start, volumes, supposed.own, choices), _("cases by MARAC volume")
    else:
        outcome, how = roll_out(start, supposed.areas, choices), _("the same caseload in each")
    areas, site = scenario.areas(supposed.areas), Name(view.label(row.site))
    heads = [Column(_("Of a year")), Column(_("{site} alone", site=site), True), Column(areas, True)]
    year = write_financial_year(row.year)
    money_stays = _(
        "{areas}, {how}, {year}; the money there is stays that of one area", areas=areas, how=how, year=year
    )
    return card(
        _(
            "{areas} like {site} would need {amount} that is not secured",
            areas=areas,
            site=site,
            amount=span(outcome.gap),
        ),
        labelled(money_stays),
        table(heads, rollout_lines(suppose(start, choices), outcome), captioned(_("a rollout")), class_name="wide"),
        name="rollout",
    )


def rollout_lines(one: Outcome, whole: Outcome) -> list[list[Component]]:
    """Cases, cost, money, gap, unit cost and posts of one area and of all."""
    posts = [f"{each.posts:,g}" if each.posts is not None else _("not known") for each in (one, whole)]
    return [
        [_("New cases a year"), figures(one.cases), figures(whole.cases)],
        [_("Cost of the year"), span(one.cost), span(whole.cost)],
        [_("Money there is"), pounds(one.money), pounds(whole.money)],
        [_("Funding still needed"), span(one.gap), span(whole.gap)],
        [_("Cost per new case"), span(one.unit_cost), span(whole.unit_cost)],
        [_("Posts needed"), *posts],
    ]


# Saved scenarios


def data_of(view: View) -> Path:
    """The folder of the edition, which holds what is saved too."""
    return view.edition.path.parents[2]


def asker(audience: str = "central") -> Who:
    """Who asks; outside of a request, the audience itself."""
    return g.who if has_request_context() and "who" in g else of_audience(audience, "this machine")


def saved_rows(data: Path, labels: Mapping[str, str], asks: Who, edition: str) -> list[dict[str, Any]]:
    """The saved scenarios as the list shows them."""
    rows = []
    for one in saved.all_saved(data, asks):
        address = read("/scenario", one.query)
        supposed = read_supposed(address.with_(edition=edition), [])
        when = write_date(datetime.fromisoformat(one.when).date())
        rows.append(
            {
                "id": one.id,
                "name": one.name,
                "href": address.with_(edition=edition).href,
                "words": first_upper(joined("; ", said(supposed, labels))),
                "by": labelled(_("Saved by the {author}, {day}", author=one.author, day=when)),
                "mine": saved.may_delete(one, asks),
            }
        )
    return rows


def saved_card(view: View) -> Component:
    """The saved scenarios, and the form that saves this one."""
    asks = asker(view.edition.audience)
    labels = {site.name: site.label for site in view.edition.sites}
    try:
        rows, problem = saved_rows(data_of(view), labels, asks, view.address.get("edition")), ""
    except saved.CannotSave as reason:
        rows, problem = [], reason.args[0]
    return card(
        _("Saved scenarios"),
        _("Choices only: the numbers are worked out anew on the edition shown"),
        SavedList("saved", rows, problem),
        name="saved",
        class_name="saved-card",
    )


def acts(app: Dash, editions: Editions) -> None:
    """Saving and deleting."""

    @app.callback(
        Output("saved", "rows"),
        Output("saved", "said"),
        Output("saved", "problem"),
        Output("saved", "answer"),
        Input("saved", "sent"),
        State("saved", "rows"),
        prevent_initial_call=True,
    )
    def act(sent: Any, rows: Any) -> tuple[Any, Any, Any, Any]:
        if not isinstance(sent, dict) or not sent.get("act"):
            return no_update, no_update, no_update, no_update
        data, asks, query = editions.folder.parent, asker(editions.audience), str(sent.get("query") or "")
        what = f"{'delete' if sent['act'] == 'delete' else 'save'} a scenario"
        g.looked_at, g.did = PAGE.path, (what, "not done")
        try:
            edition = editions.get(read("/scenario", query).get("edition"))
            done = carry_out(data, sent, query, asks)
            g.did = what, "done"
            labels = {site.name: site.label for site in edition.sites}
            return saved_rows(data, labels, asks, read("/scenario", query).get("edition")), done, "", sent.get("at")
        except (saved.CannotSave, NoEdition) as reason:
            return no_update, "", str(reason), sent.get("at")


def carry_out(data: Path, sent: Mapping[str, Any], query: str, asks: Who) -> str:
    """Saves or deletes what was asked for; says what was done. Raises CannotSave."""
    if sent["act"] == "delete":
        saved.delete(data, str(sent.get("id") or ""), asks)
        return _("Deleted.")
    one = saved.save(data, str(sent.get("name") or ""), query, asks)
    return _("Saved as “{name}”.", name=Plain(one.name))


PAGE = Page(
    "/scenario",
    _("Scenario"),
    6,
    _("What if the grant, local money, the caseload or the number of areas were different?"),
    build,
    acts=acts,
)
