"""What is said of secured money: the rule by which it is spread, that it is a limit, and what it still hangs on."""

from etl.definitions.messages import Text, _
from etl.definitions.settings import NIL_POUNDS

# The rule by which the product says what is missing, and by when.
EVENLY = _("Each agreement is spread evenly over its months; what a month has left over is not carried to another")


def is_limit(amount: float | None) -> bool:
    """Whether so much of some money, in pounds, makes it money that pays at most that much."""
    return amount is not None and amount > NIL_POUNDS


def at_most(shown: str, limit: float | None) -> str:
    """A sum or what follows from it; at most that much where some of the money in it is a limit."""
    return _("at most {amount}", amount=shown) if is_limit(limit) else shown


def depends(amount: str, part: float | None, whole: float, on: str) -> list[Text]:
    """What the money in a sum still hangs on, and how much of it; nothing where it hangs on nothing."""
    if not part or part <= NIL_POUNDS:
        return []
    if not on:
        return [_("{amount} is conditional", amount=amount)]
    return [
        _("depends on {what}", what=on)
        if whole - part <= NIL_POUNDS
        else _("{amount} depends on {what}", amount=amount, what=on)
    ]
