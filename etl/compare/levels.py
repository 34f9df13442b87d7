"""To what level each site's open cases are heading, if new and closed cases go on as in the last six months.

Six months: in the first year of a service hardly any case closes, so that a whole year would say too high a level.
"""

from datetime import date

import pandas as pd

from etl.compare.bridges import first_months
from etl.definitions.messages import Count, Text, _
from etl.definitions.periods import month_after
from etl.definitions.settings import LEAST_COUNT
from etl.definitions.tables import columns_of
from etl.methods.stock_level import leads_to

CAME, WENT, AT_START, AT_END = NUMBERS = ("new_cases", "closed_cases", "opening_cases", "closing_cases")
MONTHS, LEAST_MONTHS = 6, 4


def levels(results: pd.DataFrame, data_month: date) -> pd.DataFrame:
    """A row for each site and all together; months with a number that is not known are left out."""
    starts = month_after(data_month, 1 - MONTHS)
    monthly = results[(results.period == "month") & results.measure.isin(NUMBERS) & (results.starts >= starts)]
    wide = monthly.pivot(index=["site", "starts"], columns="measure", values="value").reindex(columns=list(NUMBERS))
    known = wide.dropna().reset_index()
    rows = [(site, starts, data_month, *_row(known[known.site == site])) for site in first_months(results)]
    return pd.DataFrame(rows, columns=columns_of("levels"))


def _row(months: pd.DataFrame) -> tuple[object, ...]:
    """How many months are known, the level, its ends, and why there is none."""
    if len(months) < LEAST_MONTHS:
        why: Text = _("too few of the last {months} months are known", months=Count(MONTHS))
        return len(months), None, None, None, why
    stock = (months[AT_START] + months[AT_END]) / 2
    found = leads_to(list(months[CAME]), list(months[WENT]), list(stock), LEAST_COUNT)
    if found is None:
        return len(months), None, None, None, _("fewer than {number} new or closed cases", number=LEAST_COUNT)
    return len(months), found.level, found.low, found.high, ""
