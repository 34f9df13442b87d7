"""Makes an edition from the warehouse: one file for each audience, in a folder of its own, never changed again."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from etl.check.stored import recall_problems
from etl.compare import (
    bounds,
    comparison_tables,
    components,
    formula_of,
    months_of,
    not_given,
    rests_on,
    shown,
    why_unknown,
    with_intervals,
)
from etl.compare.components import AS_REPORTED
from etl.definitions import MEASURES, key, subject_of, unit_of
from etl.definitions.checks import COPIES
from etl.definitions.measure import Breakdown, Ratio
from etl.definitions.messages import _
from etl.definitions.periods import month_after
from etl.definitions.settings import DAYS_LATE
from etl.definitions.tables import NotDescribed, columns_of
from etl.editions.changes import changes, earlier_editions, read_all_earlier
from etl.editions.folder import (
    given_to_others,
    new_name,
    point_to,
    published_before,
    put_away_old,
    read_pointer,
    remember,
)
from etl.editions.meetings import editions_seen, meeting_rows, with_figures
from etl.editions.parquet import write_parquet
from etl.editions.quality import data_quality
from etl.editions.schema import write_file
from etl.editions.under_query import ASKED, under_query
from etl.judge.verdicts import edition_tables
from etl.protect import Protection, protect
from etl.protect.audience import (
    CENTRAL,
    FORUM,
    Unclassified,
    check_classified,
    check_opened,
    given_to,
    kept_by,
    with_marks,
)
from etl.protect.cell_suppression import CannotHide
from etl.protect.cell_suppression.edition import WholeCells, whole_cells
from etl.protect.cell_suppression.ledger import newest, read_ledger
from etl.protect.check import Unsafe
from etl.protect.ranges import CannotProtect
from etl.protect.told import Forgotten, check_covered, read_record
from etl.read.cell import HOLES
from etl.reference import Reference, as_known_at, read_reference, shared_lines
from etl.sites import Site, load_sites
from etl.system.database import connect
from etl.system.durable import sync_file, sync_folder
from etl.system.workers import Share, Workers, start_worker
from etl.warehouse.load import Busy, WrongUse, no_collection
from etl.warehouse.plans import plan_by_month
from etl.warehouse.queries import PAST, read_queries
from etl.warehouse.status import calendar, due_date, refusals, reminders
from etl.warehouse.store import believe, open_warehouse, results_as_known

# Which small counts are protected: those of attributes, or all, also of how many people a service works with.
Small = Literal["attributes", "all"]
# An edition of returns that are older than this is made as known when the last of them came in.
_STILL_CURRENT = timedelta(days=92)


def publish(
    data: Path,
    note: str = "",
    as_of: datetime | None = None,
    now: datetime | None = None,
    *,
    audiences: bool = False,
    parquet: bool = False,
    small: Small = "attributes",
) -> str:
    """Makes a new edition of what is loaded, points to it, and returns its name.

    `as_of` is the time as known at which it is made: now, or when the last return was due if that is long ago. With
    `audiences` the forum and each site's lead get a file of their own, in which small numbers are protected: of what
    tells who people are or what became of them, or (`small` "all") every small count. With `parquet` the tables of each
    file stand beside it as Parquet too.
    Raises WrongUse when nothing is loaded, Busy, OSError and duckdb.Error; then the current edition stays.
    """
    if not (data / "warehouse.duckdb").is_file():
        raise WrongUse("Nothing has been loaded yet: load returns with `python -m etl load` first.")
    now = now or datetime.now(UTC).replace(tzinfo=None)
    try:
        with FileLock(data / "load.lock", timeout=0), no_collection(), _workers(audiences) as workers:
            con = open_warehouse(data / "warehouse.duckdb", read_only=True)
            try:
                given, work = _given(con, data, note, as_of, now)
            finally:
                con.close()
            work = replace(work, small=small)
            folder, name = data / "editions", str(given["edition"].edition_id[0])
            with new_edition(folder, name) as making:
                if not workers:
                    _for_the_centre(making, folder, given, work)
                else:
                    with closing(workers):  # nothing is written in the folder any more when it goes
                        _for_all(making, folder, given, work, workers)
                if parquet:
                    write_parquet(making)
            remember(folder, "published", name, note, others=audiences)
            return name
    except Timeout:
        raise Busy("A load is running; publish when it has ended.") from None
    except (CannotHide, CannotProtect, Forgotten, NotDescribed, Unclassified, Unsafe) as error:
        raise WrongUse(str(error)) from None


def _workers(audiences: bool) -> AbstractContextManager[Workers | None]:
    """A worker process where there are files for others than the central team to make."""
    return start_worker("etl.editions.publish") if audiences else nullcontext()


def undo(data: Path, note: str = "") -> str:
    """Points back to the edition before the current one, and returns its name; no file is changed.

    What the undone edition published is not forgotten: the next one is made safe against those who read it.
    Raises WrongUse when there is none before it, and Busy.
    """
    folder = data / "editions"
    try:
        with FileLock(data / "load.lock", timeout=0):
            current = read_pointer(folder)
            before = _previous(folder, current) if current else None
            if current is None or before is None:
                raise WrongUse("There is no earlier edition to go back to.")
            point_to(folder, before)
            remember(folder, "undone", current, note)
            return before
    except Timeout:
        raise Busy("A load is running; try again when it has ended.") from None


def _previous(folder: Path, name: str) -> str | None:
    """The edition that was current before this one was made, if it is still kept; by the history if this is damaged."""
    try:
        with connect(folder / name / "central.duckdb", read_only=True) as con:
            before = con.execute("select previous_id from edition").fetchall()[0][0]
    except duckdb.Error:
        before = published_before(folder, name)
    return before if before and (folder / before / "central.duckdb").is_file() else None


@dataclass(frozen=True)
class _Work:
    """What is public and goes into every edition: reference tables and sites, as known at a time, to a month."""

    reference: Reference
    sites: Mapping[str, Site]
    known_at: datetime
    data_month: date
    small: Small = "attributes"


Tables = dict[str, pd.DataFrame]


def _given(
    con: duckdb.DuckDBPyConnection, data: Path, note: str, as_of: datetime | None, now: datetime
) -> tuple[Tables, _Work]:
    """What an edition is made from: results, and what sites sent. `etl.protect.audience` says who may see it."""
    known_at = as_of or _as_known(con, now)
    force = con.execute("select max(month) from in_force_at(?)", [known_at]).fetchall()
    data_month = force[0][0]
    if data_month is None:
        raise WrongUse("No return had been accepted by then, so there is nothing to publish.")
    sites = load_sites(data / "sites")
    reference = as_known_at(read_reference(data / "reference", sites=set(sites)), known_at.date())
    believe(con, reference.dispensations)
    recall_problems(con, sites, known_at)
    days = calendar(con, sites, known_at, data_month, reference.dispensations)
    holes = _holes(con, sites, days, data_month, known_at)
    tables = {
        "edition": _edition(data / "editions", known_at, now, data_month, note),
        "sites": _sites(sites, known_at.date()),
        "measures": _measures(shared_lines(reference.scope, sites)),
        "results": _results(con, known_at, reference, sites, data_month, holes),
        "calendar": days,
        **_queries(con, known_at, reference),
        **meeting_rows(reference, known_at.date(), set(sites), FORUM),
        "returns": con.execute(_RETURNS, {"at": known_at}).df(),
        "revisions": con.execute(_REVISIONS, {"at": known_at}).df(),
        "cells": read_cells(con, known_at),
        "holes": holes,
        "reminders": reminders(sites, days, known_at.date(), refusals(con, known_at)),
    }
    return tables, _Work(reference, sites, known_at, data_month)


def _edition_of(audience: str, given: Tables, work: _Work, folder: Path) -> Tables:
    """An audience's edition, all of it worked out from what the audience may see; never from anything else."""
    days, holes, asked, sites = given["calendar"], given["holes"], given["under_query"], list(work.sites)
    results = given["results"]
    results = results.assign(queried=rests_on(results, results.starts, results.ends, asked))
    shared = shared_lines(work.reference.scope, work.sites)
    open_years = bounds(results, holes, asked, shared, work.data_month)
    tables = given | {"results": results, "bounds": open_years}
    tables |= edition_tables(
        work.reference, results, days, holes, work.known_at, work.data_month, sites, asked, open_years
    )
    tables["queries"] = _waited_for(tables["queries"], tables["readiness"], work.data_month)
    tables |= comparison_tables(
        results, days, tables["cells"], tables["scope"], work.reference, work.data_month, sites, asked
    )
    tables["data_quality"] = data_quality(tables, sites, work.data_month)
    if audience != CENTRAL:
        tables = kept_by(audience, with_marks(tables))
    tables |= _since(tables, folder, audience, work.known_at, given["revisions"])
    if audience != CENTRAL:
        check_opened(audience, tables)
    return tables


def _waited_for(queries: pd.DataFrame, readiness: pd.DataFrame, data_month: date) -> pd.DataFrame:
    """The queries, with whether a criterion of readiness that is not known waits for each."""
    open_ones = readiness[readiness.level == "unknown"]
    waits = pd.Series(False, index=queries.index)
    for criterion, measure in (("spend", "spend"), ("caseload", "new_cases")):
        counts = queries.measure.isin(components(measure)) | queries.measure.eq("")
        waits |= counts & queries.site.isin(open_ones[open_ones.criterion == criterion].site)
    months = pd.to_datetime(queries.month)
    late = (months > pd.Timestamp(month_after(data_month, -12))) & (months <= pd.Timestamp(data_month))
    return queries.assign(holds_verdict=queries.holds_verdict & waits & late)


def _since(tables: Tables, folder: Path, audience: str, known_at: datetime, revisions: pd.DataFrame) -> Tables:
    """What moved since each earlier edition that the audience was given, and since its forums met."""
    earlier = read_all_earlier(folder, audience, known_at)
    abouts = {name: about["edition"] for name, about in earlier.items()}
    meetings = tables["meetings"].assign(edition=editions_seen(tables["meetings"], abouts))
    return {
        "earlier_editions": earlier_editions(earlier, revisions, audience),
        "changes": changes(tables, earlier),
        "meetings": meetings,
        "decisions": with_figures(tables["decisions"], meetings, abouts, tables),
    }


def _for_the_centre(making: Path, folder: Path, given: Tables, work: _Work) -> None:
    """The central team's file alone."""
    _make_file(making, CENTRAL, given, work, folder)
    kept, cells = read_record(folder).tables(), read_ledger(newest(folder))
    write_file(making / f"{CENTRAL}.duckdb", kept | ({"published_cells": cells.table()} if cells.values else {}))


def _for_all(making: Path, folder: Path, given: Tables, work: _Work, workers: Workers) -> None:
    """A file for each audience; of attributes others than the central team see the ranges that protect small numbers.

    The worker makes files while this process notes what was printed. Raises CannotProtect, Forgotten and Unsafe.
    """
    check_classified(given)
    central = workers.submit(_make_file, making, CENTRAL, given, work, folder)
    own = _protected(given, work, folder, workers.share)
    masked = own.mask(given["results"])
    others = (FORUM, *work.sites)
    made = [workers.submit(_make_file, making, other, given_to(other, given, masked), work, folder) for other in others]
    central.result()
    write_file(making / f"{CENTRAL}.duckdb", own.tables())
    workers.finish(made)
    workers.share(own.check, [(making, other) for other in others])


def _protected(given: Tables, work: _Work, folder: Path, share: Share) -> Protection | WholeCells:
    """What others than the central team see of the results, by the rule that the owner has chosen."""
    record, edition = read_record(folder), given["edition"].iloc[0]
    check_covered(record, given_to_others(folder))
    made = given["results"], work.data_month, edition.edition_id, edition.made
    return whole_cells(*made, folder, record, share) if work.small == "all" else protect(*made, record, share)


def _make_file(making: Path, audience: str, given: Tables, work: _Work, folder: Path) -> None:
    """Works out an audience's edition and writes it, in place of what a process that died has left of it."""
    for left in making.glob(f"{audience}.duckdb*"):
        left.unlink()
    write_file(making / f"{audience}.duckdb", _edition_of(audience, given, work, folder))


def _as_known(con: duckdb.DuckDBPyConnection, now: datetime) -> datetime:
    """The time as known at which an edition is made: now; when its last return was due, if that is long ago."""
    month, received = con.execute("select max(month), max(known_from) from in_force_at(?)", [now]).fetchall()[0]
    if month is None or now - received <= _STILL_CURRENT:
        return now
    return max(received, datetime.combine(due_date(month), time(23, 59, 59)))


_RETURNS = """
    select return_id, r.site, r.month, received,
        if(
            any_value(r.verdict) in ('accepted', 'accepted_with_queries'),
            if(bool_or(p.severity = 'query'), 'accepted_with_queries', 'accepted'),
            any_value(r.verdict)
        ) as verdict,
        file, sha256, version, count(p.code) as problems
    from returns as r left join problems as p using (return_id)
    where received <= $at group by all order by received, return_id
"""
_CELLS = """
    select site, month, if(part = '', measure, measure || '.' || part) as measure, value, state, return_id, sheet, cell,
        known_from
    from observations_at($at) order by all
"""
_REVISIONS = """
    with said as (
        select e.site, e.month, if(part = '', measure, measure || '.' || part) as measure, value, state,
            return_id, received,
            lag(value) over versions as old, lag(state) over versions as old_state
        from entries as e join returns as r using (return_id)
        where verdict in ('accepted', 'accepted_with_queries') and received <= $at
        window versions as (partition by e.site, e.month, measure, part order by received, version, sha256)
    )
    select site, month, measure, old, value as new, old_state, state as new_state, received as changed, return_id
    from said
    where old_state is not null and (old is distinct from value or old_state <> state)
    order by changed desc, site, month, measure
"""


def read_cells(con: duckdb.DuckDBPyConnection, known_at: datetime) -> pd.DataFrame:
    """The numbers in force as known at a time, with their cells."""
    return con.execute(_CELLS, {"at": known_at}).df()


def _results(
    con: duckdb.DuckDBPyConnection,
    known_at: datetime,
    reference: Reference,
    sites: Mapping[str, Site],
    data_month: date,
    holes: pd.DataFrame,
) -> pd.DataFrame:
    """All results as known at a time, with their intervals and why some are not known."""
    plan = plan_by_month(reference, sites, data_month)
    results = results_as_known(con, known_at, plan, shared_lines(reference.scope, sites))
    results["starts"] = results.starts.dt.date
    results["ends"] = [month_after(s, months_of(p) - 1) for s, p in zip(results.starts, results.period, strict=True)]
    results["shown"] = [shown(v, m) for v, m in zip(results.value, results.measure, strict=True)]
    results = with_intervals(results.assign(range_low=np.nan, range_high=np.nan))
    labels = {site.name: site.label for site in sites.values()}
    return not_given(results.assign(why=why_unknown(results, holes, labels)))


def _holes(
    con: duckdb.DuckDBPyConnection, sites: Mapping[str, Site], days: pd.DataFrame, last: date, known_at: datetime
) -> pd.DataFrame:
    """The numbers that should be there and are not: site, month, measure ('' for a whole return) and state."""
    numbers = con.execute(
        "select site, month, number as measure, state from observed_at(?) where state in ? or doubted",
        [known_at, list(HOLES)],
    ).df()
    numbers["month"] = numbers.month.dt.date
    without = days[
        days.return_id.isna() & (days.month >= days.site.map({s.name: s.first_month for s in sites.values()}))
    ]
    whole = without.assign(measure="", state="no_return")[columns_of("holes")]
    return pd.concat([whole[whole.month <= last], numbers], ignore_index=True)


def _queries(con: duckdb.DuckDBPyConnection, known_at: datetime, reference: Reference) -> dict[str, pd.DataFrame]:
    """Open queries, with whether a number is not known for each; and those that are corrected or closed."""
    queries = read_queries(con, known_at, reference.dispensations)
    queries["holds_verdict"] = queries.code.isin(HOLES) | queries.supposes.ne("") | queries.code.isin(COPIES)
    past = queries.state.isin(PAST)
    newest = ["raised", "site", "sheet", "cell"]
    standing = queries[~past].sort_values(newest, ascending=[False, True, True, True], ignore_index=True)
    under = under_query(standing[standing.state.isin(ASKED)], read_cells(con, known_at))
    return {"queries": standing, "past_queries": queries[past].reset_index(drop=True), "under_query": under}


def _edition(folder: Path, known_at: datetime, now: datetime, data_month: date, note: str) -> pd.DataFrame:
    previous = read_pointer(folder)
    row = {
        "edition_id": new_name(folder, known_at.date()),
        "audience": "central",
        "made": now,
        "known_at": known_at,
        "data_month": data_month,
        "note": note,
        "previous_id": previous or "",
    }
    return pd.DataFrame([row])


def _sites(sites: Mapping[str, Site], day: date) -> pd.DataFrame:
    rows = []
    for place, site in enumerate(sites.values(), 1):
        commissioner, provider = site.commissioner_on(day), site.provider_on(day)
        rows.append(
            {
                "site": site.name,
                "label": site.label,
                "short_label": site.short_label,
                "position": place,
                "first_month": site.first_month,
                "commissioner": commissioner.name if commissioner else "",
                "commissioner_short": commissioner.short_name if commissioner else "",
                "provider": provider.name if provider else "",
            }
        )
    return pd.DataFrame(rows)


def _measures(shared: Collection[str]) -> pd.DataFrame:
    """The definitions; `shared` are the spend lines that every site counts."""
    rows = []
    for measure in MEASURES.values():
        formula = formula_of(measure, shared)
        rows.append(_measure(measure.name, measure.label, measure.meaning, formula))
        if isinstance(measure, Breakdown):
            rows += [_measure(key(measure.name, part.name), part.label, part.meaning) for part in measure.parts]
    rows.append(_lateness())
    return pd.DataFrame(rows).assign(position=range(1, len(rows) + 1))


def _lateness() -> dict[str, object]:
    """How late returns come has control charts too, though no return says it."""
    told = {"measure": DAYS_LATE.name, "label": DAYS_LATE.label, "unit": DAYS_LATE.unit, "meaning": DAYS_LATE.meaning}
    told |= {"subject": "returns", "kind": "Reported", "over_months": DAYS_LATE.over_months}
    return {**told, "formula": _("day received less day due"), "numerator": "", "denominator": ""}


def _measure(number: str, label: str, meaning: str, formula: str = AS_REPORTED) -> dict[str, object]:
    measure = MEASURES.get(number)
    own = MEASURES.get(number.partition(".")[0]) if measure is None else measure
    ratio = measure if isinstance(measure, Ratio) else None
    return {
        "measure": number,
        "label": label,
        "unit": unit_of(number),
        "meaning": meaning,
        "subject": subject_of(number if number in MEASURES else number.partition(".")[0]),
        "kind": "Part" if measure is None else type(measure).__name__,
        "over_months": getattr(own, "over_months", None) or "",
        "formula": formula,
        "numerator": ratio.numerator if ratio else "",
        "denominator": ratio.denominator if ratio else "",
    }


@contextmanager
def new_edition(folder: Path, name: str) -> Iterator[Path]:
    """A new folder to make an edition's files in: it is synced, and only then pointed to. Nothing is left of it where
    making them fails.
    """
    for left in folder.glob(".making-*"):  # by a publish that was killed
        shutil.rmtree(left, ignore_errors=True)
    making = folder / f".making-{name}"
    making.mkdir(parents=True)
    try:
        yield making
        _sync(making)
        making.rename(folder / name)
        point_to(folder, name)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    put_away_old(folder, name)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        (sync_folder if path.is_dir() else sync_file)(path)
    sync_folder(folder)


__all__ = ["new_edition", "publish", "read_pointer", "undo", "write_file"]
