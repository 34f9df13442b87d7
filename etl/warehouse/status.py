"""Who has sent what: for each site and month whether its return is due, in time, late, missing or rejected."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache

import duckdb
import holidays
import pandas as pd

from etl.definitions.periods import month_after, months_from, write_date, write_month
from etl.definitions.tables import columns_of
from etl.reference import Dispensation
from etl.sites import Site
from etl.warehouse.queries import count_open

WORKING_DAYS = 10

# A column that a tracker leaves empty is no return for its month.
_RECEIVED = """
    select c.site, c.month, min(r.received) as received
    from return_months as c join returns as r using (return_id)
    where r.verdict in ('accepted', 'accepted_with_queries') and r.received <= $at and (
        r.month = c.month
        or exists (from entries as e where (e.return_id, e.month) = (c.return_id, c.month) and e.state <> 'missing')
    )
    group by c.site, c.month
"""
_SENT = """
    select site, month, count(*) filter (verdict <> 'rejected') as versions,
        count(*) filter (verdict = 'rejected') as rejected
    from returns where verdict <> 'duplicate' and received <= $at and site is not null and month is not null
    group by site, month
"""
_REFUSED = """
    select r.site, r.month, p.message, p.fix
    from returns as r join problems as p using (return_id)
    where r.verdict = 'rejected' and r.received <= $at and r.site is not null and r.month is not null
        and p.severity = 'reject'
    qualify row_number() over (partition by r.site, r.month order by r.received desc, return_id, p.message) = 1
"""
_IN_FORCE = """
    select f.site, f.month, f.return_id, r.file from in_force_at($at) as f join returns as r using (return_id)
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


def calendar(
    con: duckdb.DuckDBPyConnection,
    sites: Mapping[str, Site],
    at: datetime,
    last: date,
    dispensations: Iterable[Dispensation] = (),
) -> pd.DataFrame:
    """A row for each site and month up to `last`, as known at a time, as the table `calendar` has them.

    A return counts as received when the first version that was accepted came in; `versions` counts those sent for the
    month itself, and `queries` those that are open: not what was answered or what a dispensation explains.
    """
    asked = count_open(con, at, dispensations)
    frames = [con.execute(sql, {"at": at}).df() for sql in (_RECEIVED, _SENT, _IN_FORCE)]
    known = {
        frame_name: _by_month(frame) for frame_name, frame in zip(("received", "sent", "force"), frames, strict=True)
    }
    first = min((site.first_month for site in sites.values()), default=last)
    rows = [
        _row(
            site,
            month,
            at.date(),
            asked.get((site.name, month), 0),
            *(known[name].get((site.name, month), {}) for name in ("received", "sent", "force")),
        )
        for site in sites.values()
        for month in months_from(first, last)
    ]
    return pd.DataFrame(rows, columns=columns_of("calendar"))


def refusals(con: duckdb.DuckDBPyConnection, at: datetime) -> dict[tuple[str, date], str]:
    """Why the last file for a site and month was refused, and how to correct it."""
    return {
        (site, month): f"{message} {fix}" for site, month, message, fix in con.execute(_REFUSED, {"at": at}).fetchall()
    }


def remind(site: Site, months: Iterable[date], on: date, refused: Mapping[tuple[str, date], str] | None = None) -> str:
    """The text of a reminder for a site's overdue returns, ready to send; `refused` says why a file was not used."""
    wanted = list(months)
    why = {month: (refused or {}).get((site.name, month)) for month in wanted}
    missing, sent = [m for m in wanted if not why[m]], [m for m in wanted if why[m]]
    lines = [f"Dear Drive team in {site.label},", ""]
    if missing:
        lines += [f"the following monthly {_has_or_have(missing)} not reached us:", *map(_overdue(on), missing), ""]
    if sent:
        lines += [f"the following monthly {_has_or_have(sent)} reached us but cannot be used:"]
        lines += [f"{_overdue(on)(month)}: {why[month]}" for month in sent] + [""]
    commissioner = site.commissioner_on(on)
    copy = f" {commissioner.name} is copied in." if commissioner else ""
    it, those = ("it", "that month") if len(wanted) == 1 else ("each", "those months")
    lines += [
        f"Please send {it} in your usual layout. Until then no total for you or for the programme can be shown for "
        f"{those}. If something stands in the way, tell us, so that we can help.{copy}",
        "",
        "Drive Central Team",
    ]
    return "\n".join(lines)


def reminders(
    sites: Mapping[str, Site], days: pd.DataFrame, on: date, refused: Mapping[tuple[str, date], str]
) -> pd.DataFrame:
    """The reminder of each site that has something overdue: site, words. `days` is the calendar."""
    rows = []
    for site in sites.values():
        overdue = days[(days.site == site.name) & days.state.isin(["missing", "rejected"])]
        if len(overdue):
            rows.append((site.name, remind(site, overdue.month, on, refused)))
    return pd.DataFrame(rows, columns=columns_of("reminders")).astype("str")


def _has_or_have(months: list[date]) -> str:
    return "return has" if len(months) == 1 else "returns have"


def _overdue(on: date) -> Callable[[date], str]:
    def line(month: date) -> str:
        days = (on - due_date(month)).days
        late = "not due yet" if days <= 0 else "1 day ago" if days == 1 else f"{days} days ago"
        return f"- {write_month(month, long=True)}, due {write_date(due_date(month))} ({late})"

    return line


def _row(
    site: Site, month: date, today: date, queries: int, received: dict, sent: dict, force: dict
) -> tuple[object, ...]:
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
        queries,
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
