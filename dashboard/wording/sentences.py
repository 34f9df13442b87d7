"""Headlines of several pages and slides, by one name."""

from dashboard.wording.funding import cliff as cliff
from dashboard.wording.funding import grant_end as grant_end
from dashboard.wording.funding import year_of as year_of
from dashboard.wording.readiness import in_the_way as in_the_way
from dashboard.wording.readiness import milestones as milestones
from dashboard.wording.readiness import readiness as readiness
