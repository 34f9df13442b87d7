"""The story of money ahead: what secured money covers, an agreement, a month of the cliff, a step of the gap."""

from collections.abc import Iterable, Sequence
from datetime import date

from etl.definitions.messages import N_, Name, Text, _, joined
from etl.definitions.periods import month_after, write_date, write_financial_year, write_month
from etl.definitions.secured import EVENLY, at_most, depends
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import figures, first_upper, spaced
from etl.provenance.address import NumberAddress
from etl.provenance.code import CENTRAL
from etl.provenance.edition import Edition, Row
from etl.provenance.story import (
    NOT_KNOWN,
    Block,
    Facts,
    Formula,
    Item,
    Number,
    Story,
    Table,
    Words,
    columns,
    days,
    numbered,
    place,
    plus,
    pounds_stated,
    source_of,
    span,
)

# What each column of `cover` says of the year.
COVER = {
    "months": N_("months of {year} that secured money covers"),
    "secured": N_("money secured for {year}"),
    "planned": N_("planned cost of {year}"),
    "gap": N_("planned cost of {year} that is not secured"),
    "in_principle": N_("money agreed in principle for {year}"),
    "bid": N_("money bid for, for {year}"),
    "expected": N_("money expected for {year}"),
    "no_funder": N_("planned cost of {year} that has no funder"),
    "replaced": N_("grant of the year before {year} that other money replaces"),
    "share": N_("share of the planned cost of {year} that is secured"),
    "grant_before": N_("Home Office money of the year before {year}"),
    "local_before": N_("local money of the year before {year}"),
    "runway_months": N_("months from the data month that approved money lasts if spent until gone, seen with {year}"),
    "notice_months": N_("months from the data month to the first month of {year} that is not fully funded"),
    "depends": N_("money secured for {year} that still depends on something"),
    "not_carried": N_("money secured for {year} that is left over in some months"),
}
SECURED_RULE = _("Only approved money counts as secured. Money matched to other money falls with it.")


def cover(edition: Edition, address: NumberAddress) -> Story | None:
    """How far secured money goes in a year."""
    site, year, column = address.site, address.place, address.what
    rows = [row for row in edition.rows("cover", "site = ?", (site,)) if str(row.year) == year]
    if not rows or rows[0].get(column) is None or column not in COVER:
        return None
    row = rows[0]
    name = _(COVER[column], year=write_financial_year(row.year))
    body: list[Block] = [*_made(row, column)]
    start = month_after(row.year, -12) if column in ("grant_before", "local_before", "replaced") else row.year
    body.append(_agreements(_of_year(edition, site, start), _("No agreement is known for that year."), edition))
    body += [Words(rule) for rule in (SECURED_RULE, *([joined("", [EVENLY, "."])] if column in BY_MONTH else []))]
    body += [Words(first_upper(said)) for said in _conditions(row)] if column in ("secured", "months", "share") else []
    return Story(address, place(edition, site), name, _cover_shown(row, column), "known", tuple(body))


BY_MONTH = ("share", "gap", "no_funder", "notice_months", "not_carried")


def _conditions(row: Row) -> list[Text]:
    """How much of the secured money is a limit, and what it still hangs on."""
    part, limit = row.get("depends") or 0.0, row.get("at_most") or 0.0
    amount = numbered(pounds_stated(part), row.site, "cover", row.year, "depends")
    limits = [_("{amount} of it is a limit: it pays at most that much", amount=pounds_stated(limit))]
    return [*(limits if limit > NIL_POUNDS else []), *depends(amount, part, row.secured, row.get("depends_on") or "")]


def _cover_shown(row: Row, column: str) -> str:
    """A number of cover as the pages print it."""
    if column in ("months", "runway_months"):
        return _("{number} months", number=figures(row[column], 1))
    if column == "notice_months":
        return _("{number} months", number=f"{row[column]:g}")
    return f"{row[column]:.1%}" if column == "share" else pounds_stated(row[column])


def _made(row: Row, column: str) -> list[Block]:
    """How a number of cover follows from others of its row."""

    def of(name: str) -> Number:
        value = row.get(name)
        if value is None:
            return Number(pounds_stated(None))
        return numbered(pounds_stated(value), row.site, "cover", row.year, name)

    secured, planned, left_over = of("secured"), of("planned"), row.get("not_carried") or 0.0
    shown = Number(_cover_shown(row, column))
    if column == "months":
        return [plus(((_("12 × secured"), secured), (_("Planned cost"), planned)), "÷", (_("Months"), shown))]
    if column == "share" and left_over <= NIL_POUNDS:
        return [plus(((_("Secured"), secured), (_("Planned cost"), planned)), "÷", (_("Share"), shown))]
    if column == "gap":
        left = [("+", _("Left over in some months"), of("not_carried"))] if left_over > NIL_POUNDS else []
        parts_of = (("", _("Planned cost"), planned), ("−", _("Secured"), secured), *left, ("=", _("Gap"), shown))
        carried = _("If what is left over might be carried over to other months, so much less would be missing.")
        return [Formula(parts_of), *([Words(carried)] if left else [])]
    if column == "no_funder":
        parts: list[tuple[str, Number]] = [(_("Planned cost"), planned), (_("Secured"), secured)]
        parts += [(spaced(name), of(name)) for name in ("in_principle", "bid", "expected")]
        return [plus(parts, "−", (_("No funder"), shown))] if row.site != "all" else []
    if column == "replaced":
        whole = _("Secured money beyond the local money of the year before, the grant of that year at most.")
        rest = ((_("Secured"), secured), (_("Local before"), of("local_before")))
        return [plus(rest, "−", (_("Replaced"), shown)), Words(whole)] if row.site != "all" else [Words(whole)]
    return []


def _of_year(edition: Edition, site: str, year: date) -> list[Row]:
    """The cash agreements of a site that pay in the twelve months from a day, or later."""
    rows = edition.rows("agreements", "form = 'cash'", order="site, starts")
    after = month_after(year, 12)
    rows = [row for row in rows if site in ("all", row.site) and row.site != "central_team"]
    return [r for r in rows if (r.ends is None or r.ends >= year) and (r.starts is None or r.starts < after)]


def _agreements(rows: Sequence[Row], otherwise: str, edition: Edition) -> Block:
    """Agreements with their status and source, each with a story of its own."""
    if not rows:
        return Words(otherwise)
    body: list[tuple[Item, ...]] = [
        (
            place(edition, row.site),
            Name(row.funder_label or ""),
            numbered(pounds_stated(row.amount), row.site, "agreement", row.agreement, "amount"),
            spaced(row.status),
            days(row.starts, row.ends),
            source_of(row),
        )
        for row in rows
    ]
    return Table(
        _("Agreements"),
        columns(_("Site"), _("Funder"), _("Amount"), _("Status"), _("Time"), _("Source"), right=(2,)),
        tuple(body),
    )


AGREED = {
    "amount": N_("{funder}"),
    "drawn": N_("{funder}, drawn so far"),
    "left": N_("{funder}, what may still be drawn"),
}


def agreement(edition: Edition, address: NumberAddress) -> Story | None:
    """One agreement."""
    site, name, column = address.site, address.place, address.what
    rows = edition.rows("agreements", "agreement = ?", (name,))
    if not rows or rows[0].site != site or column not in AGREED:
        return None
    row = rows[0]
    what = _(AGREED[column], funder=Name(rows[0].funder_label))
    facts = [
        (_("Amount"), at_most(pounds_stated(row.amount), row.amount if row.get("up_to") else None)),
        (_("Status"), spaced(row.status)),
        (_("Time"), days(row.starts, row.ends)),
        (_("Form"), spaced(row.form)),
    ]
    if row.get("depends_on"):
        facts.append((_("Depends on"), row.depends_on))
    if row.get("one_off") in ONE_OFF:
        facts.append((_("One-off or running cost"), ONE_OFF[row.one_off]))
    if row.get("drawn") is not None or row.get("up_to"):
        facts += [(_("Drawn"), pounds_stated(row.drawn) if row.drawn is not None else NOT_KNOWN)]
        facts += [(_("Left"), pounds_stated(row.left) if row.left is not None else NOT_KNOWN)]
    facts += [
        (_("Conditions"), row.conditions or _("none known")),
        (_("Known since"), write_date(row.known_from) if row.known_from else NOT_KNOWN),
        (_("Source"), source_of(row)),
    ]
    shown = pounds_stated(row.get(column))
    return Story(address, place(edition, site), what, shown, "known", (Facts(tuple(facts)),))


ONE_OFF = {"yes": _("one-off"), "in part": _("both together: nobody has told them apart")}

CLIFF = {
    "planned": N_("planned cost of {month}"),
    "approved": N_("money secured for {month}"),
    "ending": N_("Home Office money of {month}"),
    "agreed_in_principle": N_("money agreed in principle for {month}"),
    "bid": N_("money bid for, for {month}"),
    "expected": N_("money expected for {month}"),
    "no_funder": N_("planned cost of {month} that has no funder"),
}


def cliff(edition: Edition, address: NumberAddress) -> Story | None:
    """A month of money ahead."""
    site, status = address.site, address.what
    first = address.day
    rows = {row.status: row for row in edition.rows("cliff", "site = ? and month = ?", (site, first))}
    if status == "share":
        return _covered(edition, address, rows.get("approved"), rows.get("planned"))
    if status not in rows or rows[status].amount is None:
        return None
    name = _(CLIFF.get(status, status), month=write_month(first, long=True))
    body: list[Block] = []
    if status == "planned":
        body.append(_plans(edition, site, first))
    elif status == "no_funder":
        others = [
            (first_upper(spaced(key)), numbered(pounds_stated(row.amount), site, "cliff", first, key))
            for key, row in rows.items()
            if key not in CLIFF_ENDS and row.amount
        ]
        result = (_("No funder"), Number(pounds_stated(rows[status].amount)))
        planned = (_("Planned cost"), Number(pounds_stated(rows["planned"].amount)))
        body.append(plus((planned, *others), "−", result) if site != "all" else _by_site(edition, first, status))
    elif site == "all":
        body.append(_by_site(edition, first, status))
    else:
        month_after_it = month_after(first)
        deals = [row for row in _of_year(edition, site, first) if row.starts is None or row.starts < month_after_it]
        wanted = "approved" if status == "ending" else status
        deals = [
            row for row in deals if row.get("stands_as", row.status) == wanted and _grants(row) == (status == "ending")
        ]
        body.append(_agreements(deals, _("No agreement of this kind pays in that month."), edition))
        body.append(Words(joined("", [EVENLY, "."])))
    return Story(address, place(edition, site), name, pounds_stated(rows[status].amount), "known", tuple(body))


def _covered(edition: Edition, address: NumberAddress, secured: Row | None, planned: Row | None) -> Story | None:
    """The share of a month's planned cost that is secured."""
    if secured is None or planned is None or secured.get("share") is None:
        return None

    def of(row: Row) -> Number:
        return numbered(pounds_stated(row.amount), row.site, "cliff", row.month, row.status)

    shown = f"{secured.share:.1%}"
    name = _(COVER["share"], year=write_month(secured.month, long=True))
    body = (plus(((_("Secured"), of(secured)), (_("Planned cost"), of(planned))), "÷", (_("Share"), Number(shown))),)
    return Story(address, place(edition, secured.site), name, shown, "known", (*body, Words(SECURED_RULE)))


CLIFF_ENDS = ("planned", "no_funder")


def _grants(row: Row) -> bool:
    """Whether an approved agreement is of the grant that ends."""
    return "home_office" in (row.funder or "") and row.get("stands_as", row.status) == "approved"


def _by_site(edition: Edition, month: date, status: str) -> Table:
    """The sites of which the programme's month is made."""
    body: list[tuple[Item, ...]] = []
    for site in edition.sites:
        rows = edition.rows("cliff", "site = ? and month = ? and status = ?", (site.name, month, status))
        shown = numbered(pounds_stated(rows[0].amount), site.name, "cliff", month, status) if rows else NOT_KNOWN
        body.append((place(edition, site.name), shown))
    return Table(_("Sites"), columns(_("Site"), _("Amount"), right=(1,)), tuple(body))


def _plans(edition: Edition, site: str, month: date) -> Table:
    """The plans of a month, a twelfth of the year each."""
    rows = edition.rows("plans", "starts <= ? and ends >= ?", (month, month), "site")
    body = [
        (place(edition, row.site), Number(pounds_stated(row.cost)), span(row.starts, row.ends), source_of(row))
        for row in rows
        if site in ("all", row.site)
    ]
    return Table(
        _("Plan, a twelfth a month"),
        columns(_("Site"), _("Cost a year"), _("Months"), _("Source"), right=(1,)),
        tuple(body),
    )


def gap(edition: Edition, address: NumberAddress) -> Story | None:
    """A step from planned cost to what has no funder."""
    site, position = address.site, address.what
    steps = edition.rows("gaps", "site = ? and starts = ?", (site, address.day), "position")
    here = next((step for step in steps if str(step.position) == position), None)
    if here is None:
        return None
    months = span(here.starts, here.ends)
    body: list[Block] = [_steps(steps)]
    if here.step not in CLIFF_ENDS:
        deals = [r for r in _of_year(edition, site, here.starts) if r.get("stands_as", r.status) == here.step]
        named = [row for row in deals if row.funder_label == here.label] or deals
        body.append(_agreements(named, _("No agreement is known for these months."), edition))
    return Story(
        address,
        place(edition, site),
        joined(", ", [here.label, months]),
        pounds_stated(here.amount),
        "known",
        tuple(body),
    )


def _steps(steps: Iterable[Row]) -> Table:
    """All steps of a gap."""
    body = tuple(
        (step.label, numbered(pounds_stated(step.amount), step.site, "gap", step.starts, step.position))
        for step in steps
    )
    return Table(_("From planned cost to what has no funder"), columns(_("Step"), _("Amount"), right=(1,)), body)


def central(edition: Edition, address: NumberAddress) -> Story | None:
    """A cost per new case with the central team's share, or a part of it."""
    site, what = address.site, address.what
    if what not in CENTRAL:
        return None
    period, basis, way, column = what.split(".")
    where = "site = ? and period = ? and starts = ? and basis = ? and allocation = ?"
    rows = edition.rows("central", where, (site, period, address.day, basis, way))
    if not rows or rows[0].get(column) is None:
        return None
    row = rows[0]
    name = {
        "unit": _("cost per new case with the central team’s share"),
        "central": _("the central team’s cost") if site == "central_team" else _("share of the central team’s cost"),
        "cost": _("cost without the central team’s share"),
        "total": _("cost with the central team’s share"),
        "count": _("new cases"),
        "unit_at_most": _("cost per new case with the central team’s share, at most"),
        "central_at_most": _("share of the central team’s cost, at most"),
        "low": _("lower end of the 95% interval of the cost per new case with the central team’s share"),
        "high": _("upper end of the 95% interval of the cost per new case with the central team’s share"),
    }[column]
    most = column.endswith("_at_most")
    body: list[Block] = [] if site == "central_team" else [_central_formula(row, what, most=most)]
    kept = _("Earmarked money stays where it is earmarked.") if row.earmarked else ""
    body += [Facts(((_("What"), BASES[basis]), (_("Shared"), WAYS[way]), (_("Source"), source_of(row))))]
    body += [Words(kept)] if kept else []
    if column in ("low", "high"):
        body.append(Words(_("The cost with the share over the exact Poisson limits of the new cases.")))
    shown = (
        str(row.shown)
        if column == "unit"
        else figures(row["count"])
        if column == "count"
        else pounds_stated(row[column])
    )
    return Story(address, place(edition, site), joined(", ", [name, row.words]), shown, "known", tuple(body))


BASES = {
    "actual": _("what was spent"),
    "planned": _("planned cost and cases"),
    "secured": _("approved money, planned cases"),
}
WAYS = {"none": _("not shared: the team’s cost is apart"), "by_new_cases": _("by new cases"), "equally": _("equally")}


def _central_formula(row: Row, what: str, *, most: bool) -> Formula:
    """Cost and share together, by cases; with the share that it is at most."""
    share = "central_at_most" if most else "central"
    each = pounds_stated(row.unit_at_most) if most and row.unit_at_most is not None else row.shown

    def of(column: str, shown: str) -> Number:
        named = f"{what.rpartition('.')[0]}.{column}"
        known = row.get(column) is not None
        return numbered(shown, row.site, "central", row.starts, named) if known else Number(NOT_KNOWN)

    return Formula(
        (
            ("", _("Site’s cost"), of("cost", pounds_stated(row.cost))),
            ("+", _("Central share, at most") if most else _("Central share"), of(share, pounds_stated(row[share]))),
            ("÷", _("New cases"), of("count", figures(row["count"] or 0))),
            ("=", _("Each, at most") if most else _("Each"), Number(each or NOT_KNOWN)),
        )
    )
