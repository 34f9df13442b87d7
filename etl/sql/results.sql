-- All results of the periods that touch a month in `touched`, as known at the variable `horizon`, into `fresh`: months
-- first, sites second, ratios last. Needs the temporary tables touched(month), reported(number, over_months, own, nil_before),
-- plan(site, month, number, value), addends(measure, number, over_months), ratios(measure, numerator, denominator).

-- Sums are kept to a millionth, so that neither the order of adding nor a twelfth of a plan leaves a trace.
create or replace temp macro added(value) as round(sum(value), 6);

-- A sum with a hole in it is no sum.
create or replace temp macro whole_sum(value, hole) as if(bool_or(hole), null, added(value));

-- 1. The months that are due: from a site's first month (an earlier one, if it sent it) to the last that any site sent.
create or replace temp table due as
with last as (select max(month) as month from in_force_at(getvariable('horizon')::timestamp))
select site, first, cast(unnest(generate_series(first, last.month, interval 1 month)) as date) as month
from firsts_at(getvariable('horizon')::timestamp)
cross join last;

-- 2. The periods of a site that hold a touched month, each with its due months. A rolling year ends with a month that
-- was sent; the programme has one from the first month of its first site on, a site from its own first month (`own`).
create or replace temp table spans as
with last as (select max(month) as month from due),
starting as (
    select 'month' as period, month as starts, 1 as months from touched
    union
    select 'quarter', cast(date_trunc('quarter', month) as date), 3 from touched
    union
    select 'year', cast(date_trunc('year', month - interval 3 month) + interval 3 month as date), 12 from touched
    union
    select 'rolling_year', cast(month - to_months(cast(step as integer)) as date), 12 from touched, range(12) as steps (step)
)
select due.site, period, starts, due.month, starts + to_months(cast(months - 1 as integer)) > last.month as unfinished,
    period <> 'rolling_year' or starts >= first as own
from starting
join due on due.month >= starts and due.month < starts + to_months(cast(months as integer))
cross join last
where period <> 'rolling_year'
    or (starts >= (select min(first) from due) and starts + interval 11 month <= last.month);

-- 3. What is known of each month: a number, not applicable, or a hole. Before a part was asked for, the other parts were
-- the whole: there is nothing of it.
create or replace temp table monthly as
with known as (
    select site, month, if(part = '', measure, measure || '.' || part) as number, value, state
    from observations_at(getvariable('horizon')::timestamp)
    where month in (select month from spans)
)
select due.site, due.month, r.number, known.value,
    coalesce(known.state, if(due.month < r.nil_before, 'not_applicable', 'missing')) not in ('reported', 'not_applicable') as hole
from (select distinct site, month from spans) as due
cross join (select distinct number, nil_before from reported where number not in (select number from plan)) as r
left join known using (site, month, number)
union all
select due.site, due.month, p.number, plan.value, plan.value is null
from (select distinct site, month from spans) as due
cross join (select distinct number from plan) as p
left join plan using (site, month, number);

-- 4. Months make periods, site by site: summed, or the first or the last of them.
create or replace temp table numbers as
select spans.site, period, starts, m.number, r.over_months, any_value(unfinished) as unfinished,
    any_value(spans.own) as own,
    case r.over_months
        when 'sum' then added(m.value)
        when 'first' then arg_min_null(m.value, m.month)
        else arg_max_null(m.value, m.month)
    end as value,
    case r.over_months
        when 'sum' then bool_or(m.hole)
        when 'first' then arg_min(m.hole, m.month)
        else arg_max(m.hole, m.month)
    end as hole
from spans
join monthly as m using (site, month)
join reported as r using (number)
group by spans.site, period, starts, m.number, r.over_months;

-- 5. Parts make totals.
create or replace temp table totals as
select site, period, starts, number as measure, value, hole, unfinished, own
from numbers
semi join (select distinct number, own as over_months from reported) as usual using (number, over_months)
union all
select site, period, starts, a.measure, added(value), bool_or(hole), any_value(unfinished), any_value(own)
from numbers
join addends as a using (number, over_months)
group by site, period, starts, a.measure;

-- 6. Sites make the programme.
create or replace temp table wholes as
select site, period, starts, measure, if(hole, null, value) as value, hole, unfinished
from totals
where own
union all
select 'all', period, starts, measure, whole_sum(value, hole), bool_or(hole), bool_or(unfinished)
from totals
group by period, starts, measure;

-- 7. Ratios last.
create or replace temp table fresh as
with over as materialized (select r.measure, w.* exclude (measure) from ratios as r join wholes as w on w.measure = r.numerator),
under as materialized (select r.measure, w.* exclude (measure) from ratios as r join wholes as w on w.measure = r.denominator)
select site, period, starts, measure, value, not hole and not unfinished as complete
from wholes
union all
select site, period, starts, measure, over.value / nullif(under.value, 0), not over.hole and not under.hole and not over.unfinished
from over
join under using (site, period, starts, measure);
