"""What there is to fix in returns: those that are missing or were refused, and queries that nobody has explained."""

from collections.abc import Iterable

from dashboard.data.edition import Edition, Row
from etl.definitions.messages import Plain, Text, _
from etl.definitions.periods import month_after, write_date

MOST_MONTHS = 24
NO_RETURN = "missing_return"
# The states of a query that nobody has to mend, or not now.
EXPLAINED = {"answered": _("Answered"), "dispensed": _("Known and explained")}


def to_fix(edition: Edition, calendar: Iterable[Row]) -> list[Row]:
    """What is wrong in the returns of some rows of the calendar; what readiness waits for first."""
    calendar = list(calendar)
    asked = {(row.site, row.month) for row in calendar}
    queries = [
        row
        for row in edition.rows("queries")
        if (row.site, row.month) in asked and row.severity == "query" and row.get("state") not in EXPLAINED
    ]
    said = {(row.site, row.month) for row in queries if row.code == NO_RETURN}
    for row in calendar:
        if row.state in ("missing", "rejected") and (row.site, row.month) not in said:
            queries.append(_missing_return(edition, row))
    order = {site.name: site.position for site in edition.sites}
    return sorted(queries, key=lambda q: (not q.holds_verdict, q.code != NO_RETURN, order.get(q.site, 99), q.month))


def _missing_return(edition: Edition, row: Row) -> Row:
    """A return that is not there, told as a thing to mend. Readiness waits for one of the last twelve while a criterion
    that it counts in is not known.
    """
    last = edition.data_month or row.month
    refused = row.state == "rejected"
    said = _("The return was refused, so none of its numbers is used.") if refused else ""
    return Row(
        site=row.site,
        month=row.month,
        sheet="",
        cell="",
        code=NO_RETURN,
        severity="query",
        message=said
        or _("Return was due {day}. No year with this month can be added up until it comes.", day=write_date(row.due)),
        fix=_("Mend it and send it again") if refused else _("Send the return"),
        measure=None,
        days_open=max(0, (edition.made.date() - row.due).days) if row.due else None,
        holds_verdict=row.month > month_after(last, -12) and row.site in open_sites(edition),
    )


def open_sites(edition: Edition) -> set[str]:
    """The sites of which a criterion that returns decide is not known."""
    return {row.site for row in edition.rows("readiness", "level = 'unknown' and criterion in ('spend', 'caseload')")}


def place_of(row: Row) -> Text:
    """Where in a return a query is."""
    place = "!".join(part for part in (row.sheet, row.cell) if part)
    return Plain(place) if place else _("Whole file")


def are_not_shown(edition: Edition, calendar: Iterable[Row]) -> bool:
    """Whether some of these returns have queries that only the site and the central team see."""
    return any(row.queries and edition.audience not in ("central", row.site) for row in calendar)
