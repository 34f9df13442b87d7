-- The months that accepted returns of some sites ($sites) speak of, but for some returns ($but), into `wanted`.
create or replace temp table wanted as
select c.return_id, c.site, c.month, received, version, sha256,
    row_number() over (order by c.return_id, c.month) - 1 as row
from return_months as c
join returns as r using (return_id)
where c.site in $sites and not list_contains($but, c.return_id) and verdict in ('accepted', 'accepted_with_queries')
