"""Each month of each return held against the others: problems with their cell, their likely cause and their cure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from etl.check.causes import Cause, explain, likeliest_wrong
from etl.check.copies import Copy, Shelf, copied_month, copied_site, shelve, twins
from etl.check.history import NUMBERS, History, Said, Usual, history_of, newest, usual, with_rows
from etl.check.month import NEXT, Failed, Month, failures, followers_of, month_at
from etl.check.words import layout_of, say_cause, say_copy, say_failed
from etl.definitions.checks import CHECKS
from etl.problem import Problem
from etl.sites import Site


@dataclass(frozen=True)
class Finding:
    """One thing to ask about a month: by a cause, a copy or a check alone."""

    code: str
    column: int
    cause: Cause | None = None
    copy: Copy | None = None
    failed: Failed | None = None


@dataclass(frozen=True, eq=False)
class Examined:
    """A month with what is asked about it, and the facts it was held against."""

    month: Month
    values: np.ndarray
    failed: Mapping[str, Failed]
    findings: tuple[Finding, ...]


def compare(
    said: Sequence[Said], others: Iterable[Said], sites: Mapping[str, Site], wanted: Collection[str]
) -> Iterator[tuple[str, Problem]]:
    """What the wanted returns show to be wrong beside each other and the past, as (return_id, problem).

    `said` holds everything that accepted returns of the sites in question say; `others` the months in force of other
    sites. A month that a newer return replaced is held against what is in force of all other months, so the order of
    loading makes no difference.
    """
    force = newest(said)
    by_site: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        by_site[one.site].append(one)
    shelves = shelve((*force.values(), *others))
    labels = {site.name: site.label for site in sites.values()}
    for site, theirs in by_site.items():
        yield from _compare_site(sites[site], theirs, force, shelves, labels, wanted)


def touched_twins(said: Sequence[Said], others: Iterable[Said]) -> set[str]:
    """The sites whose returns came later and repeat one of these, so that their problems must be worked out again."""
    shelves = shelve(others)
    return {name for one in newest(said).values() for name in twins(one, shelves)}


def _compare_site(
    site: Site,
    said: list[Said],
    force: Mapping[tuple[str, date], Said],
    shelves: Mapping[date, Shelf],
    labels: Mapping[str, str],
    wanted: Collection[str],
) -> Iterator[tuple[str, Problem]]:
    in_force = {month: one for (name, month), one in force.items() if name == site.name}
    history = history_of(site.name, in_force.values())
    facts = usual(history.values)
    corrected = history.values.copy()
    examined = _examine(history, facts, corrected, in_force, shelves, site, range(len(history.months)))
    for return_id, months in _by_return(said).items():
        if return_id not in wanted:
            continue
        other = {one.month: one for one in months if not _agrees(one, in_force[one.month])}
        seen = dict(examined)
        if other:
            changed = with_rows(history, other.values())
            rows = sorted(history.row_of(month) for month in other)
            held = corrected.copy()
            held[rows] = changed.values[rows]
            mine = {one.month: one for one in months}
            rows += [row + 1 for row in rows if changed.months[row + 1 : row + 2] and changed.months[row + 1] in mine]
            seen |= _examine(changed, facts, held, {**in_force, **mine}, shelves, site, sorted(set(rows)))
        for one in months:
            yield from ((return_id, problem) for problem in _problems(seen[one.month], one, site, labels))


def _by_return(said: Iterable[Said]) -> dict[str, list[Said]]:
    returns: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        returns[one.return_id].append(one)
    return returns


def _agrees(one: Said, other: Said) -> bool:
    return one is other or (
        np.array_equal(one.values, other.values, equal_nan=True)
        and np.array_equal(one.not_applicable, other.not_applicable)
    )


def _examine(
    history: History,
    facts: Usual,
    corrected: np.ndarray,
    said: Mapping[date, Said],
    shelves: Mapping[date, Shelf],
    site: Site,
    rows: Iterable[int],
) -> dict[date, Examined]:
    """The findings of the months of some rows, from the first to the last.

    What a month turns out to mean is put into `corrected`, and the next one is held against that.
    """
    examined = {}
    for row in rows:
        one = said.get(history.months[row])
        if one is None:
            continue
        month = month_at(history, facts, row, corrected, site.first_month)
        result = _examine_month(month, one, shelves)
        corrected[row] = result.values
        examined[month.month] = result
    return examined


def _examine_month(month: Month, said: Said, shelves: Mapping[date, Shelf]) -> Examined:
    if copy := _copy(month, said, shelves):
        code = "copied_month" if copy.site == said.site else "copied_site"
        nothing = np.full(len(NUMBERS), np.nan)
        return Examined(month, nothing, {}, (Finding(code, 0, copy=copy),))
    values = month.values.copy()
    failed = failures(month, values)
    all_failed = dict(failed)
    findings = []
    while any(name != NEXT for name in failed) and (cause := explain(month, values, failed)):
        codes = [failed[name].code for name in cause.resolved if name != NEXT]
        findings.append(Finding(min(codes, key=list(CHECKS).index), cause.columns[0], cause=cause))
        values[list(cause.columns)] = cause.meant
        failed = failures(month, values)
        all_failed |= failed
    for name, one in failed.items():
        if name != NEXT:
            findings.append(Finding(one.code, likeliest_wrong(month, values, one), failed=one))
            if _is_unlikely(one):
                values[followers_of(one.columns) if one.code == "unlikely_count" else list(one.columns)] = np.nan
    return Examined(month, values, all_failed, tuple(findings))


def _is_unlikely(failed: Failed) -> bool:
    """Whether the check says that the number itself is in doubt, so that the next month is not held against it."""
    return failed.code in ("unlikely_count", "unlikely_amount", "wrong_way_round")


def _copy(month: Month, said: Said, shelves: Mapping[date, Shelf]) -> Copy | None:
    if month.last_month and (copy := copied_month(said, month.last, month.last_month)):
        return copy
    return copied_site(said, shelves)


def _problems(examined: Examined, said: Said, site: Site, labels: Mapping[str, str]) -> Iterator[Problem]:
    month = examined.month
    for finding in examined.findings:
        check = CHECKS[finding.code]
        if check.since > month.month:
            continue
        sheet, cell = ("", "") if finding.copy else said.places[finding.column]
        layout = layout_of(site, month.month, sheet)
        if finding.copy:
            message, fix = say_copy(finding.copy, month.month, labels, site.name)
        elif finding.cause:
            message, fix = say_cause(month, finding.cause, examined.failed, layout)
        else:
            assert finding.failed
            message, fix = say_failed(month, month.values, finding.failed, layout)
        number = "" if finding.copy else NUMBERS[finding.column]
        cause = finding.code if finding.copy else finding.cause.name if finding.cause else ""
        yield Problem(month.month, sheet, cell, finding.code, check.severity, message, fix, number, cause)
