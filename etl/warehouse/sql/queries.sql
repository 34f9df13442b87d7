-- Each query that was ever raised about a site and month by $at: in which run of versions it stood, what the number was
-- then, and what the version said that no longer has it. Needs the table `versions`.
with raised as (
    select v.site, v.month, v.version, v.return_id, v.received, p.sheet, p.cell, p.code, p.severity, p.message, p.fix,
        p.measure, p.cause, p.supposes, if(p.measure = '', p.sheet || '!' || p.cell, p.measure) as place
    from problems as p
    join versions as v on v.return_id = p.return_id and v.month = p.month and v.site = p.site
    where p.severity = 'query'
    qualify row_number() over (partition by v.site, v.month, v.version, p.code, place order by p.sheet, p.cell) = 1
),
runs as (
    select *, version - row_number() over (partition by site, month, code, place order by version) as run from raised
),
last_run as (
    select site, month, code, place, min(version) as raised_version, min(received) as raised, max(version) as last_version,
        max_by(
            struct_pack(
                sheet := sheet, cell := cell, severity := severity, message := message, fix := fix, measure := measure,
                cause := cause, supposes := supposes, return_id := return_id
            ),
            version
        ) as said
    from runs
    group by site, month, code, place, run
    qualify row_number() over (partition by site, month, code, place order by max(version) desc) = 1
),
numbers as (
    select return_id, month, if(part = '', measure, measure || '.' || part) as measure, value, state from entries
)
select q.site, q.month, said.sheet, said.cell, code, said.severity, said.message, said.fix, said.measure, said.cause, said.supposes, place,
    raised, raised_version, said.return_id as return_id, was.value as value, was.state as number_state,
    mender.version as mended_version, mender.return_id as mended_by, mender.received as mended,
    became.value as mended_value, became.state as mended_state
from last_run as q
left join versions as mender on mender.site = q.site and mender.month = q.month and mender.version = q.last_version + 1
left join numbers as was on was.return_id = said.return_id and was.month = q.month and was.measure = said.measure
left join numbers as became on became.return_id = mender.return_id and became.month = q.month and became.measure = said.measure
order by raised, q.site, q.month, code, place
