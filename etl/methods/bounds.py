"""What a sum may be while numbers in it are missing: its two ends, in place of no answer at all.

C. F. Manski (2003), Partial identification of probability distributions, Springer: what data with gaps say is the set
of values that their completions give. A completion is plausible here when it lies within what the site itself had of
late, widened by half.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

WIDENED = 0.5

Range = tuple[float, float]


def usual_range(known: Iterable[float], *, whole: bool) -> Range | None:
    """From the lowest to the highest of the known numbers, widened by half; None where none is known.

    `whole` keeps to whole numbers within that range, as people are counted; they are never fewer than none.
    """
    values = list(known)
    if not values:
        return None
    least, most = min(values), max(values)
    low, high = least - WIDENED * abs(least), most + WIDENED * abs(most)
    return (float(max(0, math.ceil(low))), float(math.floor(high))) if whole else (low, high)


def added(ranges: Iterable[Range]) -> Range:
    """The range of a sum from the ranges of what is added up; a known number is a range of one."""
    lows, highs = zip(*ranges, strict=True)
    return math.fsum(lows), math.fsum(highs)


def divided(over: Range, under: Range) -> Range | None:
    """The range of a ratio; None where what it is divided by may be nothing."""
    if under[0] <= 0:
        return None
    return min(over[0] / end for end in under), max(over[1] / end for end in under)
