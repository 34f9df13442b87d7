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

# So many false alarms a month come of single months and of slow falls, of all series watched: about one a year.
MONTHS_BUDGET, FALLS_BUDGET = 0.5 / 12, 0.46 / 12
# No single month is alarming that chance brings more often than this, however few series there are.
LEAST_CHANCE = 0.005
MONTHS_BEFORE = 12
SHIFT = 0.7
LONGEST_BASELINE = 36
GRID = 8  # the statistic moves in eighths of a case, so that the chain has few states and is exact
LIKELY_LEVELS = 5
MOST_THRESHOLD = 40.0


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


def false_months(expected: float, series: int) -> float:
    """How often a single month of a series is alarming by chance alone: counts are whole, so less than it may be."""
    most = -1
    while pdtr(most + 1, expected) < month_chance(series):
        most += 1
    return float(pdtr(most, expected)) if most >= 0 else 0.0


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
    low, high = 1.0, MOST_THRESHOLD
    while high - low > 1 / GRID:
        middle = math.floor((low + high) / 2 * GRID) / GRID
        low, high = (middle, high) if _false_rate(usual, months, middle) > 1 / run else (low, middle)
    return high


def _false_rate(usual: float, months: int, limit: float) -> float:
    """False alarms a month over the levels that the baseline leaves likely: equal shares of its Gamma posterior."""
    shares = (np.arange(LIKELY_LEVELS) + 0.5) / LIKELY_LEVELS
    levels = gammaincinv(usual * months + 0.5, shares) / months
    return float(np.mean([1 / run_length(float(level), reference_value(usual), limit) for level in levels]))


def run_length(level: float, reference: float, limit: float) -> float:
    """How many months the CUSUM goes on average until it reaches the limit, at a Poisson mean."""
    states, step = max(1, round(limit * GRID)), round(reference * GRID)
    counts = np.arange((states + step) // GRID + 1)
    chances = np.diff(pdtr(counts, level), prepend=0.0)
    after = np.arange(states)[:, None] + step - GRID * counts[None, :]
    chain = np.zeros((states, states))
    rows = np.broadcast_to(np.arange(states)[:, None], after.shape)
    stays = (after > 0) & (after < states)
    chain[rows[stays], after[stays]] = np.broadcast_to(chances, after.shape)[stays]
    chain[:, 0] = 1 - pdtr(np.ceil((np.arange(states) + step) / GRID) - 1, level)  # so many cases that nothing is left
    return float(np.linalg.solve(np.eye(states) - chain, np.ones(states))[0])
