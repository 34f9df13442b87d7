"""What an edition's tables hold is described whole, in words and units that there are."""

import pytest

from etl.definitions import MEASURES
from etl.definitions.tables import TYPES, WHO, NotDescribed, all_columns, column, columns_of, days, table, tables

UNITS = {*(measure.unit for measure in MEASURES.values()), "measure", "months", "days", "ratio", ""}


def test_every_column_says_what_it_is_and_who_may_see_it() -> None:
    for own, one in all_columns():
        assert one.meaning and one.holds and one.sql, (own.name, one.name)
        assert one.type in TYPES and one.who in WHO and one.unit in UNITS, (own.name, one.name)


def test_a_column_points_to_columns_of_its_own_table() -> None:
    for own, one in all_columns():
        named = {word for words in one.count_of if not words.startswith("=") for word in words.split(".")}
        assert named | {one.marked_in} <= {"", *own.columns}, (own.name, one.name)
        assert len(one.count_of) in (0, 3)
    assert all(set(own.sorted_by) <= set(own.columns) for own in tables().values())


def test_every_count_that_pages_print_is_looked_up_by_the_audit() -> None:
    """A number in the unit of its measure may be a count: whoever adds one says where to look it up, or why not.

    Not those of `trends`: sums of months that each stand in `results` of the same file.
    """
    told = {(own.name, one.name) for own, one in all_columns() if one.count_of}
    assert {("comparisons", "value"), ("pathway", "count"), ("parts", "whole"), ("cells", "value")} <= told
    assert len(told) == 8


def test_sentences_for_readers_are_marked() -> None:
    said = {(own.name, one.name) for own, one in all_columns() if one.type == "message"}
    assert {("verdicts", "reason"), ("verdicts", "change"), ("changes", "what"), ("queries", "fix")} <= said
    assert {("control_charts", "words"), ("results", "why")} <= said
    assert ("control_charts", "reason") not in said, "somebody typed it"


def test_columns_that_mean_the_same_everywhere_are_described_once() -> None:
    assert column("cover", "site").meaning == column("cliff", "site").meaning
    assert columns_of("cover")[:3] == ["site", "year", "planned"]
    assert columns_of("past_queries") == columns_of("queries")


def test_days_are_days_in_whatever_type() -> None:
    assert {"month", "starts", "known_from", "first_short_month"} <= days()
    assert not {"received", "made", "words", "value"} & days()


def test_what_nobody_described_is_named() -> None:
    with pytest.raises(NotDescribed, match=r"the table 'victims'.*etl/definitions/tables/"):
        table("victims")
    with pytest.raises(NotDescribed, match="the column 'name' of the table 'cover'"):
        column("cover", "name")
