"""How numbers, money, counts, lists and capitals are written."""

import pytest

from etl.definitions.measure import Unit
from etl.definitions.writing import (
    HIDDEN,
    count,
    counted,
    counted_figure,
    first_upper,
    listed,
    lower_first,
    percent,
    pounds,
    pounds_short,
    rounded,
    signed_pounds,
    spaced,
    write,
    write_count,
    write_end,
    write_in_full,
    write_interval,
    write_limit,
    write_on_its_side,
    write_pence,
    write_range,
)
from etl.methods.intervals import poisson


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    (
        (1234.0, "count", "1,234"),
        (-3.0, "count", "−3"),
        (3.5, "fte", "3.5"),
        (1234.5, "gbp", "£1,235"),
        (-0.4, "gbp", "£0"),
        (-12.0, "gbp_each", "−£12"),
        (0.625, "share", "63%"),
        (1.234, "ratio", "1.23"),
        (12.34, "ratio", "12.3"),
        (None, "count", "not known"),
        (float("nan"), "gbp", "not known"),
    ),
)
def test_a_number_is_written_as_its_unit_is_read(value: float | None, unit: Unit, written: str) -> None:
    assert write(value, unit) == written


def test_money_is_written_whole_short_signed_and_in_full() -> None:
    assert [pounds(1234.5), pounds(-12.0), pounds(0.0)] == ["£1,235", "£12", "£0"]
    assert [pounds_short(850), pounds_short(131_900), pounds_short(999_600)] == ["£850", "£132k", "£1m"]
    assert [signed_pounds(728.0), signed_pounds(-28.0)] == ["+£728", "−£28"]
    assert [write_in_full(1234.5, "gbp"), write_in_full(3.0, "count")] == ["£1,234.50", "3"]
    assert write_in_full(None, "gbp") == "not known"


def test_an_interval_a_limit_and_a_share_are_nothing_where_they_are_not_known() -> None:
    assert write_interval(2200, 3100, "gbp") == "£2,200 to £3,100"
    assert [write_limit(11.14, "count"), write_limit(36_000, "gbp"), percent(0.745)] == ["11.1", "£36,000", "75%"]
    assert [write_interval(None, 2.0, "count"), write_limit(None, "gbp"), percent(None)] == ["", "", ""]


def test_a_likely_range_holds_nothing_that_its_interval_does_not() -> None:
    """103 new cases, of which chance alone makes 84.07 to 124.92: no whole number of people outside lies in it."""
    assert write_interval(*poisson(103), "count") == "85 to 124"
    assert [write_end(0.744, "share", "low"), write_end(1.0869, "share", "high")] == ["75%", "108%"]
    assert write_end(84.0, "count", "low") == write_end(84.0, "count", "high") == "84"


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    (
        (0.125, "ratio", "0.13"),
        (2.675, "ratio", "2.68"),
        (9.996, "ratio", "10.0"),
        (3.25, "fte", "3.3"),
        (2.5, "count", "3"),
    ),
)
def test_a_half_is_rounded_up_in_every_unit(value: float, unit: Unit, written: str) -> None:
    assert write(value, unit) == written
    assert write_limit(0.25, "count") == "0.3" and write_limit(-3.25, "count") == "−3.3"
    assert [write_count(2.5), write_pence(46471.175)] == ["3", "£46,471.18"]


def test_shares_that_do_not_add_up_as_printed_are_noticed() -> None:
    assert rounded([1 / 3, 1 / 3, 1 / 3]) and rounded([0.145, 0.145, 0.71])
    assert not rounded([0.25, 0.75]) and not rounded([0.3, None, 0.3])


def test_counts_are_words_to_nine_in_a_sentence_and_figures_elsewhere() -> None:
    assert [count(0), count(9), count(10), count(1234)] == ["no", "nine", "10", "1,234"]
    assert [counted(1, "site"), counted(2, "query", "queries")] == ["one site", "two queries"]
    assert [counted_figure(1, "day"), counted_figure(1033, "day")] == ["1 day", "1,033 days"]


@pytest.mark.parametrize(
    ("words", "lower"),
    (
        ("Late returns", "late returns"),
        ("A return", "a return"),
        ("December’s return", "December’s return"),
        ("MARAC referrals", "MARAC referrals"),
        ("Home Office", "Home Office"),
        ("Drive central team", "Drive central team"),
        ("", ""),
    ),
)
def test_names_and_abbreviations_keep_their_capital(words: str, lower: str) -> None:
    assert lower_first(words) == lower
    assert first_upper(lower) == words


def test_sites_are_listed_with_their_article_and_counted_beyond_four() -> None:
    assert listed(["Croydon"]) == "Croydon"
    assert listed(["Croydon", "West Midlands", "Wirral"]) == "Croydon, the West Midlands and the Wirral"
    assert listed(["A", "B", "C", "D", "E"]) == "5 sites"


def test_a_name_of_the_code_is_read_with_spaces_and_a_hidden_number_has_one_mark() -> None:
    assert [spaced("accepted_with_queries"), spaced(None), HIDDEN] == ["accepted with queries", "", "[c]"]


def test_all_that_a_number_may_be_is_rounded_outwards() -> None:
    assert write_range(2219.6, 2233.2, "gbp_each") == "£2,219 to £2,234"
    assert write_range(0.5801, 0.69, "share") == "58% to 69%"
    assert write_range(80, 99, "count") == "80 to 99"
    assert write_range(5, 5, "count") == "5"


def test_a_number_is_printed_on_its_side_of_a_threshold() -> None:
    def full(months: float) -> str:
        return "met" if months >= 12 else "partly"

    assert write_on_its_side(10.577, 1, full) == "10.6"
    assert write_on_its_side(12 * 311_000 / 312_000, 1, full) == "11.96"
    assert write_on_its_side(12 * 311_999 / 312_000, 1, full) == "11.99996"
    assert write_on_its_side(12, 1, full) == "12.0"
    assert write_on_its_side(105.49, 0, lambda share: "met" if share <= 105 else "partly") == "105.5"
