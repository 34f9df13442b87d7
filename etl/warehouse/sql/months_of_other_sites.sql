-- The months in force of all other sites than $sites from $first to $last, into `wanted`.
create or replace temp table wanted as
select f.return_id, f.site, f.month, received, version, sha256,
    row_number() over (order by f.return_id, f.month) - 1 as row
from in_force_at('infinity'::timestamp) as f
join returns as r using (return_id)
where not list_contains($sites, f.site) and f.month between $first and $last
