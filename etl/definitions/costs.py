"""Costs: what the service spends, and what that makes for each case."""

from etl.definitions.measure import Breakdown, Measure, Part, Ratio, Reported, Total

SPEND = Breakdown(
    "spend",
    "Cash spend",
    "gbp",
    "sum",
    "Money spent in the month on the delivery of the service, by line",
    (
        Part("case_management", "Spend: case management", "Money spent in the month on case managers"),
        Part(
            "management",
            "Spend: service management",
            "Money spent in the month on managing the service and on administration",
        ),
        Part("victim_support", "Spend: victim support", "Money spent in the month on IDVAs and children's workers"),
        Part("premises", "Spend: premises and overheads", "Money spent in the month on premises and overheads"),
        Part(
            "training",
            "Spend: training and supervision",
            "Money spent in the month on training and clinical supervision",
        ),
        Part("evaluation", "Spend: data and evaluation", "Money spent in the month on data and evaluation"),
        Part("other", "Spend: other", "Money spent in the month on anything else"),
    ),
    tells="not people",
)

REPORTED: tuple[Reported | Breakdown, ...] = (
    SPEND,
    Reported(
        "spend_in_kind",
        "Spend in kind",
        "gbp",
        "sum",
        "Value of staff time and goods given in kind in the month",
        tells="not people",
    ),
)

_LINES = tuple(f"spend.{part.name}" for part in SPEND.parts)

# What is spent, named as a page names it; and the end of the measure's name.
_BASES = (
    ("spend_shared", "_shared", "shared lines, cash", "Cash spend on the cost lines that every site counts"),
    ("spend", "", "cash", "Cash spend on delivery"),
    ("spend_with_in_kind", "_with_in_kind", "cash and in kind", "Cash spend and the value of what is given in kind"),
)
# What it is divided by, the name of one of them, and the measure's own words.
_DENOMINATORS = (
    ("new_cases", "new_case", "people allocated to a case manager in the same months"),
    ("worked_with", "perpetrator_worked_with", "cases open when the period began and new in it"),
    ("closed_cases.completed", "completed_case", "cases closed because the work was completed as planned"),
    ("open_case_months", "open_case_month", "cases open at each month's end, added up over the months"),
)

DERIVED: tuple[Measure, ...] = (
    Total(
        "spend_shared",
        "Cash spend on shared lines",
        "gbp",
        _LINES,
        "Cash spend on the cost lines that every site counts, so that sites are compared on the same basis",
        lines_shared_only=True,
    ),
    Total(
        "spend_with_in_kind",
        "Spend, cash and in kind",
        "gbp",
        (*_LINES, "spend_in_kind"),
        "Cash spend on delivery and the value of staff time and goods given in kind",
    ),
    *(
        Ratio(
            f"cost_per_{one}{ending}",
            f"Cost per {one.replace('_', ' ').replace('case month', 'case-month')} ({basis})",
            "gbp_each",
            spend,
            denominator,
            f"{meaning}, divided by {counted}",
        )
        for spend, ending, basis, meaning in _BASES
        for denominator, one, counted in _DENOMINATORS
    ),
)
