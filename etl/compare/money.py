"""What each site spends: by line, against plan and funding, and in the prices of one year."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from etl.compare.components import shown
from etl.compare.intervals import in_columns
from etl.compare.parts import parts
from etl.definitions.costs import SPEND
from etl.definitions.periods import financial_year_start, month_after, write_financial_year
from etl.definitions.tables import columns_of
from etl.reference import Deflator, newest

REAL = ("spend", "cost_per_new_case", "cost_per_new_case_shared", "cost_per_new_case_with_in_kind")


def spend_lines(rows: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Each line's amount and share of the cash spend of the year that answers; `rows` are `comparisons`."""
    named = {"part": "line", "value": "amount", "value_shown": "amount_shown"}
    return parts(rows, results, [SPEND]).rename(columns=named)[columns_of("spend_lines")]


def spend_against(results: pd.DataFrame, data_month: date) -> pd.DataFrame:
    """Cash spend of every quarter and year against the plan and the cash funding of the same months, in pounds.

    `over_plan` and `over_funding` are what was spent more (less, if negative); the year that is not over is `to_date`.
    """
    own = results[(results.measure == "spend") & (results.period != "month")]
    wide = in_columns(results[results.measure.isin(["spend", "planned_cost", "funding"])])
    at = wide.reindex(
        pd.MultiIndex.from_frame(own[["site", "period", "starts"]]), columns=["spend", "planned_cost", "funding"]
    )
    spend, planned, funding = (at[name].to_numpy(dtype=float) for name in at.columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        frame = own.assign(
            to_date=~own.complete.astype(bool) & own.value.notna(),
            ends=[min(end, data_month) for end in own.ends],
            spend=spend,
            planned=planned,
            over_plan=np.round(spend - planned, 2),
            against_plan=np.where(planned > 0, spend / planned, np.nan),
            funding=funding,
            over_funding=np.round(spend - funding, 2),
            against_funding=np.where(funding > 0, spend / funding, np.nan),
        )
    return frame[columns_of("spend_against")].reset_index(drop=True)


def real_terms(results: pd.DataFrame, deflators: Iterable[Deflator], data_month: date) -> pd.DataFrame:
    """Spend and cost per new case by financial year, in the prices of the year that the data month is in.

    `deflator` is the price level of a year with that of the base year at 1; `forecast` says that a growth between the
    two was not yet known. Years without a known growth in between have no row.
    """
    base = financial_year_start(data_month)
    levels = price_levels(deflators, base)
    own = results[(results.period == "year") & results.measure.isin(REAL) & results.value.notna()]
    rows = []
    for r in own.itertuples():
        if r.starts in levels:
            level, forecast, source = levels[r.starts]
            real, to_date = r.value / level, not r.complete
            words = (shown(r.value, r.measure), shown(real, r.measure))
            year = (r.starts, write_financial_year(r.starts), to_date)
            priced = (r.value, words[0], level, real, words[1], write_financial_year(base), forecast, source)
            rows.append((r.site, r.measure, *year, *priced))
    return pd.DataFrame(rows, columns=columns_of("real_terms"))


def price_levels(deflators: Iterable[Deflator], base: date) -> dict[date, tuple[float, bool, str]]:
    """The price level of each financial year with the base year at 1; whether it rests on a forecast; its source."""
    growth = {row.year: row for row in newest(deflators, "year")}
    if base not in growth:
        return {}
    levels = {base: (1.0, False, growth[base].source)}
    year = base
    while year in growth:
        level, forecast, _ = levels[year]
        before = month_after(year, -12)
        row = growth[year]
        levels[before] = (level / (1 + row.growth), forecast or row.forecast, row.source)
        year = before
    year = month_after(base, 12)
    while year in growth:
        level, forecast, _ = levels[month_after(year, -12)]
        row = growth[year]
        levels[year] = (level * (1 + row.growth), forecast or row.forecast, row.source)
        year = month_after(year, 12)
    return levels
