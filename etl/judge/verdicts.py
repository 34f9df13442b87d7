"""Judging: from results, returns, agreements and answers to each site's criteria, verdict and what would change it.

The rules are `etl.methods.readiness`, their thresholds `etl.definitions.readiness`. Here stand the facts that go in and
the words that come out. There is no score, and the programme only counts its sites' verdicts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from etl.definitions.costs import SPEND
from etl.definitions.periods import month_after, write_date, write_financial_year, write_month
from etl.definitions.readiness import (
    CRITERIA,
    QUESTIONS,
    STALE_AFTER_MONTHS,
    VERDICTS,
    count_verdicts,
)
from etl.definitions.writing import first_upper, round_half_up, write
from etl.judge.evidence import Answer, Evidence, gather_evidence, month_name
from etl.judge.money import ALL, agreement_rows, assessed_year, cliff, cover, funding_mix, gap_steps
from etl.judge.scenario_start import start_rows
from etl.methods.readiness import BEST_LAST, CANNOT_SAY, MONEY, Change, Condition, Readiness, verdict
from etl.reference import (
    CENTRAL_TEAM,
    LINES,
    MADE_UP,
    Event,
    Fact,
    Milestone,
    Plan,
    Reference,
    Scope,
    as_frame,
    as_known_at,
    newest,
    shared_lines,
)

# How the method names the criteria that have another name in `etl.definitions.readiness`.
METHOD_NAMES = {"caseload": "cases"}
LEVEL_NAMES = {"met": "met", "partial": "partly", "not met": "not_met", "unknown": "unknown"}
READINESS_COLUMNS = [
    "site", "criterion", "position", "level", "value", "words",
    "evidence", "evidence_date", "stale", "source", "made_up",
]  # fmt: skip
VERDICT_COLUMNS = [
    "site", "verdict", "words", "reason", "change", "holds", "conditions", "own_verdict", "own_words",
]  # fmt: skip

# What a column holds, for a table in which it has no value.
DAYS = {
    "day", "month", "year", "due", "done", "first_due", "starts", "ends", "known_from", "evidence_date",
    "first_short_month", "first_short_if_even", "secured_until", "period_start", "period_end", "posts_month",
}  # fmt: skip
FLAGS = {"made_up", "stale", "shared", "recurring", "up_to", "mended"}
NUMBERS = {
    "amount", "share", "value", "position", "new_cases", "cost", "open_cases", "drawn", "left", "stands",
    "planned", "secured", "in_principle", "bid", "expected", "no_funder", "months", "gap", "notice_months",
    "runway_months", "grant_before", "local_before", "planned_cost", "planned_cases", "posts", "cases_seen",
    "months_seen", "planned_spend", "spend", "planned_new_cases", "returns_expected", "returns_received",
    "returns_on_time", "returns_filled", "replaced", "answer_1", "answer_2", "answer_3", "answer_4",
}  # fmt: skip


def edition_tables(
    reference: Reference,
    results: pd.DataFrame,
    calendar: pd.DataFrame,
    holes: pd.DataFrame,
    known_at: datetime | date,
    data_month: date,
    sites: Iterable[str],
    queries: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables of an edition that come from reference tables and judgement, as known at a time.

    `results` has site, period, starts, measure, value, complete; `calendar` site, month, state, received; `holes` site,
    month, measure (its key), state, of numbers that are missing, suppressed or unreadable in returns that came;
    `queries`, where given, site, month, measure, holds_verdict. Money in pounds, months as their first day.
    """
    day = known_at.date() if isinstance(known_at, datetime) else known_at
    names, known = list(sites), as_known_at(reference, day)
    year = assessed_year(known.agreements, data_month)
    last = month_after(year, 11)
    covers = cover(known, names, year, data_month)
    cases = gather_evidence(known, covers, results, calendar, holes, data_month, names, queries)
    judged = {site: judge(evidence) for site, evidence in cases.items()}
    mended = {site: _mend(evidence, judged[site]) for site, evidence in cases.items()}
    ahead = gap_steps(known, names, month_after(data_month), month_after(data_month, 12))
    tables = {
        "cliff": cliff(known, names, min(data_month, month_after(year, -6)), last),
        "cover": covers,
        "gaps": pd.concat([gap_steps(known, names, year, last), ahead], ignore_index=True).drop_duplicates(),
        "agreements": agreement_rows(known),
        "readiness": readiness_rows(cases, judged, day),
        "verdicts": verdict_rows(cases, judged, known),
        "scenario_start": start_rows(cases, mended, covers, results, known.plans, data_month),
        "milestones": milestone_rows(known.milestones, day),
        "events": as_frame(known.events, Event)[["day", "site", "words", "source", "made_up"]],
        "scope": scope_rows(known.scope, names),
        "plans": plan_rows(known.plans),
        "funding_mix": funding_mix(results, known.funders),
        "published_facts": as_frame(known.published_facts, Fact),
    }
    return {name: _typed(frame) for name, frame in tables.items()}


def judge(evidence: Evidence) -> Readiness:
    """A site's levels, verdict and what would change it, by the thresholds of `etl.definitions.readiness`."""
    return verdict(evidence.facts())


def readiness_rows(cases: Mapping[str, Evidence], judged: Mapping[str, Readiness], day: date) -> pd.DataFrame:
    """A row for each site and criterion: its level, its figure in words, and the evidence with its date.

    Evidence older than a year on that day is `stale`.
    """
    rows = []
    for site, evidence in cases.items():
        for position, criterion in enumerate(CRITERIA, start=1):
            level = LEVEL_NAMES[judged[site].levels[_method_name(criterion.name)]]
            value, words, shown_by, dated, source = _CELLS[criterion.name](evidence, judged[site], day)
            stale = dated is not None and dated < _months_ago(day, STALE_AFTER_MONTHS)
            made_up = source == MADE_UP or (criterion.name == "money" and evidence.money.made_up)
            rows.append((site, criterion.name, position, level, value, words, shown_by, dated, stale, source, made_up))
    return pd.DataFrame(rows, columns=READINESS_COLUMNS)


def verdict_rows(cases: Mapping[str, Evidence], judged: Mapping[str, Readiness], reference: Reference) -> pd.DataFrame:
    """A row for each site, and `all`, which counts the sites' verdicts.

    `own_verdict` is the site's own answer where it gave one, and stands beside ours; it changes nothing.
    """
    own = {row.site: row for row in newest(reference.own_answers, "site")}
    rows = []
    for site, evidence in cases.items():
        name = _name(judged[site].verdict)
        said = own.get(site)
        says = f"{VERDICTS[said.verdict]}: {said.document} of {write_date(said.date)}" if said else ""
        conditions = "; ".join(_condition_words(evidence, condition) for condition in judged[site].conditions)
        told = (
            reason(evidence, judged[site]),
            change(evidence, judged[site]),
            holds(evidence, judged[site]),
            conditions,
        )
        rows.append((site, name, VERDICTS[name], *told, said.verdict if said else "", says))
    names = [row[1] for row in rows]
    rows.append((ALL, _together(names), count_verdicts(names), "", "", "", "", "", ""))
    return pd.DataFrame(rows, columns=VERDICT_COLUMNS)


def reason(evidence: Evidence, judged: Readiness) -> str:
    """Why the verdict is what it is, in one line."""
    levels = _levels(judged)
    short = _still_to_secure(evidence)
    why = {
        "money": "too little secured money" if levels["money"] == "not_met" else short,
        "spend": "spend above plan",
        "caseload": "fewer new cases than planned",
        "returns": "returns late or not complete",
        "commitment": "too little commitment" if levels["commitment"] == "not_met" else "commitment only in part",
    }
    if judged.verdict == CANNOT_SAY:
        return first_upper("; ".join(_why_not_judged(evidence, levels)))
    failing = [why[name] for at in ("not_met", "partly") for name, level in levels.items() if level == at]
    unknown = ["new cases not known"] if levels["caseload"] == "unknown" else []
    return first_upper("; ".join([*failing, *unknown])) or "All five criteria are met"


def change(evidence: Evidence, judged: Readiness) -> str:
    """What would change the verdict, each step with the verdict that it gives; for a ready site, what would end it."""
    if judged.verdict == CANNOT_SAY:
        return _change_of_unknown(evidence, judged)
    worse = [step for step in judged.what_would_change if _rank(step.verdict) < _rank(judged.verdict)]
    steps = _better(judged) or worse
    return ". ".join(f"{first_upper(_step_words(evidence, step))}: {step.verdict}" for step in steps[:2])


def holds(evidence: Evidence, judged: Readiness) -> str:
    """Whether the verdict is the same at both ends of the 95% interval of the new cases."""
    levels = _levels(judged)
    unknown = [name for name, level in levels.items() if level == "unknown"]
    if judged.verdict == CANNOT_SAY:
        thing = {"spend": "spend is known", "commitment": "the questions are answered", "money": "there is a plan"}
        return f"Cannot be tested until {thing.get(unknown[0], 'returns are in') if unknown else 'returns are in'}"
    if judged.count_ci95 is None or judged.verdict_at_count_ends is None:
        return "Cannot be tested until new cases are known"
    ends = zip(judged.count_ci95, judged.verdict_at_count_ends, strict=True)
    other = [
        f"{said} at {write(round_half_up(count), 'count')} new cases" for count, said in ends if said != judged.verdict
    ]
    return f"Sensitive to caseload: {', '.join(other)}" if other else "Holds at both ends of the intervals"


def milestone_rows(milestones: Sequence[Milestone], day: date) -> pd.DataFrame:
    """The newest word of each milestone with its state on a day: done, late, moved (to a day still to come) or due."""
    first = {row.milestone: row for row in sorted(milestones, key=lambda row: row.known_from, reverse=True)}
    rows = sorted(newest(milestones, "milestone"), key=lambda row: (row.due, row.milestone))
    frame = as_frame(rows, Milestone)
    frame["first_due"] = [first[row.milestone].due for row in rows]
    frame["state"] = [_milestone_state(row, first[row.milestone].due, day) for row in rows]
    columns = ["milestone", "site", "words", "due", "done", "state", "source", "made_up", "first_due"]
    return frame[columns]


def scope_rows(scope: Sequence[Scope], sites: Sequence[str]) -> pd.DataFrame:
    """Which cost lines each site counts, those that every site counts first."""
    rows = [row for row in newest(scope, "site", "line") if row.site in sites]
    shared = shared_lines(scope, sites)
    rows.sort(key=lambda row: (row.line not in shared, LINES.index(row.line), list(sites).index(row.site)))
    frame = as_frame(rows, Scope)
    frame["label"] = [LINE_LABELS[row.line] for row in rows]
    frame["shared"] = frame["line"].isin(shared)
    return frame[["line", "label", "site", "says", "shared", "source", "made_up"]]


def plan_rows(plans: Sequence[Plan]) -> pd.DataFrame:
    """The newest plan of each site and start."""
    frame = as_frame(newest(plans, "site", "starts"), Plan)
    return frame[
        ["site", "starts", "ends", "new_cases", "cost", "open_cases", "source", "made_up", "open_cases_source"]
    ]


LINE_LABELS = {
    **{part.name: _label for part in SPEND.parts for _label in [part.label.removeprefix("Spend: ").capitalize()]},
    "in_kind": "In kind",
    CENTRAL_TEAM: "Central team",
}


# The words of a cell: value, words, evidence, its date, its source

_Cell = tuple[float | None, str, str, date | None, str]


def _money_cell(evidence: Evidence, judged: Readiness, day: date) -> _Cell:
    money = evidence.money
    if money.planned is None:
        return None, f"no plan for {write_financial_year(money.year)}", "", None, ""
    words = f"{judged.cover_months:.1f} months: {write(money.secured, 'gbp')} of {write(money.planned, 'gbp')}"
    shown_by = money.source or f"no approved agreement known on {write_date(day)}"
    return judged.cover_months, words, shown_by, money.known, money.source


def _spend_cell(evidence: Evidence, judged: Readiness, day: date) -> _Cell:
    shown_by, dated = _return_words(evidence.spend_seen)
    if evidence.spend is None or not evidence.planned_spend:
        return None, first_upper(_listed(evidence.spend_gaps)), shown_by, dated, shown_by
    ratio = evidence.spend / evidence.planned_spend
    words = f"{write(evidence.spend, 'gbp')} of {write(evidence.planned_spend, 'gbp')}: {round_half_up(ratio, 2):.2f}"
    return ratio, words, shown_by, dated, shown_by


def _caseload_cell(evidence: Evidence, judged: Readiness, day: date) -> _Cell:
    shown_by, dated = _return_words(evidence.cases_seen)
    if evidence.cases is None or evidence.planned_cases is None or judged.count_ci95 is None:
        words: str = first_upper(_listed(evidence.case_gaps))
        if evidence.last_cases:
            last, cases, planned = evidence.last_cases
            words += f"; {cases:,} of {_number(planned)} to {month_name(last)}"
        return None, words, shown_by, dated, shown_by
    low, high = (write(round_half_up(end), "count") for end in judged.count_ci95)
    words = f"{evidence.cases:,} of {_number(evidence.planned_cases)}; {low} to {high}"
    return evidence.cases, words, shown_by, dated, shown_by


def _returns_cell(evidence: Evidence, judged: Readiness, day: date) -> _Cell:
    if evidence.filled is None:
        return None, "no return due yet", "", None, ""
    shown_by = f"Returns to {write_date(day)}"
    return evidence.received, _returns_words(evidence), shown_by, day, shown_by


def _commitment_cell(evidence: Evidence, judged: Readiness, day: date) -> _Cell:
    answer = evidence.commitment
    if answer is None:
        return None, "not all four questions answered", "", None, ""
    return None, answer.words, answer.document, answer.dated, answer.source


_CELLS = {
    "money": _money_cell,
    "spend": _spend_cell,
    "caseload": _caseload_cell,
    "returns": _returns_cell,
    "commitment": _commitment_cell,
}


def _return_words(seen: tuple[date, date] | None) -> tuple[str, date | None]:
    return (f"Return for {write_month(seen[0])}", seen[1]) if seen else ("", None)


def _returns_words(evidence: Evidence) -> str:
    share = round_half_up((evidence.filled or 0) * 100, 1)
    return f"{evidence.received} in, {evidence.on_time} on time, {share:g}% filled"


# Reasons and changes


def _why_not_judged(evidence: Evidence, levels: Mapping[str, str]) -> list[str]:
    why = []
    if levels["spend"] == "unknown":
        why.append(_listed(evidence.spend_gaps))
    if levels["returns"] in ("not_met", "unknown"):
        why.append(f"too few returns: {_returns_words(evidence)}")
    if levels["commitment"] == "unknown":
        why.append("not all four questions of commitment answered")
    if levels["money"] == "unknown":
        why.append(f"no plan for {write_financial_year(evidence.money.year)}")
    return why


def _condition_words(evidence: Evidence, condition: Condition) -> str:
    """A condition: what is not known must be known, what is not met must be met."""
    label = next(criterion.label for criterion in CRITERIA if _method_name(criterion.name) == condition.criterion)
    if condition.level == "unknown":
        return f"{label}: must be known"
    if condition.criterion == MONEY and evidence.money.planned is not None:
        return f"{label}: {_still_to_secure(evidence)}"
    return f"{label}: {condition.text.partition(': ')[2]}"


def _still_to_secure(evidence: Evidence) -> str:
    missing = (evidence.money.planned or 0) - evidence.money.secured
    return f"{write(missing, 'gbp')} still to be secured for {write_financial_year(evidence.money.year)}"


def _change_of_unknown(evidence: Evidence, judged: Readiness) -> str:
    """What has to come in before there is a verdict, the verdict that this gives, and what a better one would need."""
    mended, steps = _mend(evidence, judged)
    after = judge(mended)
    if evidence.money.planned is None or not evidence.planned_spend:
        return f"{first_upper(' and '.join(['a plan for each month', *steps]))}: then it can be judged"
    first = first_upper(" and ".join(steps))
    words = [f"{first}: {after.verdict}"] if after.verdict != CANNOT_SAY else []
    joined = " as well" if words else ""
    for step in _better(after)[:1]:
        said = _step_words(mended, step) if words else " and ".join([*steps, _step_words(mended, step)])
        words.append(f"{first_upper(said)}{joined}: {step.verdict}")
    return ". ".join(words)


def _better(judged: Readiness) -> list[Change]:
    """The steps to a better verdict, that of money alone first."""
    steps = [step for step in judged.what_would_change if _rank(step.verdict) > _rank(judged.verdict)]
    return sorted(steps, key=lambda step: step.criteria != (MONEY,))


def _mend(evidence: Evidence, judged: Readiness) -> tuple[Evidence, list[str]]:
    """The case once what is missing has come and is as planned, and the steps in words."""
    levels, mended = _levels(judged), evidence
    steps: list[str] = []
    if evidence.to_come:
        steps += evidence.to_come
        left = max(0, evidence.holes - evidence.holes_to_come)
        received, numbers = evidence.received + evidence.missing_returns, evidence.numbers_expected
        mended = replace(mended, received=received, numbers_received=numbers, holes=left)
    as_planned: list[str] = []
    if levels["spend"] == "unknown" and evidence.planned_spend:
        mended, as_planned = replace(mended, spend=evidence.planned_spend), [*as_planned, "spend"]
    if levels["caseload"] == "unknown" and evidence.planned_cases is not None:
        mended, as_planned = replace(mended, cases=round(evidence.planned_cases)), [*as_planned, "new cases"]
    if as_planned:
        steps = [*steps[:-1], f"{steps[-1] if steps else 'returns sent'}, with {' and '.join(as_planned)} as planned"]
    if levels["commitment"] == "unknown":
        answer = Answer((3,) * len(QUESTIONS), "", "", evidence.money.year, "")
        mended, steps = replace(mended, commitment=answer), [*steps, "all four questions answered with 3"]
    return mended, steps


def _step_words(evidence: Evidence, step: Change) -> str:
    """A step in our words where it is about money alone: £44,558 more secured (6 months)."""
    if step.criteria != (MONEY,):
        return step.text
    after = sum(money["amount"] for money in step.facts["funding"])
    more = after - evidence.money.secured
    months = round_half_up(12 * after / (evidence.money.planned or 1), 1)
    return f"{write(abs(more), 'gbp')} {'more' if more > 0 else 'less'} secured ({months:g} months)"


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a type for each column that has no value to tell it by."""
    empty = {name: _type_of(name) for name in frame.columns if frame[name].isna().all()}
    return frame.astype(empty)


def _type_of(column: str) -> str:
    if column in DAYS:
        return "datetime64[us]"
    if column in FLAGS:
        return "bool"
    return "float64" if column in NUMBERS else "str"


def _levels(judged: Readiness) -> dict[str, str]:
    return {c.name: LEVEL_NAMES[judged.levels[_method_name(c.name)]] for c in CRITERIA}


def _method_name(criterion: str) -> str:
    return METHOD_NAMES.get(criterion, criterion)


def _name(said: str) -> str:
    return said.replace(" ", "_")


def _rank(said: str) -> int:
    return BEST_LAST.index(said)


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


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) if len(words) <= 2 else f"{words[0]}, and {len(words) - 1} more"


def _number(value: float) -> str:
    return f"{round_half_up(value, 1):,g}" if value < 1_000_000 else f"{value:,.0f}"


def _months_ago(day: date, months: int) -> date:
    first = month_after(date(day.year, day.month, 1), -months)
    return min(
        pd.Timestamp(first) + pd.Timedelta(days=day.day - 1), pd.Timestamp(first) + pd.offsets.MonthEnd(0)
    ).date()
