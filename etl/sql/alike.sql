-- The months in force of other sites than $sites that have at least $least numbers in common with one of their months
-- (the same month or one beside it), into `wanted`: so many a copy has.
create or replace temp table wanted as
with mine as (
    select distinct e.month as my_month, cast(e.month + to_months(step) as date) as month, measure, part, value
    from entries as e
    join returns using (return_id)
    cross join (values (-1), (0), (1)) as beside (step)
    where e.site in $sites and value <> 0 and verdict in ('accepted', 'accepted_with_queries')
),
theirs as (
    from in_force_at('infinity'::timestamp) as f
    where not list_contains($sites, f.site)
),
alike as (
    select distinct return_id, month
    from theirs
    join entries as e using (return_id, site, month)
    join mine using (month, measure, part, value)
    group by return_id, month, my_month
    having count(*) >= $least
)
select t.return_id, t.site, t.month, received, version, sha256,
    row_number() over (order by t.return_id, t.month) - 1 as row
from theirs as t
join alike using (return_id, month)
join returns as r using (return_id)
