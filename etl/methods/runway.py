"""How far secured money goes: months of cover, and the cases a budget can pay for.

Source: the programme's own arithmetic, stated in the funding section of the methods page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

MONTHS = 12


def cover(planned: float, secured: float) -> float:
    """Months of a year costing `planned` pounds that `secured` pounds pay for; more than 12 where the money
    goes further.
    """
    return float(_cover(planned, secured))


def missing(needs: Sequence[float], paid: Sequence[float], rounding: float) -> float:
    """What months are short of, added up: what one month has left over is not carried to another.

    Where no more than `rounding` is left over, it is the year's need less its money.
    """
    short = sum(max(0, need - money) for need, money in zip(needs, paid, strict=True))
    whole = sum(needs) - sum(paid)
    return short if short - whole > rounding else max(0, whole)


def cases_affordable(budget: float, planned_cost: float, planned_cases: float, fixed_share: float) -> float | None:
    """Cases that `budget` pays for when `fixed_share` (0 to 1) of the planned cost does not fall with the
    caseload.

    None where the fixed cost alone takes the whole budget; infinite where all cost is fixed and the budget
    exceeds it.
    """
    if not (planned_cost > 0 and planned_cases > 0 and 0 <= fixed_share <= 1):
        raise ValueError(f"Needs a plan and a share from 0 to 1; got {planned_cost}, {planned_cases}, {fixed_share}.")
    fixed = fixed_share * planned_cost
    if fixed >= budget:
        return None
    each = (planned_cost - fixed) / planned_cases
    return (budget - fixed) / each if each > 0 else math.inf


def _cover(planned: float, secured: float) -> Fraction:
    if not planned > 0:
        raise ValueError(f"Cover needs a planned cost above 0; got {planned}.")
    return MONTHS * Fraction(str(secured)) / Fraction(str(planned))
