-- Puts the new results in the place of what was known of the same sites and periods.

delete from results
using (select distinct site, period, starts from wholes join periods using (id)) as f
where results.site = f.site and results.period = f.period and results.starts = f.starts;

insert into results
select site, period, starts, measure, value, complete from new_results;
