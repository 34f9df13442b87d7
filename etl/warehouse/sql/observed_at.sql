-- What is in force at t by the names of `results`, with whether a number is said not to apply though the site gave it in an
-- earlier month (other than nil), or though it applies to every service: n/a typed for not available. A dispensation is believed
-- (`believed`, by month). Needs `always_apply`; made for each connection, so that an older warehouse has it too.
create or replace temp table believed (site varchar, number varchar, month date);

create or replace temp macro observed_at(t) as table
with named as (
    select site, month, if(part = '', measure, measure || '.' || part) as number, measure, value, state
    from observations_at(t)
),
given as (select site, number, min(month) as first from named where state = 'reported' and value <> 0 group by all)
select n.*, n.state = 'not_applicable' and b.site is null and (
    n.number in (select number from always_apply) or n.measure in (select number from always_apply)
    or coalesce(n.month > first, false)
) as doubted
from named as n
left join given using (site, number)
left join believed as b on b.site = n.site and b.number = n.number and b.month = n.month;
