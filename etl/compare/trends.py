"""How many people were referred, taken on and closed in the last months, and whether more or fewer than a year before.

The rule: the same months a year before, as the bridges of costs pair them. They rose or fell when the two counts differ
by more than chance (two-sided exact binomial test of the counts given their sum; 5%, adjusted for the number of sites).
A month that is missing in either year is left out of both, and named. Years that overlap are not compared: they share
months, and see a third less intake in 6% of runs against 52%.

Sources: J. Przyborowski and H. Wilenski (1940) (`etl.methods.binomial`); S. Holm (1979) (`etl.methods.holm`).
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from etl.compare.bridges import BEYOND_CHANCE, first_months, over_sites
from etl.definitions.messages import Listing, _
from etl.definitions.periods import month_after, months_from, write_month
from etl.definitions.tables import columns_of
from etl.methods import binomial

# Flows only: open cases remember what came before, so that two month-ends of theirs are no two samples.
FLOWS = ("referrals", "new_cases", "closed_cases")
YEAR, RECENT = 12, 3
ROSE, FELL, UNCLEAR, UNKNOWN = "rose", "fell", "unclear", "not_known"

Values = Mapping[date, float]


def trends(results: pd.DataFrame, data_month: date) -> pd.DataFrame:
    """A row for each site, flow and span (the last twelve and the last three months to the data month).

    `to_value` is what came in the span, `from_value` in the same months a year before; `why` says what is missing.
    """
    monthly = results[(results.period == "month") & results.measure.isin(FLOWS) & results.value.notna()]
    first = first_months(results)
    known = {key: dict(zip(own.starts, own.value, strict=True)) for key, own in monthly.groupby(["site", "measure"])}
    rows = [
        (site, measure, span, *_row(known.get((site, measure), {}), span, first[site], data_month))
        for site in first
        for measure in FLOWS
        for span in (YEAR, RECENT)
    ]
    judged = ("p_adjusted", "direction")
    frame = pd.DataFrame(rows, columns=[name for name in columns_of("trends") if name not in judged])
    frame["p_adjusted"] = over_sites(frame, ["measure", "span"])
    pairs = zip(frame.from_value, frame.to_value, frame.p_adjusted, strict=True)
    frame["direction"] = [_direction(*pair) for pair in pairs]
    return frame[columns_of("trends")]


def _row(known: Values, span: int, first: date, data_month: date) -> tuple[object, ...]:
    """Months compared, both spans, both sums, their p, the months left out, and why nothing can be compared."""
    months = [m for m in months_from(month_after(data_month, 1 - span), data_month) if m >= first]
    paired = [month for month in months if month_after(month, -YEAR) >= first]
    both = [month for month in paired if month in known and month_after(month, -YEAR) in known]
    used = both if both else [month for month in months if month in known]
    if not used or (span == RECENT and used != months):
        return (0, None, None, None, None, None, None, None, "", _why(months, known))
    after = sum(known[month] for month in used)
    before = sum(known[month_after(month, -YEAR)] for month in both) if both else None
    out = [write_month(month) for month in paired if month not in both] if both else []
    earlier = [month_after(month, -YEAR) if both else None for month in (used[0], used[-1])]
    p = binomial.month_on_month(int(before), int(after)) if before is not None and before + after else None
    why = "" if both else _("no month of a year before is known")
    return (len(used), *earlier, used[0], used[-1], before, after, p, Listing(out) if out else "", why)


def _why(months: list[date], known: Values) -> str:
    missing = next((month for month in months if month not in known), None)
    return _("{month} is not known", month=write_month(missing)) if missing else _("no month is known")


def _direction(before: float | None, after: float | None, p: float | None) -> str:
    """Which way a flow went, where that is more than chance."""
    if p is None or p != p:
        return UNKNOWN
    return UNCLEAR if p >= BEYOND_CHANCE else ROSE if (after or 0) > (before or 0) else FELL
