"""Plans of the reference tables, as the arithmetic reads them."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from etl.definitions.periods import months_from
from etl.reference import Reference, plan_on
from etl.sites import Site


def plan_by_month(reference: Reference, sites: Mapping[str, Site], last: date | None) -> pd.DataFrame:
    """The plans of each month, a twelfth of the year's: site, month, number, value."""
    rows = []
    for site in sites.values():
        for month in months_from(site.first_month, last) if last else ():
            if plan := plan_on(reference.plans, site.name, month):
                rows.append((site.name, month, "planned_new_cases", plan.new_cases / 12))
                rows.append((site.name, month, "planned_cost", plan.cost / 12))
                if plan.open_cases is not None:
                    rows.append((site.name, month, "planned_open_cases", float(plan.open_cases)))
    return pd.DataFrame(rows, columns=["site", "month", "number", "value"])
