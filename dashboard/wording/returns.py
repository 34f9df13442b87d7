"""What the page of returns says: what came in, what is to be mended, and what became of queries."""

from collections.abc import Sequence

from dashboard.data.edition import Row
from etl.definitions.messages import Capital, Count, Small, Text, _, joined, ngettext


def things_to_mend(missing: int, queried: int, holding: int, not_shown: bool = False) -> Text:
    """What came in and what is wrong with it; where queries are not shown to the audience, no more than is."""
    if not missing and not queried and not_shown:
        return _("Every return that is due has come; some have queries")
    if not missing and not queried:
        return _("Every return that is due has come, and no number is queried")
    returns = ngettext("{number} return is missing", "{number} returns are missing", missing, number=Count(missing))
    numbers = ngettext("{number} number is queried", "{number} numbers are queried", queried, number=Count(queried))
    both = _("{returns} and {numbers}", returns=returns, numbers=numbers)
    what = Capital(both if missing and queried else returns if missing else numbers)
    total = missing + queried
    if not holding:
        return what
    if holding == total:
        without = ngettext(
            "readiness cannot be judged in full without it", "readiness cannot be judged in full without them", total
        )
    else:
        without = _(
            "readiness cannot be judged in full without {number} of the {total}",
            number=Count(holding),
            total=Count(total),
        )
    return joined("; ", [what, without])


def of_state(number: int, state: str, found: str) -> Text:
    """How many of the returns shown are in the state that is chosen, and what is wrong with these."""
    one, many = "{number} return: {state}", "{number} returns: {state}"
    counted = ngettext(one, many, number, number=Count(number), state=Small(state))
    return joined("; ", [Capital(counted), *([Small(found)] if found else [])])


def in_state(number: Text, due: Text, state: str) -> Text:
    """How many returns of those due are in the state that is chosen."""
    return _("{number} of {total} returns: {state}", number=number, total=due, state=Small(state))


def received(came: Text, due: Text, on_time: Text) -> Text:
    """How many returns came, and how many of them in time; the numbers are whole."""
    if not int(due):
        return _("No return is due yet")
    what = ngettext("{came} of {due} return received", "{came} of {due} returns received", int(due), came=came, due=due)
    if came != on_time:
        return joined(", ", [what, _("{number} of them on time", number=on_time)])
    if not int(came):
        return what
    return joined(", ", [what, _("on time") if int(came) == 1 else _("all of them on time")])


def explained(number: int) -> Text:
    """How many queries were answered, or are known and explained."""
    counted = ngettext("{number} query is explained", "{number} queries are explained", number, number=Count(number))
    return Capital(counted)


def mended(rows: Sequence[Row]) -> Text:
    """How many queries a later return mended, and how many were closed otherwise."""
    done = [row.state for row in rows].count("mended")
    closed = len(rows) - done
    by_return = ngettext(
        "{number} query was mended by a later return",
        "{number} queries were mended by a later return",
        done,
        number=Count(done),
    )
    others = ngettext("{number} was closed", "{number} were closed", closed, number=Count(closed))
    return Capital(joined(", ", [*([by_return] if done else []), *([others] if closed else [])]))


def revised(number: int) -> Text:
    """How many numbers a later return changed."""
    return Capital(
        ngettext(
            "{number} number was changed by a later return",
            "{number} numbers were changed by a later return",
            number,
            number=Count(number),
        )
    )


def mend(things: int, holding: int, not_shown: bool = False) -> Text:
    """How many things there are to mend; where queries are not shown to the audience, that they are not."""
    if not things:
        return _("Queries are not shown to this audience") if not_shown else _("Nothing to mend")
    what = Capital(ngettext("{number} thing to mend", "{number} things to mend", things, number=Count(things)))
    return _("{what}, those that readiness waits for first", what=what) if 0 < holding < things else what


def nothing_to_mend(not_shown: bool) -> Text:
    """What stands in place of a list of things to mend."""
    if not_shown:
        return _("Nothing is missing. What is asked about numbers, the site and the central team see.")
    return _("Nothing is missing and nothing is queried.")


def no_revision(sent_again: int) -> Text:
    """Why no changed number is shown: none was, or this audience does not see what others changed."""
    if not sent_again:
        return _("No number was changed by a later return")
    return ngettext(
        "{number} return was sent again; what it changed is not shown to this audience",
        "{number} returns were sent again; what they changed is not shown to this audience",
        sent_again,
        number=Capital(Count(sent_again)),
    )
