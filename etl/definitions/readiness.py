"""Readiness: the five criteria by which a site is judged able to carry on without the grant; every threshold."""

from collections.abc import Sequence
from dataclasses import dataclass

from etl.definitions.messages import _, joined
from etl.definitions.settings import thresholds

PROPOSED_BY = "Drive central team"

# Named as `etl.methods.readiness.Thresholds` names them.
THRESHOLDS: dict[str, float] = thresholds("readiness")

# Evidence older than this is called stale.
STALE_AFTER_MONTHS = 12

# The money of this funder is the grant: the assessed year is the first financial year that begins without it.
GRANT_FUNDER = "home_office"

LEVELS = {"met": "Met", "partly": "Partly", "not_met": "Not met", "unknown": "Not known"}

VERDICTS = {
    "ready": "Ready",
    "ready_with_conditions": "Ready with conditions",
    "not_yet": "Not yet",
    "cannot_say": "Cannot say",
}


def count_verdicts(verdicts: Sequence[str]) -> str:
    """The sites' verdicts counted, for the programme has none: 0 of 4 ready, 1 with conditions, 2 cannot be judged."""
    words = [_("{number} of {total} ready", number=verdicts.count("ready"), total=len(verdicts))]
    if conditions := verdicts.count("ready_with_conditions"):
        words.append(_("{number} with conditions", number=conditions))
    if unknown := verdicts.count("cannot_say"):
        words.append(_("{number} cannot be judged", number=unknown))
    return joined(", ", words)


@dataclass(frozen=True)
class Criterion:
    """A criterion in words: its thresholds in short and in full, why it is asked, and whose proposal it is."""

    name: str
    label: str
    threshold: str
    meaning: str
    reason: str


@dataclass(frozen=True)
class Question:
    """One of the questions of commitment, answered from 0 to 3 with a document and a date."""

    number: int
    label: str
    meaning: str


QUESTIONS: tuple[Question, ...] = (
    Question(1, "Owner and governance", "Who owns the service after the grant, and which board answers for it"),
    Question(
        2, "Partners", "Which partners have agreed to go on referring, sharing information and sitting on the panel"
    ),
    Question(3, "Workforce and contract", "Whether posts and the provider's contract go on after the grant"),
    Question(4, "Benefits accepted", "Whether those who would pay accept what the service is worth to them"),
)


def _percent(share: float) -> str:
    return f"{share * 100:g}%"


_AT = {name: f"{value:g}" for name, value in THRESHOLDS.items()}

CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "money",
        "Money secured",
        _("Of 12 months. {met} met, {partly} partly", met=_AT["cover_met"], partly=_AT["cover_partial"]),
        f"Months of the first financial year without the grant that approved cash pays for: met from "
        f"{_AT['cover_met']}, partly from {_AT['cover_partial']}",
        "A service without money does not carry on, whatever else is in place: this criterion gates the verdict",
    ),
    Criterion(
        "spend",
        "Spend against plan",
        _("To {met} met, to {partly} partly", met=_AT["spend_met"], partly=_AT["spend_partial"]),
        f"Cash spend of the last twelve months divided by the planned cost: met up to {_AT['spend_met']}, partly up to "
        f"{_AT['spend_partial']}",
        "Money secured for a plan is enough only if the service costs what the plan says",
    ),
    Criterion(
        "caseload",
        "New cases",
        _(
            "{met} reaches plan; {partly} partly",
            met=_percent(THRESHOLDS["caseload_met_level"]),
            partly=_percent(THRESHOLDS["caseload_partial_level"]),
        ),
        f"New cases of the last twelve months against plan: met if their exact "
        f"{_percent(THRESHOLDS['caseload_met_level'])} interval reaches the plan, partly if only the "
        f"{_percent(THRESHOLDS['caseload_partial_level'])} interval does",
        "Fewer cases than planned must be more than chance before they count against a site",
    ),
    Criterion(
        "returns",
        "Returns",
        _(
            "{received} in, {on_time} on time, {filled} filled",
            received=_AT["received_met"],
            on_time=_AT["on_time_met"],
            filled=_percent(THRESHOLDS["filled_met"]),
        ),
        f"Returns of the last twelve months: met with {_AT['received_met']} received, {_AT['on_time_met']} on time and "
        f"{_percent(THRESHOLDS['filled_met'])} of numbers filled; partly with {_AT['received_partial']}, "
        f"{_AT['on_time_partial']} and {_percent(THRESHOLDS['filled_partial'])}",
        "Without returns nothing else can be judged",
    ),
    Criterion(
        "commitment",
        "Commitment",
        _("Four questions, each 0 to 3"),
        f"Four questions answered 0 to 3 with a document: met if all are {_AT['score_met']} or more and "
        f"{_AT['top_scores_met']} are {_AT['top_score']}, partly if all are {_AT['score_partial']} or more",
        "What a site says of itself counts with evidence, and never outvotes the ledger",
    ),
)
