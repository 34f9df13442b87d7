"""What a number of `results` is made of, the count that it rests on, and how it is written."""

from collections.abc import Collection
from functools import cache

from etl.definitions import MEASURES, REPORTED, key, label_of, unit_of
from etl.definitions.measure import Breakdown, Measure, Ratio, Total, addends, keys
from etl.definitions.messages import Text, _, joined
from etl.definitions.writing import write

# Case-months are not events of their own: a case gives one for each month that it is open. They rest on people.
PEOPLE_BEHIND = {"open_case_months": "worked_with"}


@cache
def components(number: str) -> frozenset[str]:
    """The reported numbers that a number of `results` is made of."""
    measure = MEASURES.get(number)
    if isinstance(measure, Ratio):
        return components(measure.numerator) | components(measure.denominator)
    if isinstance(measure, Total):
        return frozenset().union(*(components(part) for part in measure.of))
    if isinstance(measure, Breakdown):
        return frozenset(key(*pair) for pair in keys(measure))
    return frozenset({number})


def over_months_of(number: str) -> str:
    """How the months of a reported number make a longer period: sum, first or last; '' of a plan."""
    own = REPORTED.get(number.partition(".")[0])
    return own.over_months if own else ""


@cache
def count_behind(number: str) -> str:
    """The count of people on which a number rests; '' where it is money or posts alone.

    A count rests on itself, a ratio on its denominator; where that is posts, on its numerator.
    """
    measure = MEASURES.get(number)
    if not isinstance(measure, Ratio):
        return number if unit_of(number) == "count" else ""
    for part in (measure.denominator, measure.numerator):
        if unit_of(part) == "count":
            return PEOPLE_BEHIND.get(part, part)
    return ""


AS_REPORTED = _("as reported")


def formula_of(measure: Measure, shared: Collection[str]) -> Text:
    """How a measure is made, in words; `shared` are the spend lines that every site counts."""
    if isinstance(measure, Ratio):
        return joined(" ÷ ", [label_of(measure.numerator), label_of(measure.denominator)])
    if isinstance(measure, Total):
        return joined(" + ", [label_of(number) for number in addends(measure, shared)])
    if isinstance(measure, Breakdown):
        return joined(" + ", [part.label for part in measure.parts])
    return AS_REPORTED


def shown(value: float | None, number: str) -> str:
    """A number as it is printed; '' where there is none."""
    return "" if value is None or value != value else write(value, unit_of(number))
