"""Which months, quarters and years are published to others than the central team, before anything small is hidden.

Months and rolling years of what is counted as it comes; whole quarters and financial years of all else, so that one
edition less the one before is never a month of what is not published by months, and so that years that overlap do not
tell quarters apart. Where that cannot be made safe, or takes too long, the next coarser
granularity is taken; the last publishes no count that an earlier edition did not publish already.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from etl.definitions import MEASURES
from etl.definitions.measure import Breakdown
from etl.definitions.periods import month_after
from etl.protect.cell_suppression.lattice import Cell, Lattice, Mask, counts

MONTHLY = frozenset(("referrals", "accepted", "new_cases", "victims", "children"))
QUARTER, YEAR = 3, 12


@dataclass(frozen=True)
class Granularity:
    """One way to publish: which numbers by months, and the least whole periods of totals and parts (None: none)."""

    words: str
    monthly: frozenset[str]
    totals: int | None
    parts: int | None


GRANULARITIES = (
    Granularity("months of what comes in, quarters of all else", MONTHLY, QUARTER, QUARTER),
    Granularity("months of what comes in, quarters of totals, years of parts", MONTHLY, QUARTER, YEAR),
    Granularity("quarters of totals, years of parts", frozenset(), QUARTER, YEAR),
    Granularity("whole years of totals", frozenset(), YEAR, None),
    Granularity("no count that was not published before", frozenset(), None, None),
)


def offered(lattice: Lattice, granularity: Granularity) -> Mask:
    """The cells that would be published if none of them disclosed anything."""
    first = lattice.spans.first
    may = [
        stated and _may(cell, granularity, first.get(cell.site))
        for cell, stated in zip(lattice.cells, lattice.stated, strict=True)
    ]
    return np.array(may, dtype=bool)


def _may(cell: Cell, granularity: Granularity, first: date | None) -> bool:
    if cell.number in granularity.monthly:
        return True
    least = granularity.parts if _is_part(cell.number) else granularity.totals
    if least is None:
        return False
    over = counts()[cell.number]
    if cell.ends >= month_after(cell.starts, QUARTER):
        least = YEAR
    starts = over == "last" or _begins(cell.starts, least) or cell.starts == first
    ends = (over == "first" and cell.starts == cell.ends) or _ends(cell.ends, least)
    return starts and ends


def _begins(month: date, months: int) -> bool:
    return (month.month - 4) % months == 0


def _ends(month: date, months: int) -> bool:
    return (month.month - 3) % months == 0


def _is_part(number: str) -> bool:
    """Parts, and the totals of breakdowns that only say again how many new cases or closures there were."""
    own = number.partition(".")[0]
    return "." in number or (isinstance(MEASURES.get(own), Breakdown) and own not in _TOTALS)


_TOTALS = frozenset(("referrals", "closed_cases", "closing_cases"))
