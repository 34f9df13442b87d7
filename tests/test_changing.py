"""The guide for changing the code: its edits made in a copy of the project, and what it promises looked for there."""

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest
from guides import ROOT, edits

from etl import definitions
from etl.definitions.measure import Reported, Total
from etl.protect import audience

GUIDE = "docs/changing.md"
NOT_COPIED = ("__pycache__", "*.egg-info", "given", "warehouse.duckdb*", "overview.png", ".git", ".venv", ".*_cache")
YEAR, SEPTEMBER = "2018-12-01", "2019-09-01"
# What the server of the copy answers at some addresses, and the panel of the new number: a file each.
ANSWERS = """
import json, sys
from pathlib import Path
from dashboard.provenance import panel
from dashboard.access.setup import FROM_INSIDE
from dashboard.data.address import read
from dashboard.app import look
from dashboard.data.edition import Editions
from dashboard.server import ask_page, make_server
client = make_server(Path("work")).test_client()
client.environ_base.update(FROM_INSIDE)
for at, asked in enumerate(sys.argv[1:]):
    path, _, search = asked.partition("?")
    downloads = path.startswith("/download")
    answer = client.get(asked) if downloads else ask_page(client, path, f"?{search}" if search else "")
    assert answer.status_code == 200, (asked, answer.data[:500])
    Path(f"answer-{at}").write_bytes(answer.data)
editions = Editions(Path("work"), "central")
address = read("/caseload", "?number=croydon|rolling_year|2018-12-01|direct_work_share")
print(panel.build(look(editions, address, editions.current_name())))
"""
ASKED = (
    *("/", "/caseload", "/costs", "/readiness", "/returns", "/methods", "/victims", "/funding?site=croydon"),
    *("/download/caseload/repeat-share.csv", "/download/victims/page.zip"),
)
# A return whose only fault is what the new check asks about.
FAULTY = """
from datetime import date
from pathlib import Path
from etl.sample import write_return
from etl.sample.simulate import simulate
from etl.sites import load_sites
site, month = load_sites()["gwent"], date(2019, 11, 1)
numbers = dict(simulate("gwent", date(2019, 10, 1), month, 20191211))[month]
few = {("victims", ""): 1, ("victims_in_contact", ""): 1, ("children", ""): 1}
write_return(site, month, {**numbers, **few}, Path("faulty") / "Gwent Drive return 2019-11.xlsx")
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the project after the guide's edits, with its own returns loaded and published into `work`."""

    root: Path

    def run(self, *words: str, code: int = 0) -> str:
        """What a command prints; it must end as it should."""
        done = subprocess.run([sys.executable, *words], cwd=self.root, capture_output=True)
        assert done.returncode == code, (words, done.stdout.decode()[-2000:], done.stderr.decode()[-2000:])
        return done.stdout.decode()

    def etl(self, *words: str, code: int = 0) -> str:
        return self.run("-m", "etl", *words, code=code)

    def rows(self, sql: str, *values: object) -> list[tuple]:
        name = json.loads((self.root / "work" / "editions" / "current.json").read_text())["edition"]
        with duckdb.connect(str(self.root / "work" / "editions" / name / "central.duckdb"), read_only=True) as con:
            return con.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("changing") / "project")
    ignore: Callable = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(ROOT, made.root, ignore=ignore)
    shutil.rmtree(made.root / "data" / "editions", ignore_errors=True)
    for edit in edits(GUIDE):
        edit.make(made.root)
    made.etl("dictionary")
    made.etl("sample", "returns", "--sites", "5", "--from", "2018-12")
    made.etl("load", "returns", "--data", "work")
    made.etl("publish", "--central-only", "--data", "work", "--as-of", "2019-12-11")
    return made


@pytest.fixture(scope="module")
def panel(copy: Copy) -> str:
    """The panel of the number worked out; the answers of the server are files beside it afterwards."""
    return copy.run("-c", ANSWERS, *ASKED)


@pytest.fixture(scope="module")
def answers(copy: Copy, panel: str) -> dict[str, bytes]:
    """What the server answers, by address."""
    found = {asked: (copy.root / f"answer-{at}").read_bytes() for at, asked in enumerate(ASKED)}
    return {asked: said if asked.endswith("zip") else said.replace(b"\\u002f", b"/") for asked, said in found.items()}


def test_a_site_has_its_template_and_its_place_on_every_page(copy: Copy, answers: dict[str, bytes]) -> None:
    copy.etl("template", "gwent", "2019-12", "gwent.xlsx", "--data", "work")
    assert "Gwent" in str(list(openpyxl.load_workbook(copy.root / "gwent.xlsx")["Cover"].values))
    assert copy.rows("select label, commissioner_short from sites where site = 'gwent'") == [("Gwent", "Gwent PCC")]
    assert copy.rows("select count(*) from calendar where site = 'gwent' and state = 'on_time'") == [(2,)]
    for path in ("/", "/caseload", "/costs", "/readiness", "/returns"):
        assert b"Gwent" in answers[path], path


def test_a_number_worked_out_is_in_results_dictionary_methods_and_panel(
    copy: Copy, answers: dict[str, bytes], panel: str
) -> None:
    where = "site = 'croydon' and period = 'rolling_year' and starts = ?"
    found = dict(copy.rows(f"select measure, value from results where {where}", YEAR))
    assert found["direct_work_share"] == pytest.approx(found["closing_cases.direct"] / found["closing_cases"])
    compared = "select value, low, high from comparisons where measure = 'direct_work_share' and site = 'croydon'"
    value, low, high = copy.rows(f"{compared} and latest and period = 'rolling_year'")[0]
    assert low < value == found["direct_work_share"] < high
    with (copy.root / "data" / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        told = {row["measure"]: row for row in csv.DictReader(file)}
    assert told["direct_work_share"]["formula"] == "closing_cases.direct / closing_cases"
    assert b"Open cases in direct work" in answers["/methods"]
    assert "open cases in direct work" in panel and "Open at end: direct work" in panel


def test_a_reported_number_is_asked_for_read_and_added_up_from_its_month_on(copy: Copy) -> None:
    for site in ("croydon", "west_midlands", "west_mercia", "south_wales", "gwent"):
        cells = "select state, value from cells where measure = 'reopened_cases' and site = ? and month = '2019-11-01'"
        assert copy.rows(cells, site)[0][0] == "reported", site
    assert not copy.rows("select * from cells where measure = 'reopened_cases' and month < ?", SEPTEMBER)
    each = "select sum(value) from cells where measure = 'reopened_cases' and month = '2019-11-01'"
    of = "select value, complete, why from results where measure = 'reopened_cases' and site = 'all'"
    assert copy.rows(f"{of} and period = 'month' and starts = '2019-11-01'") == [(*copy.rows(each)[0], True, "")]
    for period in ("period = 'month' and starts = '2019-08-01'", f"period = 'rolling_year' and starts = '{YEAR}'"):
        assert copy.rows(f"{of} and {period}") == [(None, False, "asked for since Sep 2019 only")]


def test_a_reported_number_is_in_the_template_and_missed_when_empty(copy: Copy) -> None:
    for month, there in (("2019-08", False), ("2019-11", True)):
        name = f"Croydon Drive return {month}.xlsx"
        copy.etl("template", "croydon", month, name, "--data", "work")
        said = str(list(openpyxl.load_workbook(copy.root / name)["Caseload"].values))
        assert ("Reopened cases" in said) == there
    printed = copy.etl("check", *(p.name for p in copy.root.glob("Croydon*.xlsx")), "--format", "json", code=1)
    found = [json.loads(line) for line in printed.splitlines()]
    assert {problem["month"] for problem in found} == {"2019-08", "2019-11"}
    assert [problem["month"] for problem in found if "Reopened cases" in problem["message"]] == ["2019-11"]
    assert not copy.rows("select * from queries where message like '%Reopened%' or message like '%known to us before%'")


def test_a_check_asks_with_its_words(copy: Copy) -> None:
    copy.run("-c", FAULTY)
    printed = copy.etl("check", "faulty", "--format", "json", "--data", "work", code=1)
    found = [json.loads(line) for line in printed.splitlines()]
    asked = {problem["code"]: problem["message"] for problem in found}
    assert "only 1 victims linked to them" in asked["new_above_victims"]


def test_an_agreement_and_a_funders_name_are_published(copy: Copy, answers: dict[str, bytes]) -> None:
    found = copy.rows("select amount, funder_label from agreements where agreement = 'croydon-charity-2020'")
    assert found == [(12000.0, "Relief in Need")]
    assert b"Relief in Need" in answers["/funding?site=croydon"]


def test_a_chart_is_drawn_and_can_be_downloaded(answers: dict[str, bytes]) -> None:
    page = answers["/caseload"]
    assert b"repeat-share-croydon" in page and b"repeat-share-gwent" in page
    lines = answers["/download/caseload/repeat-share.csv"].decode("utf-8-sig").splitlines()
    assert "Nov 19" in lines[0] and any(line.startswith("Croydon,") for line in lines)


def test_a_page_is_in_the_bar_and_answers(answers: dict[str, bytes]) -> None:
    page = answers["/victims"]
    assert b"victims-croydon" in page and b"children-croydon" in page
    assert b"How many victims and children" in page
    assert b"/victims" in answers["/costs"]
    assert len(zipfile.ZipFile(io.BytesIO(answers["/download/victims/page.zip"])).namelist()) > 2


def test_the_laws_still_hold(copy: Copy) -> None:
    own = "tests/definitions/test_definitions.py::test_the_69_numbers_in_their_order"
    copy.run("-m", "pytest", "tests/test_laws.py", own, "-n", "0", "-q")


def test_what_was_pasted_is_clean(copy: Copy) -> None:
    python = sorted({edit.file for edit in edits(GUIDE) if edit.file.endswith(".py")})
    copy.run("-m", "ruff", "check", *python)
    copy.run("-m", "ruff", "format", "--check", *python)


# Denied until somebody has said who may see it


def test_a_count_is_protected_by_itself(copy: Copy) -> None:
    said = "from etl.protect.audience import tells_of_people as t; print(t('reopened_cases'), t('direct_work_share'))"
    assert copy.run("-c", said).split() == ["True", "True"]


@pytest.mark.parametrize(
    "measure",
    [
        Reported("payments", "Payments", "gbp", "sum", "Money given to victims"),
        Reported("share_known", "Share known", "share", "last", "Share of victims known to others"),
    ],
    ids=lambda measure: measure.name,
)
def test_what_nobody_has_opened_is_denied_with_a_sentence(measure: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(definitions.MEASURES, measure.name, measure)
    monkeypatch.setitem(definitions.REPORTED, measure.name, measure)
    with pytest.raises(audience.Unclassified, match=rf"what the number '{measure.name}' tells of a person"):
        audience.tells_of_people(measure.name)


def test_a_sum_of_attributes_of_two_kinds_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = Total("mixed", "Mixed", "count", ("closing_cases.direct", "sex.male"), "Two kinds")
    monkeypatch.setitem(definitions.MEASURES, mixed.name, mixed)
    with pytest.raises(audience.Unclassified, match="'mixed' adds up attributes of different kinds"):
        audience.tells_of_people(mixed.name)


def test_publishing_for_others_stops_at_a_number_that_nobody_opened(copy: Copy) -> None:
    """Money that was never classified: the forum's file is refused, the central team's is made."""
    path = copy.root / "etl" / "definitions" / "costs.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace('        tells="not people",\n', ""), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "etl", "publish", "--data", "work", "--as-of", "2019-12-11"],
            cwd=copy.root,
            capture_output=True,
        )
    finally:
        path.write_text(before, encoding="utf-8")
    assert done.returncode == 2
    assert b"nobody has said what the number 'spend_in_kind' tells of a person" in done.stderr.replace(b"\n", b" ")
    assert not list((copy.root / "work" / "editions").glob("*/forum.duckdb"))
