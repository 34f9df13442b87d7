"""Overview: one table that says for each site whether it can carry on, and what is in the way."""

from functools import partial
from typing import Any

from dashboard.cards import changes_since
from dashboard.charts.scale import nice_top
from dashboard.data.comparisons import COST, compared
from dashboard.data.edition import Row
from dashboard.data.view import View, period_words
from dashboard.elements import html, icons
from dashboard.elements.page import Content, Page, pick_period, pick_sites, plain_card, site_name
from dashboard.elements.tables import Column, heard, hidden, link, number, seen_on_phones, state, table, tag
from dashboard.provenance import links
from dashboard.wording import caseload, costs, funding, overview
from dashboard.wording import readiness as wording
from etl.definitions import label_of
from etl.definitions.messages import Number, Text, _, joined
from etl.definitions.periods import months_from, write_date, write_month, write_months
from etl.definitions.readiness import PROPOSED_BY, THRESHOLDS, VERDICTS
from etl.definitions.writing import HIDDEN, figures, first_upper, lower_first, pounds
from etl.provenance.address import NumberAddress

MOST_COLUMNS = 5
MOST_DECISIONS = 4
Component = Any


def build(view: View) -> Content:
    """The verdict table, and what changed since the edition before."""
    labels = {site.name: site.label for site in view.sites}
    cover = view.edition.rows("cover")
    cliff = view.edition.rows("cliff", "site = 'all'")
    headline = wording.readiness(view.edition.rows("verdicts"), labels, cover, funding.grant_end(cliff))
    if not view.edition.has("results"):
        headline = _("No returns have been loaded yet, so there is nothing to judge")
    return Content(
        headline,
        note(view),
        [verdict_table(view), changes(view), decisions(view)],
        controls=[pick_sites(view), pick_period(view, ("rolling_year",)), *changes_since.pick_since(view)],
        opens=links.money(view, view.sites[0].name) if len(view.sites) == 1 else (),
    )


def note(view: View) -> Text:
    """What must be known to read the table."""
    sentences = [
        _("Hollow mark: last complete year, where this one has a gap."),
        _("Thresholds proposed by the {team}.", team=PROPOSED_BY),
    ]
    if any(row.made_up for name in ("agreements", "plans", "readiness") for row in view.edition.rows(name)):
        sentences.append(_("Some agreements, plans and assessments are made up for the sample."))
    return joined(" ", sentences)


def verdict_table(view: View) -> Component:
    """Questions down, sites across; with many sites, the other way round."""
    columns = [site.name for site in view.sites] + (["all"] if view.all_sites and len(view.sites) > 1 else [])
    questions = [row for row in QUESTIONS if row.has(view)]
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


def cell(
    value: Component, unit: Component = "", mark: Component = None, note: Component = "", badge: Component = None
) -> Component:
    """A cell: value and unit with a tag at the right, a small drawing, a note."""
    shown = [value, html.Span([" ", unit], className="unit")] if unit else [value]
    return html.Div(
        [
            html.Div([html.Span(shown, className="value"), badge], className="line"),
            html.Div(mark, className="drawing") if mark is not None else None,
            html.P(note, className="cell-note") if note else None,
        ],
        className="cell",
    )


def level(view: View, site: str, criterion: str) -> Component:
    """The tag of a criterion; none for a period other than the one that was judged, nor for the programme."""
    rows = view.edition.rows("readiness", "site = ? and criterion = ?", (site, criterion))
    return tag(rows[0].level) if rows and view.is_latest else None


class Verdict:
    """Whether a site is ready without the grant."""

    name = "verdict"

    def has(self, view: View) -> bool:
        return bool(view.edition.rows("verdicts"))

    def head(self, view: View) -> str:
        return _("Ready without the grant?")

    def scale(self, view: View) -> str:
        return ""

    def cell(self, view: View, site: str) -> Component:
        rows = view.edition.rows("verdicts", "site = ?", (site,))
        if not rows:
            return cell(tag("unknown", _("Not judged"), large=True))
        row = rows[0]
        said = VERDICTS.get(row.verdict, row.words)
        story = str(NumberAddress(site, "verdict", "", "words"))
        reason = links.prose(view, site, row.words if site == "all" else row.reason or "", story)
        shown = links.verdict(view, site, row.verdict, said)
        return html.Div([shown, html.P(reason, className="reason")], className="cell")


class Secured:
    """Months of the planned cost that secured money covers."""

    name = "money"

    def has(self, view: View) -> bool:
        return bool(view.edition.rows("cover"))

    def head(self, view: View) -> str:
        return _("Secured for {year}", year=funding.year_of(view.edition.rows("cover")))

    def scale(self, view: View) -> str:
        return _("scale 0 to 12 months")

    def cell(self, view: View, site: str) -> Component:
        rows = view.edition.rows("cover", "site = ?", (site,))
        if not rows or rows[0].months is None:
            return cell(tag("unknown"), note=_("No plan to set it against"))
        row = rows[0]
        key = str(NumberAddress(site, "cover", str(row.year), "months"))
        name = _("months secured, {site}", site=view.label(site))
        shown = link(view, key, figures(row.months, 1), name)
        badge = level(view, site, "money")
        if site == "all":
            badge = tag(level_of(row.months))
        secured, planned = (links.cover_text(view, row, name, pounds(row[name])) for name in ("secured", "planned"))
        amounts = _("{secured} of {planned}", secured=secured, planned=planned)
        return cell(shown, _("months"), icons.track(row.months / 12, view.mark(site)), amounts, badge)


def level_of(months: float) -> str:
    """The level of the programme's cover, by the thresholds of a site's."""
    if months >= THRESHOLDS["cover_met"]:
        return "met"
    return "partly" if months >= THRESHOLDS["cover_partial"] else "not_met"


class NewCases:
    """New cases of the period against the plan of the same months."""

    name = "caseload"

    def has(self, view: View) -> bool:
        return True

    def head(self, view: View) -> str:
        return label_of("new_cases_against_plan")

    def scale(self, view: View) -> str:
        highest = top(view, "new_cases", "planned_new_cases")
        return _("scale 0 to {number}; upright: plan", number=figures(highest))

    def cell(self, view: View, site: str) -> Component:
        row, plan = view.result(site, "new_cases"), view.result(site, "planned_new_cases")
        highest = top(view, "new_cases", "planned_new_cases")
        badge = level(view, site, "caseload")
        if row is None or row.value is None:
            return unknown(view, site, "new_cases", highest, row, "planned_new_cases")
        unit = of_number(links.number_text(view, plan)) if plan is not None and plan.value is not None else ""
        mark = None
        if site != "all":
            planned = plan.value if plan is not None else None
            mark = icons.dot(row.value, row.low, row.high, highest, view.mark(site), plan=planned)
        own = compared(view, "new_cases").get(site)
        judged = own if own is not None and own.plan is not None and not own.hollow else None
        share = caseload.delivered(judged, partial(links.result_text, view)) if judged is not None else None
        if judged is None:
            return cell(number(view, row), unit, mark, links.interval_text(view, row), badge)
        return cell(number(view, row), unit, mark, [share, html.Small(first_upper(caseload.doubt(judged)))], badge)


class Cost:
    """Cash spend on the lines that every site counts, for each new case. It has no threshold, so no tag."""

    name = "cost"

    def has(self, view: View) -> bool:
        return COST in view.edition.measures

    def head(self, view: View) -> str:
        return _("Cost per new case")

    def scale(self, view: View) -> str:
        basis = costs.on_lines(COST, view.edition.rows("scope"))
        return _("{basis}; scale £0 to {number}", basis=basis, number=pounds(top(view, COST)))

    def cell(self, view: View, site: str) -> Component:
        row = view.result(site, COST)
        if row is None or row.value is None:
            return unknown(view, site, COST, top(view, COST), row)
        mark = icons.dot(row.value, row.low, row.high, top(view, COST), view.mark(site)) if site != "all" else None
        return cell(number(view, row), "", mark, links.interval(view, row))


class Returns:
    """How many of the returns that were due have come."""

    name = "returns"

    def has(self, view: View) -> bool:
        return bool(view.edition.rows("calendar"))

    def head(self, view: View) -> str:
        return _("Returns received")

    def scale(self, view: View) -> str:
        return write_months(view.period[1], view.period[2])

    def cell(self, view: View, site: str) -> Component:
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


def unknown(view: View, site: str, measure: str, highest: float, row: Row | None, plan: str = "") -> Component:
    """A cell without a value: why, and the last complete year as a hollow mark."""
    if row is not None and row.shown == HIDDEN:
        return cell(hidden(), note=_("Hidden: a small number"))
    if site == "all":
        return cell(tag("unknown"), note=earlier_sum(view, measure) or overview.why_no_sum(row))
    earlier = view.edition.last_complete(site, measure, view.period[1])
    if earlier is None:
        return cell(tag("unknown"), note=row.why if row is not None and row.why else _("No complete year yet"))
    planned = view.edition.result(site, plan, "rolling_year", earlier.starts) if plan else None
    value = planned.value if planned is not None else None
    mark = icons.dot(earlier.value, earlier.low, earlier.high, highest, view.mark(site), plan=value, hollow=True)
    return cell(tag("unknown"), mark=mark, note=year_words(view, earlier, planned if value is not None else None))


def year_words(view: View, earlier: Row, plan: Row | None) -> Text:
    """The number of an earlier year, with its plan."""
    places = {"month": write_month(earlier.ends), "number": links.number_text(view, earlier)}
    if plan is None:
        return _("Year to {month}: {number}", **places)
    return _("Year to {month}: {number} of {plan}", **places, plan=links.number_text(view, plan))


def earlier_sum(view: View, measure: str) -> Text | None:
    """The programme's last complete year, where the one asked for has a gap."""
    earlier = compared(view, measure).get("all")
    if earlier is None or not earlier.hollow or earlier.value is None:
        return None
    plan = view.edition.result("all", links.PLANS.get(measure, ""), earlier.period, earlier.starts)
    return year_words(view, earlier, plan if earlier.plan is not None else None)


def top(view: View, measure: str, plan: str = "") -> float:
    """The end of the scale that all sites share in a row: no interval and no plan runs out of it."""
    seen = []
    for site in view.sites:
        row = view.result(site.name, measure)
        if row is None or row.value is None:
            row = view.edition.last_complete(site.name, measure, view.period[1])
        planned = view.result(site.name, plan) if plan else None
        seen += [entry for entry in (row and (row.high or row.value), planned and planned.value) if entry]
    return nice_top(max(seen, default=1.0))


QUESTIONS = (Verdict(), Secured(), NewCases(), Cost(), Returns())


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
            arrow(row.verdict_effect or ""),
        ]
        for row in shown
    ]
    columns = [Column(_("Site")), Column(_("What")), Column(_("Effect")), Column(_("Verdict"))]
    empty = _("Nothing that is shown here changed.") if before else _("This is the first edition.")
    exhibit = table(columns, body, head, class_name="changes headless") if body else html.P(empty, className="nothing")
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


def arrow(text: str) -> Component:
    """`not met → partly` with what holds now in bold."""
    before, sign, after = text.rpartition("→")
    return html.Span([f"{before}{sign} ", html.Strong(after.strip())]) if sign else html.Span(text)


PAGE = Page(
    "/", _("Overview"), 1, _("Can Drive carry on without the Home Office grant, and what is in the way?"), build
)
