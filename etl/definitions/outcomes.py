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
        tells="activity",
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
    Total(
        "risk_reduced_or_not_known",
        "Closures with lower risk or a change not known",
        "count",
        ("risk_change.much_lower", "risk_change.lower", "risk_change.not_known"),
        "Cases closed in which the risk to the victim was lower, and those in which nobody could say",
    ),
    # Of all closures: at least so many, at most so many if all that is not known was lower, and how many are not known.
    Ratio(
        "risk_reduced_share",
        "Risk to the victim lower, of all closures",
        "share",
        "risk_reduced",
        "closed_cases",
        "Closures with lower or much lower risk to the victim, as a share of all closures; those not known count as no",
    ),
    Ratio(
        "risk_reduced_at_most_share",
        "Risk to the victim lower, of all closures, at most",
        "share",
        "risk_reduced_or_not_known",
        "closed_cases",
        "The same if the risk had been lower wherever the change is not known",
    ),
    Ratio(
        "risk_not_known_share",
        "Change in risk not known, of all closures",
        "share",
        "risk_change.not_known",
        "closed_cases",
        "Closures in which nobody could judge the change in risk to the victim, as a share of all closures",
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

# Shares that leave open what nobody knows: the least and the most that they are of the whole, and the share not known.
_LEFT_OPEN = ("risk_reduced_share", "risk_reduced_at_most_share", "risk_not_known_share")
LEFT_OPEN = dict.fromkeys((*_LEFT_OPEN[:2], "risk_reduced_rate"), _LEFT_OPEN)
