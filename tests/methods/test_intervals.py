"""Intervals against published limits and the vectors."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from etl.methods import intervals

CASES = json.loads((Path(__file__).parent / "vectors" / "unit_cost.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES["poisson_denominator"])
def test_unit_cost_is_the_cost_over_the_poisson_limits(case):
    assert intervals.poisson(case["count"], case["conf"]) == pytest.approx(
        (case["count_lo"], case["count_hi"]), abs=1e-6
    )
    assert intervals.unit_cost(case["cost"], case["count"], case["conf"]) == pytest.approx(
        (case["unit_lo"], case["unit_hi"]), abs=1e-6
    )


def test_no_cases_have_a_lower_limit_of_nought_and_no_upper_unit_cost():
    assert intervals.poisson(0) == pytest.approx((0, 3.688879454), abs=1e-8)
    assert intervals.unit_cost(1000, 0) == pytest.approx((1000 / 3.688879454, math.inf))


def test_counts_that_cannot_be_told_from_a_plan_of_125():
    apart = [n for n in range(80, 180) if not intervals.poisson(n)[0] <= 125 <= intervals.poisson(n)[1]]
    assert max(n for n in apart if n < 125) == CASES["benchmark_flags"]["counts_above_benchmark_cost"] == 103
    assert min(n for n in apart if n > 125) == CASES["benchmark_flags"]["counts_below_benchmark_cost"] == 148


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (29, 29, 0.8830, 1.0)],
)
def test_wilson_as_newcombe_prints_it(count, of, low, high):
    assert intervals.wilson(count, of) == pytest.approx((low, high), abs=6e-5)


@given(st.integers(0, 2000), st.floats(0.5, 0.999))
def test_an_interval_holds_its_count_and_widens_with_its_level(count, level):
    low, high = intervals.poisson(count, level)
    wider = intervals.poisson(count, (1 + level) / 2)
    assert wider[0] <= low <= count <= high < wider[1]


@pytest.mark.parametrize(
    "call", [lambda: intervals.poisson(-1), lambda: intervals.wilson(3, 2), lambda: intervals.poisson(1, 1)]
)
def test_nonsense_is_refused(call):
    with pytest.raises(ValueError):
        call()


@pytest.mark.parametrize(
    ("count", "plan", "sure"), [(113, 125, 0.525), (73, 75, 0.752), (87, 100, 0.382), (0, 3, 0.020), (80, 100, 0.145)]
)
def test_how_sure_a_rate_is_at_least_nine_tenths_of_its_plan(count, plan, sure):
    assert intervals.probability_at_least(count, 0.9 * plan) == pytest.approx(sure, abs=6e-4)


@pytest.mark.parametrize(("count", "other"), [(94, 73), (10, 40), (1, 12), (30, 30)])
def test_the_ratio_of_two_rates_ends_where_the_exact_test_is_at_its_tails(count, other):
    low, high = intervals.rate_ratio(count, other)
    assert binom.sf(count - 1, count + other, low / (1 + low)) == pytest.approx(0.025)
    assert binom.cdf(count, count + other, high / (1 + high)) == pytest.approx(0.025)
    assert low < count / other < high


def test_a_ratio_over_no_case_has_no_upper_end():
    assert intervals.rate_ratio(0, 5)[0] == 0.0
    assert intervals.rate_ratio(5, 0)[1] == math.inf
