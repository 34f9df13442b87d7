-- The warehouse: what was given, what it said, what is wrong with it, and what that makes.

create table if not exists returns (
    return_id varchar primary key,
    site varchar,               -- null where no site could be told
    month date,                 -- the month the file is for: the last one of a tracker
    received timestamp not null,
    verdict varchar not null,   -- accepted, accepted_with_queries, rejected or duplicate
    file varchar not null,      -- its name where the layout gives that name, else a neutral one
    sha256 varchar not null,
    version integer not null,   -- the version that its cover names
    loaded timestamp not null
);

-- Each number as a return said it; never changed afterwards.
create table if not exists entries (
    return_id varchar not null,
    site varchar not null,
    month date not null,
    measure varchar not null,
    part varchar not null,
    value double,
    state varchar not null,
    sheet varchar not null,
    cell varchar not null
);

-- The months that each accepted return speaks of.
create table if not exists return_months (return_id varchar not null, site varchar not null, month date not null);

create table if not exists problems (
    return_id varchar not null,
    site varchar,
    month date,
    sheet varchar not null,
    cell varchar not null,
    code varchar not null,
    severity varchar not null,  -- reject, query or info
    message varchar not null,
    fix varchar not null,
    measure varchar not null,
    cause varchar default '',           -- the likely cause, where one fits
    compared boolean default false      -- found beside other returns, and worked out again when one of them changes
);

-- A warehouse of an earlier version lacks it: what the numbers are by the likely cause, as JSON by their names.
alter table problems add column if not exists supposes varchar default '';

-- What checks in shadow find: the same, shown to nobody.
create table if not exists in_shadow as from problems limit 0;
alter table in_shadow add column if not exists supposes varchar default '';

create table if not exists results (
    site varchar not null,
    period varchar not null,
    starts date not null,
    measure varchar not null,
    value double,
    complete boolean not null
);

-- The sites and what every number means, as they stood at the last load.
create table if not exists sites (
    site varchar primary key,
    label varchar not null,
    short_label varchar not null,
    position integer not null,
    first_month date not null
);

-- Whose word counts for each month of a site: the newest accepted return that speaks of it, as known at t.
create or replace macro in_force_at(t) as table
select return_months.site, return_months.month, return_id, received as known_from
from return_months
join returns using (return_id)
where verdict in ('accepted', 'accepted_with_queries') and received <= t
qualify row_number() over (
    partition by return_months.site, return_months.month
    order by received desc, version desc, sha256 desc
) = 1;

-- The month from which each site is due, as known at t: its first one, or an earlier one that it sent.
create or replace macro first_months_at(t) as table
select site, least(any_value(first_month), coalesce(min(month), any_value(first_month))) as first
from sites
left join in_force_at(t) using (site)
group by site;

create or replace macro observations_at(t) as table
select e.site, e.month, e.measure, e.part, e.value, e.state, e.return_id, e.sheet, e.cell, f.known_from
from entries as e
join in_force_at(t) as f using (return_id, site, month);

create or replace view observations as
from observations_at('infinity'::timestamp);

-- What was decided about queries; rows are only ever added, and the last one for a query counts.
create table if not exists answers (
    answer_id integer primary key,
    query varchar not null,
    state varchar not null,     -- answered, closed, or open again
    reason varchar not null,
    who varchar not null,       -- a role, never a name
    given timestamp not null,
    value double                -- the number that it was about: another number is another question
);
