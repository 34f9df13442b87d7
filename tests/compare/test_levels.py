"""To what level open cases are heading: from new and closed cases of the last six months."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from etl.compare.levels import levels
from etl.definitions.periods import month_after
from etl.methods.intervals import rate_ratio
from etl.methods.stock_level import leads_to

LAST = date(2019, 11, 1)


def monthly(new: list[float | None], closed: list[float], start: float = 0.0) -> pd.DataFrame:
    """A site's cases by month, to November 2019; a month whose new cases are not known has no number at all."""
    rows, opened = [], start
    for step, (came, went) in enumerate(zip(new, closed, strict=True)):
        month, closes = month_after(LAST, step - len(new) + 1), opened + (came or 0) - went
        numbers = {"opening_cases": opened, "new_cases": came, "closed_cases": went, "closing_cases": closes}
        rows += [("conwy", "month", month, name, None if came is None else n) for name, n in numbers.items()]
        opened = closes
    frame = pd.DataFrame(rows, columns=["site", "period", "starts", "measure", "value"])
    return frame.astype({"value": float})


def test_a_level_is_mean_open_cases_times_new_over_closed() -> None:
    (row,) = levels(monthly([1, 9, 9, 9, 9, 9, 9], [1, 6, 6, 6, 6, 6, 6], start=60), LAST).itertuples()
    low, high = rate_ratio(54, 36)
    assert (row.starts, row.ends, row.months, row.why) == (date(2019, 6, 1), LAST, 6, "")
    assert row.level == 69 * 54 / 36  # 60 open at the start of June, 78 at the end of November
    assert (row.low, row.high) == (69 * low, 69 * high)


def test_a_month_that_is_missing_is_left_out() -> None:
    (row,) = levels(monthly([9, 9, None, 9, 9, 9], [6, 6, 0, 6, 6, 6], start=60), LAST).itertuples()
    assert row.months == 5
    assert row.level == pytest.approx((60 + 75) / 2 * 9 / 6)


def test_with_too_few_months_or_cases_there_is_no_level() -> None:
    (few,) = levels(monthly([None, None, None, 9, 9, 9], [0, 0, 0, 6, 6, 6], start=60), LAST).itertuples()
    assert (few.months, few.why) == (3, "too few of the last six months are known")
    (small,) = levels(monthly([9] * 6, [1] * 6, start=60), LAST).itertuples()
    assert small.why == "fewer than 10 new or closed cases"
    assert pd.isna(small.level)


@pytest.mark.parametrize("stay", ["as long for all", "by chance"])
def test_a_growing_service_is_seen_to_head_for_new_cases_a_month_times_how_long_they_stay(stay: str) -> None:
    """Twenty months after a start with nobody, eleven months each, 400 new a month: 4,400 in the end."""
    chance, came, months = np.random.default_rng(7), 400, 20
    begun = np.repeat(np.arange(months), came)
    lasts = np.full(len(begun), 11) if stay == "as long for all" else chance.geometric(1 / 11, len(begun))
    went = [int((begun + lasts == month).sum()) for month in range(months)]
    open_at_end = [int(((begun <= month) & (begun + lasts > month)).sum()) for month in range(months)]
    stock = [(a + b) / 2 for a, b in zip(open_at_end[-7:-1], open_at_end[-6:], strict=True)]
    found = leads_to([came] * 6, went[-6:], stock, least=10)
    assert found is not None
    assert found.level == pytest.approx(11 * came, rel=0.06)
