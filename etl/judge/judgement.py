"""The rules applied to a site's evidence: its levels, its verdict, and what both would be once nothing is missing."""

from dataclasses import replace

from etl.definitions.messages import Listing, _
from etl.definitions.readiness import CRITERIA, QUESTIONS
from etl.judge.evidence import Answer, Bounds, Evidence
from etl.methods.readiness import Readiness, verdict

# How the method names the criteria that have another name in `etl.definitions.readiness`.
METHOD_NAMES = {"caseload": "cases"}
LEVEL_NAMES = {"met": "met", "partly": "partly", "not met": "not_met", "not known": "unknown"}


def judge(evidence: Evidence) -> Readiness:
    """A site's levels, verdict and what would change it, by the thresholds of `etl.definitions.readiness`."""
    return verdict(evidence.facts())


def levels_of(judged: Readiness) -> dict[str, str]:
    """The level of each criterion, by the names of the definitions."""
    return {c.name: LEVEL_NAMES[judged.levels[method_name(c.name)]] for c in CRITERIA}


def complete(evidence: Evidence, judged: Readiness) -> tuple[Evidence, list[str]]:
    """The evidence once what is missing has come and is as usual, and what has to come, in words.

    What is as usual keeps the months that are known; where nothing is known to go by, it is as planned.
    """
    levels, completed = levels_of(judged), evidence
    steps: list[str] = []
    if evidence.to_come:
        steps += evidence.to_come
        left = max(0, evidence.holes - evidence.holes_to_come)
        received, numbers = evidence.received + evidence.missing_returns, evidence.numbers_expected
        completed = replace(completed, received=received, numbers_received=numbers, holes=left)
    supposed: list[str] = []
    if levels["spend"] == "unknown" and (spend := _usual(evidence.spend_bounds, evidence.planned_spend)):
        completed, supposed = replace(completed, spend=spend, spend_bounds=None), [*supposed, _("spend")]
    if levels["caseload"] == "unknown" and (cases := _usual(evidence.case_bounds, evidence.planned_cases)) is not None:
        completed = replace(completed, cases=round(cases), case_bounds=None)
        supposed = [*supposed, _("new cases")]
    if supposed:
        last = steps[-1] if steps else _("returns sent")
        steps = [*steps[:-1], _("{step}, with {numbers} as usual", step=last, numbers=Listing(supposed))]
    if levels["commitment"] == "unknown":
        answer = Answer((3,) * len(QUESTIONS), "", "", evidence.money.year, "")
        completed, steps = replace(completed, commitment=answer), [*steps, _("all four questions answered with 3")]
    return completed, steps


def _usual(bounds: Bounds | None, planned: float | None) -> float | None:
    return bounds.usual if bounds and bounds.usual is not None else planned


def method_name(criterion: str) -> str:
    """A criterion's name in `etl.methods.readiness`."""
    return METHOD_NAMES.get(criterion, criterion)
