"""Why a result is not known: the missing number or return that it needs, in words."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from etl.compare.components import components
from etl.definitions import ASKED_LATER, label_of, nil_before
from etl.definitions.messages import Name, _, joined
from etl.definitions.periods import last_month, write_month

_STATES = {
    "missing": "{place}: {number} empty",
    "suppressed": "{place}: {number} hidden by the site",
    "unreadable": "{place}: {number} not a number",
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
    return _("{first}, and {number} more", first=why, number=len(more)) if more else why


def _holes_of(
    wanted: frozenset[str], months: tuple[date, date], sites: Sequence[str], by_site: dict[str, list[Hole]]
) -> Iterator[tuple[str, date, str, str]]:
    for site in sites:
        for month, number, state in by_site.get(site, ()):
            if months[0] <= month <= months[1] and (state == "no_return" or number in wanted):
                yield site, month, number, state
