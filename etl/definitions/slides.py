"""The slides that a meeting may have, in the order of a meeting that has none of its own."""

SLIDES = ("changed", "agreed", "verdict", "cases", "cost", "cliff", "readiness", "decide")
# A meeting that hears what followed from the last one has no time for this one, unless it asks for it.
FIRST_TIME_ONLY = ("cases",)
