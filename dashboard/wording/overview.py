"""What the overview says under its verdicts: how the returns came, and what a number that is not known may be."""

from collections.abc import Callable, Sequence

from dashboard.data.edition import Row
from etl.definitions.messages import Message, Plain, Text, _, joined
from etl.definitions.periods import write_month

STATES = ("on_time", "late", "missing", "rejected")
CountText = Callable[[str, int], Text]  # how a number of returns in a state stands in a sentence


def plain(_state: str, number: int) -> Text:
    """A number of returns that opens nothing."""
    return Plain(str(number))


def returns_counts(rows: Sequence[Row], number_of: CountText = plain) -> Text:
    """How many returns came on time, late and not at all: 46 on time, 1 late, 1 missing."""
    states = [row.state for row in rows]
    return joined(", ", [in_state(state, number_of(state, states.count(state))) for state in STATES if state in states])


def in_state(state: str, number: Text) -> Message:
    """So many returns that came on time, late or not."""
    if state == "on_time":
        return _("{number} on time", number=number)
    if state == "late":
        return _("{number} late", number=number)
    return _("{number} missing", number=number) if state == "missing" else _("{number} rejected", number=number)


def of_month(row: Row) -> Message:
    """The return of a month that came late or not."""
    month = write_month(row.month)
    if row.state == "late":
        return _("{month} late", month=month)
    return _("{month} missing", month=month) if row.state == "missing" else _("{month} rejected", month=month)


def returns_note(rows: Sequence[Row], number_of: CountText = plain) -> Text:
    """The same for one site, with the months that did not come on time by name."""
    odd = [row for row in rows if row.state in STATES[1:]]
    if not odd:
        return in_state("on_time", number_of("on_time", len(rows)))
    if len(odd) > 2:
        return returns_counts(rows, number_of)
    clauses = [of_month(row) for row in odd]
    if all(row.state == "late" for row in odd):
        clauses.insert(0, in_state("on_time", number_of("on_time", sum(row.state == "on_time" for row in rows))))
    return joined("; ", clauses)


def bounded_cases(row: Row, plan: str, what: Text) -> Text:
    """What new cases may be that are not known, of their plan; `what` they may be in numbers."""
    within = _("with {months} {range}", months=row.missing, range=what) if row.missing else what
    return _("of {number}; {range}", number=plan, range=within) if plan else within
