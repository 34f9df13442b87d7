"""An amount against its own history."""

import math

import pytest

from etl.methods.outlier import modified_z

STEADY = [100, 101, 99, 102, 98, 100, 103, 97]


@pytest.mark.parametrize(
    ("value", "others", "expected"),
    [
        (110, STEADY, 0.6745 * 10 / 1.5),
        (90, [*STEADY, None], 0.6745 * -10 / 1.5),
        (105, [100] * 7 + [104], 5 / (1.253314 * 0.5)),
        (100, [100] * 8, 0.0),
        (101, [100] * 8, math.inf),
        (99, [100] * 8, -math.inf),
        (110, STEADY[:7], None),
        (110, [*STEADY[:7], None], None),
    ],
)
def test_modified_z(value, others, expected):
    assert modified_z(value, others) == (None if expected is None else pytest.approx(expected))
