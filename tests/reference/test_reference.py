"""Reference tables: ours are whole, and a wrong row is refused with its file, line and column."""

import csv
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from etl.reference import (
    FOLDER,
    MADE_UP,
    TABLES,
    Plan,
    WrongReference,
    as_frame,
    as_known_at,
    funder_label,
    newest,
    plan_on,
    read_reference,
)


def write(folder: Path, table: str, *rows: dict[str, str], only: bool = True) -> Path:
    """A folder with one table: rows of ours (all of them unless `only`), with some cells changed."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        ours = list(csv.DictReader(file))
    lines = [{**ours[0], **row} for row in rows] if only else [*ours, *({**ours[0], **row} for row in rows)]
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ours[0]))
        writer.writeheader()
        writer.writerows(lines)
    return folder


def problems_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(WrongReference) as caught:
        read_reference(folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_our_own_tables_are_whole() -> None:
    reference = read_reference()
    assert all(getattr(reference, name) for name in TABLES)
    assert {row.source for row in reference.agreements if "made up" in row.source} == {MADE_UP}


def test_published_facts_are_as_given() -> None:
    facts = {(row.site, row.fact): row for row in read_reference().published_facts}
    assert facts["croydon", "funding_approved"].value == "275000"
    assert facts["programme", "evaluation_physical_abuse"].value == "-0.82"
    assert facts["west_mercia", "funding_agreed"].value == ""


@pytest.mark.parametrize(
    ("table", "cells", "where", "needed"),
    [
        ("plans", {"cost": "312,000"}, "column cost: typed '312,000'", "at most two decimals"),
        ("plans", {"cost": "-1"}, "column cost: typed '-1'", "not negative"),
        ("plans", {"new_cases": "0"}, "column new_cases: typed '0'", "a whole number from 1"),
        ("plans", {"new_cases": "12.5"}, "column new_cases", "a whole number"),
        ("plans", {"new_cases": "²"}, "column new_cases", "a whole number"),
        ("plans", {"starts": "01/07/2018"}, "column starts: typed '01/07/2018'", "such as 2020-03-31"),
        ("plans", {"starts": "2018-02-30"}, "column starts", "year-month-day"),
        ("plans", {"starts": ""}, "column starts: nothing typed", "year-month-day"),
        ("plans", {"ends": "2018-06-30"}, "column ends: typed 2018-06-30", "that day or later"),
        ("plans", {"site": "croyden"}, "column site: typed 'croyden'", "croydon"),
        ("plans", {"site": "central_team"}, "column site: typed 'central_team'", "one of"),
        ("plans", {"note": "=HYPERLINK(1)"}, "column note: typed '=HYPERLINK(1)'", "formula"),
        ("plans", {"note": "@sum"}, "column note", "formula"),
        ("plans", {"source": ""}, "column source: nothing typed", "words"),
        ("plans", {"source": "x\u202ey"}, "column source", "words"),
        ("agreements", {"funder": "lottery"}, "column funder: typed 'lottery'", "commissioner"),
        ("agreements", {"funder": "police, police"}, "column funder", "one or more"),
        ("agreements", {"status": "signed"}, "column status: typed 'signed'", "agreed_in_principle"),
        ("agreements", {"form": "kind"}, "column form", "in_kind"),
        ("agreements", {"recurring": "maybe"}, "column recurring", "yes or no"),
        ("agreements", {"drawn": "343980.01"}, "column drawn", "at most 343980.00"),
        ("agreements", {"matched_to": "nobody"}, "column matched_to: typed 'nobody'", "no agreement"),
        ("agreements", {"matched_to": "croydon-home-office-2018"}, "column matched_to", "leads back"),
        ("assessments", {"answer": "4"}, "column answer: typed '4'", "from 0 to 3"),
        ("assessments", {"question": "5"}, "column question", "from 1 to 4"),
        ("assessments", {"date": "2019-06-06"}, "column date", "a day by then"),
        ("own_answers", {"verdict": "yes"}, "column verdict", "ready_with_conditions"),
        ("milestones", {"done": "2020-03-31"}, "column done", "a day by then"),
        ("scope", {"line": "coffee"}, "column line", "case_management"),
        ("scope", {"says": "yes"}, "column says", "In part"),
        ("deflators", {"year": "2019-01-01"}, "column year", "first of April"),
        ("deflators", {"growth": "1.8963"}, "column growth", "share of one"),
        ("published_facts", {"fact": "local_share"}, "column site: typed 'croydon'", "programme"),
        ("meetings", {"day": "19 June 2019"}, "column day: typed '19 June 2019'", "such as 2020-03-31"),
        ("meetings", {"forum": "The Board"}, "column forum: typed 'The Board'", "small letters"),
        ("meetings", {"saw": "2019-06-20"}, "column saw: typed 2019-06-20, after the meeting", "2019-06-19 or earlier"),
        ("meetings", {"slides": "verdict,costs"}, "column slides: typed 'verdict,costs'", "changed,agreed,verdict"),
        ("meetings", {"slides": "cost,cost"}, "column slides", "each once"),
        ("meetings", {"label": "x" * 101}, "column label", "at most 100 letters"),
        ("decisions", {"meeting": "forum-2019-10"}, "column meeting: typed 'forum-2019-10'", "forum-2019-09"),
        ("decisions", {"measure": "cases"}, "column measure: typed 'cases'", "data/dictionary.csv"),
        ("decisions", {"owner": ""}, "column owner: nothing typed", "words"),
        ("decisions", {"due": "soon"}, "column due: typed 'soon'", "year-month-day"),
        ("decisions", {"done": "2019-12-01"}, "column done: typed 2019-12-01, after known_from", "a day by then"),
        ("decisions", {"known_from": "2019-09-17"}, "column known_from: typed 2019-09-17", "2019-09-18 or later"),
    ],
)
def test_a_wrong_cell_names_file_line_and_column(
    tmp_path: Path, table: str, cells: dict[str, str], where: str, needed: str
) -> None:
    (problem,) = problems_of(write(tmp_path, table, cells))
    assert problem.startswith(f"{table}.csv, line 2, ")
    assert where in problem
    assert needed in problem
    assert "\n" not in problem


def test_every_problem_is_listed(tmp_path: Path) -> None:
    write(tmp_path, "plans", {"cost": "x", "starts": "y"}, {"site": "nowhere"})
    write(tmp_path, "events", {"day": "soon"})
    found = problems_of(tmp_path)
    assert [problem.split(":")[0] for problem in found] == [
        "plans.csv, line 2, column starts",
        "plans.csv, line 2, column cost",
        "plans.csv, line 3, column site",
        "events.csv, line 2, column day",
    ]


def test_a_key_stands_once(tmp_path: Path) -> None:
    (problem,) = problems_of(write(tmp_path, "plans", {}, {"cost": "1"}))
    assert problem.startswith("plans.csv, line 3, column site: the same site, starts, known_from as line 2")


def test_plans_known_from_the_same_day_do_not_overlap(tmp_path: Path) -> None:
    (problem,) = problems_of(write(tmp_path, "plans", {}, {"starts": "2019-04-01"}))
    assert problem.startswith("plans.csv, line 3, column starts: typed 2019-04-01, within the plan of line 2")


def test_matches_must_not_go_round(tmp_path: Path) -> None:
    rows = ({"agreement": "a", "matched_to": "b"}, {"agreement": "b", "matched_to": "a"})
    assert len(problems_of(write(tmp_path, "agreements", *rows))) == 2


def test_an_agreement_keeps_its_site(tmp_path: Path) -> None:
    write(tmp_path, "agreements", {"site": "south_wales", "known_from": "2020-01-01"}, only=False)
    assert any("column site: typed 'south_wales'; needed: croydon" in problem for problem in problems_of(tmp_path))


def test_meetings_and_decisions_are_replaced_together(tmp_path: Path) -> None:
    found = problems_of(write(tmp_path, "meetings", {"meeting": "ours"}))
    assert found
    assert all(problem.startswith("decisions.csv, line ") for problem in found)
    assert all("needed: one of meetings.csv (ours); who replaces one of both replaces both" in p for p in found)
    write(tmp_path, "decisions")
    assert read_reference(tmp_path).decisions == ()


def test_a_meeting_keeps_its_forum_and_a_decision_its_meeting(tmp_path: Path) -> None:
    write(tmp_path, "meetings", {"forum": "board", "known_from": "2019-07-01"}, only=False)
    later = {"meeting": "south-wales-2019-10", "known_from": "2019-12-01"}
    write(tmp_path, "decisions", later, only=False)
    found = problems_of(tmp_path)
    assert any("column forum: typed 'board'; needed: 'strategic-forum'" in problem for problem in found)
    assert any("typed 'south-wales-2019-10'; needed: forum-2019-09" in problem for problem in found)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"day,site\n", "the column words is missing"),
        (b"day,site,words,known_from,source,colour\n", "'colour' is not known"),
        (b"day,site,words,known_from,source,day\n", "the column day stands twice"),
        (b"day,site,words,known_from,source\n2019-01-01,croydon\n", "line 2: 2 cells; needed: 5"),
        (b"day,site,words,known_from,source\n2019-01-01,,\xff,2019-01-01,x\n", "not readable as CSV in UTF-8"),
        (b'day,site,words,known_from,source\n2019-01-01,,"x,2019-01-01,x\n', "not readable as CSV"),
        (b"PK\0\0", "not readable as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "events.csv").write_bytes(content)
    assert any(says in problem for problem in problems_of(tmp_path))


def test_a_line_may_end_before_the_newer_columns(tmp_path: Path) -> None:
    heads, *lines = (FOLDER / "agreements.csv").read_text(encoding="utf-8").splitlines()
    assert heads.endswith(",depends_on,one_off")
    ours = "x,croydon,commissioner,cash,1,2020-04-01,2021-03-31,approved,no,,,no,,2019-12-11,y"
    (tmp_path / "agreements.csv").write_text("\n".join([heads, *lines, ours]), encoding="utf-8")
    row = read_reference(tmp_path).agreements[-1]
    assert (row.source, row.depends_on, row.one_off) == ("y", "", "no")


def test_a_table_under_a_wrong_name_is_not_ignored(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "plans.csv", tmp_path / "plan.csv")
    assert problems_of(tmp_path)[0].startswith("plan.csv: no reference table has this name")


def test_a_later_folder_replaces_one_table_whole(tmp_path: Path) -> None:
    write(tmp_path, "plans", {"cost": "1"})
    ours, theirs = read_reference(), read_reference(tmp_path)
    assert [plan.cost for plan in theirs.plans] == [1.0]
    assert replace(theirs, plans=ours.plans) == ours


def test_a_site_of_a_folder_is_known(tmp_path: Path) -> None:
    write(tmp_path, "plans", {"site": "camden"})
    assert read_reference(tmp_path, sites=["croydon", "west_midlands", "west_mercia", "south_wales", "camden"])


def test_an_empty_table_is_a_table(tmp_path: Path) -> None:
    write(tmp_path, "agreements")
    assert read_reference(tmp_path).agreements == ()


def test_only_what_was_known_then_is_known() -> None:
    before, after = (as_known_at(read_reference(), date(2019, 12, day)) for day in (10, 11))
    names = {row.agreement for row in after.agreements} - {row.agreement for row in before.agreements}
    assert names == {"croydon-mopac-2020", "central-team-mopac-2020"}
    assert before.funders == after.funders


def test_the_newest_row_of_a_key_counts() -> None:
    rows = newest(as_known_at(read_reference(), date(2019, 12, 11)).milestones, "milestone")
    assert {row.milestone: row.due for row in rows}["pilot-evaluation"] == date(2020, 1, 31)


def test_the_plan_that_was_known_last_is_in_force() -> None:
    plan = plan_on(read_reference().plans, "croydon", date(2020, 4, 1))
    assert plan is not None
    assert (plan.cost, plan.source) == (312000, "MOPAC decision PCD 663 paras 2.1 and 2.2")
    assert plan_on(read_reference().plans, "croydon", date(2018, 6, 30)) is None


def test_a_funder_has_its_name_at_a_site() -> None:
    funders = read_reference().funders
    assert funder_label(funders, "local_authority", "croydon", date(2019, 1, 1)) == "London Borough of Croydon"
    assert funder_label(funders, "commissioner", "south_wales", date(2019, 1, 1), short=True) == "Commissioner"
    assert funder_label((), "police", "croydon", date(2019, 1, 1)) == "Police force"


def test_a_frame_has_its_columns_without_rows() -> None:
    assert list(as_frame((), Plan).columns)[:2] == ["site", "starts"]
    assert as_frame(read_reference().plans, Plan)["made_up"].tolist() == [True, False, True, True, True]
