"""Sentences about a site's readiness: each criterion's figure, the reason for the verdict, what would change it."""

from collections.abc import Mapping, Sequence
from datetime import date

from etl.definitions.messages import Number, Plain, Small, Text, _, joined
from etl.definitions.periods import write_date, write_financial_year, write_month
from etl.definitions.readiness import CRITERIA, VERDICTS
from etl.definitions.writing import first_upper, round_half_up, write
from etl.judge.evidence import Evidence, month_name, together
from etl.judge.judgement import complete, judge, levels_of, method_name
from etl.methods.readiness import BEST_LAST, CANNOT_SAY, MONEY, Change, Condition, Readiness
from etl.provenance.address import NumberAddress


def reason(evidence: Evidence, judged: Readiness) -> str:
    """Why the verdict is what it is, in one line."""
    levels = levels_of(judged)
    short = _still_to_secure(evidence)
    why = {
        "money": _("too little secured money") if levels["money"] == "not_met" else short,
        "spend": _("spend above plan"),
        "caseload": _("fewer new cases than planned"),
        "returns": _("returns late or not complete"),
        "commitment": _("too little commitment") if levels["commitment"] == "not_met" else _("commitment only in part"),
    }
    if judged.verdict == CANNOT_SAY:
        return first_upper(joined("; ", _why_not_judged(evidence, levels)))
    failing: list[str] = [why[name] for at in ("not_met", "partly") for name, level in levels.items() if level == at]
    unknown = [_("new cases not known")] if levels["caseload"] == "unknown" else []
    return first_upper(joined("; ", [*failing, *unknown])) or _("All five criteria are met")


def change(evidence: Evidence, judged: Readiness) -> str:
    """What would change the verdict, each step with the verdict that it gives; for a ready site, what would end it."""
    if judged.verdict == CANNOT_SAY:
        return _change_of_unknown(evidence, judged)
    worse = [step for step in judged.what_would_change if _rank(step.verdict) < _rank(judged.verdict)]
    steps = _better(judged) or worse
    return joined(
        ". ", [joined(": ", [first_upper(_step_words(evidence, step)), _verdict(step.verdict)]) for step in steps[:2]]
    )


UNTESTED = {
    "spend": _("Cannot be tested until spend is known"),
    "commitment": _("Cannot be tested until the questions are answered"),
    "money": _("Cannot be tested until there is a plan"),
}


def holds(evidence: Evidence, judged: Readiness) -> str:
    """Whether the verdict is the same at both ends of the 95% interval of the new cases."""
    levels = levels_of(judged)
    unknown = [name for name, level in levels.items() if level == "unknown"]
    if judged.verdict == CANNOT_SAY:
        return UNTESTED.get(unknown[0] if unknown else "", _("Cannot be tested until returns are in"))
    if judged.count_ci95 is None or judged.verdict_at_count_ends is None:
        return _("Cannot be tested until new cases are known")
    ends = zip(judged.count_ci95, judged.verdict_at_count_ends, strict=True)
    other = [
        _("{verdict} at {count} new cases", verdict=_verdict(said), count=Plain(write(round_half_up(count), "count")))
        for count, said in ends
        if said != judged.verdict
    ]
    if other:
        return _("Sensitive to caseload: {verdicts}", verdicts=joined(", ", other))
    return _("Holds at both ends of the intervals")


def condition_sentence(evidence: Evidence, condition: Condition) -> str:
    """A condition: what is not known must be known, what is not met must be met."""
    label = next(criterion.label for criterion in CRITERIA if method_name(criterion.name) == condition.criterion)
    if condition.level == "unknown":
        return joined(": ", [label, _("must be known")])
    if condition.criterion == MONEY and evidence.money.planned is not None:
        return joined(": ", [label, _still_to_secure(evidence)])
    return joined(": ", [label, condition.text.partition(": ")[2]])


# The figure of a criterion, the same in words, the document that shows it, its date, and its source.
Cell = tuple[float | None, str, str, date | None, str]


def _money_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    money = evidence.money
    if money.planned is None:
        return None, _no_plan(evidence), "", None, ""
    covered = {"secured": pounds_of(money.secured), "planned": pounds_of(money.planned)}
    words = _("{months} months: {secured} of {planned}", months=Plain(f"{judged.cover_months:.1f}"), **covered)
    shown_by = money.source or _("no approved agreement known on {day}", day=write_date(day))
    return judged.cover_months, words, shown_by, money.known, money.source


def _spend_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    shown_by, dated = _return_words(evidence.spend_seen)
    if evidence.spend is None or not evidence.planned_spend:
        return None, first_upper(_listed(evidence.spend_gaps)), shown_by, dated, shown_by
    ratio = evidence.spend / evidence.planned_spend
    spent = {"spend": pounds_of(evidence.spend), "planned": pounds_of(evidence.planned_spend)}
    words = _("{spend} of {planned}: {ratio}", **spent, ratio=Plain(f"{round_half_up(ratio, 2):.2f}"))
    return ratio, words, shown_by, dated, shown_by


def _caseload_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    shown_by, dated = _return_words(evidence.cases_seen)
    if evidence.cases is None or evidence.planned_cases is None or judged.count_ci95 is None:
        words: str = first_upper(_listed(evidence.case_gaps))
        if evidence.last_cases:
            last, cases, planned = evidence.last_cases
            known = _("{cases} of {planned} to {month}", cases=cases, planned=_number(planned), month=month_name(last))
            words = joined("; ", [words, known])
        return None, words, shown_by, dated, shown_by
    low, high = (write(round_half_up(end), "count") for end in judged.count_ci95)
    taken_on = _("{cases} of {planned}", cases=evidence.cases, planned=_number(evidence.planned_cases))
    words = joined("; ", [taken_on, _("{low} to {high}", low=Plain(low), high=Plain(high))])
    return evidence.cases, words, shown_by, dated, shown_by


def _returns_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    if evidence.filled is None:
        return None, _("no return due yet"), "", None, ""
    shown_by = _("Returns to {day}", day=write_date(day))
    return evidence.received, _returns_words(evidence), shown_by, day, shown_by


def _commitment_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    answer = evidence.commitment
    if answer is None:
        return None, _("not all four questions answered"), "", None, ""
    return None, answer.words, answer.document, answer.dated, answer.source


CELLS = {
    "money": _money_cell,
    "spend": _spend_cell,
    "caseload": _caseload_cell,
    "returns": _returns_cell,
    "commitment": _commitment_cell,
}


def _return_words(seen: tuple[date, date] | None) -> tuple[str, date | None]:
    return (_("Return for {month}", month=write_month(seen[0])), seen[1]) if seen else ("", None)


def _returns_words(evidence: Evidence) -> str:
    share = round_half_up((evidence.filled or 0) * 100, 1)
    return _(
        "{received} in, {on_time} on time, {share} filled",
        received=evidence.received,
        on_time=evidence.on_time,
        share=Plain(f"{share:g}%"),
    )


def _why_not_judged(evidence: Evidence, levels: Mapping[str, str]) -> list[str]:
    why = []
    if levels["spend"] == "unknown":
        why.append(_listed(evidence.spend_gaps))
    if levels["returns"] in ("not_met", "unknown"):
        why.append(_("too few returns: {returns}", returns=_returns_words(evidence)))
    if levels["commitment"] == "unknown":
        why.append(_("not all four questions of commitment answered"))
    if levels["money"] == "unknown":
        why.append(_no_plan(evidence))
    return why


def _no_plan(evidence: Evidence) -> Text:
    return _("no plan for {year}", year=write_financial_year(evidence.money.year))


def _still_to_secure(evidence: Evidence) -> Text:
    money = evidence.money
    address = NumberAddress(evidence.site, "cover", str(money.year), "gap")
    amount = Number(write((money.planned or 0) - money.secured, "gbp"), str(address), _("gap"))
    return _("{amount} still to be secured for {year}", amount=amount, year=write_financial_year(money.year))


def _change_of_unknown(evidence: Evidence, judged: Readiness) -> str:
    """What has to come in before there is a verdict, the verdict that this gives, and what a better one would need."""
    completed, steps = complete(evidence, judged)
    after = judge(completed)
    if evidence.money.planned is None or not evidence.planned_spend:
        plan = first_upper(together([_("a plan for each month"), *steps]))
        return _("{steps}: then it can be judged", steps=plan)
    known = after.verdict != CANNOT_SAY
    words = [joined(": ", [first_upper(together(steps)), _verdict(after.verdict)])] if known else []
    for step in _better(after)[:1]:
        one = _step_words(completed, step)
        said = _("{step} as well", step=one) if words else together([*steps, one])
        words.append(joined(": ", [first_upper(said), _verdict(step.verdict)]))
    return joined(". ", words)


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
    places = {"amount": pounds_of(abs(more)), "months": Plain(f"{months:g}")}
    if more > 0:
        return _("{amount} more secured ({months} months)", **places)
    return _("{amount} less secured ({months} months)", **places)


def _verdict(said: str) -> Small:
    """A verdict in the middle of a sentence."""
    return Small(VERDICTS[said.replace(" ", "_")])


def _rank(said: str) -> int:
    return BEST_LAST.index(said)


def _listed(words: Sequence[str]) -> str:
    return (
        joined(", ", words)
        if len(words) <= 2
        else _("{first}, and {number} more", first=words[0], number=len(words) - 1)
    )


def pounds_of(amount: float) -> Plain:
    """Money as it stands in a sentence, where the sentence as a whole is what has a story."""
    return Plain(write(amount, "gbp"))


def _number(value: float) -> Plain:
    return Plain(f"{round_half_up(value, 1):,g}" if value < 1_000_000 else f"{value:,.0f}")
