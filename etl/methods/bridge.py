"""Why cost per case changed: the part that spending made and the part that volume made.

Source: the price and volume variances of standard costing (Horngren, Datar and Rajan, Cost accounting,
chapter 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

PENNY = Decimal("0.01")


@dataclass(frozen=True)
class Bridge:
    """Two parts, in pounds a case, that add up to the change."""

    spending: float
    volume: float

    @property
    def change(self) -> float:
        """The new cost per case less the old one."""
        return self.spending + self.volume

    def to_the_penny(self) -> tuple[Decimal, Decimal, Decimal]:
        """`(spending, volume, change)` in whole pennies, the first two adding up to the third as printed."""
        spending, change = _pennies(self.spending), _pennies(self.change)
        return spending, change - spending, change


def unit_cost(cost0: float, count0: float, cost1: float, count1: float) -> Bridge:
    """Split the change from `cost0 / count0` to `cost1 / count1`: spending at the new count, volume at the
    old cost.
    """
    if not (count0 > 0 and count1 > 0):
        raise ValueError(f"There is no cost per case without cases; got {count0} and {count1}.")
    old, new, before, after = Fraction(cost0), Fraction(cost1), Fraction(count0), Fraction(count1)
    return Bridge(spending=float((new - old) / after), volume=float(old / after - old / before))


def _pennies(pounds: float) -> Decimal:
    return Decimal(repr(pounds)).quantize(PENNY, rounding=ROUND_HALF_UP)
