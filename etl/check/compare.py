"""Compares each month of each return with the others: problems with their cell, likely cause and correction."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from etl.check.causes import Cause, explain, likeliest_wrong
from etl.check.copies import Copy, Shelf, copied_month, copied_site, may_be_copies, shelve, twins
from etl.check.history import NUMBERS, History, ReturnedMonth, Usual, history_of, newest, usual, with_rows
from etl.check.month import NEXT, Failed, Month, facts_of, failures, followers_of, month_at, pass_all
from etl.check.problem import Problem
from etl.check.words import layout_of, list_cells, say_cause, say_copy, say_failed, say_not_applicable
from etl.definitions.checks import ALWAYS_APPLY, CHECKS
from etl.sites import Site

MONTHS_IN_YEAR = 12


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
    """A month with what is asked about it, and the facts that it was compared with."""

    month: Month
    values: np.ndarray
    failed: Mapping[str, Failed]
    findings: tuple[Finding, ...]


def compare(
    returned: Sequence[ReturnedMonth],
    others: Iterable[ReturnedMonth],
    sites: Mapping[str, Site],
    wanted: Collection[str],
) -> Iterator[tuple[str, Problem]]:
    """What is wrong in the wanted returns, compared with each other and with the past, as (return_id, problem).

    `returned` holds everything in accepted returns of the sites in question; `others` the months in force of other
    sites. A month that a newer return replaced is compared with what is in force of all other months, so the order of
    loading makes no difference.
    """
    force = newest(returned)
    by_site: dict[str, list[ReturnedMonth]] = defaultdict(list)
    for one in returned:
        by_site[one.site].append(one)
    shelves = shelve((*force.values(), *others))
    labels = {site.name: site.label for site in sites.values()}
    for site, theirs in by_site.items():
        yield from _compare_site(sites[site], theirs, force, shelves, labels, wanted)


def touched_twins(returned: Sequence[ReturnedMonth], others: Iterable[ReturnedMonth]) -> set[str]:
    """The sites whose returns are the same as one of these, so that their problems must be worked out again."""
    shelves = shelve(others)
    return {name for one in newest(returned).values() for name in twins(one, shelves)}


def _compare_site(
    site: Site,
    returned: list[ReturnedMonth],
    force: Mapping[tuple[str, date], ReturnedMonth],
    shelves: Mapping[date, Shelf],
    labels: Mapping[str, str],
    wanted: Collection[str],
) -> Iterator[tuple[str, Problem]]:
    in_force = {month: one for (name, month), one in force.items() if name == site.name}
    history = history_of(site.name, in_force.values())
    facts = usual(history.values)
    corrected = history.values.copy()
    examined = _examine(history, facts, corrected, in_force, shelves, site, range(len(history.months)))
    replaced = _by_return(_disagreeing(returned, [in_force[one.month] for one in returned]))
    for return_id, months in _by_return(returned).items():
        if return_id not in wanted:
            continue
        other = {one.month: one for one in replaced[return_id]}
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
            if found := seen[one.month]:
                yield from ((return_id, problem) for problem in _problems(found, one, site, labels))
            yield from ((return_id, problem) for problem in _said_not_to_apply(one, history, site))


def _by_return(returned: Iterable[ReturnedMonth]) -> dict[str, list[ReturnedMonth]]:
    returns: dict[str, list[ReturnedMonth]] = defaultdict(list)
    for one in returned:
        returns[one.return_id].append(one)
    return returns


def _disagreeing(returned: Sequence[ReturnedMonth], others: Sequence[ReturnedMonth]) -> list[ReturnedMonth]:
    """Those that differ from the others for the same month."""
    values, theirs = (np.array([one.values for one in each]) for each in (returned, others))
    same = (values == theirs) | (np.isnan(values) & np.isnan(theirs))
    same &= np.array([one.not_applicable for one in returned]) == np.array([one.not_applicable for one in others])
    return [one for one, agrees in zip(returned, same.all(axis=1).tolist(), strict=True) if not agrees]


def _examine(
    history: History,
    facts: Usual,
    corrected: np.ndarray,
    returned: Mapping[date, ReturnedMonth],
    shelves: Mapping[date, Shelf],
    site: Site,
    rows: Iterable[int],
) -> dict[date, Examined | None]:
    """The findings of the months of some rows, from the first to the last; None of a month that passes all checks.

    What a month turns out to mean is put into `corrected`, and the next ones are compared with that. Most months pass:
    all are looked at together first, those of the year after a corrected one again, and one by one only what remains.
    """
    rows = [row for row in rows if history.months[row] in returned]
    passed = np.zeros(len(rows), dtype=bool)

    def look_at(begin: int, end: int) -> None:
        if begin < end:
            held = facts_of(history, facts, rows[begin:end], corrected, site.first_month)
            theirs = [returned[history.months[row]] for row in rows[begin:end]]
            passed[begin:end] = pass_all(held) & ~may_be_copies(theirs, held.last, shelves)

    examined: dict[date, Examined | None] = {}
    look_at(0, len(rows))
    for place, row in enumerate(rows):
        month = history.months[row]
        if passed[place]:
            examined[month] = None
            continue
        full = month_at(history, facts, row, corrected, site.first_month)
        result = examined[month] = _examine_month(full, returned[month], shelves)
        if not np.array_equal(result.values, corrected[row], equal_nan=True):
            corrected[row] = result.values
            look_at(place + 1, bisect_right(rows, row + MONTHS_IN_YEAR))
    return examined


def _examine_month(month: Month, returned: ReturnedMonth, shelves: Mapping[date, Shelf]) -> Examined:
    if copy := _copy(month, returned, shelves):
        code = "copied_month" if copy.site == returned.site else "copied_site"
        nothing = np.full(len(NUMBERS), np.nan)
        return Examined(month, nothing, {}, (Finding(code, 0, copy=copy),))
    values = month.values.copy()
    failed = failures(month, values)
    all_failed = dict(failed)
    findings = []
    settled: set[int] = set()  # what has a cause is asked about once, whatever else may be wrong with it
    while any(name != NEXT for name in failed) and (cause := explain(month, values, failed, settled)):
        codes = [failed[name].code for name in cause.resolved if name != NEXT]
        findings.append(Finding(min(codes, key=list(CHECKS).index), cause.columns[0], cause=cause))
        values[list(cause.columns)] = cause.meant
        settled.update(cause.columns)
        failed = failures(month, values)
        all_failed |= failed
    for name, one in failed.items():
        if name == NEXT:
            continue
        if not settled.issuperset(one.columns):
            findings.append(Finding(one.code, likeliest_wrong(month, values, one), failed=one))
        if _is_unlikely(one):
            values[followers_of(one.columns) if one.code == "unlikely_count" else list(one.columns)] = np.nan
    return Examined(month, values, all_failed, tuple(findings))


def _is_unlikely(failed: Failed) -> bool:
    """Whether the check says that the number itself is in doubt, so that the next month is not compared with it."""
    return failed.code in ("unlikely_count", "unlikely_amount", "wrong_way_round")


def _copy(month: Month, returned: ReturnedMonth, shelves: Mapping[date, Shelf]) -> Copy | None:
    if month.last_month and (copy := copied_month(returned, month.last, month.last_month)):
        return copy
    return copied_site(returned, shelves)


def _problems(examined: Examined, returned: ReturnedMonth, site: Site, labels: Mapping[str, str]) -> Iterator[Problem]:
    month = examined.month
    for finding in examined.findings:
        check = CHECKS[finding.code]
        if check.since > month.month:
            continue
        sheet, cell = ("", "") if finding.copy else returned.places[finding.column]
        layout = layout_of(site, month.month, sheet)
        if finding.copy:
            message, fix = say_copy(finding.copy, month.month, labels, site.name)
        elif finding.cause:
            message, fix = say_cause(month, finding.cause, examined.failed, layout)
            message += list_cells(returned.places[column] for column in finding.cause.columns)
        else:
            assert finding.failed
            message, fix = say_failed(month, finding.column, finding.failed, layout)
        number = "" if finding.copy else NUMBERS[finding.column]
        cause = finding.code if finding.copy else finding.cause.name if finding.cause else ""
        supposes = _supposed(finding.cause) if finding.cause else ""
        yield Problem(month.month, sheet, cell, finding.code, check.severity, message, fix, number, cause, supposes)


def _said_not_to_apply(returned: ReturnedMonth, history: History, site: Site) -> Iterator[Problem]:
    """Numbers that are said not to apply, though the site gave them in an earlier month or they always apply."""
    check, before = CHECKS["not_applicable"], history.values[: history.row_of(returned.month)]
    for column in np.flatnonzero(returned.not_applicable).tolist():
        given = np.flatnonzero(np.nan_to_num(before[:, column]))
        if not given.size and not ALWAYS_APPLY & {NUMBERS[column], NUMBERS[column].partition(".")[0]}:
            continue
        last = (history.months[given[-1]], float(before[given[-1], column])) if given.size else None
        sheet, cell = returned.places[column]
        layout = layout_of(site, returned.month, sheet)
        message = say_not_applicable(column, returned.month, last, layout)
        yield Problem(returned.month, sheet, cell, check.code, check.severity, message, check.fix, NUMBERS[column])


def _supposed(cause: Cause) -> str:
    """What each number would be by a cause."""
    meant = zip(cause.columns, cause.meant, strict=True)
    return json.dumps({NUMBERS[column]: value if value == value else None for column, value in meant})
