"""Funding: who pays, until when, and what is not secured once the Home Office grant has ended."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from dashboard import theme
from dashboard.cards.dots_with_values import beside_dots
from dashboard.cards.funders import amounts_of, conditions, limits, replaced, who_paid
from dashboard.charts import graph
from dashboard.charts.money import LAYERS, cliff, gap, mix, mix_height
from dashboard.data.edition import Row, Site
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
    pick_sites,
    site_name,
    source_words,
)
from dashboard.elements.tables import Column, hidden, link, number, number_key, state, table
from dashboard.provenance import links
from dashboard.wording import funding
from dashboard.wording.numbers import as_shown, rounding
from etl.definitions.messages import Month, Name, Number, Plain, Text, _, joined
from etl.definitions.periods import write_date, write_financial_year, write_month, write_months, write_period
from etl.definitions.secured import EVENLY, at_most
from etl.definitions.writing import HIDDEN, figures, lower_first, percent, pounds
from etl.provenance.address import NumberAddress

Component = Any
FORMS = {"cash": _("Cash"), "in_kind": _("In kind"), "both": _("Both")}
HOME_OFFICE = "home_office"
STATUSES = {
    "approved": ("met", _("Approved")),
    "agreed_in_principle": ("partly", _("In principle")),
    "bid": ("unknown", _("Bid")),
    "expected": ("unknown", _("Expected")),
}
MOST_AGREEMENTS = 12


def build(view: View) -> Content:
    """The page."""
    who = "all" if view.all_sites else view.sites[0].name
    form = view.address.get("money") if view.address.get("money") in FORMS else "cash"
    cover = one(view, "cover", who)
    return Content(
        funding.funding(cover if view.all_sites or len(view.sites) == 1 else None, partial(links.cover_text, view)),
        note(view, who, cover),
        [
            grid(steps(view, who), gap_of_year(view), kind="wider-left"),
            grid(
                html.Div([who_pays(view, form), by_quarter(view, form), replaced(view)], className="stack"),
                html.Div([agreements(view), limits(view)], className="stack"),
            ),
            cover_table(view),
            who_paid(view, who),
        ],
        controls=[pick_sites(view), choose(_("Money"), "money", list(FORMS.items()), form)],
    )


def one(view: View, name: str, site: str) -> Row | None:
    """A site's row of a table that has one a site."""
    rows = view.edition.rows(name, "site = ?", (site,))
    return rows[0] if rows else None


def note(view: View, who: str, cover: Row | None) -> Text:
    """What is set against what."""
    year = write_financial_year(cover.year) if cover is not None else None
    apart = view.edition.rows("agreements", "site = 'central_team'") if who == "all" else ()
    made_up = any(row.made_up for row in view.edition.rows("agreements"))
    return funding.note(sites_words(view, who), year, [links.agreement_text(view, row) for row in apart], made_up)


def sites_words(view: View, who: str) -> Text:
    """Whose money it is."""
    return _("all sites") if who == "all" else Name(view.label(who))


def steps(view: View, who: str) -> Component:
    """The cliff."""
    months, amounts = amounts_of(view, who)
    if not months:
        return card(_("Money ahead is not known"), "", nothing(_("No agreement or plan is known.")), name="cliff")
    grant_ends = funding.grant_end(view.edition.rows("cliff", "site = ?", (who,)))
    cover = one(view, "cover", who)
    start = cover.year if cover is not None else months[0]
    secured = [(month, amounts.get("approved", {}).get(month, 0.0)) for month in months]
    headline = funding.cliff(secured, amounts.get("planned", {}), start, partial(share_text, view, who))
    first_short = cover.first_short_if_even if cover is not None else None
    drawn = cliff(months, amounts, grant_ends, first_short)
    used = {status: label for status, label, _paint in LAYERS if any(amounts.get(status, {}).values())}
    columns = [Column(_("Month")), *(Column(label, True) for label in (_("Planned cost"), *used.values()))]
    body = [
        [write_month(month), *(cliff_link(view, who, month, status, amounts) for status in ("planned", *used))]
        for month in months
    ]
    by_month = joined(". ", [headline, _("Money by month and certainty against planned cost")])
    return card(
        headline,
        _(
            "Cash by month against planned cost, {sites}, {months}",
            sites=sites_words(view, who),
            months=write_months(months[0], months[-1], long=True),
        ),
        graph(drawn, "cliff", by_month, 262, scrolls=True),
        name="cliff",
        twin=table(columns, body, _("Money by month and certainty"), class_name="wide"),
        source=joined(
            ". ",
            [
                _("Agreements known on {day}", day=write_date(view.edition.made.date())),
                EVENLY,
                *funding.conditions([(site.label, links.depends(view, row)) for site, row in covers(view)]),
            ],
        ),
    )


def covers(view: View) -> list[tuple[Site, Row]]:
    """The sites shown with what is secured for each."""
    rows = {row.site: row for row in view.edition.rows("cover")}
    return [(site, rows[site.name]) for site in view.sites if site.name in rows]


def share_text(view: View, who: str, month: date, shown: str) -> Number:
    """The share of a month's planned cost that is secured, in a sentence."""
    rows = view.edition.rows("cliff", "site = ? and month = ? and status = 'approved'", (who, month))
    if not rows or rows[0].get("share") is None:
        return Number(shown)
    name = joined(", ", [write_month(month, long=True), Name(view.label(who))])
    return Number(shown, str(NumberAddress(who, "cliff", str(month), "share")), name)


def cliff_link(
    view: View, who: str, month: date, status: str, amounts: Mapping[str, Mapping[date, float]]
) -> Component:
    """A month's money of one certainty, as a link to the agreements or the plan that it is of."""
    amount = amounts.get(status, {}).get(month)
    if amount is None:
        return pounds(0.0)
    name = joined(", ", [write_month(month), Name(view.label(who))])
    return link(view, str(NumberAddress(who, "cliff", str(month), status)), pounds(amount), name)


def gap_of_year(view: View) -> Component:
    """Planned cost of the year less what there is for it."""
    rows = {row.site: row for row in view.edition.rows("cover") if row.planned}
    known = {row.site for row in view.edition.rows("gaps")}
    rows = {name: row for name, row in rows.items() if name in known}
    options: dict[str, Text] = {site.name: Name(site.label) for site in view.sites if site.name in rows}
    if view.all_sites and "all" in rows and len(view.sites) > 1:
        options["all"] = _("Programme")
    if not options:
        return card(_("The gap is not known"), "", nothing(_("No plan is known.")), name="gap")
    published = next((name for name in options if not rows[name].made_up), next(iter(options)))
    chosen = view.address.get("of")
    site = chosen if chosen in options else published
    row = rows[site]
    spans = spans_of(view, site, row)
    starts = next((start for start in spans if start.isoformat() == view.address.get("year")), row.year)
    steps_of = view.edition.rows("gaps", "site = ? and starts = ?", (site, starts), "position")
    return gap_card(view, options, row, starts, spans, steps_of)


def gap_card(
    view: View, options: Mapping[str, Text], row: Row, starts: date, spans: Mapping[date, Text], steps_of: Sequence[Row]
) -> Component:
    """The same of a site and its months; `options` are the sites, `spans` the months that there are to choose from."""
    site, is_year = row.site, starts == row.year
    planned = next((step.amount for step in steps_of if step.step == "planned"), row.planned)
    no_funder = next((step for step in steps_of if step.step == "no_funder"), None)
    left = no_funder.amount if no_funder is not None else 0.0
    known = row.months is not None and is_year
    months: str = _("{months} of 12 months", months=figures(row.months, 1)) if known else _("approved")
    months = at_most(months, row.get("at_most"))
    pieces = [gap_piece(view, site, step, months) for step in steps_of if step.step not in ("planned", "no_funder")]
    shown = gap_text(view, no_funder, _("No funder stated")) if no_funder is not None else None
    headline = funding.no_funder(view.label(site), left, shown)
    below = spans[starts] if is_year else _("12 months ahead")
    drawn = gap(planned, pieces, left, (below, _("of planned cost")))
    body = gap_lines(view, steps_of, left)
    controls = [pick(_("Site"), "of", list(options.items()), site)] if len(options) > 1 else []
    if len(spans) > 1:
        choices = [(start.isoformat() if start != row.year else "", text) for start, text in spans.items()]
        controls.append(pick(_("Months"), "year", choices, "" if is_year else starts.isoformat()))
    return card(
        headline,
        _("Planned cost less money there is or may be, {months}", months=spans[starts]),
        graph(drawn, "gap", joined(", ", [headline, spans[starts]]), 236 if controls else 262),
        name="gap",
        twin=table([Column(_("Step")), Column(_("Amount"), True)], body, _("From planned cost to what has no funder")),
        controls=controls,
        source=_("Some agreements are made up for the sample") if row.made_up else "",
    )


def gap_text(view: View, step: Row, label: str) -> Number:
    """A step of the gap, which opens its agreements."""
    address = NumberAddress(step.site, "gap", str(step.starts), str(step.position))
    return Number(pounds(step.amount), str(address), joined(", ", [label, Name(view.label(step.site))]))


def gap_lines(view: View, steps_of: Sequence[Row], left: float) -> list[list[Component]]:
    """The steps of the gap as a table, each a link to its agreements."""

    def line(label: str, step: Row) -> list[Component]:
        return [label, links.link_to(view, gap_text(view, step, label))]

    first = [line(_("Planned cost"), step) for step in steps_of if step.step == "planned"]
    pieces = [line(step.label, step) for step in steps_of if step.step not in ("planned", "no_funder")]
    last = [line(_("No funder stated"), step) for step in steps_of if step.step == "no_funder"]
    return [*first, *pieces, *(last or [[_("No funder stated"), pounds(left)]])]


def spans_of(view: View, site: str, row: Row) -> dict[date, Text]:
    """The spans that a gap is known for: the year without the grant, and the twelve months ahead."""
    rows = view.edition.rows("gaps", "site = ? and step = 'planned'", (site,), "starts desc")
    months = {r.starts: write_months(r.starts, r.ends) for r in rows}
    return {row.year: write_financial_year(row.year), **{s: m for s, m in months.items() if s != row.year}}


def gap_piece(view: View, site: str, step: Row, months: str) -> tuple[str, str, float, str, bool]:
    """A step of the gap: its name, what stands under it, pounds, its colour, and whether it is secured."""
    words = STATUSES[step.step][1] if step.step in STATUSES else step.step
    secured = step.step == "approved"
    below = months if secured else lower_first(words)
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
        none = nothing(_("No site has a whole year of funding."))
        return card(_("Who pays is not known"), FORMS[form], none, name="mix")
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
        paid = [part for row in local[:3] for part in (", ", Name(row.label), " ", share_link(view, row))][1:]
        below = [html.Small(when[site.name])] if when[site.name] else []
        beside.append((site_name(view, site.name, *below), html.Span(paid, className="muted small")))
    top = [(site.label, max(found[site.name], key=lambda row: row.share or 0.0)) for site in shown]
    body = [
        [site_name(view, site.name), Name(row.label), money_link(view, row), share_link(view, row)]
        for site in shown
        for row in found[site.name]
    ]
    columns = [Column(_("Site")), Column(_("Funder")), Column(_("Amount"), True), Column(_("Share"), True)]
    headline = funding.largest_funder(top, partial(share_in_sentence, view))
    return card(
        headline,
        _(
            "Share of funding, {form}, {period} or last complete year; hatched: Home Office",
            form=lower_first(FORMS[form]) if form != "both" else _("cash and in kind"),
            period=write_period(view.period[0], view.period[1]),
        ),
        beside_dots(graph(mix(bars), "mix", headline, mix_height(len(bars))), beside, "", 34),
        name="mix",
        twin=table(columns, body, _("Funders and their shares"), class_name="wide"),
        source=joined(". ", [source_words(view), *rounding([row.share for row in rows] for rows in found.values())]),
        links=[definition(view, "funding")],
    )


def money_link(view: View, row: Row) -> Component:
    """An amount of the mix as a number of `results`, where it is one."""
    measure = "funding_in_kind" if row.form == "in_kind" else f"funding.{row.funder}"
    result = view.edition.result(row.site, measure, row.period, row.starts)
    if result is not None and result.shown == HIDDEN:
        return hidden()
    name = joined(", ", [Name(row.label), Name(view.label(row.site))])
    return link(view, number_key(Row(row, measure=measure)), pounds(row.amount), name)


def share_of(view: View, row: Row) -> Row | None:
    """A funder's share as a number of `results`."""
    measure = "in_kind_share" if row.form == "in_kind" else f"funding_share.{row.funder}"
    return view.edition.result(row.site, measure, row.period, row.starts)


def share_link(view: View, row: Row) -> Component:
    """The same as a link."""
    result = share_of(view, row)
    return number(view, result, text=percent(row.share)) if result is not None else percent(row.share)


def share_in_sentence(view: View, row: Row, what: str, shown: str) -> Text:
    """The same in a sentence."""
    result = share_of(view, row)
    return links.number_text(view, result, shown) if result is not None else as_shown(row, what, shown)


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
        return card(_("Home Office share by quarter"), "", nothing(_("No whole quarter yet.")), name="quarters")
    columns = [Column(_("Site")), *(Column(write_period("quarter", start), True) for start in quarters)]
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
    ends = [(site.label, first, last) for site, first, last in zip(view.sites, firsts, lasts, strict=True)]
    what = _("Home Office share of cash funding by quarter")
    return card(
        funding.share_moved(ends, partial(links.result_text, view)),
        what,
        table(columns, body, what, class_name="wide"),
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
    year = funding.year_of(cover) or _("the year ahead")
    body = [
        [
            site_name(view, row.site, short=True),
            row.funder_label,
            links.agreement(view, row),
            html.Span([status(row.get("stands_as") or row.status), *conditions(row)], className="with-condition"),
            html.Span(time_of(row), className="whole"),
            _("Made up") if row.made_up else (row.source or "").partition(" para ")[0],
        ]
        for row in rows[:MOST_AGREEMENTS]
    ]
    columns = [Column(_("Site")), Column(_("Funder")), Column(_("Amount"), True)]
    columns += [Column(head) for head in (_("Status"), _("Time"), _("Source"))]
    return card(
        funding.agreements(rows, year),
        _("Only approved money counts as secured"),
        table(columns, body, _("Agreements"), class_name="wide") if body else nothing(_("No agreement is known.")),
        name="agreements",
        source=funding.agreements_listed(len(body), rows),
    )


def time_of(row: Row) -> Text:
    """The months of an agreement, short."""
    if not row.starts or not row.ends:
        return _("open")
    last = joined(" ", [Month(row.ends, "abbreviated"), Plain(f"{row.ends:%y}")])
    return _("{month} to {last_month}", month=Month(row.starts, "abbreviated"), last_month=last)


def status(name: str) -> Component:
    """An agreement's status: an icon and a word."""
    level, words = STATUSES.get(name, ("unknown", name))
    return html.Span([icons.icon(level, 14), words], className=f"status {level.replace('_', '-')}")


def cover_table(view: View) -> Component:
    """Cover, the first month not fully funded and notice of each site."""
    order: Mapping[str, int] = {site.name: site.position for site in view.sites}
    rows = [row for row in view.edition.rows("cover") if row.site in order or (row.site == "all" and view.all_sites)]
    rows.sort(key=lambda row: order.get(row.site, 999))
    if not rows:
        return card(_("Months of cover are not known"), "", nothing(_("No plan is known.")), name="cover")
    body = [
        [
            site_name(view, row.site, short=True),
            links.cover(view, row, "planned", pounds(row.planned or 0.0)),
            html.Span(links.secured_text(view, row)),
            links.cover(view, row, "gap", pounds(row.gap)) if row.gap is not None else state(_("not known")),
            links.cover(view, row, "months", figures(row.months, 1))
            if row.months is not None
            else state(_("not known")),
            first_short(row, "first_short_if_even"),
            links.cover(view, row, "notice_months", f"{row.notice_months:g}") if row.notice_months is not None else "",
            first_short(row, "first_short_month"),
        ]
        for row in rows
    ]
    numbers = (
        *(_("Planned"), _("Secured"), _("Not secured"), _("Months")),
        *(_("Short from"), _("Notice"), _("If spent until gone")),
    )
    columns = [Column(_("Site")), *(Column(head, True) for head in numbers)]
    return card(
        funding.covered([(site.label, row) for site, row in covers(view)], partial(links.cover_text, view)),
        _(
            "Secured money of {year} in months of planned cost; short from: the first month not fully funded; notice: "
            "months until then",
            year=funding.year_of(rows),
        ),
        table(columns, body, _("Months of cover"), class_name="wide", row_names=[row.site for row in rows]),
        name="cover",
        source=joined(". ", [EVENLY, _("If spent until gone: the first month without enough money then")]),
    )


def first_short(row: Row, rule: str) -> Component:
    """The first month that is not fully funded by a rule; not known where there is no plan."""
    if row.planned is None:
        return state(_("not known"))
    return write_month(row[rule]) if row.get(rule) else html.Span(_("none"), className="muted")


PAGE = Page(
    "/funding", _("Funding"), 4, _("Who pays for Drive, and what is secured once the Home Office grant ends?"), build
)
