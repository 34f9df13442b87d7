"""Methods: every measure with its meaning and formula, the published methods, and the rules for small numbers."""

from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import Card, Content, Page, pick
from dashboard.elements.tables import Column, table
from etl.definitions.messages import Plain, _, joined
from etl.definitions.periods import write_date
from etl.definitions.settings import LEAST_COUNT, THRESHOLD, thresholds
from etl.definitions.writing import HIDDEN, first_upper

Component = Any
OVER_MONTHS = {"sum": _("Months are added up"), "first": _("The first month's"), "last": _("The last month's")}
UNITS = {
    "count": _("count"),
    "fte": _("full-time equivalents"),
    "gbp": _("pounds"),
    "gbp_each": _("pounds each"),
    "share": _("share"),
    "ratio": _("ratio"),
}
CHART = thresholds("control_chart")
METHODS = (
    (
        _("Control charts"),
        _(
            "Of what comes in or goes out in a month: referrals, new and closed cases, money. Open cases have "
            "none, as they remember the month before. Charts are XmR charts as NHS England’s Making Data Count "
            "makes them: limits at the mean ± {ranges} times the mean moving range. Counts under 10 a month have "
            "exact Poisson limits, wider where the months vary more than that explains. Limits are drawn from "
            "{enough} points, dashed as a trial from {trial}. Each chart says how often chance alone gives it a "
            "signal. Of open cases the page of caseload says to what level the last six months lead: mean open cases "
            "× new ÷ closed cases (Little’s law).",
            ranges=CHART["ranges_to_limit"],
            enough=CHART["enough_points"],
            trial=CHART["trial_points"],
        ),
    ),
    (
        _("Alarms"),
        _(
            "New cases and referrals are watched for falls: one month that chance brings less than once in 200, "
            "or a slow fall over several months (a Poisson CUSUM). However many sites there are, chance alone "
            "raises one or two alarms a year in all of them together; each page with an alarm says how often."
        ),
    ),
    (
        _("Likely ranges"),
        _(
            "Counts have exact Poisson limits, shares Wilson’s. A unit cost’s limits are its spend over the "
            "limits of its count: what chance in caseload alone would do. Limits of counts are rounded inwards. "
            "No rate is shown on a count under {least}.",
            least=LEAST_COUNT,
        ),
    ),
    (
        _("Cost per perpetrator"),
        _(
            "Always over twelve months or the financial year, never one month. The name says what it is divided "
            "by and what is spent. Sites are compared on the cost lines that every one of them counts."
        ),
    ),
    (
        _("Numbers that are missing or under query"),
        _(
            "A total with a number missing is not shown as a total. What it may be is: the missing number may be "
            "anything that the site had in the twelve months, widened by half (C. F. Manski, 2003). A number "
            "under query is flagged wherever it is printed; where its likely cause is known it is taken at both "
            "its values, and no headline is made of it. “n/a” is not believed where the site gave the number "
            "before."
        ),
    ),
    (
        _("Readiness"),
        _(
            "Five criteria, each in words, and no score. Money gates a verdict, and missing data is not a fail: a"
            " level is known where everything that a missing number may be gives the same. The thresholds are "
            "proposals of the Drive central team."
        ),
    ),
    (
        _("Small numbers"),
        _(
            "How many people a service works with is shown exactly. Of who they are and what became of them, counts"
            " from 1 to {most} cannot be worked out by readers outside the central team: numbers of years are exact or"
            " a range that holds every number that the published figures allow; months and quarters are not"
            " published, nor in those readers’ files ({mark}). Money is not hidden.",
            most=THRESHOLD - 1,
            mark=Plain(HIDDEN),
        ),
    ),
    (
        _("Editions"),
        _(
            "A page shows an edition, which never changes. A copied address with an edition in it shows the same "
            "numbers later on."
        ),
    ),
    (
        _("Welsh"),
        _(
            "The Welsh is our own translation and should be read by a Welsh speaker before it is first used in a "
            "meeting. What numbers mean, what is said about the cells of a return, and downloads are in English."
        ),
    ),
)


def build(view: View) -> Content:
    """The page."""
    subjects = list(dict.fromkeys(row.subject for row in view.edition.measures.values()))
    chosen = view.address.get("subject")
    shown = [subject for subject in subjects if not chosen or subject == chosen]
    options = [("", _("All subjects")), *((subject, first_upper(subject)) for subject in subjects)]
    count = len(view.edition.measures)
    return Content(
        _("{number} numbers, each defined once", number=count),
        _("As they stood in the edition of {day}.", day=write_date(view.edition.made.date())),
        [*(subject_card(view, subject) for subject in shown), methods_card()],
        controls=[pick(_("Subject"), "subject", options, chosen if chosen in subjects else "")],
    )


def subject_card(view: View, subject: str) -> Component:
    """The measures of a subject."""
    rows = [row for row in view.edition.measures.values() if row.subject == subject]
    body = [
        [
            html.Span([row.label, html.Small(html.Code(row.measure))], id=row.measure, className="anchor"),
            row.meaning,
            made_of(row),
            UNITS.get(row.unit, row.unit),
        ]
        for row in rows
    ]
    columns = [Column(_("Number")), Column(_("What it means")), Column(_("How it is made")), Column(_("Unit"))]
    headline, name = first_upper(subject), f"subject-{subject}"
    parts = [html.H2(headline, id=name), table(columns, body, subject, class_name="definitions wide")]
    drawn = html.Section(parts, className="card spaced", **{"aria-labelledby": name})
    return html.carrying(drawn, Card(name, headline))


def made_of(row: Row) -> str:
    """How a number comes about."""
    if row.formula and row.formula != "as reported":
        return row.formula
    over = OVER_MONTHS.get(row.over_months or "")
    return joined(" ", [_("As reported."), *([over] if over else [])])


def methods_card() -> Component:
    """The methods in words."""
    parts = [part for name, said in METHODS for part in (html.Dt(name), html.Dd(said))]
    return html.Section(
        [html.H2(_("Methods and rules"), id="methods-headline"), html.Dl(parts, className="facts methods")],
        className="card spaced",
        **{"aria-labelledby": "methods-headline"},
    )


PAGE = Page("/methods", _("Methods"), 9, _("What does each number mean, and how is it made?"), build)
