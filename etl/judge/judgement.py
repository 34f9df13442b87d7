"""The rules applied to a site's evidence: its levels, its verdict, and what both would be once nothing is missing."""

from dataclasses import replace

from etl.definitions.messages import Listing, _
from etl.definitions.readiness import CRITERIA, QUESTIONS
from etl.judge.evidence import Answer, Evidence
from etl.methods.readiness import Readiness, verdict

# How the method names the criteria that have another name in `etl.definitions.readiness`.
METHOD_NAMES = {"caseload": "cases"}
LEVEL_NAMES = {"met": "met", "partial": "partly", "not met": "not_met", "unknown": "unknown"}


def judge(evidence: Evidence) -> Readiness:
    """A site's levels, verdict and what would change it, by the thresholds of `etl.definitions.readiness`."""
    return verdict(evidence.facts())


def levels_of(judged: Readiness) -> dict[str, str]:
    """The level of each criterion, by the names of the definitions."""
    return {c.name: LEVEL_NAMES[judged.levels[method_name(c.name)]] for c in CRITERIA}


def complete(evidence: Evidence, judged: Readiness) -> tuple[Evidence, list[str]]:
    """The evidence once what is missing has come and is as planned, and what has to come, in words."""
    levels, completed = levels_of(judged), evidence
    steps: list[str] = []
    if evidence.to_come:
        steps += evidence.to_come
        left = max(0, evidence.holes - evidence.holes_to_come)
        received, numbers = evidence.received + evidence.missing_returns, evidence.numbers_expected
        completed = replace(completed, received=received, numbers_received=numbers, holes=left)
    as_planned: list[str] = []
    if levels["spend"] == "unknown" and evidence.planned_spend:
        completed, as_planned = replace(completed, spend=evidence.planned_spend), [*as_planned, _("spend")]
    if levels["caseload"] == "unknown" and evidence.planned_cases is not None:
        completed, as_planned = replace(completed, cases=round(evidence.planned_cases)), [*as_planned, _("new cases")]
    if as_planned:
        last = steps[-1] if steps else _("returns sent")
        steps = [*steps[:-1], _("{step}, with {numbers} as planned", step=last, numbers=Listing(as_planned))]
    if levels["commitment"] == "unknown":
        answer = Answer((3,) * len(QUESTIONS), "", "", evidence.money.year, "")
        completed, steps = replace(completed, commitment=answer), [*steps, _("all four questions answered with 3")]
    return completed, steps


def method_name(criterion: str) -> str:
    """A criterion's name in `etl.methods.readiness`."""
    return METHOD_NAMES.get(criterion, criterion)
