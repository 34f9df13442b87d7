"""Rates that are not given: on fewer than ten people, and where there is nothing to divide."""

from datetime import date

import pandas as pd
import pytest

from etl.compare import not_given

PLACE = {"site": "a", "period": "month", "starts": date(2019, 4, 1), "complete": True}


def given(**numbers: float | None) -> pd.DataFrame:
    rows = [
        {**PLACE, "measure": name, "value": value, "shown": "as it was", "why": ""} for name, value in numbers.items()
    ]
    return not_given(pd.DataFrame(rows).astype({"value": float})).set_index("measure")


@pytest.mark.parametrize(
    ("closed", "rate", "shown", "why"),
    [
        (0, None, "nothing to divide", "nothing to divide: closed cases, none"),
        (3, 2 / 3, "fewer than 10", "fewer than 10: closed cases"),
        (9, 6 / 9, "fewer than 10", "fewer than 10: closed cases"),
        (10, 0.6, "as it was", ""),
        (None, None, "as it was", ""),
    ],
)
def test_no_rate_is_given_on_fewer_than_ten(closed, rate, shown, why):
    rows = given(closed_cases=closed, completion_rate=rate, **{"closed_cases.completed": 0})
    row = rows.loc["completion_rate"]
    assert (row.shown, row.why) == (shown, why)
    assert pd.isna(row.value) == (rate is None or closed < 10)
    assert rows.loc["closed_cases"].shown == "as it was"


def test_a_cost_per_case_rests_on_its_people_and_money_on_none():
    rows = given(
        spend=20_000.0, new_cases=8, cost_per_new_case=2500.0, planned_cost=19_000.0, spend_against_plan=20 / 19
    )
    assert pd.isna(rows.value["cost_per_new_case"]) and rows.shown["cost_per_new_case"] == "fewer than 10"
    assert rows.value["spend_against_plan"] == pytest.approx(20 / 19) and rows.value["spend"] == 20_000


def test_case_months_rest_on_the_people_behind_them():
    """Nine people that are open for three months are 27 case-months, and still nine people."""
    rows = given(spend=27_000.0, open_case_months=27, worked_with=9, cost_per_open_case_month=1000.0)
    assert rows.shown["cost_per_open_case_month"] == "fewer than 10"
