"""Whether this month's count differs from last month's by more than chance.

Source: J. Przyborowski and H. Wilenski (1940), Homogeneity of results in testing samples from Poisson
series, Biometrika 31; two-sided as R's `binom.test` does it: every outcome at most as likely as the one
seen.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

AS_LIKELY = 1 + 1e-7


def month_on_month(previous: int, current: int, days_previous: float = 1, days_current: float = 1) -> float:
    """The two-sided exact p of `current` given both months together, each weighing as its working days."""
    total = previous + current
    if previous < 0 or current < 0 or previous != int(previous) or current != int(current):
        raise ValueError(f"Counts are whole numbers of at least 0; got {previous} and {current}.")
    if not (days_previous > 0 and days_current > 0):
        raise ValueError(f"Each month needs days; got {days_previous} and {days_current}.")
    share = days_current / (days_previous + days_current)
    outcomes = np.arange(int(total) + 1)
    ways = gammaln(total + 1) - gammaln(outcomes + 1) - gammaln(total - outcomes + 1)
    chances = np.exp(ways + outcomes * np.log(share) + (total - outcomes) * np.log1p(-share))
    return min(1.0, float(chances[chances <= chances[int(current)] * AS_LIKELY].sum()))
