"""Victims and children linked to the new cases, and repeat cases at MARAC."""

from etl.definitions.measure import Breakdown, Measure, Ratio, Reported

REPORTED: tuple[Reported | Breakdown, ...] = (
    Reported(
        "victims",
        "Victims linked",
        "count",
        "sum",
        "Adult victims and survivors linked to the new cases of the month",
        tells="activity",
    ),
    Reported(
        "victims_in_contact",
        "Victims in contact with an IDVA",
        "count",
        "sum",
        "Linked victims who were in contact with an independent domestic violence adviser",
        tells="attribute",
    ),
    Reported(
        "children",
        "Children linked",
        "count",
        "sum",
        "Children and young people linked to the new cases of the month",
        tells="activity",
    ),
    Reported(
        "marac_repeat_cases",
        "Repeat MARAC cases",
        "count",
        "sum",
        "Open cases heard again at MARAC within 12 months for the same victim and perpetrator",
        tells="attribute",
    ),
)

DERIVED: tuple[Measure, ...] = (
    Ratio(
        "victims_in_contact_rate",
        "Victims in contact with an IDVA",
        "share",
        "victims_in_contact",
        "victims",
        "Linked victims in contact with an independent domestic violence adviser, as a share of linked victims",
    ),
    Ratio(
        "victims_per_perpetrator",
        "Victims per perpetrator",
        "ratio",
        "victims",
        "new_cases",
        "Adult victims and survivors linked to the new cases, for each new case",
    ),
    Ratio(
        "children_per_perpetrator",
        "Children per perpetrator",
        "ratio",
        "children",
        "new_cases",
        "Children and young people linked to the new cases, for each new case",
    ),
)
