"""People: who the new cases are."""

from etl.definitions.measure import Breakdown, Measure, Part, Ratio, Reported

REPORTED: tuple[Reported | Breakdown, ...] = (
    Reported(
        "repeat_perpetrators",
        "Repeat perpetrators",
        "count",
        "sum",
        "New cases of a perpetrator who has abused the same victim before",
    ),
    Reported(
        "serial_perpetrators",
        "Serial perpetrators",
        "count",
        "sum",
        "New cases of a perpetrator who has abused different victims",
    ),
    Reported(
        "not_eligible_elsewhere",
        "Not eligible for other programmes",
        "count",
        "sum",
        "New cases of a perpetrator who is not eligible for a domestic abuse perpetrator programme",
    ),
    Breakdown(
        "sex",
        "New cases by sex",
        "count",
        "sum",
        "New cases by the sex of the perpetrator",
        (
            Part("male", "Male", "New cases by the sex of the perpetrator"),
            Part("female", "Female", "New cases by the sex of the perpetrator"),
            Part("not_stated", "Sex not stated", "New cases by the sex of the perpetrator"),
        ),
    ),
    Breakdown(
        "age",
        "New cases by age",
        "count",
        "sum",
        "New cases by the age of the perpetrator",
        (
            Part("18_24", "Aged 18 to 24", "New cases by the age of the perpetrator"),
            Part("25_34", "Aged 25 to 34", "New cases by the age of the perpetrator"),
            Part("35_44", "Aged 35 to 44", "New cases by the age of the perpetrator"),
            Part("45_54", "Aged 45 to 54", "New cases by the age of the perpetrator"),
            Part("55_over", "Aged 55 and over", "New cases by the age of the perpetrator"),
            Part("not_stated", "Age not stated", "New cases by the age of the perpetrator"),
        ),
    ),
    Breakdown(
        "ethnicity",
        "New cases by ethnic group",
        "count",
        "sum",
        "New cases by the ethnic group of the perpetrator",
        (
            Part("asian", "Asian", "New cases by the ethnic group of the perpetrator"),
            Part("black", "Black", "New cases by the ethnic group of the perpetrator"),
            Part("mixed", "Mixed", "New cases by the ethnic group of the perpetrator"),
            Part("white", "White", "New cases by the ethnic group of the perpetrator"),
            Part("other", "Other ethnic group", "New cases by the ethnic group of the perpetrator"),
            Part("not_stated", "Ethnic group not stated", "New cases by the ethnic group of the perpetrator"),
        ),
    ),
    Breakdown(
        "disability",
        "New cases by disability",
        "count",
        "sum",
        "New cases by whether the perpetrator is disabled",
        (
            Part("yes", "Disabled", "New cases by whether the perpetrator is disabled"),
            Part("no", "Not disabled", "New cases by whether the perpetrator is disabled"),
            Part("not_stated", "Disability not stated", "New cases by whether the perpetrator is disabled"),
        ),
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
