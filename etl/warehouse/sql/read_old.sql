-- A warehouse of an earlier version that is only read: its tables under the names that queries use, until it is closed.
create or replace temp view return_months as from covered;
create or replace temp macro first_months_at(t) as table from firsts_at(t);
