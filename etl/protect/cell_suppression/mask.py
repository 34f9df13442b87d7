"""The results as others than the central team see them under the rule of whole cells: each is shown or hidden."""

from functools import cache

import numpy as np
import pandas as pd

from etl.compare.components import count_behind
from etl.compare.intervals import LIMITS
from etl.definitions import MEASURES, PLANNED
from etl.definitions.measure import Ratio, Total
from etl.definitions.periods import last_month
from etl.definitions.writing import HIDDEN
from etl.protect.audience import Unclassified
from etl.protect.cell_suppression.lattice import SHOWN_WITH, Lattice, Mask, counts

# What sites report that is no count and that everybody may see: money and posts. Counts are hidden where small.
OPEN = ("case_managers", "case_manager_posts", "spend", "spend_in_kind", "funding", "funding_in_kind")


def mask_results(results: pd.DataFrame, lattice: Lattice, shown: Mask) -> pd.DataFrame:
    """The results as others than the central team see them: hidden ones without a value, marked."""
    places = zip(results.site, results.period, results.starts, results.measure, strict=True)
    sees = _Sight(lattice, shown)
    open_rows = np.array([sees.row(*place) for place in places], dtype=bool)
    places = zip(results.site, results.period, results.starts, results.measure, strict=True)
    limited = np.array([sees.behind(*place) for place in places], dtype=bool)
    masked = results.copy()
    masked["value"] = results.value.where(open_rows)
    masked["shown"] = results.shown.where(open_rows, HIDDEN)
    for name in LIMITS:
        masked[name] = results[name].where(open_rows & limited)
    masked["why"] = [_plain(why) if may else "" for why, may in zip(results.why, open_rows, strict=True)]
    return masked


def _plain(why: str) -> str:
    """Why a number is not known; that a site hid a small one itself says that it is small."""
    return "not known" if "hidden by the site" in why else why


class _Sight:
    """Which results can be seen under a mask, each asked once."""

    def __init__(self, lattice: Lattice, shown: Mask) -> None:
        self.lattice = lattice
        closed = lattice.stated & ~shown
        self.closed = {lattice.cells[at] for at in np.flatnonzero(closed)}

    def row(self, site: str, period: str, starts: object, measure: str) -> bool:
        """Whether every count that a result is made of can be seen."""
        return all(self._count(site, period, starts, number) for number in counts_in(measure))

    def behind(self, site: str, period: str, starts: object, measure: str) -> bool:
        """Whether the count behind a result can be seen: limits say what it is."""
        number = count_behind(measure)
        return not number or number not in counts() or self._count(site, period, starts, number)

    def _count(self, site: str, period: str, starts: object, number: str) -> bool:
        day = pd.Timestamp(starts).date()
        return self.lattice.spans.cell(site, number, day, last_month(period, day)) not in self.closed


@cache
def counts_in(measure: str) -> list[str]:
    """The counts that a result is made of directly; a plan is no count. Raises Unclassified for what nobody opened."""
    own = MEASURES.get(measure)
    if isinstance(own, Ratio):
        return [number for part in (own.numerator, own.denominator) for number in counts_in(part)]
    if measure in counts():
        return [measure]
    if measure in PLANNED or measure.partition(".")[0] in OPEN:
        return []
    if isinstance(own, Total) and not own.over_months:
        return [number for part in SHOWN_WITH.get(measure, own.of) for number in counts_in(part)]
    raise Unclassified(
        f"Nothing is published: nobody has said who may see the number {measure!r}. If everybody may, add it to OPEN in"
        " etl/protect/cell_suppression/mask.py; until then publish for the central team alone: --central-only."
    )
