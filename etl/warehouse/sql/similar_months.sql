-- The months in force of other sites than $sites that have at least $least numbers in common with one of their months
-- (the same month or one beside it), into `wanted`: so many a copy has. Where there are no other sites, nothing is looked
-- for.
create or replace temp table wanted as
with mine as (
    select distinct e.month as my_month, cast(e.month + to_months(step) as date) as month, measure, part, value
    from entries as e
    join returns using (return_id)
    cross join (values (-1), (0), (1)) as beside (step)
    where e.site in $sites and value <> 0 and verdict in ('accepted', 'accepted_with_queries')
        and exists (from return_months where not list_contains($sites, site))
),
alike as (
    select distinct return_id, e.month
    from entries as e
    join mine using (month, measure, part, value)
    where not list_contains($sites, e.site)
    group by return_id, e.month, my_month
    having count(*) >= $least
)
select f.return_id, f.site, f.month, received, version, sha256,
    row_number() over (order by f.return_id, f.month) - 1 as row
from in_force_at('infinity'::timestamp) as f
join alike using (return_id, month)
join returns as r using (return_id)
