"""What a sum may be while numbers in it are missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.methods.bounds import added, divided, usual_range


def test_people_are_whole_and_lie_within_what_the_site_had_widened_by_half() -> None:
    assert usual_range([14, 3, 5, 9], whole=True) == (2, 21)
    assert usual_range([0, 4], whole=True) == (0, 6)


def test_money_is_widened_by_half_at_both_ends_also_below_nothing() -> None:
    assert usual_range([1200.0, 1377.8], whole=False) == pytest.approx((600.0, 2066.7))
    assert usual_range([-100.0, 200.0], whole=False) == (-150.0, 300.0)


def test_nothing_known_bounds_nothing() -> None:
    assert usual_range([], whole=True) is None
    assert divided((10, 20), (0, 4)) is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted).map(tuple), min_size=1))
def test_a_sum_lies_between_the_sums_of_the_ends(ranges: list[tuple[int, int]]) -> None:
    low, high = added(ranges)
    assert (low, high) == (sum(low for low, _ in ranges), sum(high for _, high in ranges))


def test_a_ratio_is_least_where_most_divides_it() -> None:
    assert divided((100.0, 200.0), (10.0, 20.0)) == (5.0, 20.0)
