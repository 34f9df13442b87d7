"""Checks: what a site is asked about its return, at which cell, in which words, and what it is not asked about."""

import re
from datetime import date, datetime
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pytest

from benchmarks.checks import false_queries, score_corpus
from etl.check import compare as comparing
from etl.check.history import NUMBERS, UNITS, usual
from etl.check.naming import name_number
from etl.check.problem import Problem
from etl.check.stored import compare_files, recall_problems
from etl.definitions import REPORTED_KEYS
from etl.definitions.checks import CHECKS, SMALLEST_SPREAD
from etl.definitions.periods import month_after
from etl.sample import plan_returns, write_return, write_returns
from etl.sites import load_sites
from etl.warehouse.load import check_files, gather, load
from etl.warehouse.store import open_warehouse
from tests.check.planting import clean, problems_of, said_of

SITES = load_sites()
CROYDON = SITES["croydon"]
MONTH = date(2019, 10, 1)


def months(seed: int = 3):
    return clean(CROYDON, seed, date(2019, 11, 1))


def asked(changes: dict[str, float], month: date = MONTH) -> list[Problem]:
    """What is asked about a month when some numbers of a clean site are changed."""
    changed = months()
    changed[month] |= changes
    before = {(p.month, p.code, p.measure) for p in problems_of(CROYDON, months())}
    return [p for p in problems_of(CROYDON, changed) if (p.month, p.code, p.measure) not in before]


def test_planted_faults_are_found_and_their_causes_named():
    scores = score_corpus(10).values()
    planted, found = sum(s.planted for s in scores), sum(s.found for s in scores)
    right, wrong = sum(s.right for s in scores), sum(s.wrong for s in scores)
    assert len(scores) >= 15 and all(score.planted >= 10 for score in scores)
    assert found / planted >= 0.95
    assert right / (right + wrong) >= 0.9
    assert right >= 150


def test_clean_returns_are_hardly_ever_asked_about():
    found = false_queries(500)
    assert sum(count for code, count in found.items() if code != "unlikely_count") <= 0.02 * 500


@pytest.mark.parametrize(
    ("number", "by", "code"),
    [
        ("closing_cases.direct", 2, "cases_do_not_add_up"),
        ("age.25_34", 1, "age_differs"),
        ("disability.no", 1, "disability_differs"),
        ("risk_change.same", 1, "risk_differs"),
    ],
)
def test_a_sum_that_does_not_come_out_is_asked_about_once(number, by, code):
    number_before = months()[MONTH][number]
    problems = asked({number: number_before + by})
    assert [(p.code, p.month) for p in problems] == [(code, MONTH)]
    assert problems[0].cell and problems[0].fix


@pytest.mark.parametrize(
    ("part", "whole", "code"),
    [
        ("repeat_perpetrators", "new_cases", "repeat_perpetrators_above_new"),
        ("serial_perpetrators", "new_cases", "serial_perpetrators_above_new"),
        ("not_eligible_elsewhere", "new_cases", "not_eligible_elsewhere_above_new"),
        ("victims_in_contact", "victims", "in_contact_above_victims"),
    ],
)
def test_a_part_may_be_as_large_as_the_whole_and_no_larger(part, whole, code):
    number = months()[MONTH][whole]
    assert code not in {p.code for p in asked({part: number})}
    assert code in {p.code for p in asked({part: number + 1})}


def test_opening_that_is_not_last_months_closing_is_asked_about_once_at_the_opening():
    opening = months()[MONTH]["opening_cases"]
    problems = asked({"opening_cases": opening + 3})
    assert [p.measure for p in problems] == ["opening_cases"]
    assert f"Sep 2019 closed with {opening:.0f}" in problems[0].message


def test_nothing_is_asked_of_a_hole():
    changed = months()
    for number in (
        "opening_cases",
        "sex.male",
        "closed_cases.completed",
        "victims",
        "spend.premises",
        "referrals.police",
    ):
        changed[MONTH][number] = np.nan
    codes = {p.code for p in problems_of(CROYDON, changed) if p.month == MONTH}
    assert not codes & {
        "cases_do_not_add_up",
        "sex_differs",
        "risk_differs",
        "in_contact_above_victims",
        "unlikely_amount",
    }


def test_a_month_after_one_that_is_missing_is_not_held_against_the_one_before_that():
    changed = months()
    del changed[month_after(MONTH, -1)]
    changed[MONTH]["opening_cases"] = changed[MONTH]["opening_cases"]
    assert not [p for p in problems_of(CROYDON, changed) if p.code in ("opening_differs", "copied_month")]


def test_the_month_after_a_mistake_is_not_asked_about_too():
    spike = {"children": 200.0}
    assert {(p.month, p.measure) for p in asked(spike)} == {(MONTH, "children")}


@pytest.mark.parametrize(
    ("number", "times", "words"),
    [
        ("spend.premises", 1 / 1000, "1/1000 of the usual: thousands of pounds?"),
        ("spend.premises", -1, "Is the minus sign meant?"),
        ("spend.case_management", 1000, "1,000 times the usual"),
        ("spend.case_management", 100, "100 times the usual"),
    ],
)
def test_a_likely_cause_is_a_question_with_its_evidence(number, times, words):
    typed = round(months()[MONTH][number] * times, 2)
    (problem,) = asked({number: typed})
    assert words in problem.message and "A month is usually £" in problem.message


def test_a_year_to_date_is_recognised_with_the_months_it_is_of():
    ours = months()
    total = sum(ours[date(2019, m, 1)]["spend.case_management"] for m in range(4, 11))
    (problem,) = asked({"spend.case_management": round(total, 2)})
    assert problem.cause == "year_to_date"
    assert f"April to October together make about £{total:,.2f}: is this the year to date" in problem.message


@pytest.mark.parametrize("times", [6, 10])
def test_a_cell_with_two_mistakes_is_asked_about_once(times):
    """A year to date in which one month's amount was wrong: what is left of it is not explained by the cell again."""
    changed, march = clean(CROYDON, 1), date(2020, 3, 1)
    changed[march]["spend.other"] *= times
    year = [month for month in changed if date(2019, 4, 1) <= month <= march]
    for part in ("case_management", "management", "victim_support", "premises", "training", "evaluation", "other"):
        changed[march][f"spend.{part}"] = round(sum(changed[month][f"spend.{part}"] for month in year), 2)
    (problem,) = [p for p in problems_of(CROYDON, changed) if p.month == march]
    assert problem.cause == "year_to_date" and "6 more numbers" in problem.message


@pytest.mark.parametrize(
    ("times", "cause", "words"),
    [
        (2, "several_months", "about two times the usual: several months' amounts?"),
        (3, "several_months", "about three times the usual"),
        (10, "times_10", "ten times what they should be"),
        (100, "times_100", "100 times the usual: pence instead of pounds?"),
        (1000, "times_1000", "1,000 times the usual: is the point in the wrong place?"),
        (0.1, "a_tenth", "a tenth of the usual"),
        (0.001, "a_thousandth", "1/1000 of the usual"),
        (-1, "sign", "another sign than usual"),
    ],
)
def test_a_mistake_in_all_amounts_is_asked_about_once(times, cause, words):
    changed = clean(CROYDON, 3)
    money = [number for number, unit in zip(NUMBERS, UNITS, strict=True) if unit == "gbp"]
    changed[MONTH] |= {number: round(changed[MONTH][number] * times, 2) for number in money}
    found = [p for p in problems_of(CROYDON, changed) if p.month == MONTH]
    assert [(p.cause, words in p.message) for p in found] == [(cause, True)]


def test_pounds_in_a_sheet_of_thousands_are_named_where_the_layout_has_one():
    site = SITES["west_mercia"]
    changed = clean(site, 3)
    money = [number for number, unit in zip(NUMBERS, UNITS, strict=True) if unit == "gbp"]
    changed[MONTH] |= {number: 1000 * changed[MONTH][number] for number in money}
    (problem,) = [p for p in problems_of(site, changed) if p.month == MONTH]
    assert "1,000 times the usual: pounds in place of thousands of pounds?" in problem.message


@pytest.mark.parametrize(
    ("number", "times"), [("victims", 12), ("victims", 100), ("case_managers", 12), ("case_managers", 100)]
)
def test_people_and_posts_are_not_asked_about_as_money(number, times):
    changed = months()
    usual = max(changed[MONTH][number], 3.0)
    changed[MONTH][number] = usual * times + (0.123456 if number == "case_managers" else 0)
    found = [p for p in problems_of(CROYDON, changed) if p.measure == number and p.month == MONTH]
    assert found
    for problem in found:
        text = problem.message + problem.fix
        assert not any(word in text for word in ("£", "pounds", "pence", "amount", "what it was for", "e+"))
        assert number == "victims" or "123456" in text


def test_what_the_month_before_says_is_told_as_it_stands():
    """What the checks take a number to mean is a guess, and is told as one, beside what the return says."""
    changed = months()
    september = date(2019, 9, 1)
    changed[september]["referrals.police"] = 10 * max(changed[september]["referrals.police"], 4.0)
    changed[MONTH]["referrals.police"] = changed[september]["referrals.police"]
    said = [p.message for p in problems_of(CROYDON, changed) if "referrals.police" in p.measure]
    for message in said:
        for number in re.findall(r"In Sep 2019 it was ([0-9,]+)", message):
            assert float(number.replace(",", "")) == changed[september]["referrals.police"]


@pytest.mark.parametrize("typed", [0.01, 40_000.0, 250_000.0, -5_000.0])
def test_an_amount_that_is_usually_nil_is_asked_about(typed):
    """Grants that come a few times a year: most months have none, and there is no usual amount."""
    changed = clean(CROYDON, 3)
    for place, numbers in enumerate(changed.values()):
        numbers["funding.charity"] = 2_500.0 if place % 5 == 0 else 0.0
    changed[MONTH]["funding.charity"] = typed
    found = [p for p in problems_of(CROYDON, changed) if p.measure == "funding.charity"]
    assert (MONTH in {p.month for p in found}) == (typed != 0.01)


def test_several_months_in_one_are_counted():
    changed = months()
    changed[MONTH]["spend.premises"] = round(3 * changed[MONTH]["spend.premises"], 2)
    (problem,) = [p for p in problems_of(CROYDON, changed) if p.measure == "spend.premises" and p.month == MONTH]
    assert problem.cause == "several_months" and "three months' spend" in problem.message


def test_last_months_return_is_reported_once_with_how_many_cells_are_equal():
    ours = months()
    problems = asked({**ours[month_after(MONTH, -1)], "opening_cases": ours[MONTH]["opening_cases"]})
    mine = [p for p in problems if p.month == MONTH]
    assert [p.cause for p in mine] == ["copied_month"]
    assert "of 69 cells of Oct 2019 equal September" in mine[0].message


def test_another_sites_return_is_named_and_only_the_later_is_asked_about():
    wales = clean(SITES["south_wales"], 3, date(2019, 11, 1))
    changed = {**months(), MONTH: dict(wales[MONTH])}
    found = [p for p in problems_of(CROYDON, changed, {"south_wales": wales}) if p.month == MONTH]
    assert [p.cause for p in found] == ["copied_site"]
    assert "October return" in found[0].message


@pytest.mark.parametrize("whose", ["croydon", "south_wales"])
def test_a_copy_is_told_to_the_site_whose_own_history_it_breaks(whose):
    """Whoever sent it first: the numbers continue one site's history, and are the other's by mistake."""
    said = {name: clean(SITES[name], 3, date(2019, 11, 1)) for name in ("croydon", "south_wales")}
    (other,) = said.keys() - {whose}
    said[whose][MONTH] = dict(said[other][MONTH])
    for first in said:
        returned = [one for name in said for one in said_of(name, said[name], days=5 if name == first else 9)]
        found = comparing.compare(returned, [], SITES, {one.return_id for one in returned})
        assert [(return_id, p.code) for return_id, p in found if p.code == "copied_site"] == [
            (f"{whose}-{MONTH}", "copied_site")
        ]


def test_twelve_times_and_ten_times_are_told_apart_by_what_is_usual():
    for times, cause, words in ((12, "times_12", "12 times the usual"), (10, "times_10", "ten times the usual")):
        changed = clean(CROYDON, 3)
        for numbers in changed.values():
            numbers["spend.case_management"] = float(round(numbers["spend.case_management"] / 100) * 100)
        usual = median(numbers["spend.case_management"] for numbers in changed.values())
        changed[MONTH]["spend.case_management"] = times * usual
        (problem,) = [p for p in problems_of(CROYDON, changed) if p.month == MONTH]
        assert problem.cause == cause and words in problem.message
        assert f'"spend.case_management": {usual}' in problem.supposes


def test_a_closing_part_that_is_wrong_by_one_is_asked_about_by_its_own_label():
    changed = clean(CROYDON, 3, MONTH)
    changed[MONTH]["closing_cases.direct"] += 1
    (problem,) = [p for p in problems_of(CROYDON, changed) if p.month == MONTH]
    assert problem.measure.partition(".")[0] == "closing_cases"
    label = name_number(CROYDON.layout_on(MONTH), problem.measure)
    assert problem.message.endswith(f"Please check {label} first.")


def test_nothing_is_asked_that_what_adds_up_contradicts(tmp_path):
    """Croydon's second month: few referrals, and open cases that go on from July's, whatever the months after have."""
    load([Path("data/sample/croydon")], tmp_path, datetime(2019, 12, 10))
    asked_about = {row[2] for row in stored(tmp_path) if len(row) > 2}
    assert date(2019, 10, 1) in asked_about and date(2018, 8, 1) not in asked_about


def test_no_change_of_a_count_is_unlikely_before_six_months_are_known():
    first = date(2018, 7, 1)
    for place, asked_about in ((5, False), (6, True)):
        changed = months()
        changed[month_after(first, place)]["children"] = 200.0
        found = [p for p in problems_of(CROYDON, changed) if p.month == month_after(first, place)]
        assert ("unlikely_count" in {p.code for p in found}) == asked_about


def test_one_cause_lists_its_cells():
    changed = clean(CROYDON, 3)
    money = [number for number, unit in zip(NUMBERS, UNITS, strict=True) if unit == "gbp" and changed[MONTH][number]]
    changed[MONTH] |= {number: round(changed[MONTH][number] / 1000, 2) for number in money}
    (problem,) = [p for p in problems_of(CROYDON, changed) if p.month == MONTH]
    cells = problem.message.partition("Cells: Sheet ")[2].rstrip(".").split(", ")
    assert len(cells) >= 5 and problem.cell == cells[0]


def test_without_eight_other_months_no_amount_is_judged():
    first = date(2018, 7, 1)
    few = {month: numbers for month, numbers in months().items() if month <= month_after(first, 7)}
    few[date(2018, 12, 1)]["spend.premises"] = 1.0
    assert "unlikely_amount" not in {p.code for p in problems_of(CROYDON, few)}
    nine = {month: numbers for month, numbers in months().items() if month <= month_after(first, 8)}
    nine[date(2018, 12, 1)]["spend.premises"] = 1.0
    assert "unlikely_amount" in {p.code for p in problems_of(CROYDON, nine)}


def modified_z(value: float, others: list[float]) -> float:
    """How unlike its history an amount is, as Iglewicz and Hoaglin (1993) print it."""
    centre = median(others)
    return 0.6745 * (value - centre) / median(abs(other - centre) for other in others)


def test_what_is_usual_agrees_with_the_published_method_above_the_floor():
    random = np.random.default_rng(5)
    values = random.lognormal(8, 0.5, size=(14, len(REPORTED_KEYS)))
    facts = usual(values)
    for row, column in ((0, 3), (7, 60), (13, 65)):
        others = [value for at, value in enumerate(values[:, column]) if at != row]
        if facts.spread[row, column] > SMALLEST_SPREAD / 0.6745 * facts.centre[row, column] + 1e-9:
            z = (values[row, column] - facts.centre[row, column]) / facts.spread[row, column]
            assert z == pytest.approx(modified_z(values[row, column], others))


def test_a_small_change_of_a_steady_amount_is_not_asked_about_but_its_swapped_digits_are_when_large():
    assert not asked({"funding.home_office": 16_700.0})
    assert [p.code for p in asked({"funding.home_office": 61_380.0})] == ["unlikely_amount"]


# Through files: the cell, the site's own words, the warehouse.


def some_returns(tmp_path: Path, site: str = "croydon", first: date = date(2018, 7, 1)) -> list[Path]:
    planned = [one for one in plan_returns(4, first, date(2019, 3, 1), 11, planted=False) if one.site.name == site]
    return [tmp_path / one.file for one in write_returns(tmp_path, planned)]


def test_a_hole_is_reported_once_with_what_it_leaves_incomplete(tmp_path):
    numbers = dict.fromkeys(REPORTED_KEYS, 0) | {("spend", "training"): "tbc", ("disability", "yes"): "<5"}
    path = write_return(CROYDON, MONTH, numbers, tmp_path / "croydon.xlsx")
    (one,) = check_files(gather([path], datetime(2019, 12, 1)), SITES)
    holes = {p.measure: p for p in one.problems}
    assert set(holes) == {"spend.training", "disability.yes"}
    assert "“Training and clinical supervision” for Oct 2019 says “tbc”" in holes["spend.training"].message
    assert "Cash spend" in holes["spend.training"].message
    assert "“<5”" in holes["disability.yes"].message
    assert holes["spend.training"].sheet == "Money" and holes["spend.training"].cell


def test_words_that_could_name_a_person_are_never_repeated(tmp_path):
    numbers = dict.fromkeys(REPORTED_KEYS, 0) | {("victims", ""): "ask Joan Smith"}
    path = write_return(CROYDON, MONTH, numbers, tmp_path / "croydon.xlsx")
    (one,) = check_files(gather([path], datetime(2019, 12, 1)), SITES)
    text = " ".join(p.message + p.fix for p in one.problems)
    assert "Joan" not in text and "Smith" not in text


def test_any_order_of_loading_gives_the_same_problems_and_verdicts(tmp_path):
    files = some_returns(tmp_path / "returns")
    received = datetime(2019, 4, 20)
    together, apart = tmp_path / "together", tmp_path / "apart"
    load(files, together, received)
    for path in [*reversed(files)]:
        load([path], apart, received)
    assert stored(together) == stored(apart)


def stored(data: Path) -> list[tuple]:
    con = duckdb.connect(str(data / "warehouse.duckdb"), read_only=True)
    try:
        problems = con.execute("select * from problems order by all").fetchall()
        return problems + con.execute("select return_id, verdict from returns order by all").fetchall()
    finally:
        con.close()


def test_what_came_later_explains_nothing_at_an_earlier_time(tmp_path):
    """As known in between, February is in doubt by its own sum alone; March then says which number it is."""
    february, march = date(2019, 2, 1), date(2019, 3, 1)
    paths = []
    for month, numbers in clean(CROYDON, 3, march).items():
        typed = numbers | ({"closing_cases.direct": numbers["closing_cases.direct"] + 3} if month == february else {})
        cells = {tuple(name.partition(".")[::2]): number for name, number in typed.items()}
        paths.append(write_return(CROYDON, month, cells, tmp_path / f"{month}.xlsx"))
    load(paths[:-1], tmp_path / "data", datetime(2019, 3, 9))
    before = stored(tmp_path / "data")
    load(paths[-1:], tmp_path / "data", datetime(2019, 4, 9))
    assert stored(tmp_path / "data")[: len(before)] != before
    with open_warehouse(tmp_path / "data" / "warehouse.duckdb", read_only=True) as con:
        recall_problems(con, SITES, datetime(2019, 4, 1))
        assert con.execute("select * from problems order by all").fetchall() == [row for row in before if len(row) > 2]


def test_a_file_is_held_against_the_warehouse_and_nothing_is_stored(tmp_path):
    files = some_returns(tmp_path / "returns")
    load(files, tmp_path / "data", datetime(2019, 4, 20))
    before = stored(tmp_path / "data")
    numbers = {
        tuple(name.partition(".")[::2]): n for name, n in clean(CROYDON, 11, date(2019, 3, 1))[date(2019, 3, 1)].items()
    }
    numbers["opening_cases", ""] += 4
    path = write_return(CROYDON, date(2019, 3, 1), numbers, tmp_path / "tried.xlsx")
    (one,) = check_files(gather([path], datetime(2019, 4, 21)), SITES)
    con = duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb"), read_only=True)
    with con:
        found = compare_files(con, [("tried", one.file.received, one.sha256, one.content)], SITES)["tried"]
    assert "opening_cases" in {p.measure for p in found}
    assert stored(tmp_path / "data") == before


def test_every_code_that_is_reported_has_an_entry():
    codes = {p.code for kind in ({"opening_cases": 1.0}, {"victims": 0.0}, {"spend.other": 9e6}) for p in asked(kind)}
    assert codes and codes <= set(CHECKS)
