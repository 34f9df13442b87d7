"""People: who the new cases are."""

from etl.definitions.measure import Breakdown, Measure, Part, Ratio, Reported


def _new_cases_by(name: str, label: str, what: str, parts: dict[str, str]) -> Breakdown:
    """New cases by what is known of the perpetrator; every part means what the whole does."""
    meaning = f"New cases by {what}"
    parts_of = tuple(Part(part, words, meaning) for part, words in parts.items())
    return Breakdown(name, f"New cases by {label}", "count", "sum", meaning, parts_of, tells="activity")


REPORTED: tuple[Reported | Breakdown, ...] = (
    Reported(
        "repeat_perpetrators",
        "Repeat perpetrators",
        "count",
        "sum",
        "New cases of a perpetrator who has abused the same victim before",
        tells="attribute",
    ),
    Reported(
        "serial_perpetrators",
        "Serial perpetrators",
        "count",
        "sum",
        "New cases of a perpetrator who has abused different victims",
        tells="attribute",
    ),
    Reported(
        "not_eligible_elsewhere",
        "Not eligible for other programmes",
        "count",
        "sum",
        "New cases of a perpetrator who is not eligible for a domestic abuse perpetrator programme",
        tells="attribute",
    ),
    _new_cases_by(
        "sex", "sex", "the sex of the perpetrator", {"male": "Male", "female": "Female", "not_stated": "Sex not stated"}
    ),
    _new_cases_by(
        "age",
        "age",
        "the age of the perpetrator",
        {
            "18_24": "Aged 18 to 24",
            "25_34": "Aged 25 to 34",
            "35_44": "Aged 35 to 44",
            "45_54": "Aged 45 to 54",
            "55_over": "Aged 55 and over",
            "not_stated": "Age not stated",
        },
    ),
    _new_cases_by(
        "ethnicity",
        "ethnic group",
        "the ethnic group of the perpetrator",
        {
            "asian": "Asian",
            "black": "Black",
            "mixed": "Mixed",
            "white": "White",
            "other": "Other ethnic group",
            "not_stated": "Ethnic group not stated",
        },
    ),
    _new_cases_by(
        "disability",
        "disability",
        "whether the perpetrator is disabled",
        {"yes": "Disabled", "no": "Not disabled", "not_stated": "Disability not stated"},
    ),
)

DERIVED: tuple[Measure, ...] = (
    Ratio(
        "repeat_share",
        "Repeat perpetrators among new cases",
        "share",
        "repeat_perpetrators",
        "new_cases",
        "New cases of a perpetrator who has abused the same victim before, as a share of new cases",
    ),
    Ratio(
        "serial_share",
        "Serial perpetrators among new cases",
        "share",
        "serial_perpetrators",
        "new_cases",
        "New cases of a perpetrator who has abused different victims, as a share of new cases",
    ),
    Ratio(
        "not_eligible_elsewhere_share",
        "Not eligible for other programmes among new cases",
        "share",
        "not_eligible_elsewhere",
        "new_cases",
        "New cases of a perpetrator who is not eligible for another programme, as a share of new cases",
    ),
)
