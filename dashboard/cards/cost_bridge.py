"""What changed a site's cost per case between two periods: spending or caseload, drawn as a bridge."""

from collections.abc import Sequence
from typing import Any

from dashboard.charts import graph
from dashboard.charts.money import bridge
from dashboard.data.edition import Row
from dashboard.data.view import View
from dashboard.elements.page import card, definition, nothing, pick, source_words
from dashboard.elements.tables import Column, table
from dashboard.provenance.links import link_to
from dashboard.wording import costs
from etl.definitions.messages import Name, Number, Text, _, joined
from etl.definitions.periods import month_after
from etl.definitions.writing import figures, first_upper, lower_first, pounds, signed_pounds
from etl.provenance.address import NumberAddress
from etl.provenance.code import LAG

Component = Any
USUAL = "cost_per_new_case_shared"
# The order in which pairs of periods are offered.
SPANS = ("year", "rolling_year", "year_to_date", "quarter_year_ago", "quarter")


def why_changed(view: View, measure: str) -> Component:
    """The card; site and pair of periods are chosen among those that the edition has."""
    by_site = bridged(view, measure) or bridged(view, USUAL)
    if not by_site:
        empty = nothing(_("No site shown has two whole periods with ten cases or more to compare."))
        return card(_("What changed the unit cost"), "", empty, name="bridge")
    row = chosen(view, by_site)
    change = number_text(view, row, "change", pounds(row.change))
    headline = costs.bridge(view.label(row.site), row, costs.per_of(row.measure).one, change)
    of_what = _("Bridge of {measure}", measure=lower_first(view.measure_label(row.measure)))
    return card(
        headline,
        joined("; ", [of_what, costs.chance(row)]),
        graph(drawn(view, row), "bridge", joined(". ", [headline, ends(row)]), 190),
        name="bridge",
        twin=steps_table(view, row),
        controls=pickers(view, by_site, row),
        source=source_words(view),
        links=[definition(view, row.measure)],
    )


def bridged(view: View, measure: str) -> dict[str, list[Row]]:
    """The pairs of periods of each site shown that has some."""
    rows = view.edition.rows("bridges", "measure = ?", (measure,))
    by_site = {site.name: offered([row for row in rows if row.site == site.name]) for site in view.sites}
    return {site: pairs for site, pairs in by_site.items() if pairs}


def offered(rows: Sequence[Row]) -> list[Row]:
    """A site's pairs of periods, the longest and newest first."""
    return sorted(rows, key=lambda row: (SPANS.index(row.span), -row.to_ends.toordinal(), -row.from_ends.toordinal()))


def chosen(view: View, by_site: dict[str, list[Row]]) -> Row:
    """The chosen pair; else, of each site's first pair, the one that changed most."""
    site, pair = view.address.get("of"), view.address.get("pair")
    if site not in by_site:
        firsts = [pairs[0] for pairs in by_site.values()]
        longest = [row for row in firsts if row.span == min(firsts, key=lambda r: SPANS.index(r.span)).span]
        site = max(longest, key=lambda row: abs(row.change)).site
    return next((row for row in by_site[site] if key_of(row) == pair), by_site[site][0])


def key_of(row: Row) -> str:
    """A pair in an address: its span and the months in which the two periods begin."""
    return f"{row.span}:{row.from_starts:%Y-%m}:{row.to_starts:%Y-%m}"


def pickers(view: View, by_site: dict[str, list[Row]], row: Row) -> list[Component]:
    """The choices of site and pair."""
    sites = [(site.name, Name(site.label)) for site in view.sites if site.name in by_site]
    pairs = labelled(by_site[row.site])
    return [pick(_("Site"), "of", sites, row.site), pick(_("From and to"), "pair", pairs, key_of(row))]


def labelled(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The pairs as the select names them: April to November, 2018 and 2019."""
    return [(key_of(row), costs.two_spans(row) if row.span == "year_to_date" else costs.then(row)) for row in rows]


def ends(row: Row) -> Text:
    """The two unit costs in words."""
    both = ((row.from_words, row.unit0), (row.to_words, row.unit1))
    return joined("; ", [joined(": ", [words, pounds(cost)]) for words, cost in both])


def drawn(view: View, row: Row) -> Any:
    """The figure."""
    counted = costs.per_of(row.measure).counted
    spent, cases = {"amount": pounds(row.more_spent)}, {"number": figures(abs(row.more_cases))}
    more_spent = _("{amount} more spent", **spent) if row.more_spent >= 0 else _("{amount} less spent", **spent)
    more_cases = _("{number} more", **cases) if row.more_cases >= 0 else _("{number} fewer", **cases)
    return bridge(
        (row.from_words, counted(figures(row.count0)), row.unit0),
        [(_("Spending"), more_spent, row.spending), (_("Volume"), more_cases, row.volume)],
        (row.to_words, counted(figures(row.count1)), row.unit1),
        view.mark(row.site),
    )


def number_text(view: View, row: Row, step: str, text: str) -> Number:
    """A number of the bridge, which opens the months behind it where the two periods are as far apart as usual."""
    if row.from_starts != month_after(row.to_starts, -LAG[row.span]):
        return Number(text)
    address = NumberAddress(row.site, "bridge", str(row.to_starts), f"{row.span}.{row.measure}.{step}")
    return Number(text, str(address), joined(", ", [view.measure_label(row.measure), Name(view.label(row.site))]))


def of(view: View, row: Row, step: str, text: str) -> Component:
    """The same as a link."""
    return link_to(view, number_text(view, row, step, text))


def end(view: View, row: Row, which: int) -> list[Component]:
    """Spend, cases and unit cost of a period."""
    cost, count, unit = (row[f"{name}{which}"] for name in ("cost", "count", "unit"))
    said = {"cost": pounds(cost), "count": figures(count), "unit": pounds(unit)}
    return [of(view, row, f"{name}{which}", text) for name, text in said.items()]


def steps_table(view: View, row: Row) -> Component:
    """The bridge as a table."""
    per = costs.per_of(row.measure)
    heads = [Column(_("Step")), Column(_("Spend"), True), Column(first_upper(per.many), True)]
    heads.append(Column(_("Per {case}", case=per.one), True))
    lines: list[list[Component]] = [
        [row.from_words, *end(view, row, 0)],
        [_("Spending"), "", "", of(view, row, "spending", signed_pounds(row.spending))],
        [_("Volume"), "", "", of(view, row, "volume", signed_pounds(row.volume))],
        [row.to_words, *end(view, row, 1)],
        [_("Change"), "", "", of(view, row, "change", signed_pounds(row.change))],
    ]
    return table(heads, lines, _("Bridge of the unit cost"))
