-- What is in force of other sites than $sites, where it has at least $least numbers in common with one of their months
-- (the same month or one beside it): so many a copy has.
with mine as (
    select distinct e.month, measure, part, value
    from entries as e
    join returns using (return_id)
    where e.site in $sites and value <> 0 and verdict in ('accepted', 'accepted_with_queries')
),
theirs as (
    select e.return_id, e.site, e.month, measure, part, value, state, sheet, cell
    from entries as e
    join in_force_at('infinity'::timestamp) as f using (return_id, site, month)
    where not list_contains($sites, e.site)
),
alike as (
    select distinct return_id, theirs.month
    from theirs
    join mine using (measure, part, value)
    where abs(date_diff('month', mine.month, theirs.month)) <= 1
    group by return_id, theirs.month, mine.month
    having count(*) >= $least
)
select return_id, t.site, month, if(part = '', measure, measure || '.' || part) as number, value, state, sheet, cell,
    received, version, sha256
from theirs as t
join alike using (return_id, month)
join returns as r using (return_id)
order by return_id, month
