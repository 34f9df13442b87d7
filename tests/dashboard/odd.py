"""Statements that make odd editions of the sample: one site, many, nothing known, all hidden."""


def copies(table: str, where: str = "true", more: str = "") -> str:
    """A statement that copies West Mercia's rows under 39 further names, so that there are 43 sites."""
    named = f"'area_' || lpad(n::varchar, 2, '0') as site{more}"
    source = f"(select t.*, n from {table} as t, range(5, 44) as numbers(n) where site = 'west_mercia' and {where})"
    return f"insert into {table} select * exclude (n) replace ({named}) from {source}"


def unknown(word: str) -> list[str]:
    """Statements that take every number out of the comparison tables and leave a word in its place."""
    return [
        f"update comparisons set value = null, shown = '{word}', low = null, high = null, "
        "low_998 = null, high_998 = null, verdict = 'not_known'",
        f"update parts set value = null, value_shown = '{word}', share = null, shown = '{word}', whole = null",
        f"update pathway set count = null, count_shown = '{word}', share = null, shown = '{word}'",
        f"update central set unit = null, shown = '{word}', low = null, high = null",
        f"update real_terms set nominal = null, nominal_shown = '{word}', real = null, real_shown = '{word}'",
        "update trends set direction = 'not_known', from_value = null, to_value = null",
        "delete from findings",
        "delete from apart",
    ]


LABELS = ", 'Area ' || n as label, 'Area ' || n as short_label, n as position"
JUDGED = ("calendar", "cover", "cliff", "gaps", "readiness", "verdicts", "funding_mix", "agreements")
DROPPED = ("verdicts", "readiness", "cover", "cliff", "gaps", "agreements", "funding_mix", "milestones")
FROM_RETURNS = ("results", "calendar", "queries", "returns", "cells", "control_charts", "control_points", "bridges")
COMPARED = ("comparisons", "pathway", "parts", "spend_lines", "spend_against", "trends", "real_terms", "central")
FOUND = ("findings", "apart")
EMPTIED = (*FROM_RETURNS, *COMPARED, *FOUND, "verdicts", "readiness", "cover", "cliff", "gaps", "agreements")
ODD: dict[str, list[str]] = {
    "one site": [f"delete from {table} where site <> 'south_wales'" for table in ("sites", "results", *JUDGED)],
    "all hidden": [
        "update results set value = null, shown = '[c]', low = null, high = null",
        *unknown("[c]"),
        "update comparisons set verdict = 'not_known', hollow = false, count = null, plausible = '', sure = null, "
        "against = null, against_low = null, against_high = null",
        "update control_points set value = null, mean = null, lower = null, upper = null",
        "delete from bridges",
    ],
    "nothing known": [
        "update results set value = null, shown = 'not known', complete = false, why = 'Aug: missing'",
        *unknown("not known"),
    ],
    "no judgement": [f"drop table {table}" for table in DROPPED],
    "no charts": ["drop table control_charts", "drop table control_points", "drop table bridges", "drop table scope"],
    "no data": ["update edition set data_month = null", *(f"delete from {table}" for table in EMPTIED)],
    "no site": ["delete from sites"],
    "no plans": ["update cover set planned = null, months = null, share = null, gap = null", "delete from plans"],
    "many sites": [
        copies("sites", more=LABELS),
        copies("results", "period in ('month', 'rolling_year')"),
        *(copies(table) for table in (*JUDGED, *COMPARED)),
    ],
}
