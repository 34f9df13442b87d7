"""What the central team costs, apart, and a case with its share by a choice that the address says."""

from functools import partial
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import card, choose, definition, nothing, site_name
from dashboard.elements.tables import Column, hidden, state, table
from dashboard.provenance.links import link_to
from dashboard.wording import costs
from etl.definitions.messages import Name, Number, Text, _, joined
from etl.definitions.writing import HIDDEN, figures, first_upper, pounds
from etl.provenance.address import NumberAddress

Component = Any
TEAM = "central_team"
# What is shared out, as the address, the button and a sentence name it.
BASES = {
    "actual": (_("Spent"), _("what was spent")),
    "planned": (_("Planned"), _("planned cost and cases")),
    "secured": (_("Secured"), _("approved money and planned cases")),
}
ALLOCATIONS = {"none": _("None"), "by_new_cases": _("By new cases"), "equally": _("Equally")}


def per(view: View) -> Text:
    """What a cost is per: planned money goes with planned cases."""
    return costs.PER["new_case"].one if basis_of(view) == "actual" else costs.PLANNED_CASE


def basis_of(view: View) -> str:
    """What is shared out: as chosen, else what was spent where the team's own cost is known, else what is planned."""
    chosen = view.address.get("spent")
    if chosen in BASES:
        return chosen
    team = team_row(view, "actual")
    return "actual" if team is not None and team.central is not None else "planned"


def allocation_of(view: View) -> str:
    """How the team's cost is shared."""
    chosen = view.address.get("allocation")
    return chosen if chosen in ALLOCATIONS else "by_new_cases"


def rows_of(view: View, basis: str, allocation: str) -> dict[str, Row]:
    """Each site's cost per new case with its share: of the period looked at, or of the one year that there is."""
    rows = view.edition.rows("central", "basis = ? and allocation = ?", (basis, allocation), "starts")
    period, starts, _ = view.period
    here = [row for row in rows if (row.period, row.starts) == (period, starts)] if basis == "actual" else rows
    return {
        row.site: Row(row, value=row.unit, hollow=False, to_date=False, verdict="", measure="cost_per_new_case")
        for row in here
    }


def team_row(view: View, basis: str) -> Row | None:
    """The team's own cost."""
    return rows_of(view, basis, "none").get(TEAM)


def shown(view: View, row: Row | None, column: str = "unit") -> Component:
    """A number of this table: cost per new case, or what it is made of."""
    if row is not None and row.shown == HIDDEN and column in ("unit", "count"):
        return hidden()
    most = "" if row is None or row.get(column) is not None else f"{column}_at_most"
    if row is None or (most and row.get(most) is None):
        return state(_("not known"), (row.why or "") if row is not None else "")
    if most:
        return html.Span(_("at most {amount}", amount=number_text(view, row, most, pounds(row[most]))), title=row.why)
    text = row.shown if column == "unit" else figures(row[column]) if column == "count" else pounds(row[column])
    return link_to(view, number_text(view, row, column, text))


def number_text(view: View, row: Row, column: str, text: str) -> Number:
    """The same in a sentence."""
    address = NumberAddress(row.site, "central", str(row.starts), f"{row.period}.{row.basis}.{row.allocation}.{column}")
    whose = _("Central team") if row.site == TEAM else Name(view.label(row.site))
    name = joined(", ", [_("cost with the central team"), whose])
    return Number(text, str(address) if text != HIDDEN else "", name)


def interval(view: View, row: Row | None) -> Component:
    """Both ends of the interval of a cost per new case; nothing where there is none."""
    if row is None or row.low is None or row.high is None:
        return ""
    low, high = (number_text(view, row, end, pounds(row[end])) for end in ("low", "high"))
    return html.Span(_("{low} to {high}", low=low, high=high))


def choices(view: View, basis: str) -> list[Component]:
    """The two choices: what is shared out, and how."""
    return [
        choose_basis(basis),
        choose(_("Central team"), "allocation", list(ALLOCATIONS.items()), allocation_of(view)),
    ]


def choose_basis(basis: str) -> Component:
    """The choice of what is shared out."""
    return choose(_("Money"), "spent", [(key, text) for key, (text, said) in BASES.items()], basis)


def central_team(view: View) -> Component:
    """The card: the team's cost apart, and each site's cost per new case without it and with each way to share it."""
    basis = basis_of(view)
    by = {key: rows_of(view, basis, key) for key in ALLOCATIONS}
    team = by["none"].get(TEAM)
    choice = choose_basis(basis)
    kept = [
        (site.label, by["none"][site.name], by["by_new_cases"][site.name])
        for site in view.sites
        if site.name in by["none"] and site.name in by["by_new_cases"]
    ]
    headline = costs.central(team, kept, per(view), partial(number_text, view))
    if view.address.get("basis") == "central":  # then it is the page's own
        headline = _("Each way to share the central team’s cost, beside none")
    when = team.words if team is not None else _("these months")
    if not kept:
        empty = nothing(_("Nothing is known of the central team’s cost."))
        return card(headline, "", empty, name="central-team", controls=[choice])
    return card(
        headline,
        _("{money}, {months}; all cash, per {case}", money=first_upper(BASES[basis][1]), months=when, case=per(view)),
        table(heads(), body(view, by), _("Cost per new case with the central team"), class_name="wide"),
        name="central-team",
        controls=[choice],
        source=source(by["by_new_cases"]),
        links=[definition(view, "cost_per_new_case")],
    )


def heads() -> list[Column]:
    """The heads: each way to share, as the choice above names it."""
    return [
        Column(_("Site")),
        *(Column(text, True) for text in (_("Central share"), _("Without"), _("By new cases"), _("Equally"))),
    ]


def body(view: View, by: dict[str, dict[str, Row]]) -> list[list[Component]]:
    """A line a site, and the programme's."""
    lines = []
    for site in [s.name for s in view.sites] + (["all"] if view.all_sites and len(view.sites) > 1 else []):
        shared = by["by_new_cases"].get(site)
        kept = html.Small(_("earmarked"), className="muted") if shared is not None and shared.earmarked else None
        share = html.Span([shown(view, shared, "central"), kept], className="with-share")
        lines.append([site_name(view, site), share, *(shown(view, by[key].get(site)) for key in ALLOCATIONS)])
    return lines


def source(rows: dict[str, Row]) -> Text:
    """Where the amounts come from, and that earmarked money stays."""
    named = sorted({row.source for row in rows.values() if row.source}) or [_("Agreements and plans")]
    made_up = any(row.made_up for row in rows.values())
    parts = [_("{sources}. Earmarked money stays where it is earmarked.", sources=joined("; ", named))]
    return joined(" ", [*parts, *([_("Some amounts are made up for the sample.")] if made_up else [])])
