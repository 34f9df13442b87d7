"""Headlines of several pages and slides, by one name."""

from dashboard.wording.caseload import against_plan as against_plan
from dashboard.wording.costs import cost as cost
