"""Overview: one table that says for each site whether it can carry on, and what is in the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dashboard import theme
from dashboard.cards import alarms, changes_since
from dashboard.charts.scale import nice_top
from dashboard.data.comparisons import COST, compared
from dashboard.data.edition import Row
from dashboard.data.view import View, period_words
from dashboard.elements import html, icons
from dashboard.elements.page import Content, Page, pick_period, pick_sites, plain_card, site_name
from dashboard.elements.tables import (
    Column,
    heard,
    hidden,
    link,
    number,
    seen_on_phones,
    state,
    table,
    tag,
    under_query,
)
from dashboard.provenance import links
from dashboard.wording import caseload, costs, funding, overview
from dashboard.wording import readiness as wording
from etl.definitions import label_of
from etl.definitions.messages import Capital, Month, Number, Text, _, joined
from etl.definitions.periods import months_from, write_date, write_month, write_months
from etl.definitions.readiness import PROPOSED_BY, THRESHOLDS, VERDICTS
from etl.definitions.writing import HIDDEN, figures, first_upper, lower_first, pounds, why_open, write, write_range
from etl.provenance.address import NumberAddress

MOST_COLUMNS = 5
MOST_DECISIONS = 4
Component = Any


def build(view: View) -> Content:
    """The verdict table, and what changed since the edition before."""
    labels = {site.name: site.label for site in view.sites}
    headline = wording.readiness(view.edition.rows("verdicts"), labels, every=view.all_sites)
    if not view.edition.has("results"):
        headline = _("No returns have been loaded yet, so there is nothing to judge")
    return Content(
        headline,
        note(view),
        [alarms.lines(view), verdict_table(view), key(), chances(view, labels), changes(view), decisions(view)],
        controls=[pick_sites(view), pick_period(view, ("rolling_year",)), *changes_since.pick_since(view)],
    )


def note(view: View) -> Text:
    """What must be known to read the table."""
    sentences: list[Text] = [_("Thresholds proposed by the {team}.", team=PROPOSED_BY)]
    if month := view.edition.data_month:
        period = Capital(period_words(view.period))
        newest = _("{period}; {month} is provisional.", period=period, month=Month(month, "name"))
        sentences.insert(0, newest if view.is_latest else joined("", [period, "."]))
    if any(row.made_up for name in ("agreements", "plans", "readiness") for row in view.edition.rows(name)):
        sentences.append(_("Some agreements, plans and assessments are made up for the sample."))
    return joined(" ", sentences)


def verdict_table(view: View) -> Component:
    """Questions down, sites across; with many sites, the other way round."""
    columns = [site.name for site in view.sites] + (["all"] if view.all_sites and len(view.sites) > 1 else [])
    questions = [question for question in QUESTIONS if question.has(view)]
    caption = _("Verdict, money, cases, cost and returns of each site, {period}", period=period_words(view.period))
    if len(columns) > MOST_COLUMNS:
        heads = [Column(_("Site")), *(Column(question.head(view)) for question in questions)]
        rows = [[site_name(view, site), *(question.cell(view, site) for question in questions)] for site in columns]
        return table(heads, rows, caption, class_name="verdicts by-row wide", row_names=columns, name="verdicts")
    heads = [Column(heard(_("Question"))), *(Column(site_name(view, site)) for site in columns)]
    rows = [
        [
            html.Span([question.head(view), html.Small(question.scale(view))]),
            *(html.Div([seen_on_phones(site_name(view, site)), question.cell(view, site)]) for site in columns),
        ]
        for question in questions
    ]
    last = " with-all" if columns[-1:] == ["all"] else ""
    names = [question.name for question in questions]
    return table(heads, rows, caption, class_name=f"verdicts{last}", row_names=names, name="verdicts")


def key() -> Component:
    """What the drawings of the table mean."""
    grey = replace(theme.PROGRAMME, colour=theme.UNKNOWN, shape="circle")
    swatches = (
        (icons.dot(1.0, 0.4, 1.6, 2.0, grey, width=34), _("value and likely range (95%): what chance alone could do")),
        (icons.between(0.9, 1.9, 2.0, grey, width=34), _("at least, at most: a number is missing")),
        (icons.icon("flag", 13), _("under query, may be wrong; dotted: if it is right")),
        (alarms.icon(13), _("unusually low")),
    )
    return html.Ul([html.Li([drawn, said]) for drawn, said in swatches], className="key small muted")


def chances(view: View, labels: dict[str, str]) -> Component:
    """What chance does to the verdicts."""
    if not view.is_latest:
        return None
    said = wording.chance(view.edition.rows("readiness"), view.edition.rows("verdicts"), labels)
    return html.Div([html.P([html.Strong(head), " ", answer]) for head, answer in said], className="chance small")


def cell(
    value: Component, unit: Component = "", mark: Component = None, notes: Component = "", badge: Component = None
) -> Component:
    """A cell: value and unit with a tag at the right, a small drawing, a note or several."""
    shown = [value, html.Span([" ", unit], className="unit")] if unit else [value]
    lines = notes if isinstance(notes, list) else [notes]
    return html.Div(
        [
            html.Div([html.Span(shown, className="value"), badge], className="line"),
            html.Div(mark, className="drawing") if mark is not None else None,
            *(html.P(line, className="cell-note") for line in lines if line),
        ],
        className="cell",
    )


def level(view: View, site: str, criterion: str) -> Component:
    """The tag of a criterion; none for a period other than the one that was judged, nor for the programme."""
    row = judged(view, site, criterion)
    return tag(row.level) if row is not None else None


def judged(view: View, site: str, criterion: str) -> Row | None:
    """What a criterion of a site was judged by, where the period looked at is the one that was judged."""
    rows = view.edition.rows("readiness", "site = ? and criterion = ?", (site, criterion)) if view.is_latest else ()
    return rows[0] if rows else None


@dataclass(frozen=True)
class Question:
    """A row of the table: what heads it, the scale of its drawings, and its cell for each site."""

    name: str
    has: Callable[[View], bool]
    head: Callable[[View], str]
    scale: Callable[[View], str]
    cell: Callable[[View, str], Component]


def verdict(view: View, site: str) -> Component:
    """Whether a site is ready without the grant; of the programme how many sites are."""
    rows = view.edition.rows("verdicts", "site = ?", (site,))
    if not rows:
        return cell(tag("unknown", _("Not enough data"), large=True))
    row = rows[0]
    if site == "all":
        counted = link(view, str(NumberAddress(site, "verdict", "", "words")), first_upper(row.words), _("verdicts"))
        return html.Div(html.P(counted, className="counted"), className="cell")
    shown = links.verdict(view, site, row.verdict, VERDICTS.get(row.verdict, row.words))
    return html.Div([shown, html.P(row.reason or "", className="reason")], className="cell")


def secured(view: View, site: str) -> Component:
    """Months of the planned cost that secured money covers."""
    rows = view.edition.rows("cover", "site = ?", (site,))
    if not rows or rows[0].months is None:
        return cell(tag("unknown"), notes=_("No plan to set it against"))
    row, own = rows[0], judged(view, site, "money")
    address = str(NumberAddress(site, "cover", str(row.year), "months"))
    shown = own.shown if own is not None and own.get("shown") else figures(row.months, 1)
    months = link(view, address, shown, _("months secured, {site}", site=view.label(site)))
    badge = tag(level_of(row.months)) if site == "all" else level(view, site, "money")
    planned = links.cover_text(view, row, "planned", pounds(row.planned))
    amounts = _("{secured} of {planned}", secured=links.secured_text(view, row), planned=planned)
    notes = [amounts, *(html.Span(line, className="wraps") for line in links.depends(view, row))]
    return cell(months, _("months"), icons.track(row.months / 12, view.mark(site)), notes, badge)


def level_of(months: float) -> str:
    """The level of the programme's cover, by the thresholds of a site's."""
    if months >= THRESHOLDS["cover_met"]:
        return "met"
    return "partly" if months >= THRESHOLDS["cover_partial"] else "not_met"


MOST_OF_PLAN = 1.5


def new_cases(view: View, site: str) -> Component:
    """New cases of the period against the plan of the same months."""
    row, plan = view.result(site, "new_cases"), view.result(site, "planned_new_cases")
    if row is not None and row.shown == HIDDEN:
        return no_number(row)
    badge = level(view, site, "caseload")
    if row is None or row.value is None:
        return open_cases_of(view, site, row, plan, badge)
    own = compared(view, "new_cases").get(site)
    unit = of_number(links.number_text(view, plan)) if plan is not None and plan.value is not None else ""
    if own is None or own.plan is None or own.hollow:
        return cell(number(view, row), unit, None, [links.interval_text(view, row), *alarms.in_cell(view, site)], badge)
    mark = None
    if site != "all":
        ends = (own.against, own.against_low, own.against_high, MOST_OF_PLAN)
        mark = icons.dot(*ends, view.mark(site), plan=1.0)
    share = caseload.delivered(own, partial(links.result_text, view))
    criterion = judged(view, site, "caseload")
    limits = own.words if criterion is None else criterion.note
    notes = [_("{share} of plan", share=share), first_upper(limits or ""), *alarms.in_cell(view, site)]
    return cell(number(view, row), unit, mark, notes, badge)


def no_number(row: Row | None) -> Component:
    """A cell of a number that is hidden or not known, and why."""
    if row is not None and row.shown == HIDDEN:
        return cell(hidden(), notes=_("Hidden: a small number"))
    return cell(tag("unknown"), notes=row.why if row is not None and row.why else _("No complete year yet"))


def open_cases_of(view: View, site: str, row: Row | None, plan: Row | None, badge: Component) -> Component:
    """New cases that are not known: between what and what they may lie."""
    bounds = view.bounds(site, "new_cases")
    planned = plan.value if plan is not None else None
    if row is None or bounds is None:
        return no_number(row)
    of = links.number_text(view, plan) if planned and plan is not None else ""
    may_be = links.bounds_text(view, row, bounds.low, bounds.high, "count")
    what = "bounds" if bounds.least is None else "least"
    value_of = links.beside(view, row, what, write(bounds.low if bounds.least is None else bounds.least, "count"))
    value = html.Span([html.Span([_("at least"), " "], className="unit"), value_of])
    mark = None
    if planned and site != "all":
        ends = ((bounds.least or bounds.low) / planned, bounds.high / planned, MOST_OF_PLAN)
        mark = icons.between(*ends, view.mark(site), plan=1.0)
    notes = [
        overview.bounded_cases(bounds, of, may_be),
        why_open(bounds.missing, bounds.queried),
        *alarms.in_cell(view, site),
    ]
    return cell(value, "", mark, notes, badge)


def cost(view: View, site: str) -> Component:
    """Cash spend on the lines that every site counts, for each new case. It has no threshold, so no tag."""
    row, bounds = view.result(site, COST), view.bounds(site, COST)
    if row is not None and row.shown == HIDDEN:
        return no_number(row)
    if row is not None and bounds is not None:
        return open_cost(view, site, row, bounds)
    if row is None or row.value is None:
        return no_number(row)
    mark = icons.dot(row.value, row.low, row.high, top(view), view.mark(site)) if site != "all" else None
    likely = links.interval_text(view, row)
    return cell(number(view, row), "", mark, _("likely range {range}", range=likely) if likely else "")


def open_cost(view: View, site: str, row: Row, bounds: Row) -> Component:
    """A cost that is not known, or that rests on a number under query: as suspected, and beside it if that is right."""
    value = links.beside(view, row, "bounds", write_range(bounds.supposed_low, bounds.supposed_high, "gbp_each"))
    ends = (bounds.supposed_low, bounds.supposed_high, top(view))
    to = bounds.stated_high if bounds.queried else None
    mark = icons.between(*ends, view.mark(site), to=to) if site != "all" else None
    missing = [_("{months} missing", months=bounds.missing)] if bounds.missing else []
    if not bounds.queried:
        return cell(value, "", mark, [*missing])
    if_right = links.bounds_text(view, row, bounds.stated_low, bounds.stated_high, "gbp_each")
    right = _("{range} if right", range=if_right)
    return cell(value, "", mark, [html.Span([under_query(), right]), *missing])


def returns(view: View, site: str) -> Component:
    """How many of the returns that were due have come."""
    where = "month between ? and ? and state not in ('not_due', 'due')"
    rows = view.edition.rows("calendar", where, (view.period[1], view.period[2]), "month")
    rows = tuple(row for row in rows if site in ("all", row.site))
    if not rows:
        return cell(state(_("none due")))
    by_month = {row.month: row.state for row in rows}
    states = [by_month.get(month, "not_due") for month in months_from(view.period[1], view.period[2])]
    came = [row for row in rows if row.state in ("on_time", "late")]

    def number_of(state: str, count: int) -> Number:
        return links.returns_number(view, site, view.period[1], f"year.{state}", count)

    note = overview.returns_counts(rows, number_of) if site == "all" else overview.returns_note(rows, number_of)
    drawing = icons.strip(states) if site != "all" else None
    count = links.returns(view, site, view.period[1], "received", len(came))
    return cell(count, of_number(number_of("due", len(rows))), drawing, note, level(view, site, "returns"))


def of_number(number: Number) -> Text:
    """What a number is of, beside it."""
    return _("of {number}", number=number)


def top(view: View) -> float:
    """The end of the scale of costs that all sites share: no interval and no range runs out of it."""
    seen = []
    for site in view.sites:
        row, bounds = view.result(site.name, COST), view.bounds(site.name, COST)
        seen += [row and (row.high or row.value), bounds and bounds.high]
    return nice_top(max((end for end in seen if end), default=1.0))


def cost_scale(view: View) -> Text:
    """Which lines the cost is on, and the scale."""
    basis = costs.on_lines(COST, view.edition.rows("scope"))
    return _("{basis}; scale £0 to {number}", basis=basis, number=pounds(top(view)))


QUESTIONS = (
    Question(
        "verdict",
        lambda view: bool(view.edition.rows("verdicts")),
        lambda view: _("Ready without the grant?"),
        lambda view: "",
        verdict,
    ),
    Question(
        "money",
        lambda view: bool(view.edition.rows("cover")),
        lambda view: _("Secured for {year}", year=funding.year_of(view.edition.rows("cover"))),
        lambda view: _("scale 0 to 12 months"),
        secured,
    ),
    Question(
        "caseload",
        lambda view: True,
        lambda view: label_of("new_cases_against_plan"),
        lambda view: _("0 to 150%; upright: plan"),
        new_cases,
    ),
    Question("cost", lambda view: COST in view.edition.measures, lambda view: _("Cost per new case"), cost_scale, cost),
    Question(
        "returns",
        lambda view: bool(view.edition.rows("calendar")),
        lambda view: _("Returns received"),
        lambda view: write_months(view.period[1], view.period[2]),
        returns,
    ),
)


def changes(view: View) -> Component:
    """At most five lines: what is different from an earlier edition, what would have changed a verdict first."""
    before = changes_since.chosen(view)
    shown = changes_since.moved_since(view, before)[: changes_since.MOST_LINES]
    day = changes_since.day_words(view, before)
    head = _("What changed since the edition of {day}", day=day) if before else _("What changed")
    body = [
        [
            site_name(view, row.site or "all"),
            links.prose(view, row.site, row.what, row.get("number") or ""),
            html.Span(links.prose(view, row.site, row.effect or "", row.get("number") or ""), className="muted"),
            html.Strong(row.verdict_effect) if row.get("moved") else html.Span(row.verdict_effect or ""),
        ]
        for row in shown
    ]
    columns = [Column(_("Site")), Column(_("What")), Column(_("Effect")), Column(_("Verdict"))]
    empty = html.P(changes_since.why_none(view, before), className="nothing")
    exhibit = table(columns, body, head, class_name="changes headless") if body else empty
    month = view.edition.data_month
    source = _("Returns to {month}", month=write_month(month)) if month else ""
    said = html.Span(source, className="muted")
    methods = [html.A(_("Definitions"), href=view.address.keep("/methods", "edition").href)]
    return plain_card(head, exhibit, name="changes", links=[said, *methods], class_name="changes-card")


def decisions(view: View) -> Component:
    """What is to be decided or done next: what is late first, at most four lines."""
    here = {site.name for site in view.sites} | {"", "all"}
    rows = [row for row in view.edition.rows("milestones", "done is null", order="due, milestone") if row.site in here]
    if not rows:
        return None
    day = view.edition.made.date()
    body = [
        [
            site_name(view, row.site or "all"),
            row.words,
            html.Span(_("made up") if row.made_up else row.source, className="muted"),
            html.Span([write_date(row.due), ": ", html.Strong(_("late"))] if row.due < day else write_date(row.due)),
        ]
        for row in rows[:MOST_DECISIONS]
    ]
    columns = [Column(_("Site")), Column(_("What")), Column(_("Source")), Column(_("Due"))]
    headline = _("Decisions due: {milestones}", milestones=lower_first(wording.milestones(rows, day)))
    more = html.A(_("All milestones"), href=view.address.keep("/readiness", "site", "edition").href)
    exhibit = table(columns, body, headline, class_name="changes headless")
    return plain_card(headline, exhibit, name="decisions", links=[more], class_name="changes-card")


PAGE = Page(
    "/", _("Overview"), 1, _("Can Drive carry on without the Home Office grant, and what is in the way?"), build
)
