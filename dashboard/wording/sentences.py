"""Headlines: rules that turn rows of an edition into a sentence the rows bear out."""

from collections.abc import Sequence
from datetime import date

from dashboard.data.edition import Row
from dashboard.wording.funding import cliff as cliff
from dashboard.wording.readiness import in_the_way as in_the_way
from dashboard.wording.readiness import milestones as milestones
from dashboard.wording.readiness import readiness as readiness
from etl.definitions.periods import write_financial_year


def grant_end(cliff: Sequence[Row]) -> date | None:
    """The last month in which money flows that then ends."""
    months = [row.month for row in cliff if row.status == "ending" and row.amount]
    return max(months) if months else None


def year_of(cover: Sequence[Row]) -> str:
    """The financial year that cover is about."""
    years = {row.year for row in cover}
    return write_financial_year(max(years)) if years else ""
