"""What is said of a scenario: what is supposed, what it leaves unsecured, and what would be different."""

from collections.abc import Sequence
from datetime import date

from dashboard.data.edition import Row
from etl.definitions.messages import Capital, Count, Plain, Text, _, joined, ngettext
from etl.definitions.periods import write_month
from etl.definitions.settings import NIL_POUNDS
from etl.definitions.writing import figures, listed, pounds, pounds_short, round_half_up
from etl.judge.scenario import LABEL, Choices, Outcome, Range


def labelled(text: str) -> Text:
    """A text after the words that it is a scenario, not a forecast."""
    return joined(". ", [LABEL, text])


def captioned(text: str) -> Text:
    """The same where it names something."""
    return joined(": ", [LABEL, text])


def percent_of(share: float) -> Plain:
    """A share in per cent as it was typed: 12.5%."""
    return Plain(f"{share * 100:g}%")


def grant(choices: Choices) -> Text:
    """What becomes of the grant."""
    if choices.grant_months:
        return ngettext(
            "the grant goes on for {number} month", "the grant goes on for {number} months", choices.grant_months
        )
    if choices.grant_share:
        return _("the grant is renewed at {share}", share=percent_of(choices.grant_share))
    return _("the grant ends")


def caseload(choices: Choices) -> Text:
    """How many more or fewer new cases are supposed."""
    share = Plain(f"{abs(choices.caseload - 1) * 100:.3g}%")
    if choices.caseload > 1:
        return _("{share} more new cases than planned", share=share)
    return _("{share} fewer new cases than planned", share=share)


def staffing(choices: Choices) -> Text:
    """How many cases each post has, and what a post costs where that is supposed."""
    cases = _("{number} open cases for each case manager", number=Plain(f"{choices.cases_per_post:g}"))
    if not choices.post_cost:
        return cases
    return joined(", ", [cases, _("a post costs {amount}", amount=pounds(choices.post_cost))])


def fixed(choices: Choices) -> Text:
    """How much of the cost does not change with cases."""
    low, high = map(percent_of, choices.fixed_shares)
    if low == high:
        return _("{share} of cost is fixed", share=low)
    return _("{low} to {high} of cost is fixed", low=low, high=high)


def clause(changed: Sequence[str], choices: Choices) -> Text:
    """What the headline begins with: the one thing that is supposed, or that there are several."""
    if not changed:
        return _("If the grant ends and nothing else changes")
    if tuple(changed) == ("grant",):
        return _("If {supposed}", supposed=grant(choices))
    if tuple(changed) == ("caseload",):
        share = Plain(f"{abs(choices.caseload - 1) * 100:.3g}%")
        if choices.caseload > 1:
            return _("With {share} more new cases and no grant", share=share)
        return _("With {share} fewer new cases and no grant", share=share)
    return _("Under this scenario")


def scenario(clause: str, gap: Range, amount: Text, sites: Sequence[Outcome]) -> Text:
    """What a scenario leaves unsecured, and how many sites have a full year's money whatever the cost."""
    if gap.high <= NIL_POUNDS:
        return _("{clause}, every pound of the supposed cost is secured", clause=clause)
    left = _("{clause}, {amount} is not secured", clause=clause, amount=amount)
    full = sum(one.months.low >= 12 for one in sites)
    if len(sites) == 1:
        return left
    if not full:
        return _(
            "{finding} and none of the {number} sites has a full year’s money", finding=left, number=Count(len(sites))
        )
    return ngettext(
        "{finding} and {number} of {sites} sites has a full year’s money",
        "{finding} and {number} of {sites} sites have a full year’s money",
        full,
        finding=left,
        number=Count(full),
        sites=Count(len(sites)),
    )


def verdicts(rows: Sequence[tuple[tuple[str, str], Row | None]]) -> Text:
    """How many verdicts a scenario moves; a row is the verdicts at the lowest and highest cost, and the one known."""
    known = [(under, row.verdict) for under, row in rows if row is not None]
    moved = sum(under[0] == under[1] != now for under, now in known)
    unsure = sum(under[0] != under[1] for under, now in known)
    parts: list[Text] = [
        ngettext(
            "{number} verdict would be different",
            "{number} verdicts would be different",
            moved,
            number=Capital(Count(moved)),
        )
        if moved
        else _("No verdict would be different")
    ]
    if unsure:
        parts.append(
            ngettext(
                "{number} depends on how much of the cost is fixed",
                "{number} depend on how much of the cost is fixed",
                unsure,
                number=Count(unsure),
            )
        )
    return joined("; ", parts)


def first_short(month: date | None) -> Text:
    """The first month that money laid evenly does not pay for."""
    if month is None:
        return _("Every month would be fully funded")
    return _("{month} would be the first month not fully funded", month=write_month(month, long=True))


def cases_paid_for(low: float, high: float, planned: float) -> Text:
    """How many of the planned cases the money pays for."""
    ends = [figures(value) for value in (low, high)]
    plan = figures(planned)
    if ends[0] == plan:
        return _("The money would pay for all {planned} planned cases", planned=plan)
    cases = ends[0] if ends[0] == ends[1] else _("{low} to {high}", low=ends[0], high=ends[1])
    return _("The money would pay for {cases} of {planned} planned cases", cases=cases, planned=plan)


def outside_chance(labels: Sequence[str], sites: int) -> Text:
    """Where the supposed cases are fewer or more than chance alone would bring."""
    if labels:
        return _("{sites}: the supposed cases are not what the last year leads to expect", sites=listed(labels))
    if sites:
        return _("The supposed cases are within what chance would bring")
    return _("Next year’s cases are not known")


def to_maintain(needed: float, amount: Text) -> Text:
    """How much more money the plan needs."""
    if needed > NIL_POUNDS:
        return _("To maintain the plan, {amount} more is needed", amount=amount)
    return _("The money maintains the plan")


def areas(number: int) -> Text:
    """So many areas."""
    return ngettext("{number} area", "{number} areas", number)


def span(found: Range | None, *, short: bool = False) -> Text:
    """Pounds, or a range of them, which may be written short."""
    if found is None:
        return _("not known")
    low, high = pounds(found.low), pounds(found.high)
    if low == high:
        return Plain(low)
    write = pounds_short if short else pounds
    return _("{low} to {high}", low=write(found.low), high=write(found.high))


def months_of_cover(found: Range) -> Text:
    """Months of cover, or a range of them; a year and more is said to be so."""
    low, high = (Plain(f"{min(round_half_up(value, 1), 99.0):g}") for value in (found.low, found.high))
    return _("{number} months", number=low if low == high else _("{low} to {high}", low=low, high=high))


def count_span(found: Range) -> Text:
    """Whole cases, or a range of them."""
    low, high = (Plain(figures(value)) for value in (found.low, found.high))
    return low if low == high else _("{low} to {high}", low=low, high=high)
