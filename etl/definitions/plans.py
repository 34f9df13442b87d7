"""Plans: what each site was to do and spend, stated for a year in `data/reference/plans.csv`, a twelfth a month."""

from etl.definitions.measure import Measure, Ratio, Reported

PLANNED: tuple[Reported, ...] = (
    Reported(
        "planned_new_cases",
        "Planned new cases",
        "count",
        "sum",
        "New cases that the plan says for the months of the period",
    ),
    Reported("planned_cost", "Planned cost", "gbp", "sum", "Cash that the plan says for the months of the period"),
    Reported(
        "planned_open_cases",
        "Planned open cases",
        "count",
        "last",
        "Cases that the plan says are open when the period ends",
    ),
)

DERIVED: tuple[Measure, ...] = (
    Ratio(
        "new_cases_against_plan",
        "New cases against plan",
        "share",
        "new_cases",
        "planned_new_cases",
        "New cases divided by the new cases planned for the same months",
    ),
    Ratio(
        "spend_against_plan",
        "Cash spend against plan",
        "share",
        "spend",
        "planned_cost",
        "Cash spend divided by the cost planned for the same months",
    ),
)
