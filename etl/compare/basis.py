"""Whether sites' costs are on the same basis: what the sites say that they count, and what they ever report."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import pandas as pd

from etl.compare.components import components
from etl.compare.side_by_side import COSTS
from etl.definitions import MEASURES, key
from etl.definitions.costs import SPEND
from etl.definitions.measure import Ratio
from etl.definitions.tables import columns_of
from etl.definitions.writing import spaced

LINES = tuple(part.name for part in SPEND.parts)
IN_KIND = "in_kind"
SHARED = "spend_shared"
REPORTED, NIL, NOT_APPLICABLE, NOTHING = "reported", "always nil", "not applicable", "no return"
NOT_STATED = "Not stated"


def reported_lines(cells: pd.DataFrame, sites: Sequence[str]) -> dict[tuple[str, str], str]:
    """What each site ever reports on each spend line and in kind: money, always nil, or that it does not apply.

    `cells` has site, measure (its key), value and state.
    """
    numbers = {key(SPEND.name, line): line for line in LINES} | {"spend_in_kind": IN_KIND}
    reported = cells[cells.measure.isin(list(numbers))]
    told = {
        (site, numbers[number]): _what_is_reported(rows)
        for (site, number), rows in reported.groupby(["site", "measure"])
    }
    return {(site, line): told.get((site, line), NOTHING) for site in sites for line in numbers.values()}


def with_reported_lines(scope: pd.DataFrame, reported: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """The scope table with `own_data` and `agrees`; a line that is not in the reference table is added if reported.

    `agrees` is False where a site says that it counts a line and never reports any, or that it does not and does; None
    where there is nothing to compare.
    """
    labels = dict(zip(scope.line, scope.label, strict=True))
    said = set(zip(scope.site, scope.line, strict=True))
    silent = [
        {
            "line": line,
            "label": labels.get(line, spaced(line).capitalize()),
            "site": site,
            "says": NOT_STATED,
            "shared": False,
            "source": "",
            "made_up": False,
        }
        for (site, line), data in reported.items()
        if data == REPORTED and (site, line) not in said
    ]
    rows = pd.concat([scope, pd.DataFrame(silent, columns=scope.columns)], ignore_index=True) if silent else scope
    data = [reported.get((site, line), "") for site, line in zip(rows.site, rows.line, strict=True)]
    agree = [_agrees(says, told) for says, told in zip(rows.says, data, strict=True)]
    return rows.assign(own_data=data, agrees=pd.array(agree, dtype="boolean"))[columns_of("scope")]


def same_basis(
    scope: pd.DataFrame, reported: Mapping[tuple[str, str], str], sites: Sequence[str]
) -> dict[tuple[str, str, str], bool]:
    """For each cost per case and pair of sites whether both count the same lines, by statement and by report.

    `scope` has line, site, says, shared. On the shared lines only what sites report can differ. A site that says
    nothing counts as another basis.
    """
    says = {(site, line): word for site, line, word in zip(scope.site, scope.line, scope.says, strict=True)}
    shared = set(scope[scope.shared.astype(bool)].line)
    return {
        (measure, *pair): all(_alike(line, pair, says, reported, stated=kind != SHARED) for line in lines)
        for measure in COSTS
        for kind, lines in [_lines_of(measure, shared)]
        for one, other in combinations(sites, 2)
        for pair in ((one, other), (other, one))
    }


def _lines_of(measure: str, shared: set[str]) -> tuple[str, list[str]]:
    """What a cost per case divides, and the lines that belong to it."""
    ratio = MEASURES[measure]
    assert isinstance(ratio, Ratio)
    numbers = components(ratio.numerator)
    lines = [line for line in LINES if key(SPEND.name, line) in numbers]
    if ratio.numerator == SHARED:
        lines = [line for line in lines if line in shared]
    return ratio.numerator, [*lines, *([IN_KIND] if "spend_in_kind" in numbers else [])]


def _alike(
    line: str,
    pair: tuple[str, str],
    says: Mapping[tuple[str, str], str],
    reported: Mapping[tuple[str, str], str],
    *,
    stated: bool,
) -> bool:
    words = {says.get((site, line), NOT_STATED) for site in pair}
    reports = {reported.get((site, line), NOTHING) == REPORTED for site in pair}
    return len(reports) == 1 and (not stated or len(words) == 1)


def _what_is_reported(rows: pd.DataFrame) -> str:
    if (rows.value.fillna(0) != 0).any():
        return REPORTED
    if (rows.state == "not_applicable").all():
        return NOT_APPLICABLE
    return NIL if rows.value.notna().any() else NOTHING


def _agrees(says: str, told: str) -> bool | None:
    if told in ("", NOTHING) or says not in ("Yes", "No", "In part", "Apart"):
        return None
    return (told == REPORTED) == (says != "No")
