"""When returns are due, and who has sent what by a day."""

from datetime import date, datetime

import pytest
from loading import SITES, Cell, Sent, give, warehouse

from etl.warehouse.status import calendar, due_date, remind

APRIL, MAY, JUNE = date(2019, 4, 1), date(2019, 5, 1), date(2019, 6, 1)


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2019, 9, 1), date(2019, 10, 14)),  # October begins on a Tuesday
        (date(2019, 6, 1), date(2019, 7, 12)),
        (date(2019, 11, 1), date(2019, 12, 13)),  # December begins on a Sunday
        (date(2019, 12, 1), date(2020, 1, 15)),  # New Year's Day
        (date(2018, 3, 1), date(2018, 4, 16)),  # Easter Monday, 2 April
        (date(2019, 4, 1), date(2019, 5, 15)),  # early May, 6 May
        (date(2020, 4, 1), date(2020, 5, 15)),  # moved to VE Day, 8 May
        (date(2021, 12, 1), date(2022, 1, 17)),  # New Year's Day on a Saturday, kept on Monday
        (date(2019, 3, 1), date(2019, 4, 12)),  # Good Friday only after it
        (date(2020, 3, 1), date(2020, 4, 16)),  # Good Friday 10 April and Easter Monday
    ],
)
def test_the_tenth_working_day(month: date, due: date) -> None:
    assert due_date(month) == due


def sent(site: str, day: datetime, *months: date, rejected: bool = False, rest: Cell = 1.0, **more: Cell) -> Sent:
    return Sent(site, day, {month: {**more} for month in months}, rest, rejected=rejected)


def on(day: date, *returns: Sent) -> dict[tuple[str, date], dict]:
    con = warehouse()
    give(con, *returns)
    found = calendar(con, SITES, datetime.combine(day, datetime.max.time()), JUNE)
    return {
        (row["site"], row["month"].date() if hasattr(row["month"], "date") else row["month"]): row
        for row in found.to_dict("records")
    }


@pytest.mark.parametrize(
    ("day", "came", "state", "late"),
    [
        (date(2019, 6, 30), None, "not_due", 0), (date(2019, 7, 1), None, "due", 0),
        (date(2019, 7, 12), None, "due", 0),
        (date(2019, 7, 13), None, "missing", 1), (date(2019, 7, 31), datetime(2019, 7, 12, 23, 59), "on_time", 0),
        (date(2019, 7, 31), datetime(2019, 7, 13), "late", 1), (date(2019, 7, 12), datetime(2019, 7, 15), "due", 0),
    ],
)  # fmt: skip
def test_the_state_of_a_month(day: date, came: datetime | None, state: str, late: int) -> None:
    row = on(day, *([sent("croydon", came, JUNE)] if came else []))["croydon", JUNE]
    assert (row["state"], row["days_late"], row["due"]) == (state, late, date(2019, 7, 12))


def test_the_first_accepted_version_counts() -> None:
    returns = [sent("croydon", datetime(2019, 7, d), JUNE, new_cases=float(d), rejected=d == 8) for d in (8, 11, 30)]
    row = on(date(2019, 8, 1), *returns)["croydon", JUNE]
    assert (row["state"], row["received"], row["versions"]) == ("on_time", datetime(2019, 7, 11), 2)


def test_a_rejected_return_is_no_return() -> None:
    rows = on(date(2019, 8, 1), sent("croydon", datetime(2019, 7, 8), JUNE, rejected=True))
    assert rows["croydon", JUNE]["state"] == "rejected"
    assert rows["west_midlands", JUNE]["state"] == "missing"


def test_before_its_first_month_a_site_owes_nothing() -> None:
    assert on(date(2019, 8, 1))["croydon", date(2018, 6, 1)]["state"] == "not_due"
    assert on(date(2019, 8, 1))["west_mercia", date(2018, 6, 1)]["state"] == "missing"


def test_a_column_that_a_tracker_leaves_empty_is_no_return() -> None:
    late = Sent("west_mercia", datetime(2019, 7, 8), {APRIL: {}, MAY: {}, JUNE: {"new_cases": 3.0}}, rest=None)
    said = Sent("west_mercia", datetime(2019, 7, 9), {APRIL: {"accepted": 0.0}, JUNE: {"new_cases": 3.0}}, rest=None)
    rows = on(date(2019, 8, 1), late, said)
    assert rows["west_mercia", JUNE]["state"] == "on_time"
    assert rows["west_mercia", MAY]["state"] == "missing"
    assert (rows["west_mercia", APRIL]["state"], rows["west_mercia", APRIL]["received"]) == (
        "late",
        datetime(2019, 7, 9),
    )


def test_a_reminder_names_months_and_days() -> None:
    text = remind(SITES["croydon"], [MAY, JUNE], date(2019, 7, 31))
    assert "Croydon" in text and "May 2019, due 14 Jun 2019 (47 days ago)" in text and "June 2019, due 12 Jul" in text
