"""Caseload: who is referred, allocated, worked with and closed, and by how many case managers."""

from etl.definitions.measure import Breakdown, Measure, Part, Ratio, Reported, Total

REPORTED: tuple[Reported | Breakdown, ...] = (
    Breakdown(
        "referrals",
        "Referrals",
        "count",
        "sum",
        "Perpetrators referred to the panel (DAPP) in the month, by who referred them",
        tuple(
            Part(name, f"Referred by {short}", f"Perpetrators referred to the panel (DAPP) in the month by {who}")
            for name, short, who in (
                ("police", "police", "the police"),
                ("probation", "probation", "probation"),
                ("idva", "an IDVA", "an independent domestic violence adviser"),
                ("childrens_services", "children's services", "children's social care"),
                ("health", "health", "a health body"),
                ("housing", "housing", "a housing body"),
                ("other", "another body", "anyone else"),
            )
        ),
        tells="activity",
    ),
    Reported(
        "accepted",
        "Accepted by the panel",
        "count",
        "sum",
        "Referrals that the panel accepted in the month",
        tells="activity",
    ),
    Reported(
        "opening_cases",
        "Open cases at start",
        "count",
        "first",
        "Perpetrators whose case was open when the month began",
        tells="activity",
    ),
    Reported(
        "new_cases",
        "New cases",
        "count",
        "sum",
        "Perpetrators allocated to a case manager in the month",
        tells="activity",
    ),
    Breakdown(
        "closed_cases",
        "Closed cases",
        "count",
        "sum",
        "Cases closed in the month, by reason",
        tuple(
            Part(name, f"Closed: {label}", f"Cases closed in the month {why}")
            for name, label, why in (
                ("completed", "completed as planned", "because the work was completed as planned"),
                ("moved_away", "moved away or transferred", "because the perpetrator moved away or was transferred"),
                ("custody", "in custody", "because the perpetrator went into custody"),
                ("died", "died", "because the perpetrator died"),
                (
                    "no_contact",
                    "no further contact possible",
                    "because no further contact was possible (de-selection and drop-out in Wales)",
                ),
                ("panel_decision", "panel decision", "by decision of the panel"),
                ("other", "other reason", "for any other reason"),
            )
        ),
        tells="activity",
    ),
    Breakdown(
        "closing_cases",
        "Open cases at end",
        "count",
        "last",
        "Cases open when the month ended, by kind of work",
        tuple(
            Part(name, f"Open at end: {label}", f"Cases open when the month ended {which}")
            for name, label, which in (
                ("direct", "direct work", "in which the perpetrator is worked with directly"),
                ("disruption", "disruption only", "that are worked through disruption alone"),
                ("both", "direct and disruption", "that are worked both directly and through disruption"),
                ("not_yet_contacted", "not yet contacted", "in which nothing has begun"),
            )
        ),
        tells="activity",
    ),
    Reported(
        "case_managers",
        "Case managers in post",
        "fte",
        "last",
        "Full-time equivalent case managers in post when the month ended",
        tells="not people",
    ),
    Reported(
        "case_manager_posts",
        "Case manager posts",
        "fte",
        "last",
        "Full-time equivalent case manager posts in the establishment when the month ended",
        tells="not people",
    ),
)

DERIVED: tuple[Measure, ...] = (
    Total(
        "worked_with",
        "Perpetrators worked with",
        "count",
        ("opening_cases", "new_cases"),
        "Cases open when the period began and cases new in it; a perpetrator who comes back is counted again",
    ),
    Total(
        "open_case_months",
        "Open case-months",
        "count",
        ("closing_cases.direct", "closing_cases.disruption", "closing_cases.both", "closing_cases.not_yet_contacted"),
        "Cases open at the end of each month, added up over the months",
        over_months="sum",
    ),
    Ratio(
        "caseload_per_case_manager",
        "Open cases per case manager in post",
        "ratio",
        "closing_cases",
        "case_managers",
        "Cases open at the end, divided by full-time equivalent case managers in post then",
    ),
    Ratio(
        "caseload_per_post",
        "Open cases per case manager post",
        "ratio",
        "closing_cases",
        "case_manager_posts",
        "Cases open at the end, divided by full-time equivalent case manager posts in the establishment then",
    ),
    Ratio(
        "acceptance_rate",
        "Referrals accepted",
        "share",
        "accepted",
        "referrals",
        "Referrals that the panel accepted, as a share of referrals in the same months",
    ),
    Ratio(
        "completion_rate",
        "Closures completed as planned",
        "share",
        "closed_cases.completed",
        "closed_cases",
        "Cases closed because the work was completed as planned, as a share of all closures",
    ),
)
