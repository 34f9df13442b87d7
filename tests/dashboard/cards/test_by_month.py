"""Small charts by month: a month that is provisional has a hollow mark and a dashed step to it."""

from datetime import date

import pytest

from dashboard import theme
from dashboard.charts.over_time import site_line
from dashboard.theme import Mark

MONTHS = [date(2019, month, 1) for month in (9, 10, 11)]
MARK = Mark("#123456", "#123456", "#FFFFFF", "circle")


@pytest.mark.parametrize(
    ("values", "provisional", "line", "step", "hollow"),
    [
        ([4, 5, 1], True, [4, 5, None], [5, 1], True),
        ([4, 5, 1], False, [4, 5, 1], None, False),
        ([4, 5, None], True, [4, 5, None], [5, None], False),
    ],
)
def test_the_newest_month_is_drawn_as_provisional(values, provisional, line, step, hollow) -> None:  # type: ignore[no-untyped-def]
    texts = {month: str(value) for month, value in zip(MONTHS, values, strict=True)}
    by_month = dict(zip(MONTHS, values, strict=True))
    traces = site_line(MONTHS, by_month, texts, MARK, 10, None, provisional=provisional)["data"]
    assert traces[0]["y"] == line
    dashed = [trace["y"] for trace in traces if trace.get("line", {}).get("dash") == "3px,3px"]
    assert dashed == ([] if step is None else [step])
    assert (traces[-1]["marker"]["color"] == theme.PAPER) == hollow
