"""The numbers that a standing query asks about: what was sent, and what the likely cause supposes in its place."""

import json
from collections.abc import Iterable

import pandas as pd

from etl.definitions.checks import COPIES
from etl.definitions.tables import columns_of

# The states of a query that nobody has settled yet.
ASKED = ("open", "answered")


def under_query(queries: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """A row for each number of each query; of a return that copies another for each number in it.

    `queries` has site, month, code, measure, cause and supposes (JSON by number); `cells` site, month, measure, value.
    A cause is suspected where there is one, though it may not say what the number should be.
    """
    known = {
        (site, month, measure): value
        for site, month, measure, value in zip(cells.site, cells.month, cells.measure, cells.value, strict=True)
    }
    of: dict[tuple[str, object], list[str]] = {}
    for site, month, measure in known:
        of.setdefault((site, month), []).append(measure)
    rows = [
        (
            row.site,
            row.month,
            number,
            row.code,
            row.supposes != "" or row.code in COPIES,
            meant,
            known.get((row.site, row.month, number)),
            row.cause,
        )
        for row in queries.itertuples()
        for number, meant in _numbers(row.measure, row.supposes, of.get((row.site, row.month), []))
    ]
    frame = pd.DataFrame(rows, columns=columns_of("under_query"))
    return frame.astype({"is_suspected": bool, "suspected": float, "stated": float, "month": cells.month.dtype})


def _numbers(measure: str, supposes: str, of_return: Iterable[str]) -> Iterable[tuple[str, float | None]]:
    """The numbers that a query asks about, with what its cause supposes; all of the return where it names none."""
    if supposes:
        return json.loads(supposes).items()
    return [(number, None) for number in ([measure] if measure else of_return)]
