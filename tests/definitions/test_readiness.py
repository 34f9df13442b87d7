"""Readiness: one set of thresholds, which the method and the words share."""

from dataclasses import asdict

from etl.definitions.readiness import CRITERIA, LEVELS, QUESTIONS, THRESHOLDS, VERDICTS
from etl.methods import readiness as method


def test_the_method_proposes_the_same_thresholds() -> None:
    asked = asdict(method.Thresholds())
    asked.pop("secured_statuses")
    assert asked == THRESHOLDS


def test_the_five_criteria_are_those_of_the_method() -> None:
    assert [criterion.name for criterion in CRITERIA] == [
        {"cases": "caseload"}.get(name, name) for name in method.CRITERIA
    ]
    assert len({criterion.label for criterion in CRITERIA}) == len(CRITERIA)


def test_verdicts_and_levels_are_those_of_the_method() -> None:
    assert {name.replace("_", " ") for name in VERDICTS} == set(method.BEST_LAST)
    assert [words.lower() for words in LEVELS.values()] == ["met", "partly", "not met", "not known"]


def test_four_questions_are_numbered_in_order() -> None:
    assert [question.number for question in QUESTIONS] == [1, 2, 3, 4] == list(range(1, method.QUESTIONS + 1))


def test_each_criterion_says_its_thresholds_its_reason_and_whose_they_are() -> None:
    said = {criterion.name: criterion for criterion in CRITERIA}
    assert all(criterion.reason for criterion in CRITERIA)
    assert said["money"].threshold == "Of 12 months. 12 met, 6 partly"
    assert said["spend"].threshold == "90% to 105% met, 75% to 115% partly"
    assert said["caseload"].threshold == "90% of plan met, 75% partly"
    assert said["returns"].threshold == "12 in, 10 on time, 95% filled"


def test_no_word_of_a_score() -> None:
    assert not any("score" in f"{criterion.meaning} {criterion.label}".lower() for criterion in CRITERIA)
