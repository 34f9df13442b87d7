"""An alarm for falls in a monthly count: one month far below the last twelve, or a slow fall over several.

One month: the exact chance of so few or fewer under a Poisson mean of the twelve months before. A slow fall: the
one-sided Poisson CUSUM (J. M. Lucas, 1985, Counted data CUSUM's, Technometrics 27), laid out for a fall to seven tenths
of the usual. Its threshold is worked out exactly, by a Markov chain (D. Brook and D. A. Evans, 1972, An approach to the
probability distribution of CUSUM run length, Biometrika 59), and allows for a usual level that is itself estimated from
few months: the rate of false alarms is that over all levels which those months leave likely, as Heidema and others
(2026, Biometrical Journal, doi 10.1002/bimj.70127) ask for. One budget of false alarms is shared by all series watched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv, pdtr

# So many false alarms a month may come of single months and of slow falls, of all series that are watched together.
MONTHS_BUDGET, FALLS_BUDGET = 0.5 / 12, 0.95 / 12
# No single month is alarming that chance brings more often than this, however few series there are.
LEAST_CHANCE = 0.005
MONTHS_BEFORE = 12
SHIFT = 0.7
LONGEST_BASELINE = 36
GRID = 4  # the statistic moves in quarters of a case, so that the chain has few states and is exact
LIKELY_LEVELS = 15  # with fewer, the rarest levels count too little and the threshold comes out too low


@dataclass(frozen=True)
class Month:
    """A month's count against the months before: their mean, and the chance of so few or fewer."""

    count: float
    expected: float
    chance: float
    alarming: bool


@dataclass(frozen=True)
class Fall:
    """A slow fall: since which of the values (its place), how many cases came since and how many were usual."""

    since: int
    count: float
    expected: float
    statistic: float
    threshold: float
    alarming: bool


def month(values: Sequence[float], series: int) -> Month | None:
    """The last of the known values against the twelve before it; None where fewer are known. `series` are watched."""
    if len(values) <= MONTHS_BEFORE:
        return None
    expected = math.fsum(values[-1 - MONTHS_BEFORE : -1]) / MONTHS_BEFORE
    chance = float(pdtr(values[-1], expected))
    return Month(values[-1], expected, chance, chance < month_chance(series))


def month_chance(series: int) -> float:
    """The chance below which a single month is alarming, when so many series are watched."""
    return min(LEAST_CHANCE, MONTHS_BUDGET / series)


def false_months(level: float, series: int) -> float:
    """How often a single month of a series is alarming by chance alone, at a Poisson mean.

    Over all years before that this mean can bring: the month is held against what they had, not against the mean.
    """
    counts, years = np.arange(math.ceil(2 * level) + 1), np.arange(math.ceil(2 * MONTHS_BEFORE * level) + 1)
    alarming = pdtr(counts[:, None], years / MONTHS_BEFORE) < month_chance(series)
    chances = _chances(counts, level)[:, None] * _chances(years, MONTHS_BEFORE * level)
    return float((chances * alarming).sum())


def _chances(counts: np.ndarray, level: float | np.ndarray) -> np.ndarray:
    """The chance of each of the counts from 0 on, at a Poisson mean (or several, a row each)."""
    return np.diff(pdtr(counts, level), prepend=0.0, axis=-1)


def fall(values: Sequence[float], series: int) -> Fall | None:
    """The CUSUM over the values after the baseline; None with fewer than a year to go by. `series` are watched.

    The baseline are the 36 known months before the last twelve, or the first twelve of a younger series.
    """
    start = max(MONTHS_BEFORE, len(values) - MONTHS_BEFORE)
    baseline = values[max(0, start - LONGEST_BASELINE) : start]
    usual = math.fsum(baseline) / len(baseline) if baseline else 0.0
    if len(values) <= MONTHS_BEFORE or usual <= 0:
        return None
    reference, statistic, since = reference_value(usual), 0.0, start
    for place, value in enumerate(values[start:], start):
        statistic = max(0.0, statistic + reference - value)
        since = place + 1 if statistic == 0.0 else since
    limit = threshold(round(usual, 1), len(baseline), false_run(series))
    seen = values[since:]
    return Fall(since, math.fsum(seen), usual * len(seen), statistic, limit, statistic >= limit)


def false_run(series: int) -> float:
    """How many months a series goes on average without a false alarm of a fall."""
    return series / FALLS_BUDGET


def reference_value(usual: float) -> float:
    """What each month is held against: between the usual mean and the fallen one, where both are as likely."""
    return round(GRID * usual * (1 - SHIFT) / -math.log(SHIFT)) / GRID


@lru_cache(maxsize=4096)
def threshold(usual: float, months: int, run: float) -> float:
    """The threshold at which false alarms come once in `run` months, for a usual mean estimated from so many months."""
    low, high = 1.0, 2.0
    while _false_rate(usual, months, high) > 1 / run:
        low, high = high, 2 * high
    while high - low > 1 / GRID:
        middle = math.floor((low + high) / 2 * GRID) / GRID
        low, high = (middle, high) if _false_rate(usual, months, middle) > 1 / run else (low, middle)
    return high


def _false_rate(usual: float, months: int, limit: float) -> float:
    """False alarms a month over the levels that the baseline leaves likely: equal shares of its Gamma posterior."""
    shares = (np.arange(LIKELY_LEVELS) + 0.5) / LIKELY_LEVELS
    levels = gammaincinv(usual * months + 0.5, shares) / months
    return float(np.mean(1 / run_lengths(levels, reference_value(usual), limit)))


def run_lengths(levels: np.ndarray, reference: float, limit: float) -> np.ndarray:
    """How many months the CUSUM goes on average until it reaches the limit, at each of several Poisson means."""
    states, step = round(limit * GRID), round(reference * GRID)
    at, level = np.arange(states), levels[:, None]
    left = at[:, None] + step - at  # what a count must take away to come from a state (down) to another (across)
    counts = left // GRID
    stays = (left >= 0) & (left % GRID == 0)
    chain = np.where(stays, _chances(np.arange(counts.max() + 1), level)[:, np.maximum(counts, 0)], 0.0)
    chain[:, :, 0] = 1 - pdtr(np.ceil((at + step) / GRID) - 1, level)  # so many cases that nothing is left
    return np.linalg.solve(np.eye(states) - chain, np.ones((len(levels), states, 1)))[:, 0, 0]
