"""The tables of readiness in an edition, from results, returns, agreements, plans and answers.

The rules are `etl.methods.readiness`, their thresholds `etl.definitions.readiness`. There is no score, and the
programme only counts the verdicts of its sites.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from etl.definitions.costs import SPEND
from etl.definitions.messages import Text, _
from etl.definitions.periods import month_after, write_date
from etl.definitions.readiness import CRITERIA, STALE_AFTER_MONTHS, VERDICTS, count_verdicts
from etl.definitions.tables import column, columns_of
from etl.judge.evidence import Evidence, gather_evidence
from etl.judge.judgement import LEVEL_NAMES, complete, judge, levels_of, method_name
from etl.judge.money import ALL, agreement_rows, assessed_year, cliff, cover, funding_mix, gap_steps
from etl.judge.reasons import CELLS, by_chance, change, condition_words, reason
from etl.judge.scenario_start import start_rows
from etl.methods.readiness import Readiness
from etl.reference import (
    LINES,
    MADE_UP,
    Event,
    Fact,
    Milestone,
    Plan,
    Reference,
    Scope,
    SiteAnswer,
    as_frame,
    as_known_at,
    newest,
    shared_lines,
)
from etl.reference.cells import CENTRAL_TEAM


def edition_tables(
    reference: Reference,
    results: pd.DataFrame,
    calendar: pd.DataFrame,
    holes: pd.DataFrame,
    known_at: datetime | date,
    data_month: date,
    sites: Iterable[str],
    queries: pd.DataFrame | None = None,
    bounds: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables of an edition that come from reference tables and judgement, as known at a time.

    `results` has site, period, starts, measure, value, complete; `calendar` site, month, state, received; `holes` site,
    month, measure (its key), state, of numbers that are missing, suppressed or unreadable in returns that came;
    `queries`, where given, site, month, code; `bounds` what years may come to that are not known
    (`etl.compare.bounds`). Money in pounds, months as their first day.
    """
    day = known_at.date() if isinstance(known_at, datetime) else known_at
    names, known = list(sites), as_known_at(reference, day)
    year = assessed_year(known.agreements, data_month)
    last = month_after(year, 11)
    covers = cover(known, names, year, data_month)
    cases = gather_evidence(known, covers, results, calendar, holes, data_month, names, queries, bounds)
    judged = {site: judge(evidence) for site, evidence in cases.items()}
    completed = {site: complete(evidence, judged[site]) for site, evidence in cases.items()}
    ahead = gap_steps(known, names, month_after(data_month), month_after(data_month, 12))
    tables = {
        "cliff": cliff(known, names, min(data_month, month_after(year, -6)), last),
        "cover": covers,
        "gaps": pd.concat([gap_steps(known, names, year, last), ahead], ignore_index=True).drop_duplicates(),
        "agreements": agreement_rows(known),
        "readiness": readiness_rows(cases, judged, day),
        "verdicts": verdict_rows(cases, judged, known),
        "scenario_start": start_rows(cases, completed, covers, results, known.plans, data_month),
        "milestones": milestone_rows(known.milestones, day),
        "events": as_frame(known.events, Event)[columns_of("events")],
        "scope": scope_rows(known.scope, names),
        "plans": plan_rows(known.plans),
        "funding_mix": funding_mix(results, known.funders),
        "published_facts": as_frame(known.published_facts, Fact),
    }
    return {name: _typed(name, frame) for name, frame in tables.items()}


def readiness_rows(cases: Mapping[str, Evidence], judged: Mapping[str, Readiness], day: date) -> pd.DataFrame:
    """A row for each site and criterion: its level, its figure in words, and the evidence with its date.

    Evidence older than a year on that day is `stale`.
    """
    rows = []
    for site, evidence in cases.items():
        levels = levels_of(judged[site])
        to_meet = {one.criterion: condition_words(evidence, one) for one in judged[site].conditions}
        for position, criterion in enumerate(CRITERIA, start=1):
            cell = CELLS[criterion.name](evidence, judged[site], day)
            stale = cell.dated is not None and cell.dated < _months_ago(day, STALE_AFTER_MONTHS)
            made_up = cell.source == MADE_UP or (criterion.name == "money" and evidence.money.made_up)
            may = judged[site].possible_levels[method_name(criterion.name)]
            rows.append(
                {
                    "site": site,
                    "criterion": criterion.name,
                    "position": position,
                    "level": levels[criterion.name],
                    "possible": ", ".join(LEVEL_NAMES[level] for level in may),
                    "value": cell.value,
                    "low": cell.low,
                    "high": cell.high,
                    "chance": judged[site].probability_rate_at_least_90_percent_of_plan
                    if criterion.name == "caseload"
                    else None,
                    "words": cell.words,
                    "note": cell.note,
                    "condition": to_meet.get(method_name(criterion.name), ""),
                    "evidence": cell.shown_by,
                    "evidence_date": cell.dated,
                    "stale": stale,
                    "source": cell.source,
                    "made_up": made_up,
                }
            )
    return pd.DataFrame(rows, columns=columns_of("readiness"))


def verdict_rows(cases: Mapping[str, Evidence], judged: Mapping[str, Readiness], reference: Reference) -> pd.DataFrame:
    """A row for each site, and `all`, which counts the sites' verdicts.

    `own_verdict` is the site's own answer where it gave one; it is shown next to ours and changes nothing.
    """
    own = {row.site: row for row in newest(reference.own_answers, "site")}
    rows: list[tuple[str, ...]] = []
    for site, evidence in cases.items():
        name = _name(judged[site].verdict)
        said = own.get(site)
        says = _own_words(said) if said else ""
        sentences = (
            *reason(evidence, judged[site]),
            change(evidence, judged[site]),
            *by_chance(evidence, judged[site]),
        )
        rows.append((site, name, VERDICTS[name], *sentences, said.verdict if said else "", says))
    names = [row[1] for row in rows]
    rows.append((ALL, _together(names), count_verdicts(names), "", "", "", "", "", "", ""))
    return pd.DataFrame(rows, columns=columns_of("verdicts"))


def _own_words(said: SiteAnswer) -> Text:
    document, day = said.document, write_date(said.date)
    return _("{verdict}: {document} of {day}", verdict=VERDICTS[said.verdict], document=document, day=day)


def milestone_rows(milestones: Sequence[Milestone], day: date) -> pd.DataFrame:
    """The newest word of each milestone with its state on a day: done, late, moved (to a day still to come) or due."""
    first = {row.milestone: row for row in sorted(milestones, key=lambda row: row.known_from, reverse=True)}
    rows = sorted(newest(milestones, "milestone"), key=lambda row: (row.due, row.milestone))
    frame = as_frame(rows, Milestone)
    frame["first_due"] = [first[row.milestone].due for row in rows]
    frame["state"] = [_milestone_state(row, first[row.milestone].due, day) for row in rows]
    return frame[columns_of("milestones")]


def scope_rows(scope: Sequence[Scope], sites: Sequence[str]) -> pd.DataFrame:
    """Which cost lines each site counts, those that every site counts first."""
    rows = [row for row in newest(scope, "site", "line") if row.site in sites]
    shared = shared_lines(scope, sites)
    rows.sort(key=lambda row: (row.line not in shared, LINES.index(row.line), list(sites).index(row.site)))
    frame = as_frame(rows, Scope)
    frame["label"] = [LINE_LABELS[row.line] for row in rows]
    frame["shared"] = frame["line"].isin(shared)
    return frame[[name for name in columns_of("scope") if name in frame.columns]]


def plan_rows(plans: Sequence[Plan]) -> pd.DataFrame:
    """The newest plan of each site and start."""
    return as_frame(newest(plans, "site", "starts"), Plan)[columns_of("plans")]


LINE_LABELS = {
    **{part.name: _label for part in SPEND.parts for _label in [part.label.removeprefix("Spend: ").capitalize()]},
    "in_kind": "In kind",
    CENTRAL_TEAM: "Central team",
}


def _typed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a type for each column that has no value to tell it by."""
    empty = {name: column(table, name).frame_type for name in frame.columns if frame[name].isna().all()}
    return frame.astype(empty)


def _name(said: str) -> str:
    return said.replace(" ", "_")


def _together(verdicts: Sequence[str]) -> str:
    """A word for the count of verdicts: ready if all are, cannot say if none can be judged, else not yet."""
    for name in ("ready", "cannot_say"):
        if verdicts and set(verdicts) == {name}:
            return name
    return "not_yet" if verdicts else "cannot_say"


def _milestone_state(row: Milestone, first_due: date, day: date) -> str:
    if row.done:
        return "done"
    if row.due < day:
        return "late"
    return "moved" if row.due != first_due else "due"


def _months_ago(day: date, months: int) -> date:
    first = month_after(date(day.year, day.month, 1), -months)
    return min(
        pd.Timestamp(first) + pd.Timedelta(days=day.day - 1), pd.Timestamp(first) + pd.offsets.MonthEnd(0)
    ).date()
