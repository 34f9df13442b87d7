"""Whether this month's count differs from last month's by more than chance.

Source: J. Przyborowski and H. Wilenski (1940), Homogeneity of results in testing samples from Poisson
series, Biometrika 31; two-sided as R's `binom.test` does it: every outcome at most as likely as the one
seen.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import ceil, floor, lgamma, log, log1p

from scipy.special import betainc

# What is as likely but for rounding counts as as likely, in logarithms.
AS_LIKELY = log1p(1e-7)


def month_on_month(previous: int, current: int, days_previous: float = 1, days_current: float = 1) -> float:
    """The two-sided exact p of `current` given both months together, each weighing as its working days.

    The outcomes on the other side are found by halving, so that counts of any size take no time.
    """
    if previous < 0 or current < 0 or previous != int(previous) or current != int(current):
        raise ValueError(f"Counts are whole numbers of at least 0; got {previous} and {current}.")
    if not (days_previous > 0 and days_current > 0):
        raise ValueError(f"Each month needs days; got {days_previous} and {days_current}.")
    total, seen = int(previous) + int(current), int(current)
    share = days_current / (days_previous + days_current)

    def likely(outcome: int) -> float:
        ways = -lgamma(outcome + 1) - lgamma(total - outcome + 1)
        return ways + outcome * log(share) + (total - outcome) * log1p(-share)

    expected, most = total * share, likely(seen) + AS_LIKELY
    if seen == expected:
        return 1.0
    if seen < expected:  # outcomes above grow less likely: the first that is as unlikely as the one seen
        above = bisect_left(range(ceil(expected), total + 1), -most, key=lambda outcome: -likely(outcome))
        return min(1.0, _at_most(seen, total, share) + _at_least(ceil(expected) + above, total, share))
    below = bisect_right(range(floor(expected) + 1), most, key=likely)
    return min(1.0, _at_most(below - 1, total, share) + _at_least(seen, total, share))


def _at_most(outcome: int, total: int, share: float) -> float:
    """The chance of so many or fewer."""
    if outcome < 0:
        return 0.0
    return float(betainc(total - outcome, outcome + 1, 1 - share)) if outcome < total else 1.0


def _at_least(outcome: int, total: int, share: float) -> float:
    """The chance of so many or more."""
    if outcome > total:
        return 0.0
    return float(betainc(outcome, total - outcome + 1, share)) if outcome > 0 else 1.0
