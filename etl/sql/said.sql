-- All that accepted returns of some sites ($sites) say.
select e.return_id, e.site, e.month, if(part = '', measure, measure || '.' || part) as number, value, state,
    sheet, cell, received, version, sha256
from entries as e
join returns as r using (return_id)
where e.site in $sites and verdict in ('accepted', 'accepted_with_queries')
order by e.return_id, e.month
