"""Funding: who pays, until when, and what is not secured once the Home Office grant has ended."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import theme
from dashboard.cards.dots_with_values import beside_dots
from dashboard.cards.funders import amounts_of, conditions, limits, replaced, who_paid
from dashboard.charts import graph
from dashboard.charts.money import LAYERS, cliff, gap, mix, mix_height
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html, icons
from dashboard.elements.headline_links import OPENS
from dashboard.elements.page import (
    Content,
    Page,
    card,
    choose,
    definition,
    grid,
    nothing,
    pick,
    pick_sites,
    site_name,
    source_words,
)
from dashboard.elements.tables import Column, hidden, link, number, state, table
from dashboard.provenance import links
from dashboard.wording import sentences
from etl.definitions.periods import write_date, write_financial_year, write_month, write_period
from etl.definitions.writing import HIDDEN, percent, pounds

Component = Any
FORMS = {"cash": "Cash", "in_kind": "In kind", "both": "Both"}
HOME_OFFICE = "home_office"
STATUSES = {
    "approved": ("met", "Approved"),
    "agreed_in_principle": ("partly", "In principle"),
    "bid": ("unknown", "Bid"),
    "expected": ("unknown", "Expected"),
}
MOST_AGREEMENTS = 12


def build(view: View) -> Content:
    """The page."""
    who = "all" if view.all_sites else view.sites[0].name
    form = view.address.get("money") if view.address.get("money") in FORMS else "cash"
    cover = one(view, "cover", who)
    return Content(
        sentences.funding(cover) if view.all_sites or len(view.sites) == 1 else sentences.funding(None),
        note(view, who, cover),
        [
            grid(steps(view, who), gap_of_year(view), kind="wider-left"),
            grid(
                html.Div(
                    [who_pays(view, form), by_quarter(view, form), replaced(view), limits(view)], className="stack"
                ),
                html.Div([agreements(view), cover_table(view)], className="stack"),
            ),
            who_paid(view, who),
        ],
        controls=[pick_sites(view), choose("Money", "money", list(FORMS.items()), form)],
    )


def one(view: View, name: str, site: str) -> Row | None:
    """A site's row of a table that has one a site."""
    rows = view.edition.rows(name, "site = ?", (site,))
    return rows[0] if rows else None


def note(view: View, who: str, cover: Row | None) -> Component:
    """What is set against what."""
    year = write_financial_year(cover.year) if cover is not None else "the year without the grant"
    sites = "all sites" if who == "all" else view.label(who)
    said = f"Approved agreements against planned cost, cash, {sites}, {year}."
    apart = view.edition.rows("agreements", "site = 'central_team'") if who == "all" else ()
    for row in apart:
        said += f" {pounds(row.amount)} for the central team is apart."
    if any(row.made_up for row in view.edition.rows("agreements")):
        said += " Made-up agreements are marked."
    return html.Span(said, **{OPENS: [links.agreement(view, row) for row in apart]})


def steps(view: View, who: str) -> Component:
    """The cliff."""
    months, amounts = amounts_of(view, who)
    if not months:
        return card("Money ahead is not known", "", nothing("No agreement or plan is known."), name="cliff")
    grant_ends = sentences.grant_end(view.edition.rows("cliff", "site = ?", (who,)))
    cover = one(view, "cover", who)
    start = cover.year if cover is not None else months[0]
    secured = [(month, amounts.get("approved", {}).get(month, 0.0)) for month in months]
    headline = sentences.cliff(secured, amounts.get("planned", {}), start)
    first_short = cover.get("first_short_if_even", cover.first_short_month) if cover is not None else None
    drawn = cliff(months, amounts, grant_ends, first_short)
    used = [(status, label) for status, label, _ in LAYERS if any(amounts.get(status, {}).values())]
    columns = [Column("Month"), Column("Planned cost", True), *(Column(label, True) for _, label in used)]
    body = [
        [
            write_month(month),
            *(cliff_link(view, who, month, status, amounts) for status in ("planned", *(status for status, _ in used))),
        ]
        for month in months
    ]
    sites = "all sites" if who == "all" else view.label(who)
    return card(
        headline,
        f"Cash by month against planned cost, {sites}, {write_month(months[0], long=True)} to "
        f"{write_month(months[-1], long=True)}",
        graph(drawn, "cliff", f"{headline}. Money by month and certainty against planned cost", 262, scrolls=True),
        name="cliff",
        opens=[
            covered(view, row)
            for row in view.edition.rows("cliff", "site = ? and status = 'approved'", (who,), "month")
            if row.month >= start and row.get("share") is not None
        ],
        twin=table(columns, body, "Money by month and certainty", class_name="wide"),
        source=f"Agreements known on {write_date(view.edition.made.date())}",
    )


def covered(view: View, row: Row) -> Component:
    """The share of a month's planned cost that is secured."""
    key = f"{row.site}|cliff|{row.month}|share"
    return link(view, key, percent(row.share), f"{write_month(row.month, long=True)}, {view.label(row.site)}")


def cliff_link(
    view: View, who: str, month: date, status: str, amounts: Mapping[str, Mapping[date, float]]
) -> Component:
    """A month's money of one certainty, as a link to the agreements or the plan that it is of."""
    amount = amounts.get(status, {}).get(month)
    if amount is None:
        return pounds(0.0)
    return link(view, f"{who}|cliff|{month}|{status}", pounds(amount), f"{write_month(month)}, {view.label(who)}")


def gap_of_year(view: View) -> Component:
    """Planned cost of the year less what there is for it."""
    rows = {row.site: row for row in view.edition.rows("cover") if row.planned}
    known = {row.site for row in view.edition.rows("gaps")}
    rows = {name: row for name, row in rows.items() if name in known}
    options = [(site.name, site.label) for site in view.sites if site.name in rows]
    if view.all_sites and "all" in rows and len(view.sites) > 1:
        options.append(("all", "Programme"))
    if not options:
        return card("The gap is not known", "", nothing("No plan is known."), name="gap")
    published = next((name for name, _ in options if not rows[name].made_up), options[0][0])
    chosen = view.address.get("of")
    site = chosen if chosen in dict(options) else published
    row = rows[site]
    spans = spans_of(view, site, row)
    starts = next((start for start in spans if start.isoformat() == view.address.get("year")), row.year)
    steps_of = view.edition.rows("gaps", "site = ? and starts = ?", (site, starts), "position")
    planned = next((step.amount for step in steps_of if step.step == "planned"), row.planned)
    left = next((step.amount for step in steps_of if step.step == "no_funder"), 0.0)
    months = f"{row.months:.1f} of 12 months" if row.months is not None and starts == row.year else "approved"
    pieces = [gap_piece(view, site, step, months) for step in steps_of if step.step not in ("planned", "no_funder")]
    headline = sentences.no_funder(view.label(site), left)
    below = spans[starts] if starts == row.year else "12 months ahead"
    drawn = gap(planned, pieces, left, (below, "of planned cost"))
    body = gap_lines(view, site, starts, steps_of, left)
    controls = [pick("Site", "of", options, site)] if len(options) > 1 else []
    if len(spans) > 1:
        choices = [(start.isoformat() if start != row.year else "", text) for start, text in spans.items()]
        controls.append(pick("Months", "year", choices, starts.isoformat() if starts != row.year else ""))
    return card(
        headline,
        f"Planned cost less money there is or may be, {spans[starts]}",
        graph(drawn, "gap", f"{headline}, {spans[starts]}", 236 if controls else 262),
        name="gap",
        twin=table([Column("Step"), Column("Amount", True)], body, "From planned cost to what has no funder"),
        controls=controls,
        source="Some agreements are made up for the sample" if row.made_up else "",
    )


def gap_lines(view: View, site: str, starts: date, steps_of: Sequence[Row], left: float) -> list[list[Component]]:
    """The steps of the gap as a table, each a link to its agreements."""

    def line(label: str, step: Row) -> list[Component]:
        key = f"{site}|gap|{starts}|{step.position}"
        return [label, link(view, key, pounds(step.amount), f"{label}, {view.label(site)}")]

    first = [line("Planned cost", step) for step in steps_of if step.step == "planned"]
    pieces = [line(step.label, step) for step in steps_of if step.step not in ("planned", "no_funder")]
    last = [line("No funder stated", step) for step in steps_of if step.step == "no_funder"]
    return [*first, *pieces, *(last or [["No funder stated", pounds(left)]])]


def spans_of(view: View, site: str, row: Row) -> dict[date, str]:
    """The spans that a gap is known for: the year without the grant, and the twelve months ahead."""
    rows = view.edition.rows("gaps", "site = ? and step = 'planned'", (site,), "starts desc")
    months = {r.starts: f"{write_month(r.starts)} to {write_month(r.ends)}" for r in rows}
    return {row.year: write_financial_year(row.year), **{s: m for s, m in months.items() if s != row.year}}


def gap_piece(view: View, site: str, step: Row, months: str) -> tuple[str, str, float, str, bool]:
    """A step of the gap: its name, what stands under it, pounds, its colour, and whether it is secured."""
    _, said = STATUSES.get(step.step, ("", step.step))
    secured = step.step == "approved"
    below = months if secured else said.lower()
    return step.label, below, step.amount, view.mark(site).colour if secured else theme.CONTEXT, secured


def mix_rows(view: View, form: str) -> tuple[dict[str, list[Row]], dict[str, str]]:
    """Each site's funders in the newest period that has them, and that period in words."""
    kind = view.period[0]
    found: dict[str, list[Row]] = {}
    when: dict[str, str] = {}
    for site in view.sites:
        where = "site = ? and period = ? and starts <= ? and amount is not null"
        rows = view.edition.rows("funding_mix", where, (site.name, kind, view.period[1]), "starts desc, amount desc")
        rows = tuple(row for row in rows if form == "both" or row.form == form)
        if rows:
            found[site.name] = [row for row in rows if row.starts == rows[0].starts and row.amount]
            when[site.name] = write_period(kind, rows[0].starts) if rows[0].starts != view.period[1] else ""
    return found, when


def who_pays(view: View, form: str) -> Component:
    """The share of each funder at each site."""
    found, when = mix_rows(view, form)
    shown = [site for site in view.sites if found.get(site.name)]
    if not shown:
        return card("Who pays is not known", FORMS[form], nothing("No site has a whole year of funding."), name="mix")
    bars = [
        (
            site.label,
            view.mark(site.name),
            [(r.label, r.share or 0.0, r.funder == HOME_OFFICE) for r in found[site.name]],
        )
        for site in shown
    ]
    beside = []
    for site in shown:
        local = [row for row in found[site.name] if row.funder != HOME_OFFICE]
        said = [part for row in local[:3] for part in (", ", f"{row.label} ", share_link(view, row))][1:]
        below = [html.Small(when[site.name])] if when[site.name] else []
        beside.append((site_name(view, site.name, *below), html.Span(said, className="muted small")))
    top = []
    for site in shown:
        first = max(found[site.name], key=lambda row: row.share or 0.0)
        top.append((site.label, first.label, first.share or 0.0))
    body = [
        [site_name(view, site.name), row.label, money_link(view, row), share_link(view, row)]
        for site in shown
        for row in found[site.name]
    ]
    columns = [Column("Site"), Column("Funder"), Column("Amount", True), Column("Share", True)]
    headline = sentences.largest_funder(top)
    return card(
        headline,
        f"Share of funding, {FORMS[form].lower() if form != 'both' else 'cash and in kind'}, "
        f"{write_period(view.period[0], view.period[1])} or last complete year; hatched: Home Office",
        beside_dots(graph(mix(bars), "mix", headline, mix_height(len(bars))), beside, "", 34),
        name="mix",
        twin=table(columns, body, "Funders and their shares", class_name="wide"),
        source=source_words(view),
        links=[definition(view, "funding")],
    )


def money_link(view: View, row: Row) -> Component:
    """An amount of the mix as a number of `results`, where it is one."""
    measure = "funding_in_kind" if row.form == "in_kind" else f"funding.{row.funder}"
    result = view.edition.result(row.site, measure, row.period, row.starts)
    if result is not None and result.shown == HIDDEN:
        return hidden()
    key = f"{row.site}|{row.period}|{row.starts}|{measure}"
    return link(view, key, pounds(row.amount), f"{row.label}, {view.label(row.site)}")


def share_link(view: View, row: Row) -> Component:
    """A funder's share as a number of `results`."""
    measure = "in_kind_share" if row.form == "in_kind" else f"funding_share.{row.funder}"
    result = view.edition.result(row.site, measure, row.period, row.starts)
    return number(view, result, text=percent(row.share)) if result is not None else percent(row.share)


def by_quarter(view: View, form: str) -> Component:
    """The Home Office's share of cash funding by quarter."""
    wanted = f"funding_share.{HOME_OFFICE}"
    quarters = [
        starts
        for starts, ends in view.edition.periods("quarter")
        if view.edition.data_month and ends <= view.edition.data_month
    ]
    quarters = sorted(quarters)[-6:]
    if not quarters or wanted not in view.edition.measures:
        return card("Home Office share by quarter", "", nothing("No whole quarter yet."), name="quarters")
    columns = [
        Column("Site"),
        *(Column(f"{start:%b} to {write_period('quarter', start).split(' to ')[1]}", True) for start in quarters),
    ]
    sites = [site.name for site in view.sites] + (["all"] if view.all_sites and len(view.sites) > 1 else [])
    body = [
        [
            site_name(view, site, short=True),
            *(number(view, view.edition.result(site, wanted, "quarter", start)) for start in quarters),
        ]
        for site in sites
    ]
    firsts = [view.edition.result(site.name, wanted, "quarter", quarters[0]) for site in view.sites]
    lasts = [view.edition.result(site.name, wanted, "quarter", quarters[-1]) for site in view.sites]
    return card(
        sentences.share_moved([(s.label, a, b) for s, a, b in zip(view.sites, firsts, lasts, strict=True)]),
        "Home Office share of cash funding by quarter",
        table(columns, body, "Home Office share of cash funding by quarter", class_name="wide"),
        name="quarters",
        source=source_words(view),
        links=[definition(view, wanted)],
    )


def agreements(view: View) -> Component:
    """Agreements of the assessed year with their status, time and source."""
    here = {site.name for site in view.sites}
    order = [site.name for site in view.sites]
    cover = view.edition.rows("cover")
    start = max((row.year for row in cover), default=None)
    rows = [row for row in view.edition.rows("agreements", order="starts, amount desc") if row.site in here]
    rows = [row for row in rows if start is None or row.ends is None or row.ends >= start]
    ranks = list(STATUSES)
    rows.sort(key=lambda row: (ranks.index(row.status) if row.status in ranks else 9, order.index(row.site)))
    year = sentences.year_of(cover) or "the year ahead"
    body = [
        [
            site_name(view, row.site, short=True),
            row.funder_label,
            links.agreement(view, row),
            html.Span([status(row.get("stands_as") or row.status), *conditions(row)], className="with-condition"),
            html.Span(f"{row.starts:%b} to {row.ends:%b %y}" if row.starts and row.ends else "open", className="whole"),
            "Made up" if row.made_up else (row.source or "").partition(" para ")[0],
        ]
        for row in rows[:MOST_AGREEMENTS]
    ]
    columns = [
        Column("Site"),
        Column("Funder"),
        Column("Amount", True),
        Column("Status"),
        Column("Time"),
        Column("Source"),
    ]
    made_up = sum(bool(row.made_up) for row in rows)
    source = f"{len(body)} of {len(rows)} agreements" + (f"; {made_up} made up for the sample" if made_up else "")
    return card(
        sentences.agreements(rows, year),
        "Only approved money counts as secured",
        table(columns, body, "Agreements", class_name="wide") if body else nothing("No agreement is known."),
        name="agreements",
        source=source,
    )


def status(name: str) -> Component:
    """An agreement's status: an icon and a word."""
    level, said = STATUSES.get(name, ("unknown", name))
    return html.Span([icons.icon(level, 14), said], className=f"status {level.replace('_', '-')}")


def cover_table(view: View) -> Component:
    """Cover, first short month and notice of each site."""
    order: Mapping[str, int] = {site.name: site.position for site in view.sites}
    rows = [row for row in view.edition.rows("cover") if row.site in order or (row.site == "all" and view.all_sites)]
    rows.sort(key=lambda row: order.get(row.site, 999))
    if not rows:
        return card("Months of cover are not known", "", nothing("No plan is known."), name="cover")
    body = [
        [
            site_name(view, row.site, short=True),
            links.cover(view, row, "planned", pounds(row.planned or 0.0)),
            links.cover(view, row, "secured", pounds(row.secured or 0.0)),
            links.cover(view, row, "gap", pounds(row.gap)) if row.gap is not None else state("not known"),
            links.cover(view, row, "share", f"{row.share:.1%}") if row.get("share") is not None else "",
            links.cover(view, row, "months", f"{row.months:.1f}") if row.months is not None else state("not known"),
            first_short(row),
            links.cover(view, row, "notice_months", f"{row.notice_months:g}") if row.notice_months is not None else "",
        ]
        for row in rows
    ]
    columns = [
        Column("Site"),
        Column("Planned", True),
        Column("Secured", True),
        Column("Not secured", True),
        Column("Share", True),
        Column("Months", True),
        Column("First short", True),
        Column("Notice", True),
    ]
    return card(
        sentences.covered([row for row in rows if row.site != "all"]),
        f"Secured money of {sentences.year_of(rows)} in months of planned cost; "
        "notice: months until the first short one",
        table(columns, body, "Months of cover", class_name="wide", row_names=[row.site for row in rows]),
        name="cover",
    )


def first_short(row: Row) -> Component:
    """The first month that secured money does not cover; not known where there is no plan."""
    if row.planned is None:
        return state("not known")
    return write_month(row.first_short_month) if row.first_short_month else html.Span("none", className="muted")


PAGE = Page("/funding", "Funding", 4, "Who pays for Drive, and what is secured once the Home Office grant ends?", build)
