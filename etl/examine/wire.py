"""A child's message about a file that it examined, as JSON: columns of numbers and words, never what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import orjson

from etl.check.problem import Problem
from etl.definitions import REPORTED_KEYS
from etl.intake import Refused
from etl.read import Entries, Return
from etl.read.cell import State
from etl.sites import Layout, Site, standard_layouts

_STATES = frozenset(get_args(State))
_VALUES = frozenset((float, int, type(None)))
_NUMBERS = frozenset(range(len(REPORTED_KEYS)))


@dataclass(frozen=True)
class Examined:
    """What a file says and the problems in it; or why it is refused, with its site and month where they are known.

    Only what is stored has come through: `content` has no totals of its own, no labels, and nothing as it was typed.
    """

    content: Return | None = None
    problems: tuple[Problem, ...] = ()
    refused: Refused | None = None
    site: str | None = None
    month: date | None = None


def from_examined(examined: Examined, sites: Mapping[str, Site]) -> bytes:
    """The message that carries it."""
    given, refused = examined.content, examined.refused
    told: dict[str, Any] = {
        "refused": refused and [refused.code, refused.sentence, refused.fix, refused.sheet, refused.cell],
        "site": examined.site,
        "month": examined.month,
        "problems": [list(vars(problem).values()) for problem in examined.problems],
        "content": given and _from_return(given, sites[given.site]),
    }
    return orjson.dumps(told)


def to_examined(message: bytes, sites: Mapping[str, Site]) -> Examined:
    """What a message carries; raises ValueError, TypeError or LookupError where no honest child wrote it."""
    told = orjson.loads(message)
    return Examined(
        content=_to_return(told["content"], sites) if told["content"] else None,
        problems=tuple(Problem(_day(month), *rest) for month, *rest in told["problems"]),
        refused=Refused(*told["refused"]) if told["refused"] else None,
        site=told["site"],
        month=_day(told["month"]),
    )


def _from_return(given: Return, site: Site) -> dict[str, Any]:
    said = given.entries
    months, sheets = list(dict.fromkeys(said.months)), list(dict.fromkeys(said.sheets))
    return {
        "site": given.site,
        "month": given.month,
        "version": given.version,
        "layout": _layouts(site).index(given.layout),
        "months": months,
        "sheets": sheets,
        "entries": [
            _places(said.months, months),
            said.numbers,
            said.values,
            said.states,
            _places(said.sheets, sheets),
            said.cells,
        ],
    }


def _to_return(told: dict[str, Any], sites: Mapping[str, Site]) -> Return:
    layout = _layouts(sites[told["site"]])[told["layout"]]
    months, numbers, values, states, sheets, cells = told["entries"]
    if not (_STATES.issuperset(states) and _NUMBERS.issuperset(numbers)):
        raise ValueError("a state or number that there is not")
    if len({len(column) for column in told["entries"]}) > 1 or not {type(value) for value in values} <= _VALUES:
        raise ValueError("columns that do not go together, or a value that is no number")
    dates = [date.fromisoformat(month) for month in told["months"]]
    entries = Entries(
        [dates[place] for place in months],
        numbers,
        values,
        states,
        [told["sheets"][place] for place in sheets],
        cells,
        [None] * len(cells),
    )
    return Return(told["site"], date.fromisoformat(told["month"]), told["version"], layout, entries, (), (), ())


def _layouts(site: Site) -> tuple[Layout, ...]:
    return (*site.layouts, *standard_layouts())


def _places(values: Sequence[Any], distinct: Sequence[Any]) -> list[int]:
    """The place of each value among the distinct ones."""
    place = {value: number for number, value in enumerate(distinct)}
    return [place[value] for value in values]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
