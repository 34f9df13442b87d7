"""Which returns are made up: their months, files, times of receipt and trouble."""

from datetime import date, datetime
from typing import Any

import pytest

from etl.definitions import REPORTED_KEYS
from etl.read import fits_name_pattern
from etl.sample import plan_returns
from etl.sample.plan import Return, choose_sites
from etl.sites import load_sites

REAL = plan_returns()


def expect(returns: list[Return]) -> dict[tuple[str, date, str, str], Any]:
    """What stands in force after all returns: (site, month, measure, part) with what was typed last; blank is None."""
    return {
        (one.site.name, month, measure, part): typed
        for one in sorted(returns, key=lambda one: one.received)
        for month, numbers in one.months.items()
        for (measure, part), typed in numbers.items()
    }


def of(site: str, month: date, returns: list[Return] = REAL) -> list[Return]:
    return [one for one in returns if one.site.name == site and one.month == month]


def test_each_site_sends_each_month_from_its_first() -> None:
    for site in load_sites().values():
        months = sorted({one.month for one in REAL if one.site.name == site.name})
        assert months[0] == site.first_month
        assert months[-1] == date(2019, 11, 1)
    assert len(REAL) == 20 * 3 + 17 - 1 + 1  # one never came, one came twice


def test_names_of_files_are_those_that_the_layouts_know() -> None:
    for one in plan_returns(sites=6):
        assert fits_name_pattern(one.file.name, one.site), one.file
        assert f"{one.month:%Y%m}" in one.file.name.replace("-", "")


@pytest.mark.parametrize(
    ("site", "month", "number", "typed"),
    [
        ("croydon", date(2019, 10, 1), ("spend", "training"), "tbc"),
        ("south_wales", date(2019, 5, 1), ("disability", "yes"), "<5"),
        ("south_wales", date(2019, 6, 1), ("funding", "charity"), "n/a"),
        ("south_wales", date(2019, 7, 1), ("victims_in_contact", ""), None),
    ],
)
def test_holes_that_sites_type(site: str, month: date, number: tuple[str, str], typed: str | None) -> None:
    assert expect(REAL)[site, month, *number] == typed


def test_a_month_that_never_came_and_one_that_came_late() -> None:
    assert not of("west_midlands", date(2019, 8, 1))
    assert of("south_wales", date(2019, 10, 1))[0].received == datetime(2019, 11, 28, 10)


def test_the_year_to_date_typed_as_the_month() -> None:
    clean = expect(plan_returns(planted=False))
    months = [date(2019, month, 1) for month in range(4, 10)]
    so_far = sum(clean["west_midlands", month, "spend", "case_management"] for month in months)
    typed = expect(REAL)["west_midlands", date(2019, 9, 1), "spend", "case_management"]
    assert typed == pytest.approx(so_far)
    assert typed > 5 * clean["west_midlands", date(2019, 9, 1), "spend", "case_management"]


def test_the_corrected_return_is_in_force() -> None:
    first, second = of("croydon", date(2019, 6, 1))
    assert (first.version, second.version) == (1, 2)
    assert first.received < second.received
    assert first.months != second.months
    assert all(expect(REAL)["croydon", second.month, *pair] == n for pair, n in second.months[second.month].items())


def test_a_tracker_puts_earlier_months_right() -> None:
    month = date(2018, 11, 1)
    sent = {one.month: one.months[month] for one in REAL if one.site.name == "west_mercia" and month in one.months}
    changed = {pair for pair in REPORTED_KEYS if sent[month][pair] != sent[date(2019, 2, 1)][pair]}
    assert changed == {("referrals", "police"), ("spend", "premises")}
    assert sent[date(2019, 2, 1)] == sent[date(2019, 3, 1)]


def test_a_tracker_holds_its_financial_year_so_far() -> None:
    assert set(of("west_mercia", date(2019, 5, 1))[0].months) == {date(2019, 4, 1), date(2019, 5, 1)}


def test_clean_returns_have_no_trouble() -> None:
    clean = plan_returns(planted=False)
    assert len(clean) == 20 * 3 + 17
    assert all(isinstance(typed, int | float) for typed in expect(clean).values())
    assert all(one.version == 1 and one.look == type(one.look)() for one in clean)


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2019, 9, 1), date(2019, 9, 1)), (date(2025, 1, 1), date(2025, 6, 1)), (date(2018, 1, 1), date(2018, 5, 1))],
)
def test_other_months_work_too(first: date, last: date) -> None:
    returns = plan_returns(first=first, last=last)
    assert all(first <= one.month <= last for one in returns)
    assert {one.site.name for one in returns} >= {"south_wales", "west_mercia"}


def test_areas_are_invented_beyond_the_real_sites() -> None:
    sites = choose_sites(43)
    assert len({site.name for site in sites}) == 43
    assert [site.name for site in sites[:6]] == [*load_sites(), "area_5", "area_6"]
    assert [site.name for site in choose_sites(2)] == list(load_sites())[:2]
