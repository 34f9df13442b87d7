"""Returns: how late they come. It is no number of a return, so it has no place among those that sites send."""

from etl.definitions.measure import Reported

DAYS_LATE = Reported(
    "days_late",
    "Days late",
    "count",
    "last",
    "Days from the day on which a month's return was due to the day on which it came; 0 when it came in time",
)
