"""Alarms of an edition: in words, of the newest month only, from the last fresh start on."""

from datetime import date

import pandas as pd

from etl.compare.alarms import alarms
from etl.definitions.periods import month_after
from etl.methods import alarm
from etl.reference import Rebase

LAST = date(2019, 11, 1)


def monthly(measure: str = "new_cases", **sites: list[float | None]) -> pd.DataFrame:
    """New cases, or another measure, by month to November 2019."""
    rows = [
        (site, "month", month_after(LAST, step - len(values) + 1), measure, value)
        for site, values in sites.items()
        for step, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "value"]).astype({"value": float})


def test_an_alarm_says_what_is_low_what_is_usual_and_how_rare_it_is() -> None:
    (row,) = alarms(monthly(conwy=[7, 4, 7, 7, 10, 11, 6, 10, 8, 6, 10, 6, 1], dover=[6] * 13), LAST).itertuples()
    assert (row.site, row.kind, row.value, row.usual_low, row.usual_high) == ("conwy", "month", 1, 4, 11)
    assert row.words == "1 new case in November, unusually low"
    assert row.usual == "4 to 11 a month in the year before. By chance about 1 month in 250."
    assert row.false_alarms.startswith("Chance alone raises about one such alarm in ")


def test_a_fall_says_since_when_and_leaves_out_months_that_are_missing() -> None:
    values: list[float | None] = [10.0] * 20 + [4.0, None, 4.0, 4.0, 4.0]
    (row,) = alarms(monthly(conwy=values), LAST).itertuples()
    assert (row.kind, row.since, row.value) == ("fall", date(2019, 7, 1), 16)
    assert row.words == "16 new cases in the 4 known months since Jul 2019, unusually low"


def test_a_site_whose_newest_month_is_missing_raises_none() -> None:
    assert alarms(monthly(conwy=[10.0] * 20 + [1.0, None]), LAST).empty


def test_a_fresh_start_is_not_held_against_what_was_before() -> None:
    values: list[float | None] = [10.0] * 20 + [4.0] * 5
    start = Rebase("conwy", date(2019, 7, 1), "new_cases", "Fewer places", "Drive central team", date(2019, 8, 1), "")
    assert len(alarms(monthly(conwy=values), LAST)) == 1
    assert alarms(monthly(conwy=values), LAST, [start]).empty


def test_a_fall_of_referrals_alarms_too_and_says_how_rare_it_is() -> None:
    (row,) = alarms(monthly("referrals", conwy=[10.0] * 20 + [4.0] * 5), LAST).itertuples()
    assert row.words == "20 referrals in the 5 months since Jul 2019, unusually low"
    assert row.usual == "About 50 were usual in so many months. By chance about 1 month in 13."
    assert row.chance == alarm.FALLS_BUDGET  # one series is watched, so that the whole budget is its own


def test_a_number_under_query_with_a_likely_cause_raises_no_alarm() -> None:
    asked = pd.DataFrame([("conwy", LAST, "new_cases")], columns=["site", "month", "measure"])
    results = monthly(conwy=[10.0] * 20 + [1.0])
    assert len(alarms(results, LAST)) == 1
    assert alarms(results, LAST, queried=asked).empty


def test_what_chance_raises_is_said_of_all_series_that_are_watched() -> None:
    values: list[float | None] = [8.0] * 20 + [0.0]
    (row,) = alarms(monthly(conwy=values, dover=[8.0] * 21, ely=[8.0] * 21, fife=[8.0] * 6), LAST).itertuples()
    months = 3 * alarm.false_months(8.0, 4)  # the fourth has too few months to raise any
    assert abs(1 / row.every - (months + 3 / alarm.false_run(4))) < 1e-12
