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
from dashboard.elements.tables import VERDICT_LEVELS, Column, link, not_applicable, number, state, table, tag
from dashboard.elements.widgets import SavedList, ScenarioForm
from dashboard.provenance import links
from dashboard.scenarios import saved
from dashboard.scenarios.choices import (
    ALSO,
    GAPS,
    GRANTS,
    ScenarioChoice,
    facts_of,
    grant_words,
    read_supposed,
    said,
    start_of,
)
from dashboard.wording import sentences
from etl.definitions.periods import month_after, months_from, write_date, write_financial_year, write_month
from etl.definitions.readiness import VERDICTS, count_verdicts
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import (
    counted_figure,
    first_upper,
    listed,
    lower_first,
    pounds,
    pounds_short,
    round_half_up,
)
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
    note = html.Span([label, f"Supposed: {'; '.join(phrases)}."])
    controls = [pick_sites(view)]
    if not found:
        none = nothing("No site has a plan for the year without the grant, so there is nothing to start from.")
        return Content("There is no plan to start a scenario from", note, [scenario_grid(form, [none])], controls)
    outcome = together([case.then for case in found])
    headline = sentences.scenario(clause(supposed), outcome, [case.then for case in found])
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
    return months_from(starts, sentences.last_of(starts))


def clause(supposed: ScenarioChoice) -> str:
    """What the headline begins with: the one thing that is supposed, or that there are several."""
    changed = supposed.changed
    if not changed:
        return "If the grant ends and nothing else changes"
    if changed == ("grant",):
        return f"If {grant_words(supposed.choices)}"
    if changed == ("caseload",):
        more = supposed.choices.caseload - 1
        return f"With {abs(more) * 100:.3g}% {'more' if more > 0 else 'fewer'} new cases and no grant"
    return "Under this scenario"


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
        {**field(f"local.{site.name}", site.short, "%", "100"), "value": typed.get(site.name, "100")}
        for site in view.edition.sites
    ]
    likes = {site.name: site.label for site in view.edition.sites}
    first = next(iter(likes), "")
    groups: list[dict[str, Any]] = [
        {
            "legend": "The Home Office grant after March 2020" if grant_year(view) is None else grant_year(view),
            "fields": [
                select("grant", "The grant", GRANTS, "ends"),
                field("months", "If extended, by", "months"),
                field("renewed", "If renewed, at", "%"),
            ],
        },
        {"legend": "Local money, of what is secured", "fields": [*local, select("also", "Money that counts", ALSO)]},
        {
            "legend": "Caseload, cost and staff",
            "fields": [
                field(
                    "caseload",
                    "New cases, against plan",
                    "%",
                    "0",
                    wide=True,
                    hint="20 for a fifth more, −20 for a fifth fewer",
                ),
                field("low", "Fixed cost, at least", "%", "25"),
                field("high", "Fixed cost, at most", "%", "80"),
                field("ratio", "Cases per case manager", hint="Blank: as now"),
                field("postcost", "Cost of a post", "£ a year", hint="Blank: not counted"),
                select("gaps", "Missing numbers", GAPS),
            ],
        },
        {
            "legend": "A rollout",
            "fields": [
                select("like", "Areas like", likes, first),
                field("areas", "Number of areas", hint="Pan-London: 32"),
                field("own", "MARAC cases there", "a year"),
                field(
                    "marac",
                    "MARAC cases of each area",
                    wide=True,
                    words=True,
                    hint="With spaces between; blank: equal caseload",
                ),
            ],
        },
    ]
    return ScenarioForm(groups, view.address.keep("/scenario", "site", "edition").href)


def grant_year(view: View) -> str | None:
    """The legend of the grant: from when on it is supposed."""
    rows = view.edition.rows("scenario_start", order="year")
    return f"The Home Office grant from {write_month(rows[0].year, long=True)}" if rows else None


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
        told = links.prose(view, "all", f"now {known.words}", "all|verdict||words") if known else ""
        row = [site_name(view, "all"), pair(counted, told, wraps=True)]
        body.append([*row, *numbers(view, all_then, all_now, covers.get("all"), posts_of(view, "all", found))])
        names.append("all")
    heads = ("Verdict", "Not secured", "Cover", "Cost of the year", "Per new case", "Posts")
    columns = [Column("Site"), *(Column(head) for head in heads)]
    year = write_financial_year(found[0].row.year)
    missing = "; what is missing is supposed to come as planned" if supposed.mended else ""
    return card(
        sentences.scenario_verdicts([(case.verdicts, actual.get(case.row.site)) for case in found]),
        f"{LABEL}. {year}, under each number what is known now{missing}",
        table(columns, body, f"{LABEL}: results beside what is known, {year}", class_name="wide", row_names=names),
        name="results",
        source=f"Agreements, plans and returns known on {write_date(view.edition.made.date())}"
        + ("; some are made up for the sample" if any(case.row.made_up for case in found) else ""),
        links=[download(view, supposed, found, headline)],
    )


def verdict_cell(case: Case, known: Row | None) -> Component:
    """The verdict under the scenario; where it depends on the cost, both ends."""
    low, high = case.verdicts
    shown = tag(VERDICT_LEVELS[high], VERDICTS[high])
    more = [html.Small(f"{VERDICTS[low]} at the lowest cost", className="now")] if low != high else []
    now = VERDICTS.get(known.verdict, known.words) if known else "not judged"
    return html.Span([shown, *more, html.Small(f"now {lower_first(now)}", className="now")])


def posts_of(view: View, site: str, found: Sequence[Case]) -> Row | None:
    """The posts of case managers that a scenario starts from; none where its sites' are of several months."""
    months = {case.row.posts_month for case in found}
    month = months.pop() if len(months) == 1 else None
    return view.edition.result(site, "case_manager_posts", "month", month) if month else None


def numbers(view: View, then: Outcome, now: Outcome, cover: Row | None, staff: Row | None) -> list[Component]:
    """Gap, cover, cost, unit cost and posts, each above what it is now."""
    gap = stored(view, cover, "gap", lambda gap: pounds(gap))
    months = stored(view, cover, "months", lambda months: f"{months:.1f}", " months")
    cost = stored(view, cover, "planned", lambda planned: pounds(planned))
    if cover is None or cover.planned is None or span(now.cost) != pounds(cover.planned):
        cost = [span(now.cost)]
    unit = span(then.unit_cost) if then.unit_cost else not_applicable()
    chance = [f"by chance {span(then.unit_cost_by_chance)}"] if then.unit_cost_by_chance else []
    posts = f"{then.posts:,.1f}" if then.posts is not None else state("not known")
    each = links.planned(view, cover.site, cover.year, "unit", span(now.unit_cost)) if cover else span(now.unit_cost)
    same = staff is not None and staff.value is not None and staff.value == now.posts
    held = number(view, staff) if same else f"{now.posts:,.1f}" if now.posts is not None else ""
    return [
        pair(span(then.gap, short=True), ["now ", *gap]),
        pair(months_words(then.months), ["now ", *months]),
        pair(span(then.cost, short=True), ["now ", *cost]),
        pair(unit, *chance, ["now ", each]),
        pair(posts, ["now ", held] if held else ""),
    ]


def stored(
    view: View, cover: Row | None, column: str, write: Callable[[float], str], unit: str = ""
) -> list[Component]:
    """A number of the year as it is known, as a link to where it comes from."""
    if cover is None or cover.get(column) is None:
        return ["not known"]
    return [links.cover(view, cover, column, write(cover[column])), *([unit] if unit else [])]


def pair(then: Component, *below: Component, wraps: bool = False) -> Component:
    """A supposed value above what is known."""
    parts = [html.Span(then, className="then"), *(html.Small(line, className="now") for line in below)]
    return html.Span(parts, className="wraps" if wraps else "")


def span(found: Range | None, *, short: bool = False) -> str:
    """Pounds, or a range of them, which may be written short."""
    if found is None:
        return "not known"
    low, high = pounds(found.low), pounds(found.high)
    if low == high:
        return low
    return f"{pounds_short(found.low)} to {pounds_short(found.high)}" if short else f"{low} to {high}"


def months_words(found: Range) -> str:
    """Months of cover, or a range of them; a year and more is said to be so."""
    low, high = (min(round_half_up(value, 1), 99.0) for value in (found.low, found.high))
    return f"{low:g} months" if low == high else f"{low:g} to {high:g} months"


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
    return html.A("All figures", href=href, download=name, **{"aria-label": "All figures of the scenario as CSV"})


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
    headline = sentences.first_short(short)
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
    heads = ("Local money", "Home Office", "May come", "Supposed cost", "Planned cost")
    columns = [Column("Month"), *(Column(head, True) for head in heads)]
    label = f"{LABEL}: {headline}. Money by month under the scenario against planned cost"
    return card(
        headline,
        f"{LABEL}. Money by month against cost (lines), {who(view, found)}, {write_financial_year(starts)}",
        graph(month_chart(months, drawn, planned), "scenario-months", label, 250),
        name="months",
        twin=table(columns, body, f"{LABEL}: money by month", class_name="wide"),
    )


def of_month(view: View, found: Sequence[Case], month: date, status: str, amount: float) -> Component:
    """A month's money as it is known, as a link to where it comes from; what is only supposed is none."""
    everyone = len(found) == len(view.edition.sites)
    site = "all" if everyone else found[0].row.site if len(found) == 1 else ""
    text = pounds(amount)
    rows = view.edition.rows("cliff", "site = ? and month = ? and status = ?", (site, month, status))
    if not rows or rows[0].amount is None or pounds(rows[0].amount) != text:
        return text
    return link(view, f"{site}|cliff|{month}|{status}", text, f"{write_month(month)}, {view.label(site)}")


def who(view: View, found: Sequence[Case]) -> str:
    """Whose numbers are added up."""
    return listed([view.label(case.row.site) for case in found]) if len(found) < 4 else f"{len(found)} sites"


def affordable_card(view: View, supposed: ScenarioChoice, found: Sequence[Case]) -> Component:
    """The cases that the money pays for, whatever share of the cost is fixed."""
    starts, budgets = [case.start for case in found], [case.then.money for case in found]
    planned = together([case.now for case in found]).cases
    points = by_fixed_share(starts, budgets)
    shares = supposed.choices.fixed_shares
    ends = [cases_paid_for(starts, budgets, share) for share in shares]
    headline = sentences.cases_paid_for(min(ends), max(ends), planned)
    body = [[f"{share * 100:.0f}%", f"{cases:,.0f}"] for share, cases in points]
    label = f"{LABEL}: {headline}. Cases by the share of cost that does not change with cases"
    return card(
        headline,
        f"{LABEL}. New cases a year by fixed share of cost, {who(view, found)}; shaded: the supposed range",
        graph(affordable_chart(points, planned, shares), "scenario-cases", label, 250),
        name="affordable",
        twin=table([Column("Fixed share"), Column("Cases", True)], body, f"{LABEL}: cases that the money pays for"),
        source="Each site’s money pays for its own cases, and for no more than its plan",
    )


# Maintain, reduce or uplift; next year's cases; a rollout


def ways_card(view: View, found: Sequence[Case]) -> Component:
    """Three answers to the money there is."""
    body: list[list[Component]] = []
    covers = {row.site: row for row in view.edition.rows("cover")}
    for case in found:
        ways = keep_going(case.start, case.choices)
        reduce = ways["reduce"]
        cases = count_span(Range(min(reduce.low, case.start.planned_cases), min(reduce.high, case.start.planned_cases)))
        whole = f"{case.start.planned_cases:g}"
        planned = [" of ", links.planned(view, case.row.site, case.row.year, "count", whole)]
        cover, maintain = covers.get(case.row.site), span(ways["maintain"])
        if cover is not None and cover.gap is not None and pounds(cover.gap) == maintain:
            maintain = links.cover(view, cover, "gap", maintain)
        body.append([site_name(view, case.row.site, short=True), maintain, [cases, *planned], span(ways["uplift"])])
    columns = [
        Column("Site"),
        Column("Maintain: still needed", True),
        Column("Reduce to: cases", True),
        Column("Uplift: still needed", True),
    ]
    needed = still_needed([(case.start, case.choices) for case in found])
    headline = (
        f"To maintain the plan, {pounds(needed)} more is needed"
        if needed > NIL_POUNDS
        else "The money maintains the plan"
    )
    return card(
        headline,
        f"{LABEL}. Maintain the planned cases, reduce to the money there is, or go to the supposed caseload",
        table(columns, body, f"{LABEL}: maintain, reduce or uplift", class_name="wide"),
        name="ways",
    )


def count_span(found: Range) -> str:
    """Whole cases, or a range of them."""
    low, high = (f"{round_half_up(value):,.0f}" for value in (found.low, found.high))
    return low if low == high else f"{low} to {high}"


def next_year_card(view: View, found: Sequence[Case]) -> Component:
    """Next year's new cases by chance alone, beside what is supposed."""
    body, outside, last = [], [], view.edition.data_month
    for case in found:
        row = case.row
        name = site_name(view, row.site, short=True)
        if row.cases_seen is None or not row.months_seen:
            body.append([name, state("not known"), "", count_span(Range(case.then.cases, case.then.cases))])
            continue
        ahead = next_year(int(row.cases_seen), int(row.months_seen))
        if not ahead.low <= case.then.cases <= ahead.high:
            outside.append(view.label(row.site))
        counted = f"{row.cases_seen:,.0f}"
        year = view.edition.result(row.site, "new_cases", "rolling_year", month_after(last, -11)) if last else None
        key = f"{row.site}|start|{row.year}|cases_seen"
        counted = (
            number(view, year)
            if year is not None and year.shown == counted
            else link(view, key, counted, f"new cases, {view.label(row.site)}")
        )
        seen = [counted, f" in {row.months_seen:g} months"]
        body.append(
            [
                name,
                seen,
                f"{round_half_up(ahead.mean):,.0f}; {ahead.low:,} to {ahead.high:,}",
                f"{case.then.cases:,.0f}",
            ]
        )
    columns = [Column("Site"), Column("Seen", True), Column("Next year, and its range", True), Column("Supposed", True)]
    headline = sentences.outside_chance(outside, len(found))
    return card(
        headline,
        f"{LABEL}. New cases if referrals go on as in the last year: 95 in 100 such years (negative binomial)",
        table(columns, body, f"{LABEL}: next year’s new cases", class_name="wide"),
        name="next-year",
    )


def rollout_card(view: View, supposed: ScenarioChoice) -> Component:
    """As many areas like one site: cost, posts, and the money that they need."""
    row = start_rows(view, supposed.mended).get(supposed.like)
    start = start_of(row) if row is not None else None
    if row is None or start is None or not supposed.areas:
        hint = "Say how many areas, such as 32 for pan-London, and what cases they have: equal, or by MARAC volume."
        return card("No rollout is supposed", f"{LABEL}.", nothing(hint), name="rollout")
    choices = supposed.at(row)
    if supposed.volumes:
        volumes = {str(place): volume for place, volume in enumerate(supposed.volumes)}
        outcome, how = roll_out_by_volume(start, volumes, supposed.own, choices), "cases by MARAC volume"
    else:
        outcome, how = roll_out(start, supposed.areas, choices), "the same caseload in each"
    one = suppose(start, choices)
    lines = [
        ("New cases a year", f"{one.cases:,.0f}", f"{outcome.cases:,.0f}"),
        ("Cost of the year", span(one.cost), span(outcome.cost)),
        ("Money there is", pounds(one.money), pounds(outcome.money)),
        ("Funding still needed", span(one.gap), span(outcome.gap)),
        ("Cost per new case", span(one.unit_cost), span(outcome.unit_cost)),
        (
            "Posts needed",
            *(f"{each.posts:,g}" if each.posts is not None else "not known" for each in (one, outcome)),
        ),
    ]
    areas = counted_figure(supposed.areas, "area")
    heads = [Column("Of a year"), Column(f"{view.label(row.site)} alone", True), Column(areas, True)]
    return card(
        f"{areas} like {view.label(row.site)} would need {span(outcome.gap)} that is not secured",
        f"{LABEL}. {areas}, {how}, {write_financial_year(row.year)}; the money there is stays that of one area",
        table(heads, [list(line) for line in lines], f"{LABEL}: a rollout", class_name="wide"),
        name="rollout",
    )


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
                "words": first_upper("; ".join(said(supposed, labels))),
                "by": f"{LABEL}. Saved by the {one.author}, {when}",
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
        rows, problem = [], str(reason)
    return card(
        "Saved scenarios",
        "Choices only: the numbers are worked out anew on the edition shown",
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
        return "Deleted."
    one = saved.save(data, str(sent.get("name") or ""), query, asks)
    return f"Saved as “{one.name}”."


PAGE = Page(
    "/scenario",
    "Scenario",
    6,
    "What if the grant, local money, the caseload or the number of areas were different?",
    build,
    acts=acts,
)
