"""Periods: month, quarter, financial year (April to March) and rolling year, each named by its first day."""

from datetime import date, datetime
from typing import Any

from etl.definitions.messages import Day, Message, Month, Plain, Text, _

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "rolling_year": 12}
PERIODS = tuple(MONTHS_IN)


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month that lies `count` months later (earlier, if negative)."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def months_from(start: date, end: date) -> list[date]:
    """The first days of all months from `start` to `end`, both included."""
    return [month_after(start, step) for step in range(months_between(start, end) + 1)]


def months_between(start: date, end: date) -> int:
    """How many months `end` lies after `start`."""
    return (end.year - start.year) * 12 + end.month - start.month


def financial_year_start(month: date) -> date:
    """The first of April of the financial year that a month is in."""
    return date(month.year if month.month >= 4 else month.year - 1, 4, 1)


def last_month(period: str, starts: date) -> date:
    """The first day of a period's last month."""
    return month_after(starts, MONTHS_IN[period] - 1)


def day_of(value: Any) -> date:
    """A day, in whatever type a table has it."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else value.astype("datetime64[D]").item()


def write_month(month: date, *, long: bool = False) -> Text:
    """A month as people read it: Apr 2019, or April 2019."""
    return Month(month, "long" if long else "short")


def write_date(day: date) -> Text:
    """A day as people read it: 8 Dec 2019."""
    return Day(day)


def write_financial_year(start: date) -> Text:
    """A financial year as people read it: 2019/20."""
    return Plain(f"{start.year}/{(start.year + 1) % 100:02d}")


def write_months(starts: date, ends: date, *, long: bool = False) -> Message:
    """The first and the last of several months: Apr 2019 to Jun 2019."""
    return _("{month} to {last_month}", month=write_month(starts, long=long), last_month=write_month(ends, long=long))


def write_period(period: str, starts: date) -> Text:
    """A period as people read it: Apr 2019, Apr to Jun 2019, 2019/20, year to Nov 2019."""
    if period == "month":
        return write_month(starts)
    end = last_month(period, starts)
    if period == "quarter":
        return _("{month} to {last_month}", month=Month(starts, "abbreviated"), last_month=write_month(end))
    if period == "year":
        return write_financial_year(starts)
    return _("year to {month}", month=write_month(end))
