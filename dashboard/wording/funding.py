"""What is said of money: who pays, until when, what is secured once the grant has ended, and what replaces it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from dashboard.data.edition import Row
from dashboard.wording.numbers import Write, as_shown, spread
from etl.definitions.messages import Capital, Count, Month, Name, Plain, Text, _, joined, ngettext
from etl.definitions.periods import write_financial_year, write_month
from etl.definitions.secured import at_most
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import figures, listed, percent, pounds, round_half_up


def funding(row: Row | None, write: Write = as_shown) -> Text:
    """How much of the planned cost of the year without the grant is secured."""
    if row is None or not row.planned or row.secured is None:
        return _("What is secured once the grant ends is not known")
    year, planned = write_financial_year(row.year), pounds(row.planned)
    if row.gap <= NIL_POUNDS:
        return _("All of the {planned} planned for {year} is secured", planned=planned, year=year)
    return _(
        "{secured} of the {planned} planned for {year} is secured ({share}); {gap} is not",
        secured=Capital(at_most(write(row, "secured", pounds(row.secured)), row.get("at_most"))),
        planned=write(row, "planned", planned),
        year=year,
        share=write(row, "share", percent(row.share)),
        gap=write(row, "gap", pounds(row.gap)),
    )


def conditions(rows: Sequence[tuple[str, list[Text]]]) -> list[Text]:
    """What secured money still hangs on, by site."""
    return [joined(": ", [Name(label), joined("; ", own)]) for label, own in rows if own]


def no_funder(label: str, amount: float, shown: Text | None = None) -> Text:
    """What nobody has said they will pay; never called a shortfall."""
    site = Name(label)
    if amount <= NIL_POUNDS:
        return _("{site}: every pound has a funder named", site=site)
    return _("{site}: {amount} has no funder stated", site=site, amount=shown or Plain(pounds(amount)))


def cliff(
    secured: Sequence[tuple[date, float]],
    planned: Mapping[date, float],
    start: date,
    write: Callable[[date, str], Text] = lambda month, shown: Plain(shown),
) -> Text:
    """The share of planned cost that secured money covers from the day the grant has ended, and where it steps."""
    shares = [
        (month, round_half_up(100 * amount / planned[month]))
        for month, amount in secured
        if month >= start and planned.get(month)
    ]
    if not shares:
        return _("No month has a planned cost to set money against")

    def shown(step: tuple[date, float]) -> Text:
        return write(step[0], f"{figures(step[1])}%")

    steps = [shares[0]] + [now for before, now in pairwise(shares) if now[1] != before[1]]
    covers = _(
        "Secured money covers {share} of planned cost from {month}",
        share=shown(steps[0]),
        month=write_month(steps[0][0], long=True),
    )
    if len(steps) == 2:
        month = Month(steps[1][0], "name")
        return _("{finding}, {share} from {month}", finding=covers, share=shown(steps[1]), month=month)
    if len(steps) > 2:
        lowest = min(shares, key=lambda step: step[1])
        return _("{finding}, as little as {share} later", finding=covers, share=shown(lowest))
    return covers


def largest_funder(rows: Sequence[tuple[str, Row]], write: Write = as_shown) -> Text:
    """Who pays most at each site, of those whose shares are known; a row is a site's label and its largest funder."""
    known = [(label, row) for label, row in rows if row.share is not None]
    if not known:
        return _("Who pays is not known")
    sites = listed([label for label, _row in known])
    if len({row.label for _label, row in known}) > 1:
        return _("The largest funder is not the same in {sites}", sites=sites)
    funders = [Row(row, value=row.share) for _label, row in known]
    share = spread(funders, lambda row: write(row, "share", percent(row.value)))
    said = _("The {funder} pays {share} of cash in {sites}", funder=Name(funders[0].label), share=share, sites=sites)
    return but_not(said, [label for label, row in rows if row.share is None])


def share_moved(rows: Sequence[tuple[str, Row | None, Row | None]], write: Write = as_shown) -> Text:
    """Whether the Home Office's share moved by five points or more between two quarters."""
    known = [
        (label, first, last)
        for label, first, last in rows
        if first is not None and last is not None and first.value is not None and last.value is not None
    ]
    moved = [
        _(
            "{site} {first} to {last}",
            site=Name(label),
            first=write(first, "", first.shown),
            last=write(last, "", last.shown),
        )
        for label, first, last in known
        if abs(last.value - first.value) >= 0.05
    ]
    if not known:
        return _("The Home Office share by quarter is not known")
    sites = listed([label for label, _first, _last in known])
    said = (
        _("The Home Office share moved: {sites}", sites=joined("; ", moved[:3]))
        if moved
        else _("The Home Office share moved by less than five points in {sites}", sites=sites)
    )
    return but_not(said, [label for label, *_ends in rows if label not in {one[0] for one in known}])


def agreements(rows: Sequence[Row], year: str) -> Text:
    """How many agreements are signed or approved."""
    if not rows:
        return _("No agreement is known for {year}", year=year)
    signed = sum(row.status == "approved" for row in rows)
    return ngettext(
        "{number} agreement is approved for {year}",
        "{number} agreements are approved for {year}",
        signed,
        number=Capital(Count(signed)),
        year=year,
    )


def agreements_listed(shown: int, rows: Sequence[Row]) -> Text:
    """How many of the agreements are listed, and how many are made up."""
    found = _("{shown} of {number} agreements", shown=shown, number=len(rows))
    made_up = sum(bool(row.made_up) for row in rows)
    return joined("; ", [found, *([_("{number} made up for the sample", number=made_up)] if made_up else [])])


def covered(rows: Sequence[tuple[str, Row]], write: Write = as_shown) -> Text:
    """Which sites have a full year's money, of those whose plan is known; a row is a site's label and its cover."""
    known = [(label, row) for label, row in rows if row.months is not None]
    if not known:
        return _("Months of cover are not known")
    if len(rows) == 1:
        row = known[0][1]
        months = at_most(write(row, "months", figures(row.months, 1)), row.get("at_most"))
        return Capital(_("{months} of 12 months are secured", months=months))
    full = [label for label, row in known if row.gap <= NIL_POUNDS]
    less = [label for label, row in known if row.gap > NIL_POUNDS]
    clauses = [_full(full)] if full else []
    clauses += [_less(less, first=not full)] if less else []
    return but_not(Capital(joined("; ", clauses)), [label for label, row in rows if row.months is None])


def _full(labels: Sequence[str]) -> Text:
    """That some sites have a full year's money."""
    one, many = "{sites} has a full year’s money secured", "{sites} have a full year’s money secured"
    return ngettext(one, many, len(labels), sites=listed(labels))


def _less(labels: Sequence[str], *, first: bool) -> Text:
    """That some sites have less; than what is said first."""
    if first:
        one = "{sites} has less than a full year’s money secured"
        many = "{sites} have less than a full year’s money secured"
        return ngettext(one, many, len(labels), sites=listed(labels))
    return ngettext("{sites} has less", "{sites} have less", len(labels), sites=listed(labels))


def but_not(sentence: Text, labels: Sequence[str]) -> Text:
    """A sentence on sites, which names those of which it says nothing because they are not known."""
    return _("{sentence}; {sites} not known", sentence=sentence, sites=listed(labels)) if labels else sentence


def pays_most(label: str, rows: Sequence[Row], period: str, write: Write = as_shown) -> Text:
    """The largest funder of a period; rows are its funders of cash."""
    known, site = [row for row in rows if row.share is not None], Name(label)
    if not known:
        return _("{site}: who paid is not known for {period}", site=site, period=period)
    first = max(known, key=lambda row: row.share)
    return _(
        "{site}: the largest funder is {funder}, {share} of cash in {period}",
        site=site,
        funder=Name(first.label),
        share=write(first, "share", percent(first.share)),
        period=period,
    )


def replaced(rows: Sequence[tuple[str, Row]], write: Write = as_shown) -> Text:
    """How much of the grant other approved money replaces; a row is a site's label and its cover."""
    some = [(label, row) for label, row in rows if row.replaced > NIL_POUNDS]
    sites = listed([label for label, _row in rows])
    if not some:
        return _("No approved money replaces the grant yet in {sites}", sites=sites)
    if len([row for label, row in some if row.replaced >= row.grant_before - NIL_POUNDS]) == len(rows):
        return _("The grant is replaced in full in {sites}", sites=sites)
    parts = [_replaces(some[:2], write)]
    if none := len(rows) - len(some):
        parts.append(
            ngettext("{number} site replaces none of it", "{number} sites replace none of it", none, number=Count(none))
        )
    return joined("; ", parts)


def _replaces(rows: Sequence[tuple[str, Row]], write: Write) -> Text:
    """What replaces the grant at one site or at two."""
    numbers = [
        (Name(label), *(write(row, name, pounds(row[name])) for name in ("replaced", "grant_before")))
        for label, row in rows
    ]
    site, amount, grant = numbers[0]
    if len(numbers) == 1:
        return _("{site} replaces {amount} of {grant}", site=site, amount=amount, grant=grant)
    other, other_amount, other_grant = numbers[1]
    return _(
        "{site} replaces {amount} of {grant} and {other} replaces {other_amount} of {other_grant}",
        site=site,
        amount=amount,
        grant=grant,
        other=other,
        other_amount=other_amount,
        other_grant=other_grant,
    )


def drawn(rows: Sequence[Row]) -> Text:
    """How much of the limits is known to be drawn."""
    known = sum(row.drawn is not None for row in rows)
    if not known:
        return _("What has been drawn of these grants is not known")
    return ngettext(
        "{number} grant says what has been drawn, of {grants}",
        "{number} grants say what has been drawn, of {grants}",
        known,
        number=Capital(Count(known)),
        grants=Count(len(rows)),
    )


def note(sites: str, year: str | None, apart: Sequence[Text], made_up: bool) -> Text:
    """What is set against what; `apart` are amounts for the central team."""
    against = _(
        "Approved agreements against planned cost, cash, {sites}, {year}.",
        sites=sites,
        year=year or _("the year without the grant"),
    )
    beside = [_("{amount} for the central team is apart.", amount=amount) for amount in apart]
    return joined(" ", [against, *beside, *([_("Made-up agreements are marked.")] if made_up else [])])


def grant_end(cliff: Sequence[Row]) -> date | None:
    """The last month in which money flows that then ends."""
    months = [row.month for row in cliff if row.status == "ending" and row.amount]
    return max(months) if months else None


def year_of(cover: Sequence[Row]) -> str:
    """The financial year that cover is about."""
    years = {row.year for row in cover}
    return write_financial_year(max(years)) if years else ""
