"""What a whole is made of: closures by reason, open cases by kind of work, spend by line, each with its share."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from etl.compare.intervals_of import LEAST_COUNT, in_columns
from etl.compare.made_of import shown
from etl.definitions import REPORTED, key
from etl.definitions.measure import Breakdown, write

# Wholes that are counts of people or cases; what is spent and who pays have tables of their own.
COUNTED = tuple(m for m in REPORTED.values() if isinstance(m, Breakdown) and m.unit == "count")
PLACE = ["site", "period", "asked", "latest", "starts", "ends", "hollow", "to_date"]
COLUMNS = [*PLACE, "measure", "position", "part", "label", "value", "value_shown", "whole", "share", "shown"]


def parts(rows: pd.DataFrame, results: pd.DataFrame, breakdowns: Iterable[Breakdown] = COUNTED) -> pd.DataFrame:
    """Each part of the year that answers, and its share of the whole; no share of fewer than 10 people.

    `rows` are `comparisons` that hold the wholes.
    """
    made = [_of_whole(rows, results, breakdown) for breakdown in breakdowns]
    frame = pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=COLUMNS)
    return frame[COLUMNS]


def _of_whole(rows: pd.DataFrame, results: pd.DataFrame, breakdown: Breakdown) -> pd.DataFrame:
    years = rows[(rows.measure == breakdown.name) & rows.value.notna()]
    wide = in_columns(
        results[results.measure.str.startswith(f"{breakdown.name}.") & results.period.isin(set(years.period))]
    )
    at = pd.MultiIndex.from_frame(years[["site", "period", "starts"]])
    least = LEAST_COUNT if breakdown.unit == "count" else 0
    whole = years.value.where((years.value >= least) & (years.value > 0))
    found = []
    for position, part in enumerate(breakdown.parts, 1):
        number = key(breakdown.name, part.name)
        value = wide[number].reindex(at).to_numpy() if number in wide else np.full(len(years), np.nan)
        label = part.label.rpartition(": ")[2]
        frame = years[PLACE].assign(measure=breakdown.name, position=position, part=part.name, value=value)
        frame["label"] = label[:1].upper() + label[1:]
        frame["value_shown"] = [shown(v, breakdown.name) for v in value]
        found.append(frame.assign(whole=years.value, share=value / whole))
    frame = pd.concat(found).sort_index(kind="stable")
    return frame.assign(shown=[write(share, "share") if share == share else "" for share in frame.share])
