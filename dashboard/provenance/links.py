"""Numbers that stand in other tables than `results`, or beside one, each as a link to where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View, period_words
from dashboard.elements import html
from dashboard.elements.headline_links import NUMBER, OPENS
from dashboard.elements.tables import link, number, number_key, state, verdict_tag
from etl.definitions import secured
from etl.definitions.measure import Unit
from etl.definitions.messages import Capital, Name, Number, Plain, Text, _, joined
from etl.definitions.periods import month_after, write_month
from etl.definitions.writing import (
    HIDDEN,
    figures,
    pounds,
    range_ends,
    spaced,
    why_open,
    write,
    write_count,
    write_end,
    write_range,
)
from etl.provenance.address import NumberAddress
from etl.provenance.story import NOT_KNOWN, NOT_STATED, beside_words, unit_of

Component = Any
# The plan of each number that has one.
PLANS = {"new_cases": "planned_new_cases", "closing_cases": "planned_open_cases", "spend": "planned_cost"}


def number_text(view: View, row: Row, shown: str = "") -> Number:
    """A number of `results` in a sentence, as it is shown or as `shown`; with no address where it may not be seen."""
    seen = (row.value is not None or row.get("range_low") is not None) and row.shown != HIDDEN
    if row.value is None and seen:
        shown = write_range(row.range_low, row.range_high, unit_of(view.edition, row.measure))
    name = joined(", ", [view.measure_label(row.measure), view.label(row.site)])
    return Number(shown or row.shown, number_key(row) if seen else "", name if seen else "")


def beside_text(view: View, row: Row, what: str, shown: str) -> Number:
    """What stands beside a number of `results`: an end of its interval, its share, a limit, a verdict."""
    name = joined(", ", [beside_words(what, view.measure_label(row.measure)), view.label(row.site)])
    return Number(shown, str(NumberAddress(row.site, row.period, str(row.starts), row.measure, what)), name)


def result_text(view: View, row: Row, what: str, shown: str) -> Number:
    """A number of `results` in a sentence, or what stands beside it."""
    return beside_text(view, row, what, shown) if what else number_text(view, row, shown)


def beside(view: View, row: Row, what: str, text: str) -> Component:
    """What stands beside a number of `results`, as a link."""
    number = beside_text(view, row, what, text)
    return link(view, number.address, text, number.name)


def link_to(view: View, number: Number) -> Component:
    """A number that opens where it comes from; one without an address as it is."""
    return link(view, number.address, str(number), number.name) if number.address else number


def level_text(view: View, row: Row, what: str, shown: str) -> Number:
    """The level to which new and closed cases lead (`level`), or its likely range (`range`), in a sentence."""
    address = NumberAddress(row.site, "level", str(row.ends), what)
    return Number(shown, str(address), joined(", ", [_("Leads to"), view.label(row.site)]))


def flow_text(view: View, row: Row, what: str, shown: str) -> Number:
    """A sum of a flow's last months, or of the same months a year before, in a sentence."""
    address = NumberAddress(row.site, "flow", str(row.to_starts), f"{row.span}.{row.measure}.{what}")
    return Number(shown, str(address), joined(", ", [view.measure_label(row.measure), view.label(row.site)]))


def interval_text(view: View, row: Row | None) -> str:
    """An interval, both of whose ends open; nothing where there is none."""
    if row is None or row.low is None or row.high is None:
        return ""
    low, high = (write_end(row[side], unit_of(view.edition, row.measure), side) for side in ("low", "high"))
    return _("{low} to {high}", low=beside_text(view, row, "low", low), high=beside_text(view, row, "high", high))


def bounds_text(view: View, row: Row, low: float, high: float, unit: Unit) -> Text:
    """All that a number may be, from end to end; both ends open its story."""
    first, last = (beside_text(view, row, "bounds", end) for end in range_ends(low, high, unit))
    return first if str(first) == str(last) else _("{low} to {high}", low=first, high=last)


@dataclass(frozen=True)
class OpenYear:
    """What a number of the chosen year may be that is not known, or that rests on a number under query.

    `least` is what its known months add up to, where none is under query; `may_be` its range, with what is under query
    as suspected, `if_right` the range if that is right, and `between` all of both.
    """

    missing: str
    queried: str
    least: Number | None
    may_be: Text
    if_right: Text | None
    between: Text

    @property
    def ranges(self) -> Text:
        """All that it may be, without a reason."""
        right = [_("{range} if right", range=self.if_right)] if self.if_right is not None else []
        return joined("; ", [self.may_be, *right])

    @property
    def in_full(self) -> Text:
        """All that it may be, and because of which months."""
        if self.least is not None:
            places = {"least": self.least, "months": self.missing, "range": self.may_be}
            return _("at least {least}; with {months} {range}", **places)
        return joined("; ", [self.ranges, why_open(self.missing, self.queried)])

    @property
    def in_short(self) -> Text:
        """The least that it is, or where that is not known all that it may be, from end to end."""
        return _("at least {number}", number=self.least) if self.least is not None else self.between


def open_year(view: View, site: str, measure: str) -> OpenYear | None:
    """What a number of the chosen year may be; None where it is known or hidden."""
    row, bounds = view.result(site, measure), view.bounds(site, measure)
    if row is None or bounds is None or row.shown == HIDDEN:
        return None
    unit = unit_of(view.edition, measure)
    known = bounds.least is not None and bounds.missing and not bounds.queried
    return OpenYear(
        bounds.missing,
        bounds.queried,
        beside_text(view, row, "least", write(bounds.least, unit)) if known else None,
        bounds_text(view, row, bounds.supposed_low, bounds.supposed_high, unit),
        bounds_text(view, row, bounds.stated_low, bounds.stated_high, unit) if bounds.queried else None,
        bounds_text(view, row, bounds.low, bounds.high, unit),
    )


def _open_years(view: View, rows: Mapping[str, Row]) -> list[tuple[Name, OpenYear]]:
    """What the year asked for may be at each site shown of which a comparison has an earlier year."""
    shown = [rows[site.name] for site in view.sites if site.name in rows and rows[site.name].hollow]
    found = [(Name(view.label(row.site)), open_year(view, row.site, row.measure)) for row in shown]
    return [(name, year) for name, year in found if year is not None]


def open_years(view: View, rows: Mapping[str, Row]) -> list[Text]:
    """A sentence for each of them."""
    period = period_words(view.period)
    return [joined(", ", [name, joined(": ", [period, year.in_full])]) for name, year in _open_years(view, rows)]


def open_years_in_short(view: View, rows: Mapping[str, Row]) -> Text | str:
    """One line for all of them, where there is little room; nothing where there is none."""
    found = [joined(" ", [name, year.in_short]) for name, year in _open_years(view, rows)]
    if not found:
        return ""
    period = Capital(period_words(view.period))
    return _("{period}, not complete: {sites}", period=period, sites=joined("; ", found))


def interval(view: View, row: Row | None) -> Component:
    """The same as a part of a page."""
    text = interval_text(view, row)
    return html.Span(text) if text else ""


def share(view: View, row: Row, measure: str, what: str = "share") -> Component:
    """A part's share of its whole, or a step's of the step before; nothing where there is none."""
    if row.share is None and row.get("share_low") is not None:
        return write_range(row.share_low, row.share_high, "share")  # the count above it opens
    return beside(view, Row(row, measure=measure), what, row.shown) if row.share is not None else None


def verdict(view: View, site: str, kind: str, said: str) -> Component:
    """A verdict in words, which opens the criteria that it rests on."""
    key = str(NumberAddress(site, "verdict", "", "words"))
    heard = _("{verdict}, {site}: where it comes from", verdict=said, site=view.label(site))
    return html.A(
        verdict_tag(kind, said),
        href=view.address.with_(number=key).href,
        className="number-tag",
        **{"data-number": key, "aria-label": heard},
    )


def cover_text(view: View, row: Row, column: str, shown: str) -> Number:
    """A number of the year that secured money covers, in a sentence."""
    if row.get(column) is None:
        return Number(shown)
    name = joined(", ", [spaced(column), view.label(row.site)])
    return Number(shown, str(NumberAddress(row.site, "cover", str(row.year), column)), name)


def secured_text(view: View, row: Row) -> str:
    """The money that is secured for a year, in a sentence: at most so much where some of it is a limit."""
    return secured.at_most(cover_text(view, row, "secured", pounds(row.secured)), row.get("at_most"))


def depends(view: View, row: Row) -> list[Text]:
    """What the secured money of a year still hangs on, if on anything."""
    part = row.get("depends") or 0.0
    shown = cover_text(view, row, "depends", pounds(part))
    return secured.depends(shown, part, row.secured or 0.0, row.get("depends_on") or "")


def cover(view: View, row: Row, column: str, text: str) -> Component:
    """A number of the year that secured money covers."""
    return state(NOT_KNOWN) if row.get(column) is None else link_to(view, cover_text(view, row, column, text))


def agreement_text(view: View, row: Row, column: str = "amount") -> Number:
    """Money of an agreement, in a sentence."""
    name = joined(", ", [Name(row.funder_label), view.label(row.site)])
    address = NumberAddress(row.site, "agreement", row.agreement, column)
    return Number(pounds(row[column]), str(address), name)


def agreement(view: View, row: Row, column: str = "amount") -> Component:
    """Money of an agreement."""
    return state(NOT_STATED) if row.get(column) is None else link_to(view, agreement_text(view, row, column))


COVERED = ("gap", "secured", "planned", "in_principle", "bid")
SPENT = ("spend", "planned_cost", "spend_against_plan")


def prose(view: View, site: str, said: Component, otherwise: str) -> Component:
    """A sentence about a site whose numbers are links: to the site's money, else to a story in which they stand."""
    text = "".join(part for part in ([said] if isinstance(said, str) else said) if isinstance(part, str))
    if not otherwise or not NUMBER.search(text):
        return said
    rest = html.A(None, href=view.address.with_(number=otherwise).href, **{"data-number": otherwise})
    return html.Span(said, **{OPENS: [*money(view, site), rest]})


def money(view: View, site: str) -> list[Component]:
    """What sentences say of a site's money: the year that is covered, agreements, and what was spent of the plan."""
    found = []
    for row in view.edition.rows("cover", "site = ?", (site,)):
        found += [cover(view, row, name, pounds(row[name])) for name in COVERED if row.get(name)]
        found += [cover(view, row, "months", figures(row.months, 1))] if row.months is not None else []
    rows = view.edition.rows("agreements", "site = ?", (site,))
    found += [agreement(view, row) for row in rows if row.amount]
    last = view.edition.data_month
    spent = [view.edition.result(site, name, "rolling_year", month_after(last, -11)) for name in SPENT if last]
    return [*found, *(number(view, row) for row in spent if row is not None and row.value is not None)]


# What a number of returns counts, by the last part of its address.
RETURNS = {
    "received": _("returns received"),
    "came": _("returns received"),
    "on_time": _("returns on time"),
    "due": _("returns due"),
    "late": _("returns late"),
    "missing": _("returns missing"),
    "rejected": _("returns rejected"),
    "revised": _("returns revised"),
    "query": _("returns with a query"),
}


def returns_number(view: View, site: str, starts: date, which: str, count: int) -> Number:
    """A number of returns in a sentence, whose story names the returns that are counted."""
    name = joined(", ", [RETURNS[which.removeprefix("year.")], Name(view.label(site))])
    return Number(str(count), str(NumberAddress(site, "returns", str(starts), which)), name, count)


def returns(view: View, site: str, starts: date, which: str, count: int, *, bold: bool = False) -> Component:
    """A number of returns, as a link to the returns that are counted."""
    number = returns_number(view, site, starts, which, count)
    return link(view, number.address, write_count(count), number.name, bold=bold)


def receipt(view: View, row: Row, place: str) -> Component:
    """A place in a return, as a link to the return's receipt."""
    key = str(NumberAddress(row.site, "receipt", str(row.month), row.get("measure") or "return"))
    name = joined(
        ", ", [place if isinstance(place, Text) else Plain(place), Name(view.label(row.site)), write_month(row.month)]
    )
    href = view.address.with_(number=key).href
    return html.A(place, href=href, className="place", **{"data-number": key, "aria-label": name})


def planned(view: View, site: str, year: date, column: str, text: str) -> Number:
    """A number of a year's plan, with its address where the edition has the same: the cost per new case, its cases."""
    where = "site = ? and period = 'year' and starts = ? and basis = 'planned' and allocation = 'none'"
    for row in view.edition.rows("central", where, (site, year)):
        same = row.shown if column == "unit" else figures(row[column] or 0)
        if same == text:
            what = _("cost per new case") if column == "unit" else _("new cases")
            address = NumberAddress(site, "central", str(year), f"year.planned.none.{column}")
            return Number(text, str(address), joined(", ", [what, view.label(site)]))
    return Number(text)
