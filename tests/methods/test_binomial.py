"""Month against month."""

import json
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


def test_nonsense_is_refused():
    for call in [(-1, 2), (1.5, 2), (1, 2, 0, 3)]:
        with pytest.raises(ValueError):
            binomial.month_on_month(*call)
