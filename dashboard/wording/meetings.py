"""What a meeting's slides say: what moved, what became of decisions, and what the forum is asked."""

from collections.abc import Sequence

from etl.definitions.messages import Capital, Text, _, joined, ngettext
from etl.definitions.writing import count


def changed(verdicts: int, when: Text) -> Text:
    """How many verdicts have changed since a day or an edition."""
    if not verdicts:
        return _("No verdict has changed since {when}", when=when)
    one, many = "{number} verdict has changed since {when}", "{number} verdicts have changed since {when}"
    return Capital(ngettext(one, many, verdicts, number=count(verdicts), when=when))


def compared_with(day: str, not_shown: int) -> Text:
    """With which edition this one is compared, and how much is left out."""
    against = _("Against the edition of {day}; what bears on a verdict first", day=day)
    if not not_shown:
        return against
    more = ngettext(
        "{number} lesser move not shown", "{number} lesser moves not shown", not_shown, number=count(not_shown)
    )
    return joined("; ", [against, more])


def outcome(states: Sequence[str]) -> Text:
    """How many decisions are done, and how many are late."""
    done, late, of = states.count("done"), states.count("late"), len(states)
    if done == of:
        whole = {1: _("The one decision is done"), 2: _("Both decisions are done")}
        return whole.get(of, _("All {number} decisions are done", number=count(of)))
    none = {1: _("The one decision is not done yet"), 2: _("Neither decision is done yet")}
    clause: Text = none.get(of, _("None of {number} decisions is done yet", number=count(of)))
    if done:
        one, many = "{number} of {total} decisions is done", "{number} of {total} decisions are done"
        clause = Capital(ngettext(one, many, done, number=count(done), total=count(of)))
    if not late:
        return clause
    return joined("; ", [clause, ngettext("{number} is late", "{number} are late", late, number=count(late))])


def ask(gap: Text | None, year: str, open_verdicts: int) -> tuple[str, str]:
    """What the forum is asked to decide: whose money is missing, and by when what cannot be judged can be."""
    requests: list[Text] = []
    if gap is not None:
        requests.append(_("who finds the {amount} not yet secured for {year}", amount=gap, year=year))
    if open_verdicts:
        one = "by when the gaps in {number} site’s return are filled"
        many = "by when the gaps in {number} sites’ returns are filled"
        requests.append(ngettext(one, many, open_verdicts, number=count(open_verdicts)))
    if not requests:
        return "", ""
    what = _("{first}, and {second}", first=requests[0], second=requests[1]) if requests[1:] else requests[0]
    return _("We ask the forum"), joined("", [" ", _("to agree {requests}.", requests=what)])
