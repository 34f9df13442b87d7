"""The made-up numbers hang together, and are the same whenever they are made."""

from datetime import date
from itertools import pairwise

import pytest

from etl.definitions import REPORTED_KEYS, unit_of
from etl.definitions.periods import months_from
from etl.sample.simulate import Numbers, simulate

FIRST, LAST = date(2018, 4, 1), date(2022, 3, 1)
NAMES = ("croydon", "west_midlands", "west_mercia", "south_wales", "area_5")


def total(numbers: Numbers, measure: str) -> float:
    return sum(value for (name, _), value in numbers.items() if name == measure)


@pytest.fixture(params=[(name, seed) for name in NAMES for seed in (1, 20191211)], ids=str)
def months(request: pytest.FixtureRequest) -> list[Numbers]:
    name, seed = request.param
    return [numbers for _, numbers in simulate(name, FIRST, LAST, seed)]


def test_every_month_has_each_reported_number(months: list[Numbers]) -> None:
    assert len(months) == len(months_from(FIRST, LAST))
    assert all(set(numbers) == set(REPORTED_KEYS) for numbers in months)


def test_cases_flow(months: list[Numbers]) -> None:
    for month in months:
        flow = total(month, "opening_cases") + total(month, "new_cases") - total(month, "closed_cases")
        assert flow == total(month, "closing_cases")
    for before, after in pairwise(months):
        assert total(after, "opening_cases") == total(before, "closing_cases")


def test_parts_add_up(months: list[Numbers]) -> None:
    for month in months:
        assert {total(month, mix) for mix in ("sex", "age", "ethnicity", "disability")} == {total(month, "new_cases")}
        assert total(month, "risk_change") == total(month, "closed_cases")


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("accepted", "referrals"),
        ("new_cases", "accepted"),
        ("repeat_perpetrators", "new_cases"),
        ("serial_perpetrators", "new_cases"),
        ("not_eligible_elsewhere", "new_cases"),
        ("victims_in_contact", "victims"),
        ("case_managers", "case_manager_posts"),
        ("marac_repeat_cases", "opening_cases"),
    ],
)
def test_no_more_than_there_are(months: list[Numbers], smaller: str, larger: str) -> None:
    assert all(total(month, smaller) <= total(month, larger) for month in months)


def test_numbers_are_of_their_unit(months: list[Numbers]) -> None:
    for (measure, _), value in (item for month in months for item in month.items()):
        if unit_of(measure) == "count":
            assert isinstance(value, int) and value >= 0
        if unit_of(measure) == "gbp":
            assert value == round(value, 2) and value >= 0


def test_a_month_does_not_depend_on_the_last_one() -> None:
    long, short = dict(simulate("croydon", FIRST, LAST, 7)), dict(simulate("croydon", FIRST, date(2018, 9, 1), 7))
    assert short.items() <= long.items()


def test_another_seed_or_site_makes_other_numbers() -> None:
    made = [dict(simulate(name, FIRST, LAST, seed)) for name, seed in (("area_5", 1), ("area_5", 2), ("area_6", 1))]
    assert made[0] != made[1] != made[2] != made[0]


def test_croydon_is_about_as_large_as_it_is() -> None:
    months = [numbers for _, numbers in simulate("croydon", date(2018, 7, 1), LAST, 20191211)]
    year = months[:12]
    assert 100 <= sum(total(month, "new_cases") for month in year) <= 145
    assert 295_000 <= sum(total(month, "spend") for month in year) <= 330_000
    assert 80 <= total(months[24], "closing_cases") <= 125
    shares = {part: month for (name, part), month in year[0].items() if name == "funding"}
    assert shares["home_office"] / sum(shares.values()) == pytest.approx(0.63)
