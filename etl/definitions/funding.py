"""Funding: who pays, in cash and in kind."""

from etl.definitions.measure import Breakdown, Measure, Part, Ratio, Reported, Total

FUNDING = Breakdown(
    "funding",
    "Cash funding",
    "gbp",
    "sum",
    "Cash funding of the month, by funder",
    (
        Part(
            "home_office", "Home Office (Police Transformation Fund)", "Cash funding of the month from the Home Office"
        ),
        Part(
            "commissioner",
            "Police and crime commissioner",
            "Cash funding of the month from the police and crime commissioner (MOPAC in London)",
        ),
        Part("local_authority", "Local authority", "Cash funding of the month from local authorities"),
        Part("police", "Police force", "Cash funding of the month from the police force"),
        Part("health", "Health", "Cash funding of the month from health bodies"),
        Part("charity", "Charities and trusts", "Cash funding of the month from charities and trusts"),
        Part("other", "Other funder", "Cash funding of the month from anyone else"),
    ),
    tells="not people",
)

REPORTED: tuple[Reported | Breakdown, ...] = (
    FUNDING,
    Reported(
        "funding_in_kind",
        "Funding in kind",
        "gbp",
        "sum",
        "Value of staff time and goods given in kind by partners in the month",
        tells="not people",
    ),
)

DERIVED: tuple[Measure, ...] = (
    Total(
        "funding_with_in_kind",
        "Funding, cash and in kind",
        "gbp",
        (*(f"funding.{funder.name}" for funder in FUNDING.parts), "funding_in_kind"),
        "Cash funding and the value of staff time and goods given in kind by partners",
    ),
    *(
        Ratio(
            f"funding_share.{funder.name}",
            f"{funder.label}: share of cash funding",
            "share",
            f"funding.{funder.name}",
            "funding",
            f"{funder.meaning.replace(' of the month', '')}, as a share of all cash funding in the same months",
        )
        for funder in FUNDING.parts
    ),
    Ratio(
        "in_kind_share",
        "In kind: share of all funding",
        "share",
        "funding_in_kind",
        "funding_with_in_kind",
        "Value given in kind by partners, as a share of cash and in-kind funding together",
    ),
    Ratio(
        "spend_against_funding",
        "Cash spend against cash funding",
        "ratio",
        "spend",
        "funding",
        "Cash spend divided by cash funding in the same months",
    ),
)
