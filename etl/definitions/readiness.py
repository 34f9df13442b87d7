"""Readiness: the five criteria by which a site is judged able to carry on without the grant; every threshold."""

from collections.abc import Sequence
from dataclasses import dataclass

from etl.definitions.messages import Text, _, joined
from etl.definitions.settings import thresholds

PROPOSED_BY = "Drive central team"

# Named as `etl.methods.readiness.Thresholds` names them.
THRESHOLDS: dict[str, float] = thresholds("readiness")

# Evidence older than this is called stale.
STALE_AFTER_MONTHS = 12

# The money of this funder is the grant: the assessed year is the first financial year that begins without it.
GRANT_FUNDER = "home_office"

LEVELS = {"met": _("Met"), "partly": _("Partly"), "not_met": _("Not met"), "unknown": _("Not known")}

# Between these chances that the rate behind new cases is at least that share of plan, they are too few to be sure.
TOO_FEW_TO_BE_SURE = (0.1, 0.9)

VERDICTS = {
    "ready": _("Ready"),
    "ready_with_conditions": _("Ready with conditions"),
    "not_yet": _("Not yet"),
    "cannot_say": _("Not enough data"),
}


def count_verdicts(verdicts: Sequence[str]) -> Text:
    """The sites' verdicts counted, for the programme has none: none ready, 2 with conditions, 2 not yet."""
    ready = verdicts.count("ready")
    words: list[Text] = [_("{number} ready", number=ready) if ready else _("none ready")]
    if conditions := verdicts.count("ready_with_conditions"):
        words.append(_("{number} with conditions", number=conditions))
    if not_yet := verdicts.count("not_yet"):
        words.append(_("{number} not yet", number=not_yet))
    if unknown := verdicts.count("cannot_say"):
        words.append(_("not enough data for {number}", number=unknown))
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
    Question(1, _("Owner and governance"), "Who owns the service after the grant, and which board answers for it"),
    Question(
        2, _("Partners"), "Which partners have agreed to go on referring, sharing information and sitting on the panel"
    ),
    Question(3, _("Workforce and contract"), "Whether posts and the provider's contract go on after the grant"),
    Question(4, _("Benefits accepted"), "Whether those who would pay accept what the service is worth to them"),
)


def _share(name: str) -> str:
    return f"{THRESHOLDS[name] * 100:g}%"


_AT = {name: f"{value:g}" for name, value in THRESHOLDS.items()}

CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "money",
        _("Money secured"),
        _("Of 12 months. {met} met, {partly} partly", met=_AT["cover_met"], partly=_AT["cover_partial"]),
        f"Months of the first financial year without the grant that approved cash pays for: met from "
        f"{_AT['cover_met']}, partly from {_AT['cover_partial']}",
        "A service without money does not carry on, whatever else is in place: this criterion gates the verdict",
    ),
    Criterion(
        "spend",
        _("Spend against plan"),
        _(
            "{met_from} to {met_to} met, {partly_from} to {partly_to} partly",
            met_from=_share("spend_met_from"),
            met_to=_share("spend_met_to"),
            partly_from=_share("spend_partial_from"),
            partly_to=_share("spend_partial_to"),
        ),
        f"Cash spend of the last twelve months as a share of the planned cost: met from {_share('spend_met_from')} to "
        f"{_share('spend_met_to')}, partly from {_share('spend_partial_from')} to {_share('spend_partial_to')}",
        "Money secured for a plan is enough only if the service runs as planned and costs what the plan says",
    ),
    Criterion(
        "caseload",
        _("New cases"),
        _("{met} of plan met, {partly} partly", met=_share("caseload_met"), partly=_share("caseload_partial")),
        f"New cases of the last twelve months as a share of plan: met from {_share('caseload_met')}, partly from "
        f"{_share('caseload_partial')}; beside it how sure it is that the rate behind them is at least "
        f"{_share('caseload_met')} of plan",
        "What was delivered counts, and how far chance could have made it so is said beside it",
    ),
    Criterion(
        "returns",
        _("Returns"),
        _(
            "{received} in, {on_time} on time, {filled} filled",
            received=_AT["received_met"],
            on_time=_AT["on_time_met"],
            filled=_share("filled_met"),
        ),
        f"Returns of the last twelve months: met with {_AT['received_met']} received, {_AT['on_time_met']} on time and "
        f"{_share('filled_met')} of numbers filled, none a copy of another; partly with {_AT['received_partial']}, "
        f"{_AT['on_time_partial']} and {_share('filled_partial')}",
        "Without returns nothing else can be judged",
    ),
    Criterion(
        "commitment",
        _("Commitment"),
        _("Four questions, each 0 to 3"),
        f"Four questions answered 0 to 3 with a document: met if all are {_AT['score_met']} or more and "
        f"{_AT['top_scores_met']} are {_AT['top_score']}, partly if all are {_AT['score_partial']} or more",
        "What a site says of itself counts with evidence, and never outvotes the ledger",
    ),
)
