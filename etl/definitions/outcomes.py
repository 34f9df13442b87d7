"""Outcomes: how the risk to the victim changed, as the IDVA judged it at closure."""

from etl.definitions.measure import Breakdown, Measure, Part, Ratio, Reported, Total

_JUDGED = "Cases closed in the month by how the IDVA judged the change in risk to the victim"

REPORTED: tuple[Reported | Breakdown, ...] = (
    Breakdown(
        "risk_change",
        "Closures by change in risk",
        "count",
        "sum",
        _JUDGED,
        tuple(
            Part(name, f"Risk {label}", f"{_JUDGED}: {change}")
            for name, label, change in (
                ("much_lower", "much lower", "significantly reduced"),
                ("lower", "lower", "moderately reduced"),
                ("same", "unchanged", "unchanged"),
                ("higher", "higher", "increased"),
                ("not_known", "change not known", "not known"),
            )
        ),
    ),
)

DERIVED: tuple[Measure, ...] = (
    Total(
        "risk_reduced",
        "Closures with lower risk",
        "count",
        ("risk_change.much_lower", "risk_change.lower"),
        "Cases closed in which the IDVA judged the risk to the victim to be lower or much lower",
    ),
    Total(
        "risk_known",
        "Closures with a known change in risk",
        "count",
        ("risk_change.much_lower", "risk_change.lower", "risk_change.same", "risk_change.higher"),
        "Cases closed in which the IDVA could judge the change in risk to the victim",
    ),
    Ratio(
        "risk_reduced_rate",
        "Risk to the victim lower at closure",
        "share",
        "risk_reduced",
        "risk_known",
        "Closures with lower or much lower risk to the victim, as a share of closures in which the change is known",
    ),
)
