"""The life of queries: raised, mended, answered, closed, known and explained; and in shadow."""

import json
import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from etl.__main__ import app
from etl.definitions import checks
from etl.definitions.checks import CHECKS
from etl.editions.publish import publish
from etl.reference import Dispensation
from etl.sample import write_return
from etl.sample.simulate import simulate
from etl.sites import load_sites
from etl.warehouse.load import load
from etl.warehouse.queries import Answer, WrongAnswer, answer, ending, read_queries
from etl.warehouse.status import calendar
from etl.warehouse.store import open_warehouse

CROYDON = load_sites()["croydon"]
MONTH, FIRST_SENT, LATER = date(2018, 9, 1), datetime(2018, 10, 8), datetime(2018, 10, 20)
TRUE = dict(simulate("croydon", CROYDON.first_month, date(2018, 10, 1), 4))


def send(folder: Path, data: Path, month: date, received: datetime, version: int = 1, **changes: object) -> None:
    numbers = {**TRUE[month], **{tuple(name.partition("__")[::2]): value for name, value in changes.items()}}
    name = f"Croydon Drive return {month:%Y-%m}{'' if version == 1 else f' v{version}'}.xlsx"
    load([write_return(CROYDON, month, numbers, folder / str(received.date()) / name, version=version)], data, received)


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two_months")
    for month in (date(2018, 7, 1), date(2018, 8, 1)):
        send(folder, folder / "data", month, datetime(2018, month.month + 1, 8))
    return folder / "data"


@pytest.fixture
def data(two_months: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_months, tmp_path / "data"))


def queries(data: Path, at: datetime = datetime(2018, 11, 1), *dispensations: Dispensation):
    con = open_warehouse(data / "warehouse.duckdb", read_only=True)
    try:
        return read_queries(con, at, dispensations).set_index("code")
    finally:
        con.close()


def opening() -> int:
    return int(TRUE[MONTH]["opening_cases", ""])


def test_a_query_is_raised_on_a_version_and_mended_by_a_later_one(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, opening_cases__=opening() + 30)
    standing = queries(data).loc["cases_do_not_add_up"]
    assert (standing.state, standing.owner, standing.raised_version, standing.days_open) == ("open", "The site", 1, 24)
    send(tmp_path, data, MONTH, LATER, version=2)
    mended = queries(data).loc["cases_do_not_add_up"]
    assert (mended.state, mended.owner, mended.mended_version, mended.days_open) == ("mended", "", 2, 12)
    change = f"{opening() + 30} → {opening()}"
    assert mended.words == f"Raised on version 1, mended by version 2: {change}."


def test_a_later_version_that_does_not_mend_it_leaves_it_open_since_the_first(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, spend__training="tbc")
    send(tmp_path, data, MONTH, LATER, version=2, spend__training="tbc", children__=9)
    query = queries(data).loc["unreadable"]
    assert (query.state, query.raised_version) == ("open", 1) and query.raised == FIRST_SENT


def test_a_query_that_comes_back_is_raised_again(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, victims__=None)
    send(tmp_path, data, MONTH, LATER, version=2)
    send(tmp_path, data, MONTH, datetime(2018, 10, 25), version=3, victims__=None)
    query = queries(data).loc["missing"]
    assert (query.state, query.raised_version) == ("open", 3)


def test_what_was_not_known_yet_is_not_told(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, victims__=None)
    send(tmp_path, data, MONTH, LATER, version=2)
    assert queries(data, datetime(2018, 10, 10)).loc["missing"].state == "open"
    assert queries(data, datetime(2018, 10, 1)).empty


def answered(data: Path, state: str, reason: str = "An invoice came late", who: str = "central_team") -> None:
    name = str(queries(data).iloc[-1]["query"])
    con = open_warehouse(data / "warehouse.duckdb")
    try:
        answer(con, Answer(name, state, reason, who), datetime(2018, 10, 30))
    finally:
        con.close()


def open_in_the_calendar(data: Path) -> int:
    con = open_warehouse(data / "warehouse.duckdb", read_only=True)
    try:
        days = calendar(con, {"croydon": CROYDON}, datetime(2018, 11, 1), MONTH)
    finally:
        con.close()
    return int(days.set_index("month").loc[MONTH, "queries"])


def test_the_calendar_counts_the_queries_that_are_open(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, opening_cases__=opening() + 30)
    assert open_in_the_calendar(data) == 1
    answered(data, "answered")
    assert open_in_the_calendar(data) == 0
    answered(data, "open")
    assert open_in_the_calendar(data) == 1


def test_an_answer_counts_for_the_number_it_was_given_about(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, opening_cases__=opening() + 30)
    answered(data, "answered")
    assert (queries(data).iloc[-1].state, queries(data).iloc[-1].owner) == ("answered", "Drive central team")
    answered(data, "closed")
    assert queries(data).iloc[-1].state == "closed"
    assert "An invoice came late" in queries(data).iloc[-1].words
    send(tmp_path, data, MONTH, LATER, version=2, opening_cases__=opening() + 31)
    assert queries(data).iloc[-1].state == "open"


def test_answers_are_only_added(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, victims__=None)
    for state in ("answered", "closed", "open"):
        answered(data, state)
    assert queries(data).iloc[-1].state == "open"
    con = duckdb.connect(str(data / "warehouse.duckdb"), read_only=True)
    with con:
        assert con.execute("select state from answers order by answer_id").fetchall() == [
            ("answered",), ("closed",), ("open",)
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "who"),
    [("", "central_team"), ("ring 020 7946 0018", "central_team"), ("It is right", "Joan Smith"), ("x" * 301, "site")],
)
def test_an_answer_needs_a_reason_without_personal_data_and_a_role(data, tmp_path, reason, who):
    send(tmp_path, data, MONTH, FIRST_SENT, victims__=None)
    with pytest.raises(WrongAnswer) as wrong:
        answered(data, "closed", reason, who)
    assert "7946" not in str(wrong.value) and "Joan" not in str(wrong.value)


def dispensation(until: date, **changes: object) -> Dispensation:
    months = {"starts": date(2018, 8, 1), "ends": date(2018, 9, 1)}
    one = Dispensation(
        site="croydon", check="missing", measure="victims", **months, reason="The IDVA service counts by quarter",
        until=until, who="Data lead", known_from=date(2018, 10, 1), source="test",
    )  # fmt: skip
    return replace(one, **changes)


def test_a_dispensation_covers_its_site_check_number_and_months_until_it_ends(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, victims__=None)
    at = datetime(2018, 11, 1)
    covered = queries(data, at, dispensation(date(2018, 12, 31))).loc["missing"]
    assert covered.state == "dispensed" and "counts by quarter" in covered.words and covered.until == date(2018, 12, 31)
    for other in (
        {"site": "south_wales"},
        {"check": "unreadable"},
        {"measure": "children"},
        {"ends": date(2018, 8, 1)},
    ):
        assert queries(data, at, dispensation(date(2018, 12, 31), **other)).loc["missing"].state == "open"
    ended = queries(data, at, dispensation(date(2018, 10, 31))).loc["missing"]
    assert ended.state == "open" and "ended on 31 Oct 2018" in ended.words


def test_a_dispensation_makes_itself_heard_when_it_ends():
    one = dispensation(date(2018, 10, 31))
    assert ending([one], date(2018, 9, 1)) == []
    assert "ends on 31 Oct 2018" in ending([one], date(2018, 10, 10))[0]
    assert "ended on 31 Oct 2018: its queries are open again" in ending([one], date(2018, 11, 1))[0]


def run(*arguments: str):
    return CliRunner().invoke(app, ["query", *arguments])


def test_the_commands_list_close_and_reopen(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, victims__=None)
    place = ("--data", str(data))
    (line,) = run("list", "--format", "json", *place).output.splitlines()
    name = json.loads(line)["query"]
    assert run("close", name, "--reason", "Counted by quarter", *place).exit_code == 0
    assert "No query stands" in run("list", *place).output
    assert "Counted by quarter" in run("list", "--all", *place).output
    assert run("reopen", name, "--reason", "It can be counted now", *place).exit_code == 0
    assert "1 query." in run("list", "--site", "croydon", *place).output
    assert run("close", "nothing", "--reason", "Counted", *place).exit_code == 2


def test_a_check_in_shadow_is_counted_and_listed_and_shown_to_nobody(data, tmp_path, monkeypatch):
    code = "in_contact_above_victims"
    monkeypatch.setitem(checks.CHECKS, code, replace(CHECKS[code], shadow=True))
    send(tmp_path, data, MONTH, FIRST_SENT, victims_in_contact__=TRUE[MONTH]["victims", ""] + 1)
    assert "victims_in_contact" not in set(queries(data).measure)
    listed = run("shadow", "--data", str(data)).output
    assert f"{code}: " in listed and "Would ask 1 times" in listed and "croydon  Sep 2018" in listed
    publish(data, as_of=datetime(2018, 11, 1))
    (edition,) = data.glob("editions/*/central.duckdb")
    con = duckdb.connect(str(edition), read_only=True)
    with con:
        assert con.execute("select count(*) from queries where code = ?", [code]).fetchall() == [(0,)]


def test_an_edition_has_what_stands_and_what_is_past(data, tmp_path):
    send(tmp_path, data, MONTH, FIRST_SENT, victims__=None, opening_cases__=opening() + 30)
    send(tmp_path, data, MONTH, LATER, version=2, victims__=None)
    publish(data, as_of=datetime(2018, 11, 1))
    (edition,) = data.glob("editions/*/central.duckdb")
    con = duckdb.connect(str(edition), read_only=True)
    with con:
        standing = con.execute("select code, state, owner, raised_version from queries").fetchall()
        past = con.execute("select code, state, mended_version from past_queries").fetchall()
    assert standing == [("missing", "open", "The site", 1)]
    assert past == [("cases_do_not_add_up", "mended", 2)]
