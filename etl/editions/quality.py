"""The quality of each site's data in six dimensions, each on its own: a good one cannot make up for a bad one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from etl.definitions import count_asked
from etl.definitions.checks import COPIES, EQUAL, NO_MORE
from etl.definitions.messages import Text, _, joined, ngettext
from etl.definitions.periods import month_after
from etl.definitions.tables import columns_of
from etl.read.cell import HOLES

MONTHS = 12
_SUMS = {*(check.code for check in (*EQUAL, *NO_MORE)), "opening_differs", "total_differs", "to_date_differs"}
_IN_QUESTION = {"unlikely_count", "unlikely_amount", "wrong_way_round"}


@dataclass(frozen=True)
class _Site:
    """What is known of one site over the months looked at."""

    days: pd.DataFrame
    cells: pd.DataFrame
    revisions: pd.DataFrame
    queries: pd.DataFrame
    duplicates: int


@dataclass(frozen=True)
class Counted:
    """So many of so many, and what they are."""

    value: int
    of: int
    words: str


def data_quality(tables: dict[str, pd.DataFrame], sites: Iterable[str], data_month: date) -> pd.DataFrame:
    """Six rows a site over the last twelve months: site, dimension, value, of, words.

    `tables` are those of an edition: calendar, cells, revisions, queries, returns; months as days or times.
    """
    first = pd.Timestamp(month_after(data_month, 1 - MONTHS))
    rows = []
    for site in sites:
        seen = _site(tables, site, first)
        for dimension, count in DIMENSIONS.items():
            counted = count(seen)
            rows.append((site, dimension, counted.value, counted.of, counted.words))
    return pd.DataFrame(rows, columns=columns_of("data_quality"))


def _site(tables: dict[str, pd.DataFrame], site: str, first: pd.Timestamp) -> _Site:
    def part(name: str) -> pd.DataFrame:
        frame = tables[name]
        return frame[(frame.site == site) & (pd.to_datetime(frame.month) >= first)]

    days = part("calendar")
    returns = part("returns")
    due = days[~days.state.isin(["not_due", "due"])]
    return _Site(due, part("cells"), part("revisions"), part("queries"), int((returns.verdict == "duplicate").sum()))


def _completeness(site: _Site) -> Counted:
    """Numbers that are there, of those that should be; what does not apply is not missing."""
    due = sum(count_asked(month) for month in pd.to_datetime(site.days.month).dt.date)
    there = int((~site.cells.state.isin(HOLES)).sum())
    months = len(site.days) - site.days.month.isin(pd.to_datetime(site.cells.month).dt.date).sum()
    words: Text = _("{number} of {total} numbers are there", number=there, total=due)
    if months:
        missing = ngettext("{number} whole return missing", "{number} whole returns missing", int(months))
        words = joined("; ", [words, missing])
    return Counted(there, due, words)


def _uniqueness(site: _Site) -> Counted:
    """Months whose return is not another one again."""
    months = _months(site)
    copied = _months_with(site, COPIES)
    one, many = "{number} return of {total} repeat no other", "{number} returns of {total} repeat no other"
    words: Text = ngettext(one, many, months - copied, total=months)
    if site.duplicates:
        one, many = "{number} file came twice and counted once", "{number} files came twice and counted once"
        words = joined("; ", [words, ngettext(one, many, site.duplicates)])
    return Counted(months - copied, months, words)


def _consistency(site: _Site) -> Counted:
    """Months in which everything adds up, within the return and with the month before."""
    months = _months(site)
    wrong = _months_with(site, _SUMS)
    one, many = "everything adds up in {number} month of {total}", "everything adds up in {number} months of {total}"
    return Counted(months - wrong, months, ngettext(one, many, months - wrong, total=months))


def _timeliness(site: _Site) -> Counted:
    """Returns whose first accepted version was in time, of those that were due."""
    on_time, due = int((site.days.state == "on_time").sum()), len(site.days)
    late = int(site.days.state.eq("late").sum())
    words: Text = ngettext(
        "{number} return of {total} in time", "{number} returns of {total} in time", on_time, total=due
    )
    return Counted(on_time, due, joined("; ", [words, _("{number} late", number=late)]) if late else words)


def _validity(site: _Site) -> Counted:
    """Cells that say what a cell may say, of those in which something was typed."""
    typed = site.cells[site.cells.state != "missing"]
    wrong = int(typed.state.isin(["suppressed", "unreadable"]).sum())
    right, all_cells = len(typed) - wrong, len(typed)
    words = _("{number} of {total} filled cells can be read as a number", number=right, total=all_cells)
    return Counted(len(typed) - wrong, len(typed), words)


def _accuracy(site: _Site) -> Counted:
    """Numbers that were not changed by a later version and are not in question, of those that were sent.

    Nobody knows the true number: what is changed or unlikely is the nearest that can be counted.
    """
    sent = site.cells[site.cells.state == "reported"]
    numbers = set(zip(pd.to_datetime(sent.month), sent.measure, strict=True))
    changed = numbers & set(zip(pd.to_datetime(site.revisions.month), site.revisions.measure, strict=True))
    asked = site.queries[site.queries.code.isin(_IN_QUESTION)]
    unlikely = numbers & set(zip(pd.to_datetime(asked.month), asked.measure, strict=True))
    doubtful = len(changed | unlikely)
    words = joined(
        ", ",
        [
            _("{number} of {total} numbers changed later", number=len(changed), total=len(numbers)),
            _("{number} in question", number=len(unlikely)),
        ],
    )
    return Counted(len(numbers) - doubtful, len(numbers), words)


DIMENSIONS: dict[str, Callable[[_Site], Counted]] = {
    "completeness": _completeness,
    "uniqueness": _uniqueness,
    "consistency": _consistency,
    "timeliness": _timeliness,
    "validity": _validity,
    "accuracy": _accuracy,
}


def _months(site: _Site) -> int:
    return int(pd.to_datetime(site.cells.month).nunique())


def _months_with(site: _Site, codes: frozenset[str] | set[str]) -> int:
    """How many months with a return have a query of one of these checks."""
    asked = pd.to_datetime(site.queries.month[site.queries.code.isin(codes)])
    return int(asked[asked.isin(pd.to_datetime(site.cells.month))].nunique())
