"""What the overview says under its verdicts: how the returns came, and why the programme has no number."""

from collections.abc import Callable, Sequence

from dashboard.data.edition import Row
from etl.definitions.messages import Message, Plain, Text, _, joined
from etl.definitions.periods import write_month
from etl.definitions.writing import count

STATES = ("on_time", "late", "missing", "rejected")
Write = Callable[[str, int], Text]  # how a number of returns in a state stands in a sentence, with its address


def plain(_state: str, number: int) -> Text:
    """A number of returns that opens nothing."""
    return Plain(str(number))


def returns_counts(rows: Sequence[Row], write: Write = plain) -> Text:
    """How many returns came on time, late and not at all: 46 on time, 1 late, 1 missing."""
    states = [row.state for row in rows]
    return joined(", ", [in_state(state, write(state, states.count(state))) for state in STATES if state in states])


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


def returns_note(rows: Sequence[Row], write: Write = plain) -> Text:
    """The same for one site, with the months that did not come on time by name."""
    odd = [row for row in rows if row.state in STATES[1:]]
    if not odd:
        return in_state("on_time", write("on_time", len(rows)))
    if len(odd) > 2:
        return returns_counts(rows, write)
    clauses = [of_month(row) for row in odd]
    if all(row.state == "late" for row in odd):
        clauses.insert(0, in_state("on_time", write("on_time", sum(row.state == "on_time" for row in rows))))
    return joined("; ", clauses)


def why_no_sum(row: Row | None) -> Message:
    """Why the programme has no number."""
    gaps = len(row.why.split(";")) if row is not None and row.why else 0
    return _("No sum over a gap") if gaps < 2 else _("No sum over {number} gaps", number=count(gaps))
