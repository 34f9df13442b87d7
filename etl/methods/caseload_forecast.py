"""What a count may be over the coming months if referrals go on as they did: the Poisson's own chance and our
ignorance of its mean.

Source: Bayesian prediction with the Jeffreys prior Gamma(1/2, 0), which gives a negative binomial (A.
Gelman and others, Bayesian data analysis, third edition, section 2.6). It is what chance would do, not a
forecast of policy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import betainc

JEFFREYS = 0.5


@dataclass(frozen=True)
class CaseloadForecast:
    """A negative binomial for the number of cases over the horizon."""

    size: float
    chance: float

    @property
    def mean(self) -> float:
        return self.size * (1 - self.chance) / self.chance

    def at_most(self, count: int) -> float:
        """The chance of `count` cases or fewer."""
        return float(betainc(self.size, count + 1, self.chance)) if count >= 0 else 0.0

    def quantile(self, share: float) -> int:
        """The smallest number of cases that is not exceeded with a chance of at least `share`."""
        if not 0 < share < 1:
            raise ValueError(f"A share lies between 0 and 1; got {share}.")
        low, high = -1, max(1, math.ceil(self.mean))
        while self.at_most(high) < share:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.at_most(middle) < share else (low, middle)
        return high


def forecast(observed: int, months: float, horizon: float = 12) -> CaseloadForecast:
    """Predict the cases of the next `horizon` months from `observed` cases in the last `months`."""
    if observed < 0 or not (months > 0 and horizon > 0):
        raise ValueError(f"Needs a count and two spans of months above 0; got {observed}, {months}, {horizon}.")
    return CaseloadForecast(size=observed + JEFFREYS, chance=months / (months + horizon))
