"""Readiness: five criteria in words for each site, the verdict they imply, and what would change it."""

from typing import Any

from dashboard.cards import alarms
from dashboard.cards.criteria import CRITERIA
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.page import Content, Page, card, pick_sites, site_name, source_line
from dashboard.elements.tables import Column, heard, link, seen_on_phones, state, table, tag
from dashboard.provenance import links
from dashboard.wording import readiness as wording
from etl.definitions import readiness as definitions
from etl.definitions.messages import _, joined
from etl.definitions.periods import write_date
from etl.definitions.writing import first_upper
from etl.provenance.address import NumberAddress

Component = Any
MILESTONE_ICONS = {"done": "met", "late": "not_met", "moved": "partly", "due": "dash"}
MOST_COLUMNS = 5


def build(view: View) -> Content:
    """The page."""
    verdicts = {row.site: row for row in view.edition.rows("verdicts")}
    cells = {(row.site, row.criterion): row for row in view.edition.rows("readiness")}
    shown = [site.name for site in view.sites]
    labels = {site.name: site.label for site in view.sites}
    if not verdicts and not cells:
        return Content(_("No site has been judged yet"), "", [], [pick_sites(view)])
    headline = wording.readiness([verdicts[s] for s in shown if s in verdicts], labels, every=view.all_sites)
    rows = [entry for entry in CRITERIA if any((site, entry) in cells for site in shown)]
    matrix = (
        by_site(view, shown, rows, verdicts, cells)
        if len(shown) > MOST_COLUMNS
        else by_criterion(view, shown, rows, verdicts, cells)
    )
    closing = [_("All four sites of 2019 did carry on after March 2020, so no verdict on this page can be validated.")]
    if any(row.made_up for row in cells.values()):
        closing.append(_("Some assessments and agreements are made up for the sample."))
    method = [html.A(_("Method"), href=view.address.keep("/methods", "edition").href)]
    return Content(
        headline,
        _(
            "Five criteria in words, no score. Thresholds are proposals of the {team}, to be agreed.",
            team=definitions.PROPOSED_BY,
        ),
        [alarms.lines(view), matrix, source_line(joined(" ", closing), method), milestones(view)],
        [pick_sites(view)],
    )


def by_criterion(
    view: View, sites: list[str], rows: list[str], verdicts: dict[str, Row], cells: dict[tuple[str, str], Row]
) -> Component:
    """Criteria down, sites across."""
    columns = [Column(heard(_("Criterion"))), *(Column(site_name(view, site)) for site in sites)]

    def line(head: str, below: str, cell: Any) -> list[Component]:
        named = [html.Div([seen_on_phones(site_name(view, s)), cell(s)]) for s in sites]
        return [html.Span([head, html.Small(below)]), *named]

    rule = _("A site needs secured money and complete returns. Missing data is not a fail")
    body = [line(_("Verdict"), rule, lambda s: verdict(view, verdicts.get(s)))]
    body += [line(*CRITERIA[c], lambda s, c=c: evidence(view, cells.get((s, c)), s, c)) for c in rows]
    body += [
        line(_("What would change it"), _("the nearest threshold"), lambda s: change(view, verdicts.get(s))),
        line(_("Could chance alone change it?"), _("in the number of new cases"), lambda s: holds(verdicts.get(s))),
        line(
            _("The site’s own answer"), _("stands beside ours, changes nothing"), lambda s: own_answer(verdicts.get(s))
        ),
        line(_("Conditions"), _("what is not met or not known"), lambda s: conditions(s, rows, cells)),
    ]
    names = ["verdict", *rows, "change", "holds", "own", "conditions"]
    caption, classes = _("Readiness of each site"), "verdicts matrix"
    return table(columns, body, caption, class_name=classes, row_names=names, name="verdicts")


def by_site(
    view: View, sites: list[str], rows: list[str], verdicts: dict[str, Row], cells: dict[tuple[str, str], Row]
) -> Component:
    """Many sites: one a row."""
    columns = [
        Column(_("Site")),
        Column(_("Verdict")),
        *(Column(CRITERIA[c][0]) for c in rows),
        Column(_("What would change it")),
    ]
    body = [
        [
            site_name(view, site),
            verdict(view, verdicts.get(site)),
            *(tag(cells[site, c].level) if (site, c) in cells else state(_("not known")) for c in rows),
            change(view, verdicts.get(site)),
        ]
        for site in sites
    ]
    return table(columns, body, _("Readiness of each site"), class_name="wide", row_names=sites)


def verdict(view: View, row: Row | None) -> Component:
    """A site's verdict."""
    if row is None:
        return state(_("not enough data"))
    return links.verdict(view, row.site, row.verdict, definitions.VERDICTS.get(row.verdict, row.words))


def evidence(view: View, row: Row | None, site: str, criterion: str) -> Component:
    """A criterion's level, its figure with what limits it, the evidence and its date; stale evidence says so."""
    if row is None:
        return state(_("not known"))
    when = wording.evidence(row)
    stale = html.Strong([" ", _("over a year old")]) if row.stale else None
    key = str(NumberAddress(site, "readiness", criterion, "level"))
    name = joined(", ", [CRITERIA[criterion][0], view.label(site)])
    words = link(view, key, row.words, name) if row.words else None
    note = html.Div(row.note, className="muted") if row.get("note") else None
    low = alarms.in_cell(view, site) if criterion == "caseload" else []
    return html.Div(
        [
            html.Div([tag(row.level), html.Span([when, stale], className="when")], className="level"),
            html.Div(words),
            note,
            html.Div(low) if low else None,
        ],
        className="cell",
    )


def change(view: View, row: Row | None) -> Component:
    """What would change the verdict, with the verdict that follows."""
    return html.Span(row.change if row is not None and row.change else "", className="" if row else "muted")


def holds(row: Row | None) -> Component:
    """Whether the verdict is the same at both ends of the intervals."""
    return html.Span(row.holds if row is not None and row.holds else "", className="muted")


def conditions(site: str, criteria: list[str], cells: dict[tuple[str, str], Row]) -> Component:
    """What is not met, or not known, and the least that would meet it."""
    own = [(criterion, cells[site, criterion]) for criterion in criteria if (site, criterion) in cells]
    said = [wording.condition(row, CRITERIA[criterion][0]) for criterion, row in own if row.get("condition")]
    return html.Ul([html.Li(one) for one in said], className="small") if said else html.Span(_("none"))


def own_answer(row: Row | None) -> Component:
    """What the site says of itself, and whether that differs from the verdict."""
    if row is None or not row.get("own_verdict"):
        return html.Span(_("none given"), className="muted")
    differs = row.own_verdict != row.verdict and row.verdict != "cannot_say"
    same = html.Strong(_("differs from ours")) if differs else _("as ours")
    return html.Span([row.own_words, "; ", _("not enough data to compare") if row.verdict == "cannot_say" else same])


def milestones(view: View) -> Component:
    """What was due and what is: done, late, moved or still ahead."""
    here = {site.name for site in view.sites} | {"", "all"}
    rows = [row for row in view.edition.rows("milestones", order="due") if (row.site or "") in here]
    if not rows:
        return None
    body = [
        [
            row.words,
            site_name(view, row.site or "all"),
            write_date(row.due) if row.due else "",
            milestone_state(row),
            _("Made up") if row.made_up else row.source,
        ]
        for row in rows[:12]
    ]
    columns = [Column(_("Milestone")), Column(_("Site")), Column(_("Due")), Column(_("State")), Column(_("Source"))]
    headline = wording.milestones(rows, view.edition.made.date())
    return card(
        headline, "", table(columns, body, _("Milestones"), class_name="wide"), name="milestones", class_name="spaced"
    )


def milestone_state(row: Row) -> Component:
    """Done and when, late, moved and from when, or due."""
    first = row.get("first_due")
    words = {
        "done": _("Done {day}", day=write_date(row.done)) if row.done else _("Done"),
        "moved": _("Moved from {day}", day=write_date(first)) if first else _("Moved"),
    }
    state = words.get(row.state, first_upper(row.state or ""))
    icon = MILESTONE_ICONS.get(row.state, "dash")
    return html.Span([icons.icon(icon, 14), state], className=f"status {icon.replace('_', '-')}")


PAGE = Page("/readiness", _("Readiness"), 5, _("Is each site ready to carry on without the Home Office grant?"), build)
