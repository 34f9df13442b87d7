"""What is said of readiness: whether sites can carry on without the grant, what is in the way, and what is due."""

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.data.edition import Row
from etl.definitions.messages import Capital, Message, Name, Plain, Text, _, joined, ngettext
from etl.definitions.periods import write_date
from etl.definitions.readiness import TOO_FEW_TO_BE_SURE, VERDICTS
from etl.definitions.writing import count, first_upper, listed, lower_first, percent

ORDER = ("ready", "ready_with_conditions", "not_yet", "cannot_say")


def readiness(verdicts: Sequence[Row], labels: Mapping[str, str], *, every: bool = True) -> Text:
    """Whether the sites can carry on without the grant; `every` says that all sites that there are are among them."""
    verdicts = [row for row in verdicts if row.site in labels]
    if not verdicts:
        return _("No site has been judged yet")
    if len(verdicts) == 1:
        return one_verdict(verdicts[0], labels)
    by = {kind: [labels[row.site] for row in verdicts if row.verdict == kind] for kind in ORDER}
    if len(by["ready"]) == len(verdicts):
        if not every:
            return _("{sites} are ready to carry on without the grant", sites=listed(by["ready"]))
        return _("All {number} sites are ready to carry on without the grant", number=count(len(verdicts)))
    if every and len(by["not_yet"]) == len(verdicts):
        return _("No site is ready yet")
    clauses = [_clause(kind, sites, first=not place) for place, (kind, sites) in enumerate(_some(by))]
    said = joined(", ", clauses[:-1] + ([_last(clauses)] if clauses else []))
    if by["ready"] or not every or by["cannot_say"]:
        return Capital(said)
    return _("No site is fully ready: {sites}", sites=said)


def _some(by: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    return [(kind, sites) for kind, sites in by.items() if sites]


def _clause(kind: str, sites: Sequence[str], *, first: bool) -> Text:
    """How some sites stand; the verb is said once."""
    places = {"sites": listed(sites)}
    if kind == "cannot_say":
        return _("there is not enough data for {sites}", **places)
    if not first:
        return _("{sites} with conditions", **places) if kind == ORDER[1] else _("{sites} not yet", **places)
    if kind == "ready":
        return ngettext("{sites} is ready", "{sites} are ready", len(sites), **places)
    if kind == "not_yet":
        return ngettext("{sites} is not ready yet", "{sites} are not ready yet", len(sites), **places)
    return ngettext("{sites} is ready with conditions", "{sites} are ready with conditions", len(sites), **places)


def _last(clauses: Sequence[Text]) -> Text:
    """The last clause, with an and before it where there are several."""
    return clauses[-1] if len(clauses) < 3 else _("and {clause}", clause=clauses[-1])


def one_verdict(row: Row, labels: Mapping[str, str]) -> Text:
    """One site's verdict and its reason."""
    verdict = VERDICTS.get(row.verdict, row.words)
    places = {"site": Name(labels[row.site]), "verdict": lower_first(verdict)}
    if not row.reason:
        return _("{site}: {verdict}", **places)
    return _("{site}: {verdict} – {reason}", **places, reason=lower_first(row.reason))


def chance(criteria: Sequence[Row], verdicts: Sequence[Row], labels: Mapping[str, str]) -> list[tuple[Text, Text]]:
    """What chance does to the verdicts of the sites shown: each a question and its answer."""
    said: list[tuple[Text, Text]] = []
    least, most = TOO_FEW_TO_BE_SURE
    own = [row for row in criteria if row.criterion == "caseload" and row.site in labels and row.chance is not None]
    unsure = [row for row in own if least <= row.chance <= most]
    if unsure:
        each = [
            _("{chance} in {site}", chance=percent(row.chance), site=Name(labels[row.site], True)) for row in unsure
        ]
        said.append(
            (
                _("“Too few cases to be sure”:"),
                _("the chance that the underlying rate is at least 90% of plan is {sites}.", sites=joined(", ", each)),
            )
        )
    moved = [row for row in verdicts if row.site in labels and row.by_chance != "no"]
    judged = [row for row in verdicts if row.site in labels]
    if judged:
        answers = [_("{site}: {answer}", site=Name(labels[row.site]), answer=lower_first(row.holds)) for row in moved]
        no = _("No, at none of the sites shown.") if len(judged) > 1 else _("No.")
        said.append((_("Could chance alone change a verdict?"), joined("; ", answers) if answers else no))
    return said


def milestones(rows: Sequence[Row], today: date) -> Text:
    """How many milestones are late, and when the next one is due."""
    open_ones = [row for row in rows if row.state != "done" and row.done is None and row.due is not None]
    late = sum(row.due < today for row in open_ones)
    ahead = sorted(row.due for row in open_ones if row.due >= today)
    if not open_ones:
        several = len(rows) > 1
        return _("All {number} milestones are done", number=count(len(rows))) if several else _("The milestone is done")
    clauses = []
    if late:
        one, many = "{number} milestone is late", "{number} milestones are late"
        clauses.append(ngettext(one, many, late, number=count(late)))
    if ahead:
        one, many = "{number} milestone ahead, the next on {day}", "{number} milestones ahead, the next on {day}"
        clauses.append(ngettext(one, many, len(ahead), number=count(len(ahead)), day=write_date(ahead[0])))
    return Capital(joined("; ", clauses))


def evidence(row: Row) -> str:
    """What a criterion rests on and when it was known, the day said once."""
    what, day = row.evidence or "", write_date(row.evidence_date) if row.evidence_date else ""
    if row.made_up:
        return _("Made up, {day}", day=day) if day else _("Made up")
    if not what or what in (row.words or "") or not day:
        return day or what
    return what if day in what else joined(", ", [first_upper(what), day])


def criteria_met(met: int, of: int) -> Text:
    """How many of a site's criteria are met."""
    number: Text | Plain = count(met) if met else _("none")
    return Capital(_("{number} of {total} criteria met", number=number, total=count(of)))


def condition(row: Row, label: str) -> Message:
    """What would meet a criterion."""
    return _("{criterion}: {condition}", criterion=label, condition=row.condition)
