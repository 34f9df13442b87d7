"""Who has sent what: for each site and month whether its return is due, in time, late, missing or rejected."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache

import duckdb
import holidays
import pandas as pd

from etl.definitions.periods import month_after, months_from, write_date, write_month
from etl.sites import Site

WORKING_DAYS = 10
STATES = ("not_due", "due", "on_time", "late", "missing", "rejected")

_RECEIVED = """
    select c.site, c.month, min(r.received) as received
    from covered as c join returns as r using (return_id)
    where r.verdict in ('accepted', 'accepted_with_queries') and r.received <= $at
    group by c.site, c.month
"""
_SENT = """
    select site, month, count(*) filter (verdict <> 'rejected') as versions,
        count(*) filter (verdict = 'rejected') as rejected
    from returns where verdict <> 'duplicate' and received <= $at and site is not null and month is not null
    group by site, month
"""
_IN_FORCE = """
    select f.site, f.month, f.return_id, r.file,
        (select count(*) from problems as p
            where p.return_id = f.return_id and p.month = f.month and p.severity = 'query') as queries
    from in_force_at($at) as f join returns as r using (return_id)
"""


@cache
def due_date(month: date) -> date:
    """The day on which a month's return is due: the 10th working day after it, in England and Wales."""
    free = _holidays(month.year) | _holidays(month.year + 1)
    day, left = month_after(month) - timedelta(days=1), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in free
    return day


def calendar(con: duckdb.DuckDBPyConnection, sites: Mapping[str, Site], at: datetime, last: date) -> pd.DataFrame:
    """A row for each site and month up to `last`, as known at a time.

    Columns: site, month, state, due, received, days_late, versions, queries, return_id, file. A return counts as
    received when the first version that was accepted came in; `versions` counts those sent for the month itself.
    """
    frames = [con.execute(sql, {"at": at}).df() for sql in (_RECEIVED, _SENT, _IN_FORCE)]
    known = {
        frame_name: _by_month(frame) for frame_name, frame in zip(("received", "sent", "force"), frames, strict=True)
    }
    first = min((site.first_month for site in sites.values()), default=last)
    rows = [
        _row(
            site, month, at.date(), *(known[name].get((site.name, month), {}) for name in ("received", "sent", "force"))
        )
        for site in sites.values()
        for month in months_from(first, last)
    ]
    columns = ["site", "month", "state", "due", "received", "days_late", "versions", "queries", "return_id", "file"]
    return pd.DataFrame(rows, columns=columns)


def remind(site: Site, months: Iterable[date], on: date) -> str:
    """The text of a reminder for a site's overdue returns, ready to send."""
    wanted = list(months)
    each = [
        f"- {write_month(m, long=True)}, due {write_date(due_date(m))} ({(on - due_date(m)).days} days ago)"
        for m in wanted
    ]
    what = "return has" if len(wanted) == 1 else "returns have"
    commissioner = site.commissioner_on(on)
    copy = f" {commissioner.name} is copied in." if commissioner else ""
    return "\n".join(
        [
            f"Dear Drive team in {site.label},",
            "",
            f"the following monthly {what} not reached us:",
            *each,
            "",
            "Please send each in its usual layout. Until it comes, no total for you or for the programme can be shown"
            f" for those months.{copy}",
            "",
            "Drive Central Team",
        ]
    )


def _row(site: Site, month: date, today: date, received: dict, sent: dict, force: dict) -> tuple[object, ...]:
    due = due_date(month)
    came = received.get("received")
    days_late = max(0, ((came.date() if came is not None else today) - due).days)
    return (
        site.name,
        month,
        _state(site, month, today, came, sent.get("rejected", 0)),
        due,
        came,
        0 if month < site.first_month and came is None else days_late,
        int(sent.get("versions", 0)),
        int(force.get("queries", 0)),
        force.get("return_id"),
        force.get("file"),
    )


def _state(site: Site, month: date, today: date, came: datetime | None, rejected: int) -> str:
    if came is not None:
        return "on_time" if came.date() <= due_date(month) else "late"
    if month < site.first_month or month_after(month) > today:
        return "not_due"
    if rejected:
        return "rejected"
    return "due" if today <= due_date(month) else "missing"


def _by_month(frame: pd.DataFrame) -> dict[tuple[str, date], dict]:
    return {(row["site"], row["month"].date()): row for row in frame.to_dict("records")}


@cache
def _holidays(year: int) -> frozenset[date]:
    """Bank holidays of England and Wales in a year."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
