"""Settings that belong to no measure: small numbers, the slides of a meeting, how late returns come, the version."""

from functools import cache
from hashlib import sha256

from etl.definitions import REPORTED
from etl.definitions.measure import Reported

# Counts from 1 to one less than this are hidden; a reader must not be able to rule out any value from 1 to this.
THRESHOLD = 5

# The slides that a meeting may have, in the order of a meeting that has none of its own.
SLIDES = ("changed", "agreed", "verdict", "cases", "cost", "cliff", "readiness", "decide")
# A meeting that hears what followed from the last one has no time for this one, unless it asks for it.
FIRST_TIME_ONLY = ("cases",)

# How late returns come. It is no number of a return, so it has no place among those that sites send.
DAYS_LATE = Reported(
    "days_late",
    "Days late",
    "count",
    "last",
    "Days from the day on which a month's return was due to the day on which it came; 0 when it came in time",
)


@cache
def version() -> str:
    """A stamp of eight hexadecimal digits that changes when a reported number, its label or its meaning does."""
    return sha256(repr(list(REPORTED.values())).encode()).hexdigest()[:8]
