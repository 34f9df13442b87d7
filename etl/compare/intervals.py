"""How far chance alone could move each result: its 95% and 99.8% limits."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from etl.compare.components import count_behind
from etl.definitions import MEASURES, unit_of
from etl.definitions.measure import Ratio
from etl.definitions.settings import LEAST_COUNT
from etl.methods import intervals

PLACE = ["site", "period", "starts"]
LIMITS = ("low", "high", "low_998", "high_998")
LEVELS = (0.95, 0.998)
WITHOUT = {"open_case_months"}

Column = np.ndarray


def in_columns(results: pd.DataFrame, what: str = "value") -> pd.DataFrame:
    """Results as a table: a row for each site, period and start, a column for each measure."""
    return results.pivot(index=PLACE, columns="measure", values=what)


def with_intervals(results: pd.DataFrame) -> pd.DataFrame:
    """The results with `low` and `high` (95%) and `low_998` and `high_998` (99.8%), where the measure has an interval.

    Counts of cases and people: exact Poisson. Shares: Wilson. Costs per case: the spend over the limits of the count;
    per open case-month, over those of the people worked with, because a case gives many case-months.
    """
    wide = in_columns(results)
    made = {measure: _limits(measure, wide) for measure in wide.columns}
    nothing = np.full(len(wide), np.nan)
    rows = results.groupby(PLACE).ngroup().to_numpy()
    columns = wide.columns.get_indexer(pd.Index(results.measure))
    stacked = [np.vstack([made[m][i] if made[m] else nothing for m in wide.columns]) for i in range(len(LIMITS))]
    return results.assign(**{name: stacked[i][columns, rows] for i, name in enumerate(LIMITS)})


def poisson_limits(counts: Column, level: float) -> tuple[Column, Column]:
    """The exact limits of many counts, each worked out once; nan for nan."""
    return _each(counts, np.zeros_like(counts), lambda count, _: _poisson(count, level))


def _limits(number: str, wide: pd.DataFrame) -> tuple[Column, ...]:
    """The four limits of a measure at every place; nothing where it has none."""
    measure = MEASURES.get(number)
    if isinstance(measure, Ratio):
        if measure.numerator not in wide or measure.denominator not in wide:
            return ()
        over, under = (wide[part].to_numpy(dtype=float) for part in (measure.numerator, measure.denominator))
        of_people = unit_of(measure.numerator) == "count" and not measure.denominator.startswith("planned_")
        if measure.unit == "share" and of_people:
            return _of_shares(over, under)
        if measure.unit == "gbp_each" and count_behind(number) in wide:
            return _of_costs(over, under, wide[count_behind(number)].to_numpy(dtype=float))
        return ()
    if unit_of(number) != "count" or number.startswith("planned_") or number in WITHOUT:
        return ()
    counts = wide[number].to_numpy(dtype=float)
    counts = np.where(counts >= 0, counts, np.nan)
    return tuple(limit for level in LEVELS for limit in poisson_limits(counts, level))


def _of_shares(over: Column, under: Column) -> tuple[Column, ...]:
    fits = (under >= LEAST_COUNT) & (over >= 0) & (over <= under)
    over, under = np.where(fits, over, np.nan), np.where(fits, under, np.nan)
    return tuple(limit for level in LEVELS for limit in _each(over, under, partial(_wilson, level=level)))


def _of_costs(cost: Column, count: Column, people: Column) -> tuple[Column, ...]:
    fits = (people >= LEAST_COUNT) & (count > 0) & (cost >= 0)
    people = np.where(fits, people, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(fits, cost * (people / count), np.nan)
    return tuple(each / end for level in LEVELS for end in reversed(poisson_limits(people, level)))


def _each(
    first: Column, second: Column, limits: Callable[[float, float], tuple[float, float]]
) -> tuple[Column, Column]:
    """Low and high of many pairs, each different pair worked out once."""
    known = ~(np.isnan(first) | np.isnan(second))
    low, high = np.full(len(first), np.nan), np.full(len(first), np.nan)
    if known.any():
        pairs, places = np.unique(np.column_stack((first[known], second[known])), axis=0, return_inverse=True)
        found = np.array([limits(float(a), float(b)) for a, b in pairs])
        low[known], high[known] = found[places.ravel()].T
    return low, high


@lru_cache(maxsize=100_000)
def _poisson(count: float, level: float) -> tuple[float, float]:
    return intervals.poisson(count, level)


@lru_cache(maxsize=200_000)
def _wilson(count: float, of: float, level: float) -> tuple[float, float]:
    return intervals.wilson(count, of, level)
