"""The readiness criteria as pages and slides head them."""

from etl.definitions import readiness

# The label and the threshold of each criterion, by its name.
CRITERIA = {criterion.name: (criterion.label, criterion.threshold) for criterion in readiness.CRITERIA}
