"""Caseload: who is referred, allocated, worked with and closed, and by how many case managers."""

from etl.definitions.measure import Breakdown, Measure, Part, Ratio, Reported, Total

REPORTED: tuple[Reported | Breakdown, ...] = (
    Breakdown(
        "referrals",
        "Referrals",
        "count",
        "sum",
        "Perpetrators referred to the panel (DAPP) in the month, by who referred them",
        (
            Part(
                "police",
                "Referred by police",
                "Perpetrators referred to the panel (DAPP) in the month by the police",
            ),
            Part(
                "probation",
                "Referred by probation",
                "Perpetrators referred to the panel (DAPP) in the month by probation",
            ),
            Part(
                "idva",
                "Referred by an IDVA",
                "Perpetrators referred to the panel (DAPP) in the month by an independent domestic violence adviser",
            ),
            Part(
                "childrens_services",
                "Referred by children's services",
                "Perpetrators referred to the panel (DAPP) in the month by children's social care",
            ),
            Part(
                "health",
                "Referred by health",
                "Perpetrators referred to the panel (DAPP) in the month by a health body",
            ),
            Part(
                "housing",
                "Referred by housing",
                "Perpetrators referred to the panel (DAPP) in the month by a housing body",
            ),
            Part(
                "other",
                "Referred by another body",
                "Perpetrators referred to the panel (DAPP) in the month by anyone else",
            ),
        ),
    ),
    Reported(
        "accepted",
        "Accepted by the panel",
        "count",
        "sum",
        "Referrals that the panel accepted in the month",
    ),
    Reported(
        "opening_cases",
        "Open cases at start",
        "count",
        "first",
        "Perpetrators whose case was open when the month began",
    ),
    Reported(
        "new_cases",
        "New cases",
        "count",
        "sum",
        "Perpetrators allocated to a case manager in the month",
    ),
    Breakdown(
        "closed_cases",
        "Closed cases",
        "count",
        "sum",
        "Cases closed in the month, by reason",
        (
            Part(
                "completed",
                "Closed: completed as planned",
                "Cases closed in the month because the work was completed as planned",
            ),
            Part(
                "moved_away",
                "Closed: moved away or transferred",
                "Cases closed in the month because the perpetrator moved away or was transferred",
            ),
            Part(
                "custody",
                "Closed: in custody",
                "Cases closed in the month because the perpetrator went into custody",
            ),
            Part("died", "Closed: died", "Cases closed in the month because the perpetrator died"),
            Part(
                "no_contact",
                "Closed: no further contact possible",
                "Cases closed in the month because no further contact was possible"
                " (de-selection and drop-out in Wales)",
            ),
            Part(
                "panel_decision",
                "Closed: panel decision",
                "Cases closed in the month by decision of the panel",
            ),
            Part("other", "Closed: other reason", "Cases closed in the month for any other reason"),
        ),
    ),
    Breakdown(
        "closing_cases",
        "Open cases at end",
        "count",
        "last",
        "Cases open when the month ended, by kind of work",
        (
            Part(
                "direct",
                "Open at end: direct work",
                "Cases open when the month ended in which the perpetrator is worked with directly",
            ),
            Part(
                "disruption",
                "Open at end: disruption only",
                "Cases open when the month ended that are worked through disruption alone",
            ),
            Part(
                "both",
                "Open at end: direct and disruption",
                "Cases open when the month ended that are worked both directly and through disruption",
            ),
            Part(
                "not_yet_contacted",
                "Open at end: not yet contacted",
                "Cases open when the month ended in which nothing has begun",
            ),
        ),
    ),
    Reported(
        "case_managers",
        "Case managers in post",
        "fte",
        "last",
        "Full-time equivalent case managers in post when the month ended",
    ),
    Reported(
        "case_manager_posts",
        "Case manager posts",
        "fte",
        "last",
        "Full-time equivalent case manager posts in the establishment when the month ended",
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
        (
            "closing_cases.direct",
            "closing_cases.disruption",
            "closing_cases.both",
            "closing_cases.not_yet_contacted",
        ),
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
