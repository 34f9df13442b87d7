"""Why a result is not known or not given: the missing number or return, too few people, nothing to divide."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import pandas as pd

from etl.compare.components import components, count_behind
from etl.compare.intervals import PLACE, in_columns
from etl.definitions import ASKED_LATER, MEASURES, label_of, nil_before
from etl.definitions.measure import Ratio
from etl.definitions.messages import Count, Name, Small, _, joined
from etl.definitions.periods import last_month, write_month
from etl.definitions.settings import LEAST_COUNT, NOTHING_TO_DIVIDE, TOO_FEW

_STATES = {
    "missing": "{place}: {number} empty",
    "suppressed": "{place}: {number} hidden by the site",
    "unreadable": "{place}: {number} not a number",
    "not_applicable": "{place}: {number} said not to apply",
    "no_return": "{place}: return missing",
}

Hole = tuple[date, str, str]  # month, number ('' for a whole return), state


def why_unknown(results: pd.DataFrame, holes: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """For each result without a value: the first hole that it falls into, in words; '' where there is a value.

    `holes` has site, month, measure (as in results) and state; `labels` are the sites' names.
    """
    by_site: dict[str, list[Hole]] = defaultdict(list)
    for hole in holes.sort_values("month").itertuples():
        by_site[hole.site].append((hole.month, hole.measure, hole.state))
    words = [""] * len(results)
    unknown = (results.value.isna() & ~results.complete.astype(bool)).to_numpy()
    columns = [results[name].array[unknown] for name in ("site", "period", "starts", "measure")]
    said: dict[tuple[object, ...], str] = {}
    for place, (site, period, starts, measure) in zip(unknown.nonzero()[0], zip(*columns, strict=True), strict=True):
        about = (site, period, starts, components(measure))
        if about not in said:
            said[about] = _why(*about, by_site, labels)
        words[place] = said[about]
    return words


def not_given(results: pd.DataFrame) -> pd.DataFrame:
    """The results without rates on fewer than ten, and with words where there is nothing to divide.

    `shown` says which of the two it is in place of the number.
    """
    wide = in_columns(results)
    ratios = {name: ratio for name, ratio in MEASURES.items() if isinstance(ratio, Ratio) and name in wide}
    value, shown, why = results.value.copy(), results.shown.copy(), results.why.copy()
    rated = results[results.measure.isin(list(ratios))]
    places = pd.Series(wide.index.get_indexer(pd.MultiIndex.from_frame(rated[PLACE])), index=rated.index)
    for name, rows in rated.groupby("measure", sort=False):
        at = places[rows.index].to_numpy()
        below, behind = (_numbers(wide, number, at) for number in (ratios[name].denominator, count_behind(name)))
        empty, few = rows.index[below == 0], rows.index[behind < LEAST_COUNT].difference(rows.index[below == 0])
        few = few[value[few].notna()]
        value[few], shown[few], shown[empty] = np.nan, TOO_FEW, NOTHING_TO_DIVIDE
        why[few] = joined(": ", [TOO_FEW, Small(label_of(count_behind(name) or name))])
        why[empty] = _("nothing to divide: {count}, none", count=Small(label_of(ratios[name].denominator)))
    return results.assign(value=value, shown=shown, why=why)


def _numbers(wide: pd.DataFrame, number: str, at: np.ndarray) -> np.ndarray:
    """A number of results at some lines of the table; nothing where there is none."""
    return wide[number].to_numpy(dtype=float)[at] if number in wide else np.full(len(at), np.nan)


def _why(
    site: str, period: str, starts: date, wanted: frozenset[str], by_site: dict[str, list[Hole]], labels: dict[str, str]
) -> str:
    months = (starts, last_month(period, starts))
    later = [ASKED_LATER[number] for number in wanted if number in ASKED_LATER and not nil_before(number)]
    if later and months[0] < max(later):
        return _("asked for since {month} only", month=write_month(max(later)))
    found = list(_holes_of(wanted, months, list(labels) if site == "all" else [site], by_site))
    if not found:
        return _("no plan known") if any(number.startswith("planned_") for number in wanted) else _("not known")
    first, month, number, state = found[0]
    more = {(other, when) for other, when, *_rest in found[1:]} - {(first, month)}
    when = write_month(month)
    place = joined(", ", [Name(labels[first]), when]) if site == "all" else when
    why = _(_STATES[state], place=place, number=label_of(number) if number else "")
    return _("{first}, and {number} more", first=why, number=Count(len(more))) if more else why


def _holes_of(
    wanted: frozenset[str], months: tuple[date, date], sites: Sequence[str], by_site: dict[str, list[Hole]]
) -> Iterator[tuple[str, date, str, str]]:
    for site in sites:
        for month, number, state in by_site.get(site, ()):
            if months[0] <= month <= months[1] and (state == "no_return" or number in wanted):
                yield site, month, number, state
