-- A warehouse of an earlier version has its tables under other names; the schema, run after this, makes all else anew.
alter table if exists covered rename to return_months;
alter table if exists built rename to result_versions;
drop macro table if exists firsts_at;
