"""What the edition's comparison tables say of the year and the sites that a reader looks at."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dashboard.data.edition import Row
from dashboard.data.view import View, period_words
from etl.definitions.messages import Text, _
from etl.definitions.periods import write_month, write_period

YEARS = ("rolling_year", "year")
ALL = "all"
COST = "cost_per_new_case_shared"  # the cost by which sites are compared


def of_a_year(view: View) -> View:
    """The same view of a year: sites are compared by years only, so a shorter period asks for the newest year."""
    return view if view.period[0] in YEARS else replace(view, address=view.address.with_(period="", to=""))


def asked(view: View, table: str, where: str = "true", given: tuple[Any, ...] = (), order: str = "") -> tuple[Row, ...]:
    """The rows of a comparison table that answer for the year asked for."""
    period, starts, _ = view.period
    return view.edition.rows(table, f"period = ? and asked = ? and {where}", (period, starts, *given), order)


def asked_words(view: View) -> Text:
    """The year asked for, in words: year to Nov 2019; 2019/20 to date."""
    unfinished = view.edition.data_month is not None and view.period[2] > view.edition.data_month
    words = period_words(view.period)
    return _("{period} to date", period=words) if unfinished else words


def compared(view: View, measure: str) -> dict[str, Row]:
    """A measure's row of each site and of `all`; a hollow one is of the last complete year before."""
    return {row.site: row for row in asked(view, "comparisons", "measure = ?", (measure,))}


def of_sites(view: View, measure: str) -> list[tuple[str, Row]]:
    """The label and the row of each site shown that has a row."""
    rows = compared(view, measure)
    return [(site.label, rows[site.name]) for site in view.sites if site.name in rows]


def columns(view: View) -> list[str]:
    """The sites shown, and the programme where all of them are."""
    return [site.name for site in view.sites] + ([ALL] if view.all_sites and len(view.sites) > 1 else [])


def when(row: Row) -> Text:
    """The year that a row is of: year to Sep 2019; 2018/19, 9 months; 2019/20 to Nov 2019."""
    said = write_period(row.period, row.starts)
    if row.period != "year":
        return said
    if row.to_date:
        return _("{year} to {month}", year=said, month=write_month(row.ends))
    return said if row.get("months") in (None, 12) else _("{year}, {number} months", year=said, number=row.months)


def briefly(row: Row) -> Text:
    """The same where a column is narrow: year to Sep 2019; 2019/20 to date."""
    said = write_period(row.period, row.starts)
    return _("{period} to date", period=said) if row.period == "year" and row.to_date else said


def is_hollow(row: Row | None) -> bool:
    """Whether a row is of an earlier year than the one asked for, and has a number."""
    return bool(
        row is not None and row.hollow and any(row.get(name) is not None for name in ("value", "count", "amount"))
    )


def reasons(view: View, measure: str) -> Iterator[tuple[str, str]]:
    """Each site shown whose year asked for is not known, and why."""
    for label, row in of_sites(view, measure):
        if row.why and (row.hollow or row.value is None):
            yield label, row.why
