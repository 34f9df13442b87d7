"""What a year may come to where a number in it is missing, under query or copied."""

from datetime import date

import pandas as pd
import pytest

from etl.compare.bounds import bounds
from etl.definitions import REPORTED
from etl.definitions.measure import key, keys
from etl.definitions.periods import month_after, months_from

LAST = date(2019, 11, 1)
FIRST = month_after(LAST, -11)
AUGUST, SEPTEMBER = date(2019, 8, 1), date(2019, 9, 1)
SHARED = ("case_management", "management")
NEW = (14, 3, 5, 14, 9, 5, 9, 4, 7, 5, 5, 5)  # December to November
NOTHING = pd.DataFrame(
    {"site": [], "month": [], "measure": [], "code": [], "is_suspected": pd.Series(dtype=bool), "suspected": []}
)


def results(*sites: str) -> pd.DataFrame:
    """A year of months of each site: new cases as above, £1,000 a month of case management, and their sums."""
    rows = []
    for site in sites:
        numbers = {key(*pair): 0.0 for measure in REPORTED.values() for pair in keys(measure)}
        for month, new in zip(months_from(FIRST, LAST), NEW, strict=True):
            own = {**numbers, "new_cases": float(new), "spend.case_management": 1000.0}
            rows += [(site, "month", month, number, value) for number, value in own.items()]
        year = {"new_cases": float(sum(NEW)), "spend": 12_000.0, "spend_shared": 12_000.0}
        rows += [(site, "rolling_year", FIRST, number, value) for number, value in year.items()]
    return pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "value"]).assign(shown="")


def without(frame: pd.DataFrame, site: str, month: date, *numbers: str) -> pd.DataFrame:
    """The same with numbers of a month missing, all of them if none is named, and no year."""
    gone = (frame.site == site) & (frame.starts == month) & (frame.period == "month")
    gone &= frame.measure.isin(numbers) if numbers else True
    gone |= (frame.site == site) & (frame.period == "rolling_year") & (frame.measure.isin(["new_cases", "spend"]))
    return frame.assign(value=frame.value.mask(gone))


def holes(*rows: tuple[str, date, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["site", "month", "measure"])


def row(frame: pd.DataFrame, site: str, measure: str) -> pd.Series:
    (found,) = [one for _, one in frame[(frame.site == site) & (frame.measure == measure)].iterrows()]
    return found


def test_a_missing_return_leaves_its_month_between_what_the_site_had_widened_by_half() -> None:
    numbers = without(results("conwy"), "conwy", AUGUST)
    found = bounds(numbers, holes(("conwy", AUGUST, "")), NOTHING, SHARED, LAST)
    new = row(found, "conwy", "new_cases")
    assert (new.least, new.low, new.high) == (78, 80, 99)  # 78 and 2 to 21: half of 3, and 14 and half of it
    assert (new.missing, new.queried) == ("August", "")
    spend = row(found, "conwy", "spend")
    assert (spend.low, spend.high) == (11_500, 12_500)
    assert spend.usual == pytest.approx(12_000)
    each = row(found, "conwy", "cost_per_new_case")
    assert (each.low, each.high) == (pytest.approx(11_500 / 99), pytest.approx(12_500 / 80))


def test_one_cell_that_is_missing_leaves_open_what_that_cell_may_be() -> None:
    numbers = without(results("conwy"), "conwy", AUGUST, "spend.case_management")
    found = bounds(numbers, holes(("conwy", AUGUST, "spend.case_management")), NOTHING, SHARED, LAST)
    assert (row(found, "conwy", "spend_shared").low, row(found, "conwy", "spend_shared").high) == (11_500, 12_500)
    assert found[found.measure == "new_cases"].empty


def test_a_number_under_query_is_taken_at_both_its_values() -> None:
    numbers = results("conwy")
    numbers.loc[(numbers.starts == SEPTEMBER) & (numbers.measure == "spend.case_management"), "value"] = 6000.0
    asked = pd.DataFrame(
        [("conwy", pd.Timestamp(SEPTEMBER), "spend.case_management", "unlikely_amount", True, 1000.0)],
        columns=NOTHING.columns,
    )
    spend = row(bounds(numbers, holes(), asked, SHARED, LAST), "conwy", "spend")
    assert (spend.stated_low, spend.stated_high) == (17_000, 17_000)
    assert (spend.supposed_low, spend.supposed_high) == (12_000, 12_000)
    assert (spend.low, spend.high, spend.queried) == (12_000, 17_000, "September")


def test_a_copied_return_says_nothing_of_its_month() -> None:
    rows = [
        ("conwy", pd.Timestamp(AUGUST), key(*pair), "copied_month", True, float("nan"))
        for measure in REPORTED.values()
        for pair in keys(measure)
    ]
    found = bounds(results("conwy"), holes(), pd.DataFrame(rows, columns=NOTHING.columns), SHARED, LAST)
    new = row(found, "conwy", "new_cases")
    assert (new.stated_low, new.stated_high) == (sum(NEW), sum(NEW))
    assert (new.supposed_low, new.supposed_high) == (80, 99)


def test_all_sites_together_are_bounded_where_each_is_known_or_bounded() -> None:
    numbers = without(results("conwy", "dover"), "conwy", AUGUST)
    found = bounds(numbers, holes(("conwy", AUGUST, "")), NOTHING, SHARED, LAST)
    together = row(found, "all", "new_cases")
    assert (together.least, together.low, together.high) == (78 + 85, 80 + 85, 99 + 85)
    lost = without(numbers, "dover", SEPTEMBER)  # and nobody said so: not bounded, so no sum
    found = bounds(lost, holes(("conwy", AUGUST, "")), NOTHING, SHARED, LAST)
    assert found[(found.site == "all") & (found.measure == "new_cases")].empty


def test_what_is_hidden_from_an_audience_is_not_taken_for_nothing() -> None:
    numbers = without(results("conwy"), "conwy", AUGUST)
    seen = (numbers.measure == "new_cases") & (numbers.period == "month") & (numbers.starts < date(2019, 4, 1))
    masked = numbers.assign(value=numbers.value.mask(seen), shown=numbers.shown.mask(seen, "[c]"))
    found = bounds(masked, holes(("conwy", AUGUST, "")), NOTHING, SHARED, LAST)
    assert found[found.measure == "new_cases"].empty
    assert (row(found, "conwy", "spend").low, row(found, "conwy", "spend").high) == (11_500, 12_500)


def test_a_year_in_which_all_is_known_has_no_bounds() -> None:
    assert bounds(results("conwy"), holes(), NOTHING, SHARED, LAST).empty
