"""How unlike its own history an amount is.

Source: B. Iglewicz and D. C. Hoaglin (1993), How to detect and handle outliers, ASQC: query above 3.5.
Where the median deviation is 0 the mean absolute deviation stands in for it, as in IBM SPSS Statistics'
modified z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, median

ENOUGH_HISTORY = 8
MEDIAN_DEVIATIONS_IN_A_SIGMA = 0.6745
MEAN_DEVIATION_TO_SIGMA = 1.253314


def modified_z(value: float, others: Sequence[float | None]) -> float | None:
    """The modified z of `value` against the `others`, which leave it out; None when there is not enough
    history.

    Holes (None) among the others do not count towards the eight that are needed. Against a history that
    never moved, the same amount again is 0 and any other is infinite.
    """
    history = [other for other in others if other is not None]
    if len(history) < ENOUGH_HISTORY:
        return None
    centre = median(history)
    deviations = [abs(other - centre) for other in history]
    if middle := median(deviations):
        return MEDIAN_DEVIATIONS_IN_A_SIGMA * (value - centre) / middle
    if average := fmean(deviations):
        return (value - centre) / (MEAN_DEVIATION_TO_SIGMA * average)
    return math.copysign(math.inf, value - centre) if value != centre else 0.0
