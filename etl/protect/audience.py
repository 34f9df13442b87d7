"""What each audience may see of the tables that an edition is made from, and how what is hidden is marked.

Everything that is worked out for an audience is worked out again from what it may see (`etl.editions.publish`), so
that nothing in its file can know a hidden number. Who sees which column is said in `etl.definitions.tables`. A table or
a column of which nobody has said it stops publishing: denied until somebody has thought about it.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from etl.compare.components import count_behind
from etl.compare.intervals import LIMITS
from etl.definitions import MEASURES, PLANNED, unit_of
from etl.definitions.measure import Ratio, Total
from etl.definitions.periods import last_month
from etl.definitions.tables import WHO, NotDescribed, all_columns, column
from etl.definitions.tables import tables as described
from etl.definitions.writing import HIDDEN
from etl.protect.lattice import SHOWN_WITH, Lattice, Mask, counts

CENTRAL, FORUM = "central", "forum"
# What sites report that is no count and that everybody may see: money and posts. Counts are hidden where small.
OPEN = ("case_managers", "case_manager_posts", "spend", "spend_in_kind", "funding", "funding_in_kind")
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
        counts_in(measure)


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


def _merged(name: str, full: pd.DataFrame, base: pd.DataFrame, own: Mask) -> pd.DataFrame:
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


# The results under the mask


def mask_results(results: pd.DataFrame, lattice: Lattice, shown: Mask) -> pd.DataFrame:
    """The results as others than the central team see them: hidden ones without a value, marked."""
    places = zip(results.site, results.period, results.starts, results.measure, strict=True)
    sees = _Sight(lattice, shown)
    open_rows = np.array([sees.row(*place) for place in places], dtype=bool)
    places = zip(results.site, results.period, results.starts, results.measure, strict=True)
    limited = np.array([sees.behind(*place) for place in places], dtype=bool)
    masked = results.copy()
    masked["value"] = results.value.where(open_rows)
    masked["shown"] = results.shown.where(open_rows, HIDDEN)
    for name in LIMITS:
        masked[name] = results[name].where(open_rows & limited)
    masked["why"] = [_plain(why) if may else "" for why, may in zip(results.why, open_rows, strict=True)]
    return masked


def _plain(why: str) -> str:
    """Why a number is not known; that a site hid a small one itself says that it is small."""
    return "not known" if "hidden by the site" in why else why


class _Sight:
    """Which results can be seen under a mask, each asked once."""

    def __init__(self, lattice: Lattice, shown: Mask) -> None:
        self.lattice = lattice
        closed = lattice.stated & ~shown
        self.closed = {lattice.cells[at] for at in np.flatnonzero(closed)}

    def row(self, site: str, period: str, starts: object, measure: str) -> bool:
        """Whether every count that a result is made of can be seen."""
        return all(self._count(site, period, starts, number) for number in counts_in(measure))

    def behind(self, site: str, period: str, starts: object, measure: str) -> bool:
        """Whether the count behind a result can be seen: limits say what it is."""
        number = count_behind(measure)
        return not number or number not in counts() or self._count(site, period, starts, number)

    def _count(self, site: str, period: str, starts: object, number: str) -> bool:
        day = pd.Timestamp(starts).date()
        return self.lattice.spans.cell(site, number, day, last_month(period, day)) not in self.closed


@cache
def counts_in(measure: str) -> list[str]:
    """The counts that a result is made of directly; a plan is no count. Raises Unclassified for what nobody opened."""
    own = MEASURES.get(measure)
    if isinstance(own, Ratio):
        return [number for part in (own.numerator, own.denominator) for number in counts_in(part)]
    if measure in counts():
        return [measure]
    if measure in PLANNED or measure.partition(".")[0] in OPEN:
        return []
    if isinstance(own, Total) and not own.over_months:
        return [number for part in SHOWN_WITH.get(measure, own.of) for number in counts_in(part)]
    raise Unclassified(
        f"Nothing is published: nobody has said who may see the number {measure!r}. If everybody may, add it to OPEN in"
        " etl/protect/audience.py; until then publish for the central team alone: --central-only."
    )


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
