"""Control charts against NHSRplotthedots and against chance."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from etl.methods.control_chart import poisson_limits, xmr

CASES = json.loads((Path(__file__).parent / "vectors" / "control_chart.json").read_text())["cases"]
LABELS = {
    "Above UCL": "above_limit",
    "Below LCL": "below_limit",
    "7 Point Trend (Increasing)": "trend_up",
    "7 Point Trend (Decreasing)": "trend_down",
    "2 in 3 Above CL": "two_in_three_above",
    "2 in 3 Below CL": "two_in_three_below",
    "7 Points Above CL": "shift_above",
    "7 Points Below CL": "shift_below",
    "Common Cause": "common_cause",
}


def charted(given):
    return xmr(
        given["y"],
        improvement=given["improvement_direction"],
        target=given["target"],
        fix_after=given["fix_after_n_points"],
        rebase_at=[start - 1 for start in given["rebase_at_1based"] or []],
        screen=given["screen_outliers"],
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_as_the_package_draws_it(case):
    chart, expected = charted(case["input"]), case["expected"]
    for ours, theirs in (("mean", "mean"), ("lower", "lpl"), ("upper", "upl")):
        assert getattr(chart, ours) == pytest.approx(expected[theirs], abs=1e-9)
    assert list(chart.labels) == [LABELS[label] for label in expected["special_cause_type"]]
    assert list(chart.point_types) == expected["point_type"]
    assert chart.variation == expected["point_type"][-1]
    assert chart.assurance == expected.get("assurance_type")


def test_a_constant_series_has_no_limits_but_a_mean():
    chart = xmr([10] * 12)
    assert set(chart.lower) == set(chart.upper) == {None} and set(chart.mean) == {10}
    assert set(chart.labels) == {"common_cause"}


def test_a_gap_has_no_label_breaks_a_run_and_gives_no_range():
    rising = [1, 2, 3, 4, 5, 6, 7, 8]
    assert "trend_up" in xmr([*rising, 3, 3]).labels
    gappy = xmr([1, 2, 3, None, 5, 6, 7, 8, 3, 3])
    assert gappy.labels[3] is None and "trend_up" not in gappy.labels
    ranges = [1, 1, 1, 1, 1, 5, 0]
    screened = [r for r in ranges if r < 3.267 * sum(ranges) / 7]
    assert gappy.upper[0] == pytest.approx(38 / 9 + 2.66 * sum(screened) / len(screened))
    assert gappy.fitted[0] == 9 and gappy.trial
    assert xmr([None, None]).labels == (None, None) and xmr([]).variation is None


def test_rebasing_starts_afresh_and_runs_do_not_cross():
    low, high = [4, 6, 5, 4, 6, 5, 4, 6, 5, 5], [14, 16, 15, 14, 16, 15, 14, 16, 15, 15]
    assert "shift_above" in xmr(low + high).labels or "above_limit" in xmr(low + high).labels
    chart = xmr(low + high, rebase_at=[10])
    assert set(chart.labels) == {"common_cause"}
    assert (chart.mean[9], chart.mean[10]) == (5, 15)
    assert "trend_up" not in xmr([1, 2, 3, 4, 5, 6, 7, 8], rebase_at=[4]).labels
    with pytest.raises(ValueError, match="0 to 3"):
        xmr([1, 2, 3, 4], rebase_at=[4])


@pytest.mark.parametrize(
    ("improvement", "target", "expected"),
    [
        ("increase", 0, "consistent_pass"),
        ("increase", 20, "consistent_fail"),
        ("decrease", 20, "consistent_pass"),
        ("decrease", 0, "consistent_fail"),
        ("decrease", 10, "inconsistent"),
        (None, 20, None),
        ("increase", None, None),
    ],
)
def test_assurance(improvement, target, expected):
    assert xmr([10, 11, 9, 10, 11, 9] * 2, improvement, target).assurance == expected


@given(st.lists(st.integers(0, 30), min_size=2, max_size=30), st.integers(-50, 50))
def test_moving_a_series_moves_its_limits_and_keeps_its_labels(values, by):
    chart, moved = xmr(values), xmr([value + by for value in values])
    assert moved.mean == pytest.approx([mean + by for mean in chart.mean])
    assert len(chart.labels) == len(values)
    upside_down = xmr([-value for value in values])
    swap = {"above": "below", "up": "down", "below": "above", "down": "up", "limit": "limit"}
    assert list(upside_down.labels) == [
        "_".join(swap.get(word, word) for word in label.split("_")) if label != "common_cause" else label
        for label in chart.labels
    ]


@given(st.floats(0.05, 60))
@settings(max_examples=60)
def test_exact_limits_leave_at_most_the_tail_beyond_them(mean):
    low, high = poisson_limits(mean)
    assert poisson.cdf(low - 1, mean) < 0.00135 <= poisson.cdf(low, mean)
    assert poisson.sf(high, mean) <= 0.00135 < poisson.sf(high - 1, mean)


def test_exact_limits_of_nothing():
    assert poisson_limits(0) == (0, 0)
