"""Months as people write them, in English, in Welsh and in figures."""

from datetime import date, datetime

import pytest

from etl.definitions.messages import MONTH_NAMES
from etl.read.month import read_financial_year, read_month, read_month_name

APRIL = date(2019, 4, 1)
WELSH = [
    *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
    *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
]


@pytest.mark.parametrize(
    "typed",
    [
        "Apr-19", "Apr 19", "Apr19", "Apr–19", "Apr '19", "April 2019", "APRIL  2019", "April, 2019", "April-2019",
        "2019-04", "2019/4", "201904", 201904.0, 43556.0, "43556", "2019-04-01", "2019-04-30 00:00:00", "2019-Apr",
        "04/2019", "01/04/2019", "1/4/2019", "30.04.2019", "01/04/19", "1 April 2019", "1st April 2019", "30-Apr-2019",
        "April\N{NO-BREAK SPACE}2019 ", "April 2019:", "April 2019.", "Apr. 2019", "2019 April",
        "Ebrill 2019", "ebr-19", "mis Ebrill 2019", "Ebrill 2019 / April 2019", "Ebrill / April 2019",
        "Ebrill-April 2019", "Ebrill 2019 (April 2019)", "Ebrill (April) 2019", "April 2019/Ebrill 2019",
        "1 April 2019 to 30 April 2019", "01/04/2019 - 30/04/2019",
        date(2019, 4, 1), date(2019, 4, 30), datetime(2019, 4, 8, 10),
    ],
)  # fmt: skip
def test_april(typed: object) -> None:
    assert read_month(typed) == APRIL


@pytest.mark.parametrize(
    "typed",
    [
        "Ebrill 2019 / May 2019", "Mawrth / April 2019", "March to April 2019", "Apr-May 2019", "2019-20", "2018-19",
        "April", "2019", 2019.0, "YTD", "Notes", "April 19th", "19/04/18", "04/19", "13/2019", "2019-13", "Apil 2019",
        "Q1 2019", "marching 2019", "April 1919", "", "  ", None, True, 12.0, 4.5, 1e300, float("nan"),
    ],
)  # fmt: skip
def test_no_month(typed: object) -> None:
    assert read_month(typed) is None


@pytest.mark.parametrize("number", range(1, 13))
def test_every_month_in_both_languages(number: int) -> None:
    english, welsh = MONTH_NAMES[number - 1], WELSH[number - 1]
    month = date(2018, number, 1)
    for name in (english, english[:3], welsh, welsh[:4], welsh[:3], welsh.upper()):
        for typed in (f"{name} 2018", f"{name}-18", f"{name} 18"):
            assert read_month(typed) == month, typed
    assert read_month(f"{welsh} 2018 / {english} 2018") == month
    assert read_month_name(english[:3]) == read_month_name(welsh) == number


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Tracker 2019-20: Activity", 2019),
        ("2018/19", 2018),
        ("2018–2019", 2018),
        ("2018 to 19", 2018),
        ("2019-04", 0),
        ("20", 0),
    ],
)
def test_financial_years(title: str, year: int) -> None:
    assert read_financial_year(title) == (date(year, 4, 1) if year else None)
