"""Month against month."""

import json
import time
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.methods import binomial

TEST = json.loads((Path(__file__).parent / "vectors" / "stock_flow.json").read_text())["cases"][
    "month_on_month_exact_test"
]


@pytest.mark.parametrize("case", TEST["cases"])
def test_as_r_gives_it(case):
    assert binomial.month_on_month(case["prev"], case["curr"]) == pytest.approx(case["p_two_sided"], abs=1e-9)


def test_months_of_unequal_length():
    case = TEST["unequal_working_days"]
    p = binomial.month_on_month(case["prev"], case["curr"], case["days_prev"], case["days_curr"])
    assert p == pytest.approx(case["p_two_sided"], abs=1e-9)


@given(st.integers(0, 60), st.integers(0, 60))
def test_equal_months_double_the_tail(previous, current):
    total, low = previous + current, min(previous, current)
    tail = sum(comb(total, k) for k in range(low + 1)) / 2**total
    assert binomial.month_on_month(previous, current) == pytest.approx(min(1.0, 2 * tail), rel=1e-6)


@given(st.integers(0, 80), st.integers(0, 80), st.sampled_from([(1, 1), (21, 20), (20, 23), (0.5, 3), (22, 1)]))
def test_every_outcome_at_most_as_likely_as_the_one_seen(previous, current, days):
    total, share = previous + current, Fraction(days[1]) / (Fraction(days[0]) + Fraction(days[1]))
    chances = [comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(total + 1)]
    p = sum(chance for chance in chances if chance <= chances[current])
    assert binomial.month_on_month(previous, current, *days) == pytest.approx(float(p), rel=1e-6)


@pytest.mark.parametrize(("more", "p"), [(0, 1.0), (3 * 10**6, 0.0338949873), (10**9, 0.0)])
def test_counts_of_any_size_take_no_time(more, p):
    """A count of a million million is a slip of the hand that must not stop everything; the p is the normal one."""
    begun = time.process_time()
    assert binomial.month_on_month(10**12, 10**12 + more) == pytest.approx(p, rel=0.01)
    assert time.process_time() - begun < 0.1


def test_nonsense_is_refused():
    for call in [(-1, 2), (1.5, 2), (1, 2, 0, 3)]:
        with pytest.raises(ValueError):
            binomial.month_on_month(*call)
