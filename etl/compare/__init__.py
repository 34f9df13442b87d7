"""Puts results in context, once at publishing: intervals, control charts, cost bridges, and sites side by side."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from etl.compare.alarms import alarms
from etl.compare.basis import reported_lines, same_basis, with_reported_lines
from etl.compare.bounds import bounds
from etl.compare.bridges import bridges, rests_on
from etl.compare.central import central_costs
from etl.compare.charts import control_charts
from etl.compare.components import components, formula_of, shown
from etl.compare.intervals import with_intervals
from etl.compare.levels import levels
from etl.compare.money import real_terms, spend_against, spend_lines
from etl.compare.parts import COUNTED, parts
from etl.compare.pathway import pathway
from etl.compare.side_by_side import apart, comparisons, findings
from etl.compare.trends import trends
from etl.compare.why_unknown import not_given, why_unknown
from etl.definitions.periods import MONTHS_IN
from etl.reference import Fact, Reference

_PLAUSIBLE = re.compile(r"plausible range (\d+(?:\.\d+)?) to (\d+(?:\.\d+)?)")


def comparison_tables(
    results: pd.DataFrame,
    calendar: pd.DataFrame,
    cells: pd.DataFrame,
    scope: pd.DataFrame,
    reference: Reference,
    data_month: date,
    sites: Sequence[str],
    asked: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables of an edition that compare: sites with their plans, with each other and with their own past.

    `results` come from `with_intervals` with `why`; the frames after it are tables of the edition, `asked` the numbers
    under query.
    """
    own = reported_lines(cells, sites)
    same = same_basis(scope, own, sites)
    charts, points = control_charts(results, calendar, reference.rebases)
    ranges, doubted = plausible_ranges(reference.published_facts), None if asked is None else asked[asked.is_suspected]
    rows = comparisons(results, data_month, ranges, same, queried=doubted)
    wholes = comparisons(results, data_month, measures=[whole.name for whole in COUNTED])
    rows = _in_order(rows, sites)
    pairs = apart(rows, data_month, same)
    return {
        "alarms": alarms(results, data_month, reference.rebases, doubted),
        "control_charts": charts,
        "control_points": points,
        "bridges": bridges(results, data_month, doubted),
        "comparisons": rows,
        "apart": pairs,
        "findings": findings(rows, pairs),
        "trends": trends(results, data_month),
        "levels": levels(results, data_month),
        "pathway": pathway(rows),
        "scope": with_reported_lines(scope, own),
        "parts": parts(_in_order(wholes, sites), results),
        "spend_lines": spend_lines(rows, results),
        "spend_against": spend_against(results, data_month),
        "real_terms": real_terms(results, reference.deflators, data_month),
        "central": central_costs(results, reference, sites, data_month),
    }


def _in_order(rows: pd.DataFrame, sites: Sequence[str]) -> pd.DataFrame:
    """Sites in the order of the pages, all together last."""
    place = {site: at for at, site in enumerate(sites)}
    at = rows.site.map(lambda site: place.get(site, len(place)))
    return rows.iloc[at.argsort(kind="stable")].reset_index(drop=True)


def plausible_ranges(facts: Iterable[Fact]) -> dict[str, tuple[float, float]]:
    """The published range of a measure, where a fact of its name has one in its caveat: plausible range 1.4 to 2.0."""
    found = ((fact.fact, _PLAUSIBLE.search(fact.caveat)) for fact in facts)
    return {name: (float(match[1]), float(match[2])) for name, match in found if match}


def months_of(period: str) -> int:
    """How many months a period has."""
    return MONTHS_IN[period]


__all__ = [
    "bounds",
    "bridges",
    "comparison_tables",
    "components",
    "control_charts",
    "formula_of",
    "months_of",
    "not_given",
    "plausible_ranges",
    "rests_on",
    "shown",
    "why_unknown",
    "with_intervals",
]
