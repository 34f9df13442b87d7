"""Holm's adjustment against his procedure as R's `p.adjust` prints it."""

import pytest

from etl.methods.holm import adjusted


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.02, 0.5], [0.04, 0.5]),
        ([0.9, 0.8], [1.0, 1.0]),
        ([0.03], [0.03]),
        ([], []),
    ],
)
def test_each_p_is_adjusted_for_all_of_them(p_values, expected):
    assert adjusted(p_values) == pytest.approx(expected)
