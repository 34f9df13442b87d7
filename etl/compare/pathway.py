"""From referral to completion: how many people reach each step in a year, and what share of the step before."""

import numpy as np
import pandas as pd

from etl.definitions.measure import Unit
from etl.definitions.messages import _
from etl.definitions.settings import LEAST_COUNT
from etl.definitions.tables import columns_of
from etl.definitions.writing import write, write_range

# Each step: what is counted, its name, whether its people are those of the step before, and what to say of its share.
STEPS: tuple[tuple[str, str, bool, str], ...] = (
    ("referrals", "Referred", True, ""),
    ("accepted", "Accepted", True, _("of those referred in the same months")),
    ("new_cases", "Allocated", False, _("of the number accepted; some were accepted in earlier months")),
    (
        "closed_cases.completed",
        "Completed",
        False,
        _("of the number allocated; not the same people: they began earlier"),
    ),
)
_QUESTION = ["site", "period", "asked"]


def pathway(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each site, year asked for and step; `rows` are `comparisons`.

    The year is the one asked for, or the last before it in which every step is known that is known at all; a step that
    is not stands without a number, with `why` unless it is hidden. No share of fewer than 10.
    """
    steps = [step for step, *_ in STEPS]
    own = rows[rows.measure.isin(steps)]
    if own.empty:
        return pd.DataFrame(columns=columns_of("pathway"))
    whole = own.assign(earlier=own.starts.ne(own.asked)).sort_values("earlier", kind="stable")
    asked = whole.drop_duplicates(_QUESTION).set_index(_QUESTION).sort_index()
    own = own if "range_low" in own else own.assign(range_low=np.nan, range_high=np.nan)
    counts, first, whys, low, high = (
        own.pivot(index=_QUESTION, columns="measure", values=column).reindex(columns=steps)
        for column in ("value", "starts", "why", "range_low", "range_high")
    )
    year = first.where(counts.notna()).min(axis=1).fillna(asked.index.to_frame()["asked"])
    answer = pd.MultiIndex.from_arrays(
        [counts.index.get_level_values(0), counts.index.get_level_values(1), pd.Index(year)], names=_QUESTION
    )
    years, reasons = (frame.reindex(answer).set_axis(counts.index) for frame in (asked, whys))
    same = first.reindex(answer).set_axis(counts.index).eq(year, axis=0)
    common, *ends = (
        frame.reindex(answer).set_axis(counts.index).astype(float).where(same) for frame in (counts, low, high)
    )
    placed = [_step(position, common, ends, years, reasons) for position in range(len(STEPS))]
    frame = pd.concat(placed).reset_index()
    some = common.notna().any(axis=1).reindex(pd.MultiIndex.from_frame(frame[_QUESTION])).to_numpy()
    frame["starts"] = frame.starts.where(some, frame.asked)
    frame["hollow"] = frame.starts.ne(frame.asked)
    said = whys.replace("", np.nan).bfill(axis=1).iloc[:, 0].fillna("").rename("year_why")
    frame = frame.join(asked.latest.rename("latest"), on=_QUESTION).join(said, on=_QUESTION)
    frame["why"] = frame.why.where(frame["count"].isna(), frame.year_why)
    return frame.sort_values([*_QUESTION, "position"])[columns_of("pathway")].reset_index(drop=True)


def _step(
    position: int, counts: pd.DataFrame, ends: list[pd.DataFrame], years: pd.DataFrame, whys: pd.DataFrame
) -> pd.DataFrame:
    """One step of every pathway; `ends` are the lower and the upper ends of ranges."""
    step, label, same_people, note = STEPS[position]
    frame = years[["starts", "ends", "to_date"]].assign(position=position + 1, measure=step, label=label)
    before = counts[STEPS[position - 1][0]] if position else pd.Series(np.nan, index=counts.index)
    frame["count"] = counts[step]
    frame["range_low"], frame["range_high"] = (end[step] for end in ends)
    frame["count_shown"] = _written(counts[step], ends[0][step], ends[1][step], "count")
    least, most = ((end[step] / before).where(before >= LEAST_COUNT) for end in ends)
    frame["share"] = (counts[step] / before).where(before >= LEAST_COUNT)
    frame["share_low"], frame["share_high"] = least, most
    frame["shown"] = _written(frame.share, least, most, "share")
    return frame.assign(same_people=same_people, note=note, why=whys[step].fillna(""))


def _written(values: pd.Series, low: pd.Series, high: pd.Series, unit: Unit) -> list[str]:
    """Numbers as they are printed, or what they lie between; nothing where neither is known."""
    return [
        write(value, unit) if value == value else str(write_range(least, most, unit)) if least == least else ""
        for value, least, most in zip(values, low, high, strict=True)
    ]
