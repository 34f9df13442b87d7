"""How far chance alone could move a count, a proportion or a cost per case, and how sure a rate is.

Sources: F. Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28; E. B. Wilson
(1927), Probable inference, JASA 22; C. J. Clopper and E. S. Pearson (1934), The use of confidence or
fiducial limits, Biometrika 26, for one of two counts given their sum; H. Jeffreys (1961), Theory of
probability, 3rd edition, for how sure a rate is.
"""

from __future__ import annotations

import math

from scipy.special import betaincinv, gammaincc, gammainccinv, gammaincinv, ndtri

Interval = tuple[float, float]


def poisson(count: float, level: float = 0.95) -> Interval:
    """The exact (chi-square) interval for the mean behind a count; a count of 0 has the lower limit 0.

    A count may lie between whole numbers, as the ends of another interval do.
    """
    tail = _tail(level)
    _refuse_negative(count, "count")
    low = float(gammaincinv(count, tail)) if count > 0 else 0.0
    return low, float(gammainccinv(count + 1, tail))


def wilson(count: float, of: float, level: float = 0.95) -> Interval:
    """Wilson's score interval for the proportion `count` in `of`, as two shares between 0 and 1."""
    z = _z(level)
    if of <= 0 or not 0 <= count <= of:
        raise ValueError(f"A proportion needs 0 <= count <= of and of > 0; got {count} of {of}.")
    share = count / of
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    low = 0.0 if count == 0 else (middle - half) / scale
    high = 1.0 if count == of else (middle + half) / scale
    return low, high


def unit_cost(cost: float, count: float, level: float = 0.95) -> Interval:
    """What chance in the count alone would do to cost per case: the cost over the exact Poisson limits of the
    count.

    In the units of `cost`. For a count of 0 the upper end is `math.inf`: no number of pounds bounds it.
    """
    _refuse_negative(cost, "cost")
    low, high = poisson(count, level)
    return cost / high, cost / low if low > 0 else math.inf


def rate_ratio(count: float, other: float, level: float = 0.95) -> Interval:
    """The exact conditional interval of the ratio of the rates behind two counts of equally long times.

    From 0 where `count` is 0, to `math.inf` where `other` is.
    """
    tail = _tail(level)
    _refuse_negative(count, "count")
    _refuse_negative(other, "count")
    low = float(betaincinv(count, other + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, other, 1 - tail)) if other > 0 else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else math.inf


def probability_at_least(count: float, floor: float) -> float:
    """How sure it is that the rate behind a count is above a floor: Gamma(count + 1/2), Jeffreys' prior."""
    _refuse_negative(count, "count")
    _refuse_negative(floor, "floor")
    return float(gammaincc(count + 0.5, floor))


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"A level lies between 0 and 1, such as 0.95; got {level}.")
    return (1 - level) / 2


def _z(level: float) -> float:
    return -float(ndtri(_tail(level)))


def _refuse_negative(number: float, name: str) -> None:
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"A {name} is a number of at least 0; got {number}.")
