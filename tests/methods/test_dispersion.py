"""Whether counts vary more than chance explains, and how much wider their limits are then."""

from itertools import pairwise

import numpy as np
import pytest

from etl.methods import dispersion


@pytest.mark.parametrize(
    ("counts", "index"),
    [
        ([10, 12, 9, 11, 8, 10, 13, 9, 10, 11, 9, 12], 1.0),  # varies less than chance has it
        ([14, 3, 5, 14, 9, 5, 9, 4, 5, 5, 5], 166 / 78),
        ([2, 18, 2, 18, 2], 1.0),  # too few to say
        ([0] * 12, 1.0),
        ([0] * 6 + [10] * 6, 60 / 11),
    ],
)  # fmt: skip
def test_the_index_is_variance_over_mean_where_chance_does_not_explain_it(counts: list[float], index: float) -> None:
    assert dispersion.index(counts) == pytest.approx(index)


def test_one_in_twenty_series_of_chance_alone_are_called_dispersed() -> None:
    series = np.random.default_rng(4).poisson(8, (2000, 24))
    found = np.mean([dispersion.index(list(map(float, row))) > 1 for row in series])
    assert 0.035 < found < 0.065


def test_limits_move_away_from_the_mean_by_the_root_of_the_index() -> None:
    assert dispersion.widened((4, 18), 10, 4) == (-2, 26)
    assert all(a < b for a, b in pairwise(dispersion.widened((4, 18), 10, index)[1] for index in (1, 2, 3)))
