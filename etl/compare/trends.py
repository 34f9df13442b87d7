"""Whether a site's open cases grew, fell or stayed level over a year.

The rule: the last known month-end against the same month-end a year before. They grew or fell when the two counts
differ by more than chance (two-sided exact binomial test of the counts given their sum, 5%); else they are level when
they are no more than a tenth apart, and show no clear change when they are further apart and chance could do that.

Sources: J. Przyborowski and H. Wilenski (1940), Homogeneity of results in testing samples from Poisson series,
Biometrika 31 (`etl.methods.binomial`). That a number of open cases varies as a Poisson count: S. G. Eick, W. A.
Massey and W. Whitt (1993), The physics of the Mt/G/infinity queue, Operations Research 41. Cases that are open at both
ends make the two alike, so that the test errs towards no clear change. A control chart is no rule here: open cases
carry over from month to month, and its limits assume that they do not.
"""

from datetime import date

import pandas as pd

from etl.compare.bridges import first_months
from etl.definitions.messages import _
from etl.definitions.periods import month_after, write_month
from etl.definitions.tables import columns_of
from etl.methods import binomial

TRENDED = ("closing_cases",)
BEYOND_CHANCE = 0.05
LEVEL_WITHIN = 0.1
GREW, FELL, LEVEL, UNCLEAR, UNKNOWN = _("grew"), _("fell"), _("level"), _("no clear change"), _("not known")


def trends(results: pd.DataFrame) -> pd.DataFrame:
    """A row for each site and measure of open cases; `why` says what is missing where nothing can be said."""
    monthly = results[(results.period == "month") & results.measure.isin(TRENDED)].sort_values("starts")
    rows = []
    first = first_months(results)
    for (site, measure), series in monthly.groupby(["site", "measure"], sort=False):
        known = series[series.value.notna() & (series.starts >= first[site])]
        values = dict(zip(known.starts, known.value, strict=True))
        rows.append((site, measure, *_trend(values)))
    return pd.DataFrame(rows, columns=columns_of("trends"))


def trend_words(before: float, after: float) -> tuple[str, float]:
    """The word for two counts of open cases, and the p of their difference."""
    p = binomial.month_on_month(int(before), int(after)) if before + after else 1.0
    if p < BEYOND_CHANCE:
        return (GREW if after > before else FELL), p
    return (LEVEL if abs(after - before) <= LEVEL_WITHIN * before else UNCLEAR), p


def _trend(values: dict[date, float]) -> tuple[object, ...]:
    to_month = max(values, default=None)
    if to_month is None:
        return (UNKNOWN, None, None, None, None, None, _("no month is known"))
    from_month = month_after(to_month, -12)
    before, after = values.get(from_month), values[to_month]
    if before is None:
        why = _("{month} is not known", month=write_month(from_month))
        return (UNKNOWN, from_month, to_month, None, after, None, why)
    words, p = trend_words(before, after)
    return (words, from_month, to_month, before, after, p, "")
