-- What is in force of all other sites than $sites, for the months from $first to $last.
select e.return_id, e.site, e.month, if(part = '', measure, measure || '.' || part) as number, value, state,
    sheet, cell, received, version, sha256
from entries as e
join in_force_at('infinity'::timestamp) as f using (return_id, site, month)
join returns as r using (return_id)
where not list_contains($sites, e.site) and e.month between $first and $last
order by e.return_id, e.month
