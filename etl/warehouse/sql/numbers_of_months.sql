-- The numbers of each month in `wanted`: its row there, the place of each among $numbers, what stands there and where.
with numbers as (select unnest($numbers) as number, unnest(range(len($numbers))) as place)
select w.row, n.place as column, value, state = 'not_applicable' as not_applicable, sheet, cell
from wanted as w
join entries using (return_id, month)
join numbers as n on n.number = if(part = '', measure, measure || '.' || part)
