"""What the central team costs, apart, and a case with its share by a choice that the address says."""

from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements import html
from dashboard.elements.page import card, choose, definition, nothing, site_name
from dashboard.elements.tables import Column, hidden, link, state, table
from dashboard.wording import findings
from etl.definitions.writing import HIDDEN, first_upper, pounds

Component = Any
TEAM = "central_team"
# What is shared out, as the address, the button and a sentence name it.
BASES = {
    "actual": ("Spent", "what was spent"),
    "planned": ("Planned", "planned cost and cases"),
    "secured": ("Secured", "approved money and planned cases"),
}
ALLOCATIONS = {"none": "None", "by_new_cases": "By new cases", "equally": "Equally"}
HOW = {"none": "apart", "by_new_cases": "shared by new cases", "equally": "shared equally"}


def per(view: View) -> str:
    """What a cost is per: planned money goes with planned cases."""
    return "per new case" if basis_of(view) == "actual" else "per planned new case"


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
    if row is None or row.get(column) is None:
        return state("not known", (row.why or "") if row is not None else "")
    text = row.shown if column == "unit" else f"{row[column]:,.0f}" if column == "count" else pounds(row[column])
    key = f"{row.site}|central|{row.starts}|{row.period}.{row.basis}.{row.allocation}.{column}"
    return link(view, key, text, f"cost with the central team, {view.label(row.site)}")


def interval(view: View, row: Row | None) -> Component:
    """Both ends of the interval of a cost per new case; nothing where there is none."""
    if row is None or row.low is None or row.high is None:
        return ""
    return html.Span([shown(view, row, "low"), " to ", shown(view, row, "high")])


def choices(view: View, basis: str) -> list[Component]:
    """The two choices: what is shared out, and how."""
    return [
        choose("Money", "spent", [(key, text) for key, (text, _) in BASES.items()], basis),
        choose("Central team", "allocation", list(ALLOCATIONS.items()), allocation_of(view)),
    ]


def central_team(view: View) -> Component:
    """The card: the team's cost apart, and each site's cost per new case without it and with each way to share it."""
    basis = basis_of(view)
    by = {key: rows_of(view, basis, key) for key in ALLOCATIONS}
    team = by["none"].get(TEAM)
    choice = choose("Money", "spent", [(key, text) for key, (text, _) in BASES.items()], basis)
    kept = [
        (site.label, by["none"][site.name], by["by_new_cases"][site.name])
        for site in view.sites
        if site.name in by["none"] and site.name in by["by_new_cases"]
    ]
    headline = findings.central(team, kept, per(view))
    if view.address.get("basis") == "central":  # then it is the page's own
        headline = "Each way to share the central team’s cost, beside none"
    when = team.words if team is not None else "these months"
    if not kept:
        empty = nothing("Nothing is known of the central team’s cost.")
        return card(headline, "", empty, name="central-team", controls=[choice])
    return card(
        headline,
        f"{first_upper(BASES[basis][1])}, {when}; cash {per(view)}",
        table(heads(), body(view, by), "Cost per new case with the central team", class_name="wide"),
        name="central-team",
        controls=[choice],
        source=source(by["by_new_cases"]),
        links=[definition(view, "cost_per_new_case")],
    )


def heads() -> list[Column]:
    """The heads: each way to share, as the choice above names it."""
    return [
        Column("Site"),
        *(Column(text, True) for text in ("Central share", "Without", "By new cases", "Equally")),
    ]


def body(view: View, by: dict[str, dict[str, Row]]) -> list[list[Component]]:
    """A line a site, and the programme's."""
    lines = []
    for site in [s.name for s in view.sites] + (["all"] if view.all_sites and len(view.sites) > 1 else []):
        shared = by["by_new_cases"].get(site)
        share: Component = state("not known")
        if shared is not None and shared.central is not None:
            kept = html.Small("earmarked", className="muted") if shared.earmarked else None
            share = html.Span([shown(view, shared, "central"), kept], className="with-share")
        lines.append([site_name(view, site), share, *(shown(view, by[key].get(site)) for key in ALLOCATIONS)])
    return lines


def source(rows: dict[str, Row]) -> str:
    """Where the amounts come from, and that earmarked money stays."""
    named = sorted({row.source for row in rows.values() if row.source})
    made_up = " Some amounts are made up for the sample." if any(row.made_up for row in rows.values()) else ""
    return f"{'; '.join(named) or 'Agreements and plans'}. Earmarked money stays where it is earmarked.{made_up}"
