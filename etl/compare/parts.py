"""What a whole is made of: closures by reason, open cases by kind of work, spend by line, each with its share."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from etl.compare.components import shown
from etl.compare.intervals import in_columns
from etl.definitions import REPORTED, key
from etl.definitions.measure import Breakdown
from etl.definitions.settings import LEAST_COUNT
from etl.definitions.tables import columns_of
from etl.definitions.writing import first_upper, write, write_range

# Wholes that are counts of people or cases; what is spent and who pays have tables of their own.
COUNTED = tuple(m for m in REPORTED.values() if isinstance(m, Breakdown) and m.unit == "count")
PLACE = ["site", "period", "asked", "latest", "starts", "ends", "hollow", "to_date"]


def parts(rows: pd.DataFrame, results: pd.DataFrame, breakdowns: Iterable[Breakdown] = COUNTED) -> pd.DataFrame:
    """Each part of the year that answers, and its share of the whole; no share of fewer than 10 people.

    `rows` are `comparisons` that hold the wholes.
    """
    several = tuple(breakdowns)
    numbers = {key(own.name, part.name) for own in several for part in own.parts}
    own = results[results.measure.isin(numbers) & results.period.isin(set(rows.period))]
    ends = [own.get(name, np.nan) for name in ("range_low", "range_high")]
    wide = tuple(in_columns(own.assign(value=value)) for value in (own.value, *ends))
    made = [_of_whole(rows, wide, breakdown) for breakdown in several]
    columns = columns_of("parts")
    return pd.concat(made, ignore_index=True)[columns] if made else pd.DataFrame(columns=columns)


def _of_whole(rows: pd.DataFrame, wide: tuple[pd.DataFrame, ...], breakdown: Breakdown) -> pd.DataFrame:
    """The parts of one whole; `wide` has their values and the two ends of their ranges."""
    years = rows[(rows.measure == breakdown.name) & rows.value.notna()]
    numbers = [key(breakdown.name, part.name) for part in breakdown.parts]
    labels = [part.label.rpartition(": ")[2] for part in breakdown.parts]
    at = pd.MultiIndex.from_frame(years[["site", "period", "starts"]])
    values, low, high = (own.reindex(index=at, columns=numbers).to_numpy(dtype=float).ravel() for own in wide)
    least = LEAST_COUNT if breakdown.unit == "count" else 0
    whole = years.value.where((years.value >= least) & (years.value > 0))
    each = np.repeat(np.arange(len(years)), len(numbers))
    frame = years[PLACE].iloc[each].assign(measure=breakdown.name, value=values, range_low=low, range_high=high)
    frame["position"] = np.tile(np.arange(1, len(numbers) + 1), len(years))
    frame["part"] = [part.name for part in breakdown.parts] * len(years)
    frame["label"] = [first_upper(label) for label in labels] * len(years)
    ends = list(zip(low, high, strict=True))
    frame["value_shown"] = [
        shown(value, breakdown.name) if low != low else str(write_range(low, high, breakdown.unit))
        for value, (low, high) in zip(values, ends, strict=True)
    ]
    frame["whole"], frame["share"] = years.value.to_numpy()[each], frame.value.to_numpy() / whole.to_numpy()[each]
    wholes = whole.to_numpy()[each]
    frame["share_low"], frame["share_high"] = low / wholes, high / wholes
    frame["shown"] = [
        _share_shown(share, low / of, high / of)
        for share, (low, high), of in zip(frame.share, ends, wholes, strict=True)
    ]
    return frame


def _share_shown(share: float, low: float, high: float) -> str:
    """A share as it is printed, or what it lies between; nothing where neither is known."""
    if share == share:
        return write(share, "share")
    return str(write_range(low, high, "share")) if low == low else ""
