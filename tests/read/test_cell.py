"""What a cell says, by the table of the returns' README and beyond it."""

from datetime import date, datetime, time

import pytest

from etl.definitions.measure import Unit
from etl.intake import Unreadable
from etl.read.cell import quote, read_cell

NBSP, THIN, ZERO_WIDTH = "\N{NO-BREAK SPACE}", "\N{THIN SPACE}", "\N{ZERO WIDTH SPACE}"


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("12", "count", 12), (12.0, "count", 12), ("12.0", "count", 12), ("1,234", "count", 1234),
        ("£1,234.50", "gbp", 1234.5), (" 7 ", "count", 7), (f"{NBSP}7{NBSP}", "count", 7), (f"7{THIN}", "count", 7),
        (f"{ZERO_WIDTH}7", "count", 7), ("007", "count", 7), ("12,345,678", "count", 12_345_678),
        ("0", "count", 0), ("nil", "count", 0), ("NIL", "gbp", 0), (" None ", "fte", 0), ("-", "count", 0),
        ("–", "gbp", 0), ("—", "count", 0), ("\u2212", "count", 0), (f"–{NBSP}", "gbp", 0), (-0.0, "count", 0),
        ("3.5", "fte", 3.5), (3.5, "fte", 3.5), (".5", "fte", 0.5), (3.5000000000000004, "fte", 3.5),
        (12.000000000000002, "count", 12), (11.999999999999998, "count", 12),
        ("(500.00)", "gbp", -500), ("£(500.00)", "gbp", -500), ("(£1,500)", "gbp", -1500), ("-£500", "gbp", -500),
        ("£-500", "gbp", -500), ("\u2212£1,234.50", "gbp", -1234.5), ("- £ 5", "gbp", -5), (-120.5, "gbp", -120.5),
        ("£ 1,234.50", "gbp", 1234.5), ("1234.5", "gbp", 1234.5), ("£.50", "gbp", 0.5),
        (0.1 + 0.2, "gbp", 0.3), (1234.565, "gbp", 1234.57), ("£1,234.565", "gbp", 1234.57),
    ],
)  # fmt: skip
def test_a_number(typed: object, unit: Unit, value: float) -> None:
    said = read_cell(typed, unit)
    assert said == (value, "reported")
    assert str(said.value) == str(float(value))  # no minus nil


@pytest.mark.parametrize("typed", [None, "", "  ", NBSP, ZERO_WIDTH, "\n"])
def test_nothing(typed: object) -> None:
    assert read_cell(typed, "count") == (None, "missing")


@pytest.mark.parametrize("typed", ["n/a", "N/A", " n / a ", "not applicable", "Not  Applicable", "[z]", "[Z]"])
def test_not_applicable(typed: object) -> None:
    assert read_cell(typed, "gbp") == (None, "not_applicable")


@pytest.mark.parametrize(
    "typed", ["<5", "< 5", " <5 ", "under 5", "Under 5", "fewer than 5", "5 or under", "[c]", "[C]", "c", "C", "*"]
)
def test_suppressed(typed: object) -> None:
    assert read_cell(typed, "count") == (None, "suppressed")


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("words", "count"), ("12.5", "count"), (12.5, "count"), ("-3", "count"), (-3.0, "count"), ("(3)", "count"),
        ("79 (17%)", "count"), ("17%", "count"), (0.17, "count"), ("#REF!", "count"), (Unreadable("#REF!"), "gbp"),
        (date(2019, 4, 1), "count"), (datetime(2019, 4, 1), "gbp"), (time(12), "count"), (True, "count"),
        (False, "gbp"), ("TRUE", "count"), ("1O", "count"), ("l2", "count"), ("12 (est)", "count"), ("12*", "count"),
        ("~12", "count"), ("12?", "count"), ("1²", "count"), ("1.2k", "gbp"), ("£1.2k", "gbp"), ("£1,23", "gbp"),
        ("1,23", "count"), ("1,2345", "count"), ("1.234,50", "gbp"), ("£5", "count"), ("$5", "gbp"), ("1e5", "gbp"),
        ("--", "count"), ("12-", "gbp"), ("-(500)", "gbp"), ("-£-5", "gbp"), ("12:", "count"), (":", "count"),
        ("£", "gbp"), ("10-12", "count"), ("3 / 4", "count"), ("-0.5", "fte"), (-1.0, "fte"), ("zero", "count"),
        ("NaN", "gbp"), ("inf", "gbp"), (float("inf"), "gbp"), (float("nan"), "gbp"), (1e15, "gbp"), ("=1+1", "count"),
        ("12 13", "count"), ("tbc", "gbp"), ("N/K", "count"), ("12.", "count"), ("½", "fte"), ("Ⅻ", "count"),
    ],
)  # fmt: skip
def test_no_number(typed: object, unit: Unit) -> None:
    assert read_cell(typed, unit) == (None, "unreadable")


@pytest.mark.parametrize(
    ("typed", "value"),
    [(9.38482, 9384.82), ("9.38482", 9384.82), ("£1.5", 1500), ("(0.5)", -500), ("-", 0), (4.72577, 4725.77), (0, 0)],
)
def test_thousands_of_pounds(typed: object, value: float) -> None:
    assert read_cell(typed, "gbp", 1000) == (value, "reported")


@pytest.mark.parametrize("typed", ["Jane Smith", "Jane", Unreadable("Jane Smith"), "12 for J. Smith"])
def test_words_that_may_be_a_name_are_not_repeated(typed: object) -> None:
    assert quote(typed) in ("words", "a word")


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("tbc", "“tbc”"),
        (12.5, "“12.5”"),
        (True, "“TRUE”"),
        (Unreadable("#REF!"), "“#REF!”"),
        (date(2019, 4, 1), "a date"),
        (datetime(2019, 4, 1, 9), "a date"),
        (time(9, 30), "a time"),
        (Unreadable("a length of time"), "a time"),
        (float("inf"), "a number without end"),
        (float("nan"), "a number without end"),
    ],
)
def test_figures_and_stand_ins_are_repeated(typed: object, quoted: str) -> None:
    assert quote(typed) == quoted
