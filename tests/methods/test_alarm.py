"""The alarm for falls: when it rings, and how often chance alone rings it."""

from itertools import pairwise

import numpy as np
import pytest

from etl.methods import alarm


def test_one_month_far_below_the_year_before_is_alarming() -> None:
    before = [7, 4, 7, 7, 10, 11, 6, 10, 8, 6, 10, 6]
    found = alarm.month([*before, 1], series=8)
    assert found is not None
    assert (found.count, found.expected) == (1, pytest.approx(92 / 12))
    assert found.chance == pytest.approx(np.exp(-92 / 12) * (1 + 92 / 12))
    assert found.alarming
    assert not alarm.month([*before, 2], series=8).alarming  # type: ignore[union-attr]


def test_twelve_months_are_needed_to_go_by() -> None:
    assert alarm.month([5.0] * 12, series=1) is None
    assert alarm.fall([5.0] * 12, series=1) is None
    assert alarm.fall([0.0] * 30, series=1) is None


def test_a_slow_fall_is_seen_with_the_month_in_which_it_began() -> None:
    values = [10.0] * 20 + [5.0] * 4
    found = alarm.fall(values, series=4)
    assert found is not None
    assert found.alarming
    assert (found.since, found.count, found.expected) == (20, 20.0, 40.0)
    assert not alarm.fall([10.0] * 24, series=4).alarming  # type: ignore[union-attr]


@pytest.mark.parametrize(("level", "limit"), [(10.0, 9.0), (4.0, 6.5)])
def test_the_run_length_is_that_of_simulated_runs(level: float, limit: float) -> None:
    reference, chance = alarm.reference_value(level), np.random.default_rng(1)
    lengths = []
    for _ in range(2000):
        statistic, months = 0.0, 0
        while statistic < limit:
            statistic, months = max(0.0, statistic + reference - chance.poisson(level)), months + 1
        lengths.append(months)
    error = np.std(lengths) / np.sqrt(len(lengths))
    assert abs(np.mean(lengths) - alarm.run_lengths(np.array([level]), reference, limit)[0]) < 4 * error


def test_the_more_series_are_watched_the_rarer_each_of_them_alarms() -> None:
    assert alarm.threshold(8.0, 12, alarm.false_run(43)) > alarm.threshold(8.0, 12, alarm.false_run(4))
    assert alarm.month_chance(86) < alarm.month_chance(8) == alarm.LEAST_CHANCE


def test_a_longer_baseline_needs_a_lower_threshold() -> None:
    assert alarm.threshold(8.0, 24, 96.0) < alarm.threshold(8.0, 12, 96.0)


def test_whole_counts_alarm_less_often_than_they_may() -> None:
    assert 0 < alarm.false_months(8.0, 8) <= alarm.month_chance(8)
    assert alarm.false_months(2.0, 8) < 1e-9  # even none in a month is not rare enough


def test_a_single_series_alarms_by_chance_as_often_as_is_said() -> None:
    level, months, runs = 10.0, 24, 400
    said = alarm.false_months(level, 8) + 1 / alarm.false_run(8)
    counts = np.random.default_rng(3).poisson(level, (runs, 36 + months)).astype(float)
    begun = 0
    for row in counts:
        rings = [_rings(row[: place + 1]) for place in range(35, 36 + months)]
        begun += sum(now and not before for before, now in pairwise(rings))
    assert abs(begun / (runs * months) / said - 1) < 0.3  # about 125 alarms: three standard errors


def _rings(values: np.ndarray) -> bool:
    single, slow = alarm.month(list(values), 8), alarm.fall(list(values), 8)
    return bool((single and single.alarming) or (slow and slow.alarming))
