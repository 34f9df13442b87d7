"""Sentences about a site's readiness: each criterion's figure, the reason for the verdict, what would change it."""

from collections.abc import Mapping, Sequence
from datetime import date

from etl.definitions.periods import write_date, write_financial_year, write_month
from etl.definitions.readiness import CRITERIA
from etl.definitions.writing import first_upper, round_half_up, write
from etl.judge.evidence import Evidence, month_name
from etl.judge.judgement import complete, judge, levels_of, method_name
from etl.methods.readiness import BEST_LAST, CANNOT_SAY, MONEY, Change, Condition, Readiness


def reason(evidence: Evidence, judged: Readiness) -> str:
    """Why the verdict is what it is, in one line."""
    levels = levels_of(judged)
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
    levels = levels_of(judged)
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


def condition_sentence(evidence: Evidence, condition: Condition) -> str:
    """A condition: what is not known must be known, what is not met must be met."""
    label = next(criterion.label for criterion in CRITERIA if method_name(criterion.name) == condition.criterion)
    if condition.level == "unknown":
        return f"{label}: must be known"
    if condition.criterion == MONEY and evidence.money.planned is not None:
        return f"{label}: {_still_to_secure(evidence)}"
    return f"{label}: {condition.text.partition(': ')[2]}"


# The figure of a criterion, the same in words, the document that shows it, its date, and its source.
Cell = tuple[float | None, str, str, date | None, str]


def _money_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    money = evidence.money
    if money.planned is None:
        return None, f"no plan for {write_financial_year(money.year)}", "", None, ""
    words = f"{judged.cover_months:.1f} months: {write(money.secured, 'gbp')} of {write(money.planned, 'gbp')}"
    shown_by = money.source or f"no approved agreement known on {write_date(day)}"
    return judged.cover_months, words, shown_by, money.known, money.source


def _spend_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    shown_by, dated = _return_words(evidence.spend_seen)
    if evidence.spend is None or not evidence.planned_spend:
        return None, first_upper(_listed(evidence.spend_gaps)), shown_by, dated, shown_by
    ratio = evidence.spend / evidence.planned_spend
    words = f"{write(evidence.spend, 'gbp')} of {write(evidence.planned_spend, 'gbp')}: {round_half_up(ratio, 2):.2f}"
    return ratio, words, shown_by, dated, shown_by


def _caseload_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
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


def _returns_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    if evidence.filled is None:
        return None, "no return due yet", "", None, ""
    shown_by = f"Returns to {write_date(day)}"
    return evidence.received, _returns_words(evidence), shown_by, day, shown_by


def _commitment_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    answer = evidence.commitment
    if answer is None:
        return None, "not all four questions answered", "", None, ""
    return None, answer.words, answer.document, answer.dated, answer.source


CELLS = {
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


def _still_to_secure(evidence: Evidence) -> str:
    missing = (evidence.money.planned or 0) - evidence.money.secured
    return f"{write(missing, 'gbp')} still to be secured for {write_financial_year(evidence.money.year)}"


def _change_of_unknown(evidence: Evidence, judged: Readiness) -> str:
    """What has to come in before there is a verdict, the verdict that this gives, and what a better one would need."""
    completed, steps = complete(evidence, judged)
    after = judge(completed)
    if evidence.money.planned is None or not evidence.planned_spend:
        return f"{first_upper(' and '.join(['a plan for each month', *steps]))}: then it can be judged"
    first = first_upper(" and ".join(steps))
    words = [f"{first}: {after.verdict}"] if after.verdict != CANNOT_SAY else []
    joined = " as well" if words else ""
    for step in _better(after)[:1]:
        said = _step_words(completed, step) if words else " and ".join([*steps, _step_words(completed, step)])
        words.append(f"{first_upper(said)}{joined}: {step.verdict}")
    return ". ".join(words)


def _better(judged: Readiness) -> list[Change]:
    """The steps to a better verdict, that of money alone first."""
    steps = [step for step in judged.what_would_change if _rank(step.verdict) > _rank(judged.verdict)]
    return sorted(steps, key=lambda step: step.criteria != (MONEY,))


def _step_words(evidence: Evidence, step: Change) -> str:
    """A step in our words where it is about money alone: £44,558 more secured (6 months)."""
    if step.criteria != (MONEY,):
        return step.text
    after = sum(money["amount"] for money in step.facts["funding"])
    more = after - evidence.money.secured
    months = round_half_up(12 * after / (evidence.money.planned or 1), 1)
    return f"{write(abs(more), 'gbp')} {'more' if more > 0 else 'less'} secured ({months:g} months)"


def _rank(said: str) -> int:
    return BEST_LAST.index(said)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) if len(words) <= 2 else f"{words[0]}, and {len(words) - 1} more"


def _number(value: float) -> str:
    return f"{round_half_up(value, 1):,g}" if value < 1_000_000 else f"{value:,.0f}"
