"""The table of checks: each entry whole, in plain words, about measures that there are."""

import re
from string import Formatter

import pytest

from etl.definitions import MEASURES, REPORTED
from etl.definitions.checks import CAUSES, CHECKS, COUNTED_AMONG, EQUAL, FIRST, GOES_WITH, NO_MORE, OTHERS
from etl.definitions.measure import Total, keys

JARGON = re.compile(r"\b(null|NaN|z-score|p-value|outlier|anomaly|invalid|validation|schema|regex)\b", re.IGNORECASE)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_an_entry_says_what_must_hold_and_what_to_do(check):
    assert check.label and check.fix and check.holds
    assert check.since >= FIRST and check.since.day == 1
    assert not check.holds.endswith(".") and check.fix.endswith(".")
    assert not JARGON.search(f"{check.label} {check.fix}")


def test_codes_are_told_apart():
    assert len(CHECKS) == len([*EQUAL, *NO_MORE, *OTHERS])
    assert all(re.fullmatch(r"[a-z_]+", code) for code in CHECKS)


@pytest.mark.parametrize("check", [*EQUAL, *NO_MORE], ids=lambda check: check.code)
def test_a_sum_names_measures_of_one_unit_and_its_words_need_no_other(check):
    names = (*check.plus, *check.minus) if check in EQUAL else (check.part, check.whole)
    assert len({MEASURES[name].unit for name in names}) == 1
    asked = {field for _, field, _, _ in Formatter().parse(check.words) if field}
    assert asked <= {*names, "month", "expected"}
    assert "{month}" in check.words


def test_every_breakdown_of_new_cases_and_of_closures_is_added_up():
    added = {name for check in EQUAL for name in check.plus}
    assert {"sex", "age", "ethnicity", "disability", "risk_change"} <= added


def test_what_goes_with_a_count_is_a_count_and_goes_in_no_circle():
    leaders = {**GOES_WITH, **COUNTED_AMONG}
    assert all(REPORTED[name].unit == "count" for name in (*leaders, *(n for names in leaders.values() for n in names)))

    def above(name: str) -> set[str]:
        return {leader for direct in leaders.get(name, ()) for leader in {direct, *above(direct)}}

    assert all(name not in above(name) for name in leaders)


def test_totals_in_checks_are_of_single_numbers():
    for check in NO_MORE:
        whole = MEASURES[check.whole]
        assert isinstance(whole, Total) or list(keys(REPORTED[check.whole]))


def test_causes_are_in_words():
    assert all(words and words == words.strip(" .") for words in CAUSES.values())
