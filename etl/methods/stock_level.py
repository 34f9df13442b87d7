"""The level to which a stock's flows lead: what comes in a month times how long it stays.

Source: J. D. C. Little (1961), A proof for the queuing formula L = λW, Operations Research 9. How long a case stays is
the open case-months over the closures of the same months, so that the level is mean open cases × new ÷ closed. That
holds while a service still grows, too, where a case's chance to close does not hang on how long it has been open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from etl.methods import intervals


@dataclass(frozen=True)
class Level:
    """The level, and the ends between which it lies by what chance does to the counts of what came and went (95%)."""

    level: float
    low: float
    high: float


def leads_to(came: Sequence[float], went: Sequence[float], stock: Sequence[float], least: float) -> Level | None:
    """The level to which the months lead; None where fewer than `least` came or went in all of them.

    `stock` is how many were there in each month, on average.
    """
    new, closed = sum(came), sum(went)
    if not stock or min(new, closed) < max(least, 1):
        return None
    mean = sum(stock) / len(stock)
    low, high = intervals.rate_ratio(new, closed)
    return Level(mean * new / closed, mean * low, mean * high)
