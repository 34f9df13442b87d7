"""Who pays: the mix by funder over time, what replaced the grant, and what may still be drawn of each limit."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import card, choose, definition, nothing, site_name, source_words
from dashboard.elements.tables import Column, not_applicable, number, state, table
from dashboard.provenance import links
from dashboard.wording import funding
from dashboard.wording.numbers import as_shown
from etl.definitions.messages import Name, Text, _, joined
from etl.definitions.periods import month_after, write_date, write_financial_year, write_period
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import first_upper, lower_first, percent, pounds

Component = Any
KINDS = {"quarter": _("Quarter"), "year": _("Financial year")}
MOST_PERIODS = 6


def amounts_of(view: View, who: str) -> tuple[list[date], dict[str, dict[date, float]]]:
    """The months of the cliff, and money by status and month."""
    amounts: dict[str, dict[date, float]] = {}
    for row in view.edition.rows("cliff", "site = ?", (who,), "month"):
        amounts.setdefault(row.status, {})[row.month] = row.amount or 0.0
    return sorted({month for by_month in amounts.values() for month in by_month}), amounts


def who_paid(view: View, who: str) -> Component:
    """Pounds and share of each funder by period; cash adds up, and what came in kind stands apart."""
    kind = view.address.get("chart") if view.address.get("chart") in KINDS else "quarter"
    last = view.edition.data_month
    periods = sorted(span for span in view.edition.periods(kind) if last and span[0] <= last)[-MOST_PERIODS:]
    rows = view.edition.rows("funding_mix", "site = ? and period = ?", (who, kind), "starts desc, amount desc")
    labels = {row.funder: row.label for row in reversed(rows) if row.amount and row.form == "cash"}
    controls = [choose(_("By"), "chart", list(KINDS.items()), kind)]
    if last is None or not periods or not labels:
        none = nothing(_("No whole period of funding is known."))
        return card(_("Who paid is not known"), "", none, name="who-paid", controls=controls, class_name="spaced")
    order = [row.funder for row in rows if row.funder in labels]
    lines: list[tuple[Text, str, str]]
    lines = [(Name(labels[funder]), f"funding.{funder}", f"funding_share.{funder}") for funder in dict.fromkeys(order)]
    lines += [(_("All cash"), "funding", ""), (_("In kind, apart"), "funding_in_kind", "")]
    body = [
        [label, *(amount(view, who, kind, starts, name, share) for starts, _end in periods)]
        for label, name, share in lines
    ]
    columns = [Column(_("Funder")), *(Column(column_words(kind, *span, last), True) for span in periods)]
    newest = [row for row in rows if row.form == "cash" and row.starts == rows[0].starts]
    return card(
        funding.pays_most(view.label(who), newest, write_period(kind, rows[0].starts), partial(share_text, view)),
        _(
            "Pounds and share of cash by {period}, {sites}",
            period=lower_first(KINDS[kind]),
            sites=_("all sites") if who == "all" else Name(view.label(who)),
        ),
        table(columns, body, _("Funders by period"), class_name="wide"),
        name="who-paid",
        class_name="spaced",
        controls=controls,
        source=joined(" ", [joined("", [source_words(view), "."]), *published_share(view, who)]),
        links=[definition(view, "funding")],
    )


def share_text(view: View, row: Row, what: str, shown: str) -> Text:
    """A funder's share of a period's cash, in a sentence."""
    result = view.edition.result(row.site, f"funding_share.{row.funder}", row.period, row.starts)
    return links.number_text(view, result, shown) if result is not None else as_shown(row, what, shown)


def column_words(kind: str, start: date, end: date, last: date) -> Text:
    """A period as the head of a column, short; one that has not ended says so."""
    period = write_period(kind, start) if kind == "quarter" else write_financial_year(start)
    return _("{period}, to date", period=period) if end > last else period


def amount(view: View, who: str, kind: str, start: date, measure: str, share: str) -> Component:
    """Pounds with their share under them."""
    main = number(view, view.edition.result(who, measure, kind, start))
    part = view.edition.result(who, share, kind, start) if share else None
    if part is None or part.value is None:
        return main
    return html.Span([main, html.Small(number(view, part))], className="with-share")


def published_share(view: View, who: str) -> list[Text]:
    """The published local share, which is the whole programme's and never a site's."""
    rows = view.edition.rows("published_facts", "fact = 'local_share' and site = 'programme'") if who == "all" else ()
    if not rows:
        return []
    share, source = percent(float(rows[0].value)), rows[0].source
    return [_("Published: {share} is local, of all four sites together ({source}).", share=share, source=source)]


def replaced(view: View) -> Component:
    """What the grant paid in its last year, what local money paid beside it, and how much of the grant is replaced."""
    order = {site.name: site.position for site in view.sites}
    rows = [row for row in view.edition.rows("cover") if row.site in order or (row.site == "all" and view.all_sites)]
    rows = [row for row in rows if row.get("replaced") is not None]
    if not rows:
        empty = nothing(_("No agreement is known."))
        return card(_("What replaces the grant is not known"), "", empty, name="replaced")
    rows.sort(key=lambda row: order.get(row.site, 999))
    year, before = write_financial_year(rows[0].year), write_financial_year(month_after(rows[0].year, -12))
    body = [
        [
            site_name(view, row.site, short=True),
            *(links.cover(view, row, name, pounds(row[name])) for name in ("grant_before", "local_before")),
            html.Span(links.secured_text(view, row)),
            html.Span([html.Strong(replaces(view, row)), html.Small(payers(view, row.site, row.year))]),
        ]
        for row in rows
    ]
    heads = (
        *(_("Home Office {year}", year=before), _("Local {year}", year=before)),
        *(_("Secured {year}", year=year), _("Of the grant replaced")),
    )
    columns = [Column(_("Site")), *(Column(head, True) for head in heads)]
    of_sites = [(view.label(row.site), row) for row in rows if row.site != "all"]
    return card(
        funding.replaced(of_sites, partial(links.cover_text, view)),
        _("Approved cash; replaced: what is secured beyond the local money of the year before"),
        table(columns, body, _("What replaces the grant"), class_name="wide with-small"),
        name="replaced",
        source=_("No Home Office money is not the same as mainstreamed"),
    )


def replaces(view: View, row: Row) -> Component:
    """How much of the grant other money replaces."""
    return links.cover(view, row, "replaced", pounds(row.replaced))


def payers(view: View, site: str, year: date) -> Text:
    """Who has approved money for the year."""
    rows = view.edition.rows("gaps", "site = ? and starts = ? and step = 'approved'", (site, year), "position")
    return joined(", ", [row.label for row in rows if site != "all"])


def limits(view: View) -> Component:
    """Grants approved up to an amount against what has been drawn."""
    sites = {site.name for site in view.sites}
    apart = {"central_team"} if view.all_sites else set()
    rows = [row for row in view.edition.rows("agreements", "up_to", order="starts, site") if row.site in sites | apart]
    if not rows:
        return None
    body = [
        [
            site_name(view, row.site, short=True) if row.site in sites else _("Central team"),
            row.funder_label,
            links.agreement(view, row),
            links.agreement(view, row, "drawn") if row.drawn is not None else undrawn(view, row),
            links.agreement(view, row, "left") if row.left is not None else "",
            write_date(row.ends),
        ]
        for row in rows
    ]
    heads = [Column(_("Site")), Column(_("Funder"))]
    heads += [Column(head, True) for head in (_("Up to"), _("Drawn"), _("Left"), _("Ends"))]
    return card(
        funding.drawn(rows),
        _("A grant approved up to an amount pays what is claimed, at most that amount"),
        table(heads, body, _("Grants approved up to an amount"), class_name="wide"),
        name="limits",
    )


def undrawn(view: View, row: Row) -> Component:
    """Why nothing is known to be drawn."""
    begun = row.starts is None or row.starts <= view.edition.made.date()
    return state(_("not known")) if begun else not_applicable(_("not begun"))


ONE_OFF = {"yes": _("one-off"), "in part": _("one-off and running costs together")}


def conditions(row: Row) -> Sequence[Component]:
    """That an agreement is a limit, what it depends on, and that it has fallen with it where it has."""
    said = [_("at most this much")] if row.up_to else []
    said += [_("depends on {what}", what=row.depends_on)] if row.get("depends_on") else []
    said += [ONE_OFF[row.one_off]] if row.get("one_off") in ONE_OFF else []
    said += [row.conditions] if row.conditions else []
    lines = [html.Small(first_upper(words), className="muted") for words in said]
    if row.get("stands") is not None and row.amount and row.stands < row.amount - NIL_POUNDS:
        part = _("{amount} of it stands: its condition ends first", amount=pounds(row.stands))
        lines.append(html.Small(part, className="muted"))
    return lines
