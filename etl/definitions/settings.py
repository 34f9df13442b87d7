"""Settings that belong to no measure: small numbers, thresholds, the slides of a meeting, late returns, the version."""

import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from etl.definitions import REPORTED
from etl.definitions.measure import Reported
from etl.definitions.messages import _

# Counts from 1 to one less than this are hidden; a reader must not be able to rule out any value from 1 to this.
THRESHOLD = 5

# No rate, share or interval is given where the count behind it is smaller.
LEAST_COUNT = 10
TOO_FEW = _("fewer than {number}", number=LEAST_COUNT)
# What is shown in place of a rate of nothing.
NOTHING_TO_DIVIDE = _("nothing to divide")
# A file from outside is no longer: `etl.intake.limits` has the same, and knows nothing of this.
RETURN_BYTES = 5_000_000
# Money up to this rounds to nothing, so nothing is said of it.
NIL_POUNDS = 0.5

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
def thresholds(section: str) -> dict[str, Any]:
    """A section of `thresholds.toml`, the thresholds that the methods read too."""
    return tomllib.loads(files("etl.definitions").joinpath("thresholds.toml").read_text(encoding="utf-8"))[section]


@cache
def version() -> str:
    """A stamp of eight hexadecimal digits that changes when a reported number, its label or its meaning does."""
    return sha256(repr(list(REPORTED.values())).encode()).hexdigest()[:8]


# New cases reach their plan where they are so much of it or more.
DELIVERED: float = thresholds("readiness")["caseload_met"]
