-- A warehouse of an earlier version that is only read, whose problems do not say what their causes suppose.
create or replace temp view problems as select *, '' as supposes from main.problems;
