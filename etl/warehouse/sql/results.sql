-- All results of the periods that hold a month in `touched`, of the sites in it and of all together, as known at the
-- variable `horizon`, as `new_results`, which is read before this is run again: months first, sites second, ratios last. Needs
-- the temporary tables touched(site, month), reported(number, over_months, own, nil_before),
-- plan(site, month, number, value), addends(measure, number, over_months), ratios(measure, numerator, denominator).

-- Sums are kept to a millionth, so that neither the order of adding nor a twelfth of a plan leaves a trace.
create or replace temp macro added(value) as round(sum(value), 6);

-- A sum with a hole in it is no sum.
create or replace temp macro whole_sum(value, hole) as if(bool_or(hole), null, added(value));

-- Names that come again and again are kept as numbers, by which grouping is quick; they read as names all the same.
create or replace temp type site_name as enum (select site from sites union select 'all');
create or replace temp type measure_name as enum (
    select number from reported
    union
    select measure from addends
    union
    select measure from ratios
);
create or replace temp type way as enum ('sum', 'first', 'last');

-- 1. The months that are due: from a site's first month (an earlier one, if it sent it) to the last that any site sent.
create or replace temp table due as
with last as (select max(month) as month from in_force_at(getvariable('horizon')::timestamp))
select site::site_name as site, first, cast(unnest(generate_series(first, last.month, interval 1 month)) as date) as month
from first_months_at(getvariable('horizon')::timestamp)
cross join last;

-- 2. The periods that hold a touched month.
create or replace temp table periods as
with holding as (
    select 'month' as period, month as starts, 1 as months from touched
    union
    select 'quarter', cast(date_trunc('quarter', month) as date), 3 from touched
    union
    select 'year', cast(date_trunc('year', month - interval 3 month) + interval 3 month as date), 12 from touched
    union
    select 'rolling_year', cast(month - to_months(cast(step as integer)) as date), 12 from touched, range(12) as steps (step)
)
select cast(row_number() over (order by starts, period) as integer) as id, period, starts,
    cast(starts + to_months(cast(months - 1 as integer)) as date) as ends
from holding;

-- A rolling year ends with a month that was sent; the programme has one from the first month of its first site on, a site
-- from its own first month (`own`).
create or replace temp table spans as
select due.site, p.id, due.month, ends > (select max(month) from due) as unfinished,
    period <> 'rolling_year' or starts >= first as own
from periods as p
join due on due.month between p.starts and p.ends
where period <> 'rolling_year' or (starts >= (select min(first) from due) and ends <= (select max(month) from due));

-- 3. What is known of each month: a number, not applicable, or a hole. Before a part was asked for, the other parts were
-- the whole: there is nothing of it. What a site gave before, or what always applies, is not believed not to apply.
create or replace temp table monthly as
with known as (
    select site, month, number, value, if(doubted, 'doubted', state) as state
    from observed_at(getvariable('horizon')::timestamp)
    where month in (select month from spans)
)
select due.site, due.month, r.number::measure_name as number, known.value,
    coalesce(known.state, if(due.month < r.nil_before, 'not_applicable', 'missing')) not in ('reported', 'not_applicable') as hole
from (select distinct site, month from spans) as due
cross join (select distinct number, nil_before from reported where number not in (select number from plan)) as r
left join known on known.site = due.site::varchar and known.month = due.month and known.number = r.number
union all
select due.site, due.month, p.number::measure_name, plan.value, plan.value is null
from (select distinct site, month from spans) as due
cross join (select distinct number from plan) as p
left join plan on plan.site = due.site::varchar and plan.month = due.month and plan.number = p.number;

-- 4. Months make periods, site by site: summed, or the first or the last of them.
create or replace temp table numbers as
with wanted as (select distinct number::measure_name as number, over_months::way as over_months from reported),
counted as (
    select site, id, month, 'sum'::way as over_months from spans
    union all
    select site, id, min(month), 'first' from spans group by site, id
    union all
    select site, id, max(month), 'last' from spans group by site, id
)
select site, id, number, over_months, added(value) as value, bool_or(hole) as hole
from counted
join monthly using (site, month)
join wanted using (number, over_months)
group by site, id, number, over_months;

-- 5. Parts make totals.
create or replace temp table totals as
select site, id, number as measure, value, hole
from numbers
semi join (select distinct number::measure_name as number, own::way as over_months from reported) as usual using (number, over_months)
union all
select site, id, a.measure::measure_name, added(value), bool_or(hole)
from numbers
join addends as a on a.number::measure_name = numbers.number and a.over_months::way = numbers.over_months
group by site, id, a.measure;

-- 6. Sites make the programme.
create or replace temp table wholes as
with of_sites as (
    select site, id, any_value(unfinished) as unfinished, any_value(own) as own
    from spans
    group by site, id
)
select site, id, measure, if(hole, null, value) as value, hole, unfinished
from totals
join of_sites using (site, id)
where own and site in (select try_cast(site as site_name) from touched)
union all
select 'all'::site_name, id, measure, whole_sum(value, hole), bool_or(hole), bool_or(unfinished)
from totals
join of_sites using (site, id)
group by id, measure;

-- 7. Ratios last. This is a view, as it is read once, and not kept a second time before it is stored.
create or replace temp view new_results as
with over as (select r.measure as ratio, w.* from ratios as r join wholes as w on w.measure = r.numerator::measure_name),
under as (select r.measure as ratio, w.* from ratios as r join wholes as w on w.measure = r.denominator::measure_name),
made as (
    select site, id, measure, value, not hole and not unfinished as complete
    from wholes
    union all
    select site, id, ratio::measure_name, over.value / nullif(under.value, 0), not over.hole and not under.hole and not over.unfinished
    from over
    join under using (site, id, ratio)
)
select site, period, starts, measure, value, complete
from made
join periods using (id);
