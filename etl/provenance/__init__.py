"""Where a number comes from: its short code, and its story down to the returns, sheets and cells."""

from collections.abc import Callable

from etl.definitions.messages import _
from etl.definitions.periods import MONTHS_IN
from etl.definitions.writing import HIDDEN
from etl.provenance import change, flow, judged, level, money, results, returned
from etl.provenance.address import NoNumber, NumberAddress
from etl.provenance.code import WrongCode, address_in, code_of, editions_of, read_code
from etl.provenance.edition import Edition
from etl.provenance.story import Story, Words, place

# One answer for a number that is hidden and for one that is not there: the answer does not say which.
HIDDEN_WORDS = _(
    "Hidden, or not there: this edition shows this audience no such number. A small number, and any from which one "
    "could be worked back, is not in the file at all."
)
Teller = Callable[[Edition, NumberAddress], Story | None]
KINDS: dict[str, Teller] = {
    **dict.fromkeys(MONTHS_IN, results.tell),
    "cover": money.cover,
    "agreement": money.agreement,
    "cliff": money.cliff,
    "gap": money.gap,
    "central": money.central,
    "bridge": change.tell,
    "flow": flow.tell,
    "level": level.tell,
    "verdict": judged.verdict,
    "readiness": judged.readiness,
    "quality": judged.quality,
    "returns": returned.counted_returns,
    "start": results.start,
    "receipt": returned.receipt,
}


def tell(edition: Edition, address: str) -> Story | None:
    """The story of the number at an address; None where the edition has no such number and may say so.

    Only the central team learns that there is no number: to others that is the same as a hidden one.
    """
    try:
        where = NumberAddress.read(address)
        story = KINDS[where.kind](edition, where)
    except (NoNumber, KeyError):
        return None
    if story is not None and story.known != "hidden":
        return story
    return hidden(edition, where) if edition.audience != "central" or story is not None else None


def hidden(edition: Edition, address: NumberAddress) -> Story:
    """What is said of a number that may not be seen: what its address says, and nothing else."""
    what: str = _("a number")
    if address.is_result and address.what in edition.measures:
        what = results.what(edition, address.what, address.kind, address.day)
    return Story(address, place(edition, address.site), what, HIDDEN, "hidden", (Words(HIDDEN_WORDS),))


__all__ = ["HIDDEN_WORDS", "WrongCode", "address_in", "code_of", "editions_of", "hidden", "read_code", "tell"]
