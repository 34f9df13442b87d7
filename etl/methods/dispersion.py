"""How much more counts vary than a Poisson mean would have them, and limits that allow for it.

Source: D. J. Spiegelhalter (2005), Handling over-dispersion of performance indicators, Quality and Safety in Health
Care 14: limits are wider by the square root of s²/m where (n − 1)s²/m is too large for chi-square.
"""

import math
from collections.abc import Sequence
from statistics import mean, variance

from scipy.special import chdtrc

DISPERSED = 0.05
LEAST_COUNTS = 6


def index(counts: Sequence[float]) -> float:
    """s²/m of the counts; 1 unless chance hardly explains that it is larger (p < 0.05), or they are too few to say."""
    if len(counts) < LEAST_COUNTS or not (middle := mean(counts)):
        return 1.0
    found = variance(counts, middle) / middle
    return found if chdtrc(len(counts) - 1, (len(counts) - 1) * found) < DISPERSED else 1.0


def widened(limits: tuple[float, float], middle: float, index: float) -> tuple[float, float]:
    """Limits as many times further from the mean as the square root of the index has it."""
    low, high = (middle + math.sqrt(index) * (end - middle) for end in limits)
    return low, high
