"""What a number is made of: from a measure to the numbers that sites typed, and the months that count."""

from datetime import date

from etl.definitions import MEASURES, PLANNED
from etl.definitions.measure import Breakdown, Ratio, Total, addends, key
from etl.definitions.periods import months_from
from etl.provenance.edition import Edition


def operands(measure: str) -> tuple[str, ...]:
    """The measures in the formula: numerator and denominator of a ratio, else the measure itself."""
    about = MEASURES.get(measure)
    return (about.numerator, about.denominator) if isinstance(about, Ratio) else (measure,)


def leaves(edition: Edition, measure: str) -> tuple[str, ...]:
    """The reported numbers that a number is added up from, by their keys."""
    about = MEASURES.get(measure)
    if isinstance(about, Breakdown):
        return tuple(key(about.name, part.name) for part in about.parts)
    if isinstance(about, Total):
        shared = {row.line for row in edition.rows("scope") if row.shared}
        return tuple(leaf for one in addends(about, shared) for leaf in leaves(edition, one))
    if isinstance(about, Ratio):
        return tuple(leaf for one in operands(measure) for leaf in leaves(edition, one))
    return (measure,)


def months_of(measure: str, starts: date, ends: date) -> list[date]:
    """The months of a period that a number is about: all of them, or its first or last.

    A total whose addends are of different months, such as open cases at the start and new cases, is about all.
    """
    about = MEASURES.get(measure) or MEASURES.get(measure.partition(".")[0])
    way = getattr(about, "over_months", None)
    if isinstance(about, Total) and way is None:
        ways = {getattr(MEASURES.get(one.partition(".")[0]), "over_months", "sum") for one in about.of}
        way = ways.pop() if len(ways) == 1 else "sum"
    if way == "first":
        return [starts]
    return [ends] if way == "last" else months_from(starts, ends)


def counts_in(measure: str, leaf: str, month: date, starts: date, ends: date) -> bool:
    """Whether a reported number of a month goes into a number of a period."""
    about = MEASURES.get(measure)
    own = isinstance(about, Total) and about.over_months is not None
    return month in months_of(measure if own else leaf, starts, ends)


def is_planned(measure: str) -> bool:
    """Whether a number comes from a plan and not from a return."""
    return measure in PLANNED


def last_known(edition: Edition, ends: date) -> date:
    """The last month of a period that the edition has data of."""
    return min(ends, edition.data_month or ends)
