"""From referral to completion: how many people reach each step in a year, and what share of the step before."""

import numpy as np
import pandas as pd

from etl.compare.intervals_of import LEAST_COUNT
from etl.definitions.measure import write

# Each step: what is counted, its name, whether its people are those of the step before, and what to say of its share.
STEPS: tuple[tuple[str, str, bool, str], ...] = (
    ("referrals", "Referred", True, ""),
    ("accepted", "Accepted", True, "of those referred in the same months"),
    ("new_cases", "Allocated", False, "of the number accepted; some were accepted in earlier months"),
    ("closed_cases.completed", "Completed", False, "of the number allocated; not the same people: they began earlier"),
)
COLUMNS = [
    "site", "period", "asked", "latest", "starts", "ends", "hollow", "to_date", "position", "measure", "label", "count",
    "count_shown", "share", "shown", "same_people", "note", "why",
]  # fmt: skip
_QUESTION = ["site", "period", "asked"]


def pathway(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each site, year asked for and step; `rows` are `comparisons`.

    The year is the one asked for, or the last before it in which every step is known. No share of fewer than 10.
    """
    steps = [step for step, *_ in STEPS]
    own = rows[rows.measure.isin(steps)]
    if own.empty:
        return pd.DataFrame(columns=COLUMNS)
    asked = own.drop_duplicates(_QUESTION).set_index(_QUESTION).sort_index()
    counts = own.pivot(index=_QUESTION, columns="measure", values="value").reindex(columns=steps)
    first = own.pivot(index=_QUESTION, columns="measure", values="starts").reindex(columns=steps)
    whys = own.pivot(index=_QUESTION, columns="measure", values="why").reindex(columns=steps)
    oldest = first.min(axis=1)
    answer = pd.MultiIndex.from_arrays(
        [counts.index.get_level_values(0), counts.index.get_level_values(1), pd.Index(oldest)], names=_QUESTION
    )
    common = counts.reindex(answer).set_axis(counts.index)
    together = first.reindex(answer).set_axis(counts.index).eq(oldest, axis=0).all(axis=1)
    common = common.where(together & common.notna().all(axis=1))
    placed = [_step(position, common, asked.reindex(answer).set_axis(counts.index)) for position in range(len(STEPS))]
    frame = pd.concat(placed).reset_index()
    frame["starts"] = frame.starts.where(frame["count"].notna(), frame.asked)
    frame["hollow"] = frame.starts.ne(frame.asked)
    said = whys.replace("", np.nan).bfill(axis=1).iloc[:, 0].fillna("").rename("why")
    latest = asked.latest.rename("latest")
    frame = frame.drop(columns=["latest", "why"], errors="ignore").join(latest, on=_QUESTION).join(said, on=_QUESTION)
    return frame.sort_values([*_QUESTION, "position"])[COLUMNS].reset_index(drop=True)


def _step(position: int, counts: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    """One step of every pathway."""
    step, label, same_people, note = STEPS[position]
    frame = years[["starts", "ends", "to_date"]].assign(position=position + 1, measure=step, label=label)
    before = counts[STEPS[position - 1][0]] if position else pd.Series(np.nan, index=counts.index)
    frame["count"] = counts[step]
    frame["count_shown"] = [write(value, "count") if value == value else "" for value in counts[step]]
    frame["share"] = (counts[step] / before).where(before >= LEAST_COUNT)
    frame["shown"] = [write(value, "share") if value == value else "" for value in frame.share]
    return frame.assign(same_people=same_people, note=note)
