"""What is said of readiness: whether sites can carry on without the grant, what is in the way, and what is due."""

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.data.edition import Row
from etl.definitions.messages import Capital, Message, Name, Text, _, joined, ngettext
from etl.definitions.periods import write_date, write_month
from etl.definitions.readiness import VERDICTS
from etl.definitions.writing import count, first_upper, listed, lower_first


def readiness(
    verdicts: Sequence[Row], labels: Mapping[str, str], cover: Sequence[Row], grant_ends: date | None
) -> Text:
    """Whether the sites can carry on without the grant; `verdicts` and `cover` are those of the sites shown."""
    verdicts = [row for row in verdicts if row.site in labels]
    if not verdicts:
        return _("No verdict yet: no site has been judged")
    if len(verdicts) == 1:
        return one_verdict(verdicts[0], labels)
    kinds = [row.verdict for row in verdicts]
    if kinds.count("ready") == len(kinds):
        return _("Yes: all {number} sites are ready to carry on without the grant", number=count(len(kinds)))
    unknown = kinds.count("cannot_say")
    if unknown == len(kinds):
        return _(
            "Cannot say: none of the {number} sites can be judged on what has been received", number=count(len(kinds))
        )
    months = [row.months for row in cover if row.site in labels and row.months is not None]
    short = "ready" not in kinds and len(months) == len(kinds) and max(months) < 12
    clauses = [_no_money(grant_ends)] if short else how_many_ready(kinds)
    answer = _("Not yet: {clauses}", clauses=joined(", ", clauses))
    if not unknown:
        return answer
    left = ngettext("{number} site cannot be judged", "{number} sites cannot be judged", unknown, number=count(unknown))
    return _("{answer}, and {left}", answer=answer, left=left)


def _no_money(grant_ends: date | None) -> Message:
    if grant_ends is None:
        return _("no site has a full year’s money once the grant ends")
    month = write_month(grant_ends, long=True)
    return _("no site has a full year’s money once the grant ends in {month}", month=month)


def how_many_ready(kinds: Sequence[str]) -> list[Text]:
    """How many of the sites are ready, and how many with conditions."""
    ready, conditions = kinds.count("ready"), kinds.count("ready_with_conditions")
    clauses: list[Text] = [_("no site is ready")]
    if ready:
        one, many = "{number} of {total} sites is ready", "{number} of {total} sites are ready"
        clauses = [ngettext(one, many, ready, number=count(ready), total=count(len(kinds)))]
    return [*clauses, _("{number} with conditions", number=count(conditions))] if conditions else clauses


def one_verdict(row: Row, labels: Mapping[str, str]) -> Text:
    """One site's verdict and its reason."""
    verdict = VERDICTS.get(row.verdict, row.words)
    places = {"site": Name(labels[row.site]), "verdict": lower_first(verdict)}
    if not row.reason:
        return _("{site}: {verdict}", **places)
    return _("{site}: {verdict} – {reason}", **places, reason=lower_first(row.reason))


def in_the_way(verdicts: Sequence[Row], labels: Mapping[str, str]) -> Text:
    """How many sites are ready, and why some cannot be judged."""
    if not verdicts:
        return _("No site has been judged yet")
    if len(verdicts) == 1:
        return one_verdict(verdicts[0], labels)
    kinds = [row.verdict for row in verdicts]
    ready = kinds.count("ready")
    if ready == len(kinds):
        answer: Text = _("All {number} sites are ready", number=count(ready))
    else:
        first, *conditions = how_many_ready(kinds)
        answer = joined(", ", [first if ready else _("no site is ready yet"), *conditions])
    unknown = [labels.get(row.site, row.site) for row in verdicts if row.verdict == "cannot_say"]
    if not unknown:
        return Capital(answer)
    left = ngettext(
        "what {sites} sent leaves {number} verdict open",
        "what {sites} sent leaves {number} verdicts open",
        len(unknown),
        sites=listed(unknown),
        number=count(len(unknown)),
    )
    return Capital(joined("; ", [answer, left]))


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
    """What a criterion rests on and when it was known, in few words and the day said once."""
    what = row.evidence or ""
    day = write_date(row.evidence_date) if row.evidence_date else ""
    if what.startswith("Return for"):
        return _("Return of {day}", day=day)
    if what == "made up for the sample":
        return _("Made up, {day}", day=day)
    if not what or what in (row.words or ""):
        return day
    what = what.partition(" para ")[0]
    return what if not day or day in what else joined(", ", [first_upper(what), day])


def criteria_met(met: int, of: int) -> Text:
    """How many of a site's criteria are met."""
    return Capital(_("{number} of {total} criteria met", number=count(met), total=count(of)))
