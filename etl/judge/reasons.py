"""Sentences about a site's readiness: each criterion's figure, the reason for the verdict, what would change it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from etl.definitions.messages import Number, Plain, Small, Text, _, joined, ngettext
from etl.definitions.periods import write_date, write_financial_year, write_month
from etl.definitions.readiness import CRITERIA, QUESTIONS, THRESHOLDS, TOO_FEW_TO_BE_SURE, VERDICTS
from etl.definitions.secured import at_most, depends
from etl.definitions.writing import figures, first_upper, round_half_up, why_open, write, write_end, write_on_its_side
from etl.judge.evidence import Bounds, Evidence, together
from etl.judge.judgement import complete, judge, levels_of, method_name
from etl.methods import readiness as method
from etl.methods.readiness import BEST_LAST, CANNOT_SAY, MONEY, NOT_YET, Change, Condition, Readiness, Step
from etl.provenance.address import NumberAddress


def reason(evidence: Evidence, judged: Readiness) -> tuple[str, str]:
    """Why the verdict is what it is, in one line; and the first of the reasons, where there is little room."""
    levels = levels_of(judged)
    lacking = _lacking(evidence, levels)
    worst = "not_met" if "not_met" in levels.values() else "partly"
    failing = [_why(evidence, name, level) for name, level in levels.items() if level == worst]
    why = lacking if judged.verdict == CANNOT_SAY else [*failing, *(lacking[:1] if failing else lacking)]
    if not why:
        return _("All five criteria are met"), _("All five criteria are met")
    return first_upper(joined("; ", why)), first_upper(why[0])


def _why(evidence: Evidence, criterion: str, level: str) -> str:
    """What is the matter with a criterion that is not met."""
    if criterion == "money":
        return _("too little secured money") if level == "not_met" else _still_to_secure(evidence)
    if criterion == "spend":
        low = evidence.spend if evidence.spend_bounds is None else evidence.spend_bounds.low
        below = low is not None and low < (evidence.planned_spend or 0)
        return _("spend below plan") if below else _("spend above plan")
    if criterion == "caseload":
        return _("fewer new cases than planned")
    if criterion == "returns":
        return _("a return copies another") if evidence.copies else _("returns late or not complete")
    return _("too little commitment") if level == "not_met" else _("commitment only in part")


def _lacking(evidence: Evidence, levels: Mapping[str, str]) -> list[str]:
    """What is not known and why, each reason once."""
    why: list[str] = []
    if levels["spend"] == "unknown":
        why += evidence.spend_gaps[:2]
    if levels["caseload"] == "unknown":
        why += [gap for gap in evidence.case_gaps[:2] if gap not in why]
    if levels["returns"] == "unknown" or (levels["returns"] == "not_met" and not why):
        why.append(_("too few returns: {returns}", returns=_returns_words(evidence)))
    if levels["commitment"] == "unknown":
        why.append(_("not all four questions of commitment answered"))
    if levels["money"] == "unknown":
        why.append(_no_plan(evidence))
    return why


def change(evidence: Evidence, judged: Readiness) -> str:
    """What would change the verdict, each step with the verdict that it gives; for a ready site, what would end it."""
    steps = [step for step in _better(judged) if not _is_of_unknown(step)]
    if judged.verdict == CANNOT_SAY or (not steps and "unknown" in levels_of(judged).values()):
        return _change_of_unknown(evidence, judged)
    steps = steps or [step for step in judged.what_would_change if _rank(step.verdict) < _rank(judged.verdict)]
    return joined(". ", [_leads_to(first_upper(_words_of(evidence, step)), step.verdict) for step in steps[:2]])


def by_chance(evidence: Evidence, judged: Readiness) -> tuple[str, str]:
    """Whether chance in the number of new cases alone could change the verdict: yes, no or unknown; and in words."""
    if judged.verdict == CANNOT_SAY:
        return "unknown", _("There is not enough data to say")
    if judged.count_ci95 is None or judged.verdict_at_count_ends is None:
        any_count = method.implied({**judged.possible_levels, method.CASES: method.BEST_FIRST})
        return ("no", _("No")) if any_count == judged.verdict else ("unknown", _("Not known until new cases are"))
    ends = zip(judged.count_ci95, ("low", "high"), judged.verdict_at_count_ends, strict=True)
    other = [
        _("{verdict} at {count} new cases", verdict=_verdict(said), count=Plain(write_end(end, "count", side)))
        for end, side, said in ends
        if said != judged.verdict
    ]
    return ("yes", _("Yes: {verdicts}", verdicts=joined(", ", other))) if other else ("no", _("No"))


def condition_words(evidence: Evidence, condition: Condition) -> str:
    """The least that would meet a criterion: what is not known must be known, what is not met must be met."""
    if condition.level == method.NOT_KNOWN:
        return _("must be known")
    if condition.criterion == MONEY and evidence.money.planned is not None:
        return _still_to_secure(evidence)
    name = next(one.name for one in CRITERIA if method_name(one.name) == condition.criterion)
    address = str(NumberAddress(evidence.site, "readiness", name, "level"))
    steps = together([_step_words(evidence, step, address) for step in condition.steps])
    return steps or _("cannot be met in these twelve months, whatever is sent")


@dataclass(frozen=True)
class Cell:
    """The figure of a criterion, the same in words, a note, the document that shows it, its date, and its source."""

    value: float | None
    words: str
    note: str = ""
    shown_by: str = ""
    dated: date | None = None
    source: str = ""
    low: float | None = None
    high: float | None = None


def _money_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    money = evidence.money
    if money.planned is None or judged.cover_months is None:
        return Cell(None, _no_plan(evidence))
    months = months_covered(judged.cover_months)
    secured = at_most(pounds_of(money.secured), money.at_most)
    words = _(
        "{months} months: {secured} of {planned}",
        months=Plain(months),
        secured=secured,
        planned=pounds_of(money.planned),
    )
    note = joined("; ", depends(pounds_of(money.depends), money.depends, money.secured, money.depends_on))
    shown_by = money.source or _("no approved agreement known on {day}", day=write_date(day))
    return Cell(judged.cover_months, words, note, shown_by, money.known, money.source)


def _spend_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    shown_by, dated = _return_words(evidence.spend_seen)
    planned, bounds = evidence.planned_spend, evidence.spend_bounds
    if not planned or (evidence.spend is None and bounds is None):
        return Cell(None, first_upper(_listed(evidence.spend_gaps)), "", shown_by, dated, shown_by)
    if evidence.spend is None and bounds is not None:
        low, high = (end / planned for end in (bounds.low, bounds.high))
        words, note = _bounded_spend(bounds, planned), why_open(bounds.missing, bounds.queried)
        return Cell(None, words, note, shown_by, dated, shown_by, low, high)
    assert evidence.spend is not None
    spent = {"spend": pounds_of(evidence.spend), "planned": pounds_of(planned)}
    share = evidence.spend / planned
    words = _("{share} of plan: {spend} of {planned}", share=Plain(spend_share(share)), **spent)
    return Cell(share, words, "", shown_by, dated, shown_by)


def _bounded_spend(bounds: Bounds, planned: float) -> Text:
    """Spend that is not known as a share of plan: with what is under query as suspected, and if it is right."""
    supposed, stated = (_share_range(ends, planned) for ends in (bounds.supposed, bounds.stated))
    if supposed == stated:
        return _("{share} of plan", share=supposed)
    return _(
        "{share} of plan if {months} is as suspected, {other} if right",
        share=supposed,
        months=bounds.queried,
        other=stated,
    )


def _share_range(ends: tuple[float, float], planned: float) -> Text:
    low, high = (Plain(spend_share(end / planned)) for end in ends)
    return low if low == high else _("{low} to {high}", low=low, high=high)


def _caseload_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    shown_by, dated = _return_words(evidence.cases_seen)
    planned, bounds = evidence.planned_cases, evidence.case_bounds
    if not planned or (evidence.cases is None and bounds is None):
        return Cell(None, first_upper(_listed(evidence.case_gaps)), "", shown_by, dated, shown_by)
    of = _number(planned)
    if evidence.cases is None and bounds is not None:
        words = _bounded_cases(bounds, of)
        ends = (bounds.low / planned, bounds.high / planned)
        return Cell(None, words, why_open(bounds.missing, bounds.queried), shown_by, dated, shown_by, *ends)
    assert evidence.cases is not None
    assert judged.count_ci95 is not None
    share = Plain(write_on_its_side(100 * evidence.cases / planned, 0, _of_cases) + "%")
    limits = tuple(end / planned for end in judged.count_ci95)
    low, high = (Plain(write_end(end, "share", side)) for end, side in zip(limits, ("low", "high"), strict=True))
    words = _(
        "{cases} of {planned}: {share} (likely {low} to {high})",
        cases=evidence.cases,
        planned=of,
        share=share,
        low=low,
        high=high,
    )
    return Cell(evidence.cases, words, _how_sure(judged), shown_by, dated, shown_by, *limits)


def _bounded_cases(bounds: Bounds, of: Text) -> Text:
    """New cases that are not known: at least what the known months add up to, and what they may be with the others."""
    low, high = (Plain(write(end, "count")) for end in (bounds.low, bounds.high))
    if bounds.least is None or not bounds.missing:
        return _("{low} to {high} of {planned}", low=low, high=high, planned=of)
    least = Plain(write(bounds.least, "count"))
    places = {"least": least, "planned": of, "months": bounds.missing, "low": low, "high": high}
    return _("at least {least} of {planned}; with {months} {low} to {high}", **places)


def _how_sure(judged: Readiness) -> str:
    """That chance leaves open whether the rate behind the new cases is that of the plan."""
    sure = judged.probability_rate_at_least_90_percent_of_plan
    least, most = TOO_FEW_TO_BE_SURE
    return _("Too few cases to be sure") if sure is not None and least <= sure <= most else ""


def _returns_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    if evidence.filled is None:
        return Cell(None, _("no return due yet"))
    shown_by = _("Returns to {day}", day=write_date(day))
    return Cell(evidence.received, _returns_words(evidence), "", shown_by, day, shown_by)


def _commitment_cell(evidence: Evidence, judged: Readiness, day: date) -> Cell:
    answer = evidence.commitment
    if answer is None:
        return Cell(None, _("not all four questions answered"))
    return Cell(None, answer.words, "", answer.document, answer.dated, answer.source)


CELLS: dict[str, Callable[[Evidence, Readiness, date], Cell]] = {
    "money": _money_cell,
    "spend": _spend_cell,
    "caseload": _caseload_cell,
    "returns": _returns_cell,
    "commitment": _commitment_cell,
}


def _of_months(months: float) -> str:
    """The level of so many months of money: what is printed must be at the level that it has."""
    return method.possible({"planned_annual_cost": 12, "funding": [{"amount": months, "status": "approved"}]})[MONEY][0]


def _of_spend(percent: float) -> str:
    return method.possible({"planned_annual_cost": 100, "cost_12m": percent})[method.SPEND][0]


def _of_cases(percent: float) -> str:
    return method.possible({"planned_new_cases": 100, "count_12m": percent})[method.CASES][0]


def months_covered(months: float) -> str:
    """Months of money as they are printed."""
    return write_on_its_side(months, 1, _of_months)


def spend_share(share: float) -> str:
    """Spend as a share of plan, as it is printed."""
    return write_on_its_side(100 * share, 0, _of_spend) + "%"


def _return_words(seen: tuple[date, date] | None) -> tuple[str, date | None]:
    return (_("Return for {month}", month=write_month(seen[0])), seen[1]) if seen else ("", None)


def _returns_words(evidence: Evidence) -> str:
    share = round_half_up((evidence.filled or 0) * 100, 1)
    words = _(
        "{received} of {expected} received, {on_time} on time, {share} filled in",
        received=evidence.received,
        expected=evidence.expected,
        on_time=evidence.on_time,
        share=Plain(f"{share:g}%"),
    )
    if not evidence.copies:
        return words
    one, many = "{number} return copies another", "{number} returns copy others"
    return joined("; ", [words, ngettext(one, many, evidence.copies, number=evidence.copies)])


def _no_plan(evidence: Evidence) -> Text:
    return _("no plan for {year}", year=write_financial_year(evidence.money.year))


def _still_to_secure(evidence: Evidence) -> Text:
    money = evidence.money
    address = NumberAddress(evidence.site, "cover", str(money.year), "gap")
    amount = Number(write(money.gap, "gbp"), str(address), _("gap"))
    return _("{amount} still to be secured for {year}", amount=amount, year=write_financial_year(money.year))


def _change_of_unknown(evidence: Evidence, judged: Readiness) -> str:
    """What has to come in before there is a verdict, the verdict that this gives, and what a better one would need."""
    completed, steps = complete(evidence, judged)
    after = judge(completed)
    if evidence.money.planned is None or not evidence.planned_spend:
        plan = first_upper(together([_("a plan for each month"), *steps]))
        return _("{steps}: then it can be judged", steps=plan)
    moves = _rank(after.verdict) > _rank(judged.verdict)
    words = [_leads_to(first_upper(together(steps)), after.verdict)] if moves else []
    for step in _better(after)[:1]:
        one = _words_of(completed, step)
        said = _("{step} as well", step=one) if words else together([one, *steps])
        words.append(_leads_to(first_upper(said), step.verdict))
    return joined(". ", words)


def _leads_to(steps: str, verdict: str) -> Text:
    return _("{steps}: {verdict}", steps=steps, verdict=_verdict(verdict))


def _better(judged: Readiness) -> list[Change]:
    """The steps to a better verdict, that of money alone first; a failure is none, however sure."""
    steps = [
        step
        for step in judged.what_would_change
        if _rank(step.verdict) > _rank(judged.verdict) and step.verdict != NOT_YET
    ]
    return sorted(steps, key=lambda step: step.criteria != (MONEY,))


def _is_of_unknown(change: Change) -> bool:
    """Whether a change supposes a number that is not known: nobody can set it, it has to come in."""
    return any(step.what in ("spend_of", "new_cases_of") for step in change.steps)


def _words_of(evidence: Evidence, change: Change) -> str:
    address = str(NumberAddress(evidence.site, "verdict", "", "words"))
    return together([_step_words(evidence, step, address) for step in change.steps])


def _step_words(evidence: Evidence, step: Step, address: str) -> str:
    """A step in words: £44,558 more secured (6 months). Its numbers open the story at an address."""

    def figure(shown: str) -> Number:
        return Number(shown, address, _("what would change it"))

    if step.what == "secured":
        return _secured_words(evidence, step.by, figure)
    if step.what in ("spend", "spend_of"):
        amount = figure(write(abs(step.by), "gbp"))
        if step.what == "spend_of":
            return _("a spend of {amount} in the twelve months", amount=amount)
        return _("{amount} more spent", amount=amount) if step.by > 0 else _("{amount} less spent", amount=amount)
    if step.what.startswith("answer_"):
        question = QUESTIONS[int(step.what[-1]) - 1].label
        return _("“{question}” answered with {score}", question=question, score=figure(figures(step.by)))
    return _counted_words(evidence, step, figure)


def _counted_words(evidence: Evidence, step: Step, figure: Callable[[str], Number]) -> str:
    """A step of new cases or returns."""
    count, number = round(abs(step.by)), figure(figures(abs(step.by)))
    if step.what == "new_cases_of":
        return _("{number} new cases in the twelve months", number=number)
    if step.what == "new_cases" and step.by > 0:
        return ngettext("{number} more new case", "{number} more new cases", count, number=number)
    if step.what == "new_cases":
        return ngettext("{number} new case fewer", "{number} new cases fewer", count, number=number)
    if step.what == "filled":
        return _("{share} of numbers filled in", share=figure(f"{100 * step.by:g}%"))
    places = {"number": number, "total": figure(figures(evidence.expected or 12))}
    if step.what == "received":
        return _("{number} of {total} returns received", **places)
    return _("{number} of {total} returns on time", **places)


def _secured_words(evidence: Evidence, more: float, figure: Callable[[str], Number]) -> str:
    months = 12 * (evidence.money.usable + more) / (evidence.money.planned or 1)
    amount = figure(write(abs(more), "gbp"))
    if more > 0:
        shown = figure(f"{round_half_up(months, 1):g}")
        return _("{amount} more secured ({months} months)", amount=amount, months=shown)
    below = THRESHOLDS["cover_met" if months >= THRESHOLDS["cover_partial"] else "cover_partial"]
    return _("{amount} less secured (under {months} months)", amount=amount, months=figure(f"{below:g}"))


def _verdict(said: str) -> Small:
    """A verdict in the middle of a sentence."""
    return Small(VERDICTS[said.replace(" ", "_")])


def _rank(said: str) -> int:
    return BEST_LAST.index(said)


def _listed(words: Sequence[str]) -> str:
    if len(words) <= 2:
        return joined(", ", words)
    return _("{first}, and {number} more", first=words[0], number=len(words) - 1)


def pounds_of(amount: float) -> Plain:
    """Money as it stands in a sentence, where the sentence as a whole is what has a story."""
    return Plain(write(amount, "gbp"))


def _number(value: float) -> Plain:
    return Plain(f"{round_half_up(value, 1):,g}" if value < 1_000_000 else f"{value:,.0f}")
