-- Every version of each site and month that had been accepted by $at, the oldest first: `version` counts from 1.
select return_months.site, return_months.month, return_id, received,
    row_number() over (partition by return_months.site, return_months.month order by received, r.version, sha256) as version
from return_months
join returns as r using (return_id)
where verdict in ('accepted', 'accepted_with_queries') and received <= $at
