"""Where scenarios start: what is known of each site, as the numbers that `etl.judge.scenario` asks for."""

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from etl.definitions.periods import months_from
from etl.definitions.readiness import QUESTIONS
from etl.definitions.tables import columns_of
from etl.judge.evidence import Evidence, together
from etl.methods import dispersion
from etl.reference import Plan, plan_on


def start_rows(
    cases: Mapping[str, Evidence],
    completed: Mapping[str, tuple[Evidence, list[str]]],
    covers: pd.DataFrame,
    results: pd.DataFrame,
    plans: tuple[Plan, ...],
    data_month: date,
) -> pd.DataFrame:
    """Two rows a site: what it is judged by as it is known, and (`mended`) once what is missing has come as planned.

    `steps` says what would have to come. Pounds, cases and posts; `cases_seen` are the new cases of `months_seen` of
    the last twelve months, `dispersion` how much they vary. What is not known is None.
    """
    months = {site: _months_of(results, site, data_month) for site in cases}
    rows = []
    for cover in covers.to_dict("records"):
        if (site := cover["site"]) in cases:
            money = _money(cover, site, plans) | months[site]
            for is_mended, (evidence, steps) in ((False, (cases[site], [])), (True, completed[site])):
                known = {"site": site, "mended": is_mended, "steps": together(steps)}
                rows.append(known | money | _facts(evidence))
    return pd.DataFrame(rows, columns=columns_of("scenario_start"))


def _money(cover: Mapping[Any, Any], site: str, plans: tuple[Plan, ...]) -> dict[str, Any]:
    """The year without the grant: its plan, and what is secured or may come."""
    plan = plan_on(plans, site, cover["year"])
    names = ("year", "secured", "in_principle", "bid", "grant_before", "made_up")
    found = {name: cover[name] for name in names}
    return found | {"planned_cost": cover["planned"], "planned_cases": plan.new_cases if plan else None}


def _months_of(results: pd.DataFrame, site: str, data_month: date) -> dict[str, Any]:
    """Posts and open cases of the last month that has both, and the new cases of the months that are known."""
    asked = ["case_manager_posts", "closing_cases", "new_cases"]
    own = results[(results.site == site) & (results.period == "month") & results.measure.isin(asked)]
    own = own[own.value.notna()]
    by = {
        (measure, pd.Timestamp(starts).date()): float(value)
        for measure, starts, value in zip(own.measure, own.starts, own.value, strict=True)
    }
    last = max((m for name, m in by if name == "case_manager_posts" and ("closing_cases", m) in by), default=None)
    year = months_from(date(data_month.year - 1, data_month.month, 1), data_month)[1:]
    seen = [by["new_cases", month] for month in year if ("new_cases", month) in by]
    return {
        "posts": by["case_manager_posts", last] if last else None,
        "open_cases": by["closing_cases", last] if last else None,
        "posts_month": last,
        "cases_seen": round(sum(seen)) if seen else None,
        "months_seen": len(seen),
        "dispersion": dispersion.index(seen),
    }


def _as_json(ranges: list[list[Fraction]] | None) -> str:
    return json.dumps([[float(end) for end in own] for own in ranges]) if ranges else ""


def _facts(evidence: Evidence) -> dict[str, Any]:
    """The facts of the method, a column each."""
    facts = evidence.facts()
    returns, answers = facts["returns"], facts["self_assessment"] or [None] * len(QUESTIONS)
    spend = facts["cost_12m"]
    return {
        "planned_spend": facts["planned_annual_cost"],
        "spend": None if spend is None else float(spend),
        "planned_new_cases": facts["planned_new_cases"],
        "new_cases": facts["count_12m"],
        "spend_ranges": _as_json(facts["cost_12m_range"]),
        "new_cases_ranges": _as_json(facts["count_12m_range"]),
        "returns_expected": returns["expected"],
        "returns_received": returns["received"],
        "returns_on_time": returns["on_time"],
        "returns_filled": returns["required_fields_complete"],
        **{f"answer_{q.number}": answer for q, answer in zip(QUESTIONS, answers, strict=True)},
    }
