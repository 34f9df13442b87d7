"""What each audience may see of the tables that an edition is made from, and how what is hidden is marked.

Everything that is worked out for an audience is worked out again from what it may see (`etl.editions.publish`), so
that nothing in its file can know a hidden number. Who sees which column is said in `etl.definitions.tables`. A table or
a column of which nobody has said it stops publishing: denied until somebody has thought about it.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from etl.compare.components import count_behind
from etl.compare.intervals import LIMITS
from etl.definitions import MEASURES, REPORTED, label_of, unit_of
from etl.definitions.measure import Ratio, Total
from etl.definitions.messages import Small, joined
from etl.definitions.periods import day_of, last_month
from etl.definitions.settings import LEAST_COUNT, TOO_FEW
from etl.definitions.tables import WHO, NotDescribed, all_columns, column
from etl.definitions.tables import tables as described
from etl.definitions.writing import HIDDEN, write_range
from etl.protect.attributes import attribute_of

CENTRAL, FORUM = "central", "forum"
# The periods of which attributes are published.
OFFERED = ("year", "rolling_year")
Tables = Mapping[str, pd.DataFrame]


class Unclassified(ValueError):
    """A table or a column of which nobody has said who may see it."""


def given_to(audience: str, given: Tables, seen: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables from which an audience's edition is worked out; `seen` are the results that others may see.

    Raises Unclassified.
    """
    check_classified(given)
    tables = {}
    for name, frame in given.items():
        own = (frame["site"] == audience).to_numpy() if "site" in frame.columns else np.zeros(len(frame), dtype=bool)
        base = seen if name == "results" else frame
        tables[name] = _merged(name, frame, base, own)
    for name in _with_rows("money"):
        frame = tables[name]
        tables[name] = frame[_is_money(frame) | frame.site.eq(audience)].reset_index(drop=True)
    for name in _with_rows("audience"):
        tables[name] = tables[name][tables[name].audience == audience].reset_index(drop=True)
    tables["edition"]["audience"] = audience
    return tables


def kept_by(audience: str, tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables that stand in the audience's file: of lists of what a site sent its own rows only."""
    kept = dict(tables)
    for name in _with_rows("own"):
        frame = kept[name]
        mine = frame.site == audience
        if name == "holes":
            mine |= frame.measure == ""
        kept[name] = frame[mine].reset_index(drop=True)
    return kept


def check_classified(given: Tables) -> None:
    """Stops at the first table or column given that nobody has opened, and at a result that nobody has opened."""
    for name, frame in given.items():
        for one in frame.columns:
            if _who(name, one) == "worked_out":
                raise Unclassified(
                    f"Nothing is published: the column {one!r} of the table {name!r} is given, and described as worked"
                    " out. Say in etl/definitions/tables/ who may see it."
                )
    for measure in given["results"].measure.unique():
        tells_of_people(measure)


def check_opened(audience: str, tables: Tables) -> None:
    """Stops at the first column of an audience's tables that nobody has opened, or that holds what is not for it."""
    for name, frame in tables.items():
        for one in frame.columns:
            who = _who(name, one)
            if who not in ("central", "own"):
                continue
            told = frame[one].notna() & frame[one].ne("")
            if (told & (frame.site.ne(audience) if who == "own" else True)).any():
                raise Unclassified(
                    f"Nothing is published: the column {one!r} of the table {name!r} would tell {audience} what is for"
                    f" {WHO[who]}."
                )


def _who(name: str, one: str) -> str:
    """Who sees a column, as the table's description says. Raises Unclassified where it says nothing."""
    try:
        who = column(name, one).who
    except NotDescribed:
        who = ""
    if not who:
        raise Unclassified(
            f"Nothing is published: nobody has said who may see the column {one!r} of the table {name!r}. Say it in"
            " etl/definitions/tables/."
        )
    return who


def _with_rows(rows: str) -> list[str]:
    """The tables of which an audience gets the rows of its own site only, or those that name it."""
    return [one.name for one in described().values() if one.rows == rows]


def _merged(name: str, full: pd.DataFrame, base: pd.DataFrame, own: np.ndarray) -> pd.DataFrame:
    """The full table where the row is the audience's own, else what others may see of it."""
    columns = {}
    for one in full.columns:
        who = _who(name, one)
        if who == "masked":
            columns[one] = base[one].where(~own, full[one])
        elif who == "all":
            columns[one] = full[one]
        else:
            open_to_all = _is_money(full) if who == "money" else np.zeros(len(full), dtype=bool)
            keep = open_to_all | (own & (who != "central"))
            columns[one] = full[one].where(keep, _nothing(full[one]))
    return pd.DataFrame(columns, index=full.index)


def _nothing(column: pd.Series) -> object:
    """What stands where nothing is to be said."""
    if pd.api.types.is_string_dtype(column.dtype) and column.dtype != object:
        return ""
    if pd.api.types.is_integer_dtype(column.dtype) and not pd.api.types.is_extension_array_dtype(column.dtype):
        return 0
    return None if column.dtype == object else pd.NA if pd.api.types.is_extension_array_dtype(column.dtype) else np.nan


def _is_money(frame: pd.DataFrame) -> np.ndarray:
    units = {number: unit_of(number) if number else "" for number in frame["measure"].unique()}
    return ~frame["measure"].map(units).isin(["count", ""]).to_numpy()


# The results as others see them


def mask_results(results: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """The results as others than the central team see them: attributes exactly, as a range, or marked as not shown.

    `printed` are the ranges of `etl.protect.Protection`. What is made of attributes follows from their ranges alone.
    """
    masked = results.assign(range_low=np.nan, range_high=np.nan)
    seen = _Sight(results, printed)
    given = results.value.notna() | (results.shown.ne("") & results.measure.map(_rests_on_attribute))
    closed = results.measure.map(tells_of_people).astype(bool) & given
    masked.loc[closed, [*LIMITS, "value"]] = np.nan
    masked.loc[closed, "shown"], masked.loc[closed, "why"] = HIDDEN, ""
    rows = results[closed & results.period.isin(OFFERED)]
    keys = zip(rows.index, rows.site, rows.period, rows.starts, rows.measure, strict=True)
    ranges = {at: seen.range_of(site, period, day_of(starts), measure) for at, site, period, starts, measure in keys}
    exact = [at for at, own in ranges.items() if own and own.exact]
    masked.loc[exact, results.columns] = results.loc[exact]
    wide = {at: own for at, own in ranges.items() if own and not own.exact}
    places = list(wide)
    masked.loc[places, "shown"] = pd.Series({at: own.shown for at, own in wide.items()}, dtype="object")
    masked.loc[places, "why"] = pd.Series({at: own.why for at, own in wide.items()}, dtype="object")
    masked.loc[places, "range_low"] = pd.Series({at: own.low for at, own in wide.items()}, dtype=float)
    masked.loc[places, "range_high"] = pd.Series({at: own.high for at, own in wide.items()}, dtype=float)
    masked["why"] = masked.why.map(_plain)
    return masked


def _plain(why: str) -> str:
    """Why a number is not known; that a site hid a small one itself says that it is small."""
    return "not known" if "hidden by the site" in why else why


class _Range(NamedTuple):
    """What is known of a number: from end to end, or that it is a rate on too few people."""

    low: float
    high: float
    shown: str
    why: str = ""
    exact: bool = False


class _Sight:
    """What the ranges that are printed say of results."""

    def __init__(self, results: pd.DataFrame, printed: pd.DataFrame) -> None:
        self.printed = {
            (row.site, row.number, row.period, row.ends): (row.low, row.high, row.total) for row in printed.itertuples()
        }
        needed = {part for name in results.measure.unique() if _is_ratio(name) for part in _parts(name)}
        own = results[results.period.isin(OFFERED) & results.measure.isin(needed)]
        places = zip(own.site, own.measure, own.period, own.starts, strict=True)
        self.values = dict(zip(((*place[:3], day_of(place[3])) for place in places), own.value, strict=True))
        self.last = max((row.ends for row in printed.itertuples()), default=date.max)

    def range_of(self, site: str, period: str, starts: date, measure: str) -> _Range | None:
        """What is known of a result; None where that is nothing."""
        if not _is_ratio(measure):
            ends = self._of(site, period, starts, measure)
            return _written(measure, *ends) if ends else None
        over, under = _parts(measure)
        numerator, denominator = (self._of(site, period, starts, part) for part in (over, under))
        if numerator is None or denominator is None:
            return None
        if _rests_on_attribute(measure) and denominator[1] < LEAST_COUNT:
            few = joined(": ", [TOO_FEW, Small(label_of(count_behind(measure)))])
            return _Range(np.nan, np.nan, str(TOO_FEW), few) if denominator[1] > 0 else None
        if denominator[0] <= 0:
            return None
        low, high = numerator[0] / denominator[1], numerator[1] / denominator[0]
        if (rest := self._beside(site, period, starts, over, under)) is not None:
            low, high = max(low, _share(numerator[0], rest[1])), min(high, _share(numerator[1], rest[0]))
        exact = numerator[0] == numerator[1] and denominator[0] == denominator[1]
        return _written(measure, low, high)._replace(exact=exact)

    def _of(self, site: str, period: str, starts: date, number: str) -> tuple[float, float] | None:
        """The least and the most that a number can be; None where nobody can know anything of it."""
        if attribute_of(number) is None:
            value = self.values.get((site, number, period, starts), np.nan)
            return (value, value) if value == value else None
        found = self.printed.get((site, number, period, min(last_month(period, starts), self.last)))
        if found is None or (found[0] == 0 and found[1] >= found[2] and found[1] > 0):
            return None
        return found[0], found[1]

    def _beside(self, site: str, period: str, starts: date, over: str, under: str) -> tuple[float, float] | None:
        """The range of what a denominator has beside its numerator, where both are sums of parts of one attribute."""
        own = attribute_of(under)
        if own is None or attribute_of(over) is not own:
            return None
        rest = [part for part in own.sums.get(under, (under,)) if part not in own.sums.get(over, (over,))]
        ends = [self._of(site, period, starts, part) for part in rest]
        if any(end is None for end in ends):
            return None
        return sum(end[0] for end in ends if end), sum(end[1] for end in ends if end)


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest else 0.0


def _written(measure: str, low: float, high: float) -> _Range:
    return _Range(low, high, str(write_range(low, high, unit_of(measure))), exact=low == high)


def _is_ratio(measure: str) -> bool:
    return isinstance(MEASURES.get(measure), Ratio)


def _parts(measure: str) -> tuple[str, str]:
    own = MEASURES[measure]
    assert isinstance(own, Ratio)
    return own.numerator, own.denominator


@cache
def tells_of_people(measure: str) -> bool:
    """Whether a result is an attribute, or made of one. Raises Unclassified for what nobody has classed."""
    own = MEASURES.get(measure)
    if isinstance(own, Ratio):
        return tells_of_people(own.numerator) | tells_of_people(own.denominator)  # both are looked at
    if attribute_of(measure) is not None:
        return True
    if isinstance(own, Total) and unit_of(measure) == "count":
        attributes_in = [part for part in own.of if attribute_of(part) is not None]
        if len(attributes_in) not in (0, len(own.of)) or (attributes_in and not _is_whole(own)):
            raise Unclassified(
                f"Nothing is published: {measure!r} adds up attributes of different kinds, so that nobody looks after"
                " its small numbers. Publish for the central team alone until it is defined otherwise: --central-only."
            )
        return False
    reported = REPORTED.get(measure.partition(".")[0])
    if reported is not None and reported.tells is None:
        raise Unclassified(
            f"Nothing is published: nobody has said what the number {reported.name!r} tells of a person. Say it at the"
            ' measure, in etl/definitions (tells="not people" for money and posts); until then publish for the central'
            " team alone: --central-only."
        )
    return False


def _is_whole(total: Total) -> bool:
    """Whether a total is all parts of one attribute, so that it says again how many people there were."""
    own = attribute_of(total.of[0])
    return own is not None and set(total.of) == set(own.parts)


@cache
def _rests_on_attribute(measure: str) -> bool:
    """Whether the count that a rate is out of is an attribute."""
    return _is_ratio(measure) and attribute_of(count_behind(measure)) is not None


# Marks in what is worked out again

HIDDEN_WORDS = "numbers of some months are hidden: no limits"


def with_marks(tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables with one mark where a number is hidden, and no limits on charts of which a month is hidden."""
    marked = dict(tables)
    hidden = _hidden_series(tables["results"])
    marked["control_points"] = _without_limits(tables["control_points"], hidden)
    marked["control_charts"] = _undrawn(tables["control_charts"], hidden)
    for own, one in all_columns():
        if one.marked_in and own.name in marked:
            marked[own.name] = _marked(marked[own.name], one.name, one.marked_in)
    marked["readiness"] = _readiness(tables["readiness"], tables["results"])
    return marked


def _marked(frame: pd.DataFrame, value: str, shown: str) -> pd.DataFrame:
    blank = frame[value].isna() & frame[shown].eq("")
    if "why" in frame.columns:
        blank &= frame.why.eq("")
    return frame.assign(**{shown: frame[shown].mask(blank, HIDDEN)})


def _hidden_series(results: pd.DataFrame) -> set[tuple[str, str]]:
    hidden = results[(results.period == "month") & results.shown.eq(HIDDEN)]
    return set(zip(hidden.site, hidden.measure, strict=True))


def _in(frame: pd.DataFrame, series: set[tuple[str, str]]) -> np.ndarray:
    return np.array([pair in series for pair in zip(frame.site, frame.measure, strict=True)], dtype=bool)


def _without_limits(points: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    where = _in(points, hidden)
    blank = {name: points[name].mask(where) for name in ("mean", "lower", "upper", "label")}
    return points.assign(**blank, trial=points.trial & ~where)


def _undrawn(charts: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    where = _in(charts, hidden)
    said = {name: charts[name].mask(where) for name in ("variation", "assurance")}
    said["state"] = charts.state.mask(where, "hidden")
    said |= {name: charts[name].mask(where, "") for name in ("assurance_words", "signal_words", "chance", "reason")}
    said |= {name: charts[name].astype(bool) & ~where for name in ("trial", "drawn")}
    return charts.assign(
        **said,
        words=charts.words.mask(where, HIDDEN_WORDS),
        kind=charts.kind.mask(where, "xmr"),
        signals=charts.signals.mask(where, 0),
    )


def _readiness(readiness: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """The criterion of caseload says that it is hidden where its count is."""
    years = results[(results.period == "rolling_year") & (results.measure == "new_cases")]
    newest = years[years.starts == years.starts.max()]
    hidden = set(newest[newest.shown == HIDDEN].site)
    where = readiness.criterion.eq("caseload") & readiness.site.isin(hidden)
    blank = {name: readiness[name].mask(where) for name in ("value", "low", "high", "chance")}
    return readiness.assign(words=readiness.words.mask(where, HIDDEN), note=readiness.note.mask(where, ""), **blank)
