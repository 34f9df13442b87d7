"""Readiness: five criteria in words for each site, the verdict they imply, and what would change it."""

from typing import Any

from dashboard.cards.criteria import CRITERIA
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.page import Content, Page, card, pick_sites, site_name, source_line
from dashboard.elements.tables import Column, link, state, table, tag
from dashboard.provenance import links
from dashboard.wording import sentences
from etl.definitions import readiness as definitions
from etl.definitions.periods import write_date
from etl.definitions.writing import first_upper

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
        return Content("No site has been judged yet", "", [], [pick_sites(view)])
    headline = sentences.in_the_way([verdicts[s] for s in shown if s in verdicts], labels)
    rows = [entry for entry in CRITERIA if any((site, entry) in cells for site in shown)]
    matrix = (
        by_site(view, shown, rows, verdicts, cells)
        if len(shown) > MOST_COLUMNS
        else by_criterion(view, shown, rows, verdicts, cells)
    )
    closing = "All four sites of 2019 did carry on after March 2020, so no verdict on this page can be validated."
    made_up = (
        " Some assessments and agreements are made up for the sample."
        if any(row.made_up for row in cells.values())
        else ""
    )
    method = [html.A("Method", href=view.address.keep("/methods", "edition").href)]
    return Content(
        headline,
        f"Five criteria in words, no score. Thresholds are proposals of the {definitions.PROPOSED_BY}, to be agreed.",
        [matrix, source_line(closing + made_up, method), milestones(view)],
        [pick_sites(view)],
        links.money(view, shown[0]) if len(shown) == 1 else (),
    )


def by_criterion(
    view: View, sites: list[str], rows: list[str], verdicts: dict[str, Row], cells: dict[tuple[str, str], Row]
) -> Component:
    """Criteria down, sites across."""
    columns = [Column(html.Span("Criterion", className="heard")), *(Column(site_name(view, site)) for site in sites)]

    def line(head: str, below: str, cell: Any) -> list[Component]:
        named = [html.Div([html.Div(site_name(view, s), className="phone-name"), cell(s)]) for s in sites]
        return [html.Span([head, html.Small(below)]), *named]

    rule = "Money and returns gate it; unknown is not failed"
    body = [line("Verdict", rule, lambda s: verdict(view, verdicts.get(s)))]
    body += [line(*CRITERIA[c], lambda s, c=c: evidence(view, cells.get((s, c)), s, c)) for c in rows]
    body.append(line("What would change it", "the nearest threshold", lambda s: change(view, verdicts.get(s))))
    body.append(line("Does it hold?", "tested at both ends", lambda s: holds(verdicts.get(s))))
    body.append(
        line("The site’s own answer", "stands beside ours, changes nothing", lambda s: own_answer(verdicts.get(s)))
    )
    body.append(line("Conditions", "what is not met or not known", lambda s: conditions(view, verdicts.get(s))))
    names = ["verdict", *rows, "change", "holds", "own", "conditions"]
    return table(columns, body, "Readiness of each site", class_name="verdicts matrix", row_names=names)


def by_site(
    view: View, sites: list[str], rows: list[str], verdicts: dict[str, Row], cells: dict[tuple[str, str], Row]
) -> Component:
    """Many sites: one a row."""
    columns = [
        Column("Site"),
        Column("Verdict"),
        *(Column(CRITERIA[c][0]) for c in rows),
        Column("What would change it"),
    ]
    body = [
        [
            site_name(view, site),
            verdict(view, verdicts.get(site)),
            *(tag(cells[site, c].level) if (site, c) in cells else state("not known") for c in rows),
            change(view, verdicts.get(site)),
        ]
        for site in sites
    ]
    return table(columns, body, "Readiness of each site", class_name="wide", row_names=sites)


def verdict(view: View, row: Row | None) -> Component:
    """A site's verdict."""
    if row is None:
        return state("not judged")
    return links.verdict(view, row.site, row.verdict, definitions.VERDICTS.get(row.verdict, row.words))


def evidence(view: View, row: Row | None, site: str, criterion: str) -> Component:
    """A criterion's level, the evidence and its date; stale evidence says so."""
    if row is None:
        return state("not known")
    when = sentences.evidence(row)
    stale = html.Strong(" over a year old") if row.stale else None
    said = (
        link(view, f"{site}|readiness|{criterion}|level", row.words, f"{CRITERIA[criterion][0]}, {view.label(site)}")
        if row.words
        else None
    )
    return html.Div(
        [html.Div([tag(row.level), html.Span([when, stale], className="when")], className="level"), html.Div(said)],
        className="cell",
    )


def change(view: View, row: Row | None) -> Component:
    """What would change the verdict, with the verdict that follows in bold."""
    if row is None or not row.change:
        return html.Span("", className="muted")
    parts: list[Component] = []
    rest = row.change
    while rest:
        found = [(rest.find(name), name) for name in map(str.lower, definitions.VERDICTS.values()) if name in rest]
        if not found:
            break
        place, name = min(found, key=lambda entry: (entry[0], -len(entry[1])))
        parts += [rest[:place], html.Strong(name)]
        rest = rest[place + len(name) :]
    return html.Span(links.prose(view, row.site, [*parts, rest], f"{row.site}|verdict||words"))


def holds(row: Row | None) -> Component:
    """Whether the verdict is the same at both ends of the intervals."""
    return html.Span(row.holds if row is not None and row.holds else "", className="muted")


def conditions(view: View, row: Row | None) -> Component:
    """What is not met, or not known, and the least that would meet it."""
    said = [part for part in (row.get("conditions") or "").split("; ") if part] if row is not None else []
    return (
        html.Ul([html.Li(condition(view, row.site, part)) for part in said], className="small")
        if said and row is not None
        else html.Span("none")
    )


def condition(view: View, site: str, said: str) -> Component:
    """A condition, whose numbers are told of with its criterion."""
    name = next((name for name, (label, _) in CRITERIA.items() if said.startswith(f"{label}: ")), "")
    return links.prose(view, site, first_upper(said), f"{site}|readiness|{name}|level" if name else "")


def own_answer(row: Row | None) -> Component:
    """What the site says of itself, and whether that differs from the verdict."""
    if row is None or not row.get("own_verdict"):
        return html.Span("none given", className="muted")
    differs = row.own_verdict != row.verdict and row.verdict != "cannot_say"
    same = "not to be compared yet" if row.verdict == "cannot_say" else "differs from ours" if differs else "as ours"
    return html.Span([f"{row.own_words}; ", html.Strong(same) if differs else same])


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
            "Made up" if row.made_up else row.source,
        ]
        for row in rows[:12]
    ]
    columns = [Column("Milestone"), Column("Site"), Column("Due"), Column("State"), Column("Source")]
    headline = sentences.milestones(rows, view.edition.made.date())
    return card(
        headline, "", table(columns, body, "Milestones", class_name="wide"), name="milestones", class_name="spaced"
    )


def milestone_state(row: Row) -> Component:
    """Done and when, late, moved and from when, or due."""
    first = row.get("first_due")
    told = {
        "done": f"Done {write_date(row.done)}" if row.done else "Done",
        "moved": f"Moved from {write_date(first)}" if first else "Moved",
    }
    said = told.get(row.state, first_upper(row.state or ""))
    icon = MILESTONE_ICONS.get(row.state, "dash")
    return html.Span([icons.icon(icon, 14), said], className=f"status {icon.replace('_', '-')}")


PAGE = Page("/readiness", "Readiness", 5, "Is each site ready to carry on without the Home Office grant?", build)
