"""The marked workbook: the site's own values, each problem at its cell, a first sheet with links."""

import csv
import io
import shutil
import subprocess
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from typer.testing import CliRunner

from etl.__main__ import app
from etl.definitions import REPORTED_KEYS
from etl.feedback.marked_workbook import TO_MEND, mark
from etl.feedback.trial import try_returns
from etl.sample import write_return
from etl.sites import load_sites
from etl.warehouse.load import Checked, check_files, gather, load

SITES = load_sites()
MONTH = date(2019, 10, 1)
RECEIVED = datetime(2019, 11, 8)


def numbers():
    zero = dict.fromkeys(REPORTED_KEYS, 0)
    wrong = {("spend", "training"): "tbc", ("disability", "yes"): "<5", ("new_cases", ""): 7, ("victims", ""): None}
    return zero | wrong | {("sex", "male"): 7, ("closing_cases", "direct"): 7, ("spend", "premises"): 2_874.11}


def tried(tmp_path: Path, site: str) -> Checked:
    ending = {"blocks": "xlsx", "tracker": "xlsx", "long": "csv", "tables": "ods"}[SITES[site].layouts[0].kind]
    path = write_return(SITES[site], MONTH, numbers(), tmp_path / f"{site}.{ending}")
    (one,) = try_returns(gather([path], RECEIVED), SITES, tmp_path / "nothing")
    assert one.content is not None, one.problems
    return one


def marked(one: Checked):
    return load_workbook(BytesIO(mark(one, one.file.path.read_bytes())))


def cells(content: bytes, **how: bool) -> dict:
    book = load_workbook(BytesIO(content), **how)
    return {
        (page.title, cell.coordinate): cell.value
        for page in book.worksheets
        if page.title != TO_MEND
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    }


@pytest.mark.parametrize("site", ["croydon", "west_mercia"])
@pytest.mark.parametrize("calculated", [True, False])
def test_values_and_formulas_are_untouched(tmp_path, site, calculated):
    one = tried(tmp_path, site)
    sent = one.file.path.read_bytes()
    assert cells(mark(one, sent), data_only=calculated) == cells(sent, data_only=calculated)


@pytest.mark.parametrize("site", ["croydon", "west_mercia"])
def test_each_problem_is_a_mark_and_a_line_with_a_link(tmp_path, site):
    one = tried(tmp_path, site)
    book = marked(one)
    lines = [row for row in book[TO_MEND].iter_rows(min_row=5) if row[0].value]
    assert book.sheetnames[0] == TO_MEND and len(lines) == len(one.problems) >= 4
    for problem, line in zip(one.problems, lines, strict=True):
        cell = book[problem.sheet][problem.cell]
        assert cell.fill.fill_type == "solid"
        assert problem.message in cell.comment.text and problem.fix in cell.comment.text
        assert line[4].hyperlink.location == f"'{problem.sheet}'!{problem.cell}"
        assert line[5].value == problem.message


def as_workbook(table: Path, title: str) -> Path:
    """A table in text as people save it as a workbook: one sheet, named as they like."""
    book = Workbook()
    page: Any = book.active
    page.title = title
    for row in csv.reader(io.StringIO(table.read_text("cp1252"))):
        page.append([float(text) if text.replace(".", "", 1).isdigit() else text for text in row])
    book.save(table.with_suffix(".xlsx"))
    return table.with_suffix(".xlsx")


def test_the_name_of_a_tables_sheet_is_not_kept_and_its_cells_are_marked(tmp_path):
    """Any name will do for it, also a person's: the layout has none."""
    table = write_return(SITES["west_midlands"], MONTH, numbers(), tmp_path / "west_midlands.csv")
    path = as_workbook(table, "Joan Smith")
    (one,) = try_returns(gather([path], RECEIVED), SITES, tmp_path / "nothing")
    assert one.content is not None and len(one.problems) >= 4
    assert {problem.sheet for problem in one.problems} == set(one.content.entries.sheets) == {""}
    book = marked(one)
    for problem in one.problems:
        assert problem.message in book["Joan Smith"][problem.cell].comment.text
    load([path], tmp_path / "data", RECEIVED)
    assert b"Joan" not in (tmp_path / "data" / "warehouse.duckdb").read_bytes()


def test_nothing_but_the_cells_with_problems_is_filled_or_commented(tmp_path):
    one = tried(tmp_path, "croydon")
    book = marked(one)
    commented = {
        (p.title, c.coordinate) for p in book.worksheets[1:] for row in p.iter_rows() for c in row if c.comment
    }
    assert commented == {(problem.sheet, problem.cell) for problem in one.problems}


def test_a_comment_of_the_sites_own_stays(tmp_path):
    one = tried(tmp_path, "croydon")
    problem = one.problems[0]
    book = load_workbook(one.file.path)
    book[problem.sheet][problem.cell].comment = Comment("Finance will send it", "site")
    book.save(one.file.path)
    text = marked(one)[problem.sheet][problem.cell].comment.text
    assert text.startswith("Finance will send it") and problem.message in text


def test_the_marked_workbook_is_read_as_the_one_that_was_sent(tmp_path):
    one = tried(tmp_path, "croydon")
    again = tmp_path / "again.xlsx"
    again.write_bytes(mark(one, one.file.path.read_bytes()))
    (back,) = check_files(gather([again], RECEIVED), SITES)
    assert back.content is not None, back.problems
    assert [e[:7] for e in back.content.entries] == [e[:7] for e in one.content.entries]


@pytest.mark.parametrize("site", ["west_midlands", "south_wales"])
def test_csv_and_ods_come_back_as_a_list(tmp_path, site):
    one = tried(tmp_path, site)
    book = marked(one)
    said = [row[5].value for row in book[TO_MEND].iter_rows(min_row=5)]
    assert book.sheetnames == [TO_MEND] and said == [problem.message for problem in one.problems]


def test_a_refused_workbook_is_not_opened_but_listed(tmp_path):
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(b"PK\x03\x04 this is no workbook")
    (one,) = check_files(gather([path], RECEIVED), SITES)
    book = marked(one)
    assert book.sheetnames == [TO_MEND] and book[TO_MEND]["F5"].value == one.problems[0].message


def test_what_a_site_typed_never_becomes_a_formula(tmp_path):
    one = tried(tmp_path, "croydon")
    for page in marked(one).worksheets[:1]:
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_the_command_writes_one_workbook_for_each_file(tmp_path):
    paths = [str(tried(tmp_path, site).file.path) for site in ("croydon", "west_midlands")]
    folder = tmp_path / "out"
    folder.mkdir()
    arguments = ["check", *paths, "--format", "xlsx", "--out", str(folder), "--data", str(tmp_path / "nothing")]
    assert CliRunner().invoke(app, arguments).exit_code == 1
    assert sorted(p.name for p in folder.iterdir()) == ["croydon - to mend.xlsx", "west_midlands - to mend.xlsx"]
    alone = tmp_path / "one.xlsx"
    CliRunner().invoke(
        app, ["check", paths[0], "--format", "xlsx", "--out", str(alone), "--data", str(tmp_path / "no")]
    )
    assert load_workbook(alone).sheetnames[0] == TO_MEND


@pytest.mark.long
@pytest.mark.parametrize("site", ["croydon", "west_mercia", "west_midlands"])
def test_libreoffice_opens_it_with_every_mark_in_place(tmp_path, site):
    program = shutil.which("soffice")
    assert program, "LibreOffice is needed: apt-get install libreoffice-calc-nogui"
    one = tried(tmp_path, site)
    made = tmp_path / "made.xlsx"
    made.write_bytes(mark(one, one.file.path.read_bytes()))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    arguments = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "back"), str(made)]
    subprocess.run(arguments, check=True, capture_output=True, timeout=120)
    book = load_workbook(tmp_path / "back" / "made.xlsx")
    lines = [row for row in book[TO_MEND].iter_rows(min_row=5) if row[0].value]
    assert len(lines) == len(one.problems)
    for problem, line in zip(one.problems, lines, strict=True):
        assert line[5].value == problem.message
        if site != "west_midlands":
            cell = book[problem.sheet][problem.cell]
            assert cell.fill.fill_type == "solid" and problem.message[:60] in cell.comment.text
            assert problem.cell in str(line[4].hyperlink.location or line[4].hyperlink.target)
