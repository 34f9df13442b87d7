"""The reminder for overdue returns: what is missing, and what came but cannot be used and why."""

from datetime import date, datetime
from pathlib import Path

from typer.testing import CliRunner

from etl.__main__ import app
from etl.definitions import REPORTED_KEYS
from etl.sample import write_return
from etl.sites import load_sites
from etl.warehouse.load import load
from etl.warehouse.status import refusals, remind
from etl.warehouse.store import open_warehouse

WALES = load_sites()["south_wales"]
MAY, JUNE = date(2019, 5, 1), date(2019, 6, 1)


def test_one_missing_return_is_asked_for_in_the_singular():
    text = remind(WALES, [MAY], date(2019, 6, 15))
    assert "Dear Drive team in South Wales," in text
    assert "return has not reached us" in text and "(1 day ago)" in text
    assert "that month" in text and "South Wales Police and Crime Commissioner" in text


def test_a_refused_file_is_told_apart_with_its_reason():
    text = remind(WALES, [MAY, JUNE], date(2019, 7, 31), {("south_wales", JUNE): "The month is missing. Type it."})
    missing, refused = text.split("reached us but cannot be used")
    assert "May 2019" in missing and "June 2019" not in missing
    assert "June 2019" in refused and "The month is missing. Type it." in refused


def test_the_last_refusal_of_a_month_is_the_one_that_is_told(tmp_path: Path):
    midlands = load_sites()["west_midlands"]
    path = write_return(midlands, MAY, dict.fromkeys(REPORTED_KEYS, 0), tmp_path / "WM_DRIVE_201904.csv")
    load([path], tmp_path / "data", datetime(2019, 6, 3))
    con = open_warehouse(tmp_path / "data" / "warehouse.duckdb", read_only=True)
    try:
        told = refusals(con, datetime(2019, 7, 1))
        assert refusals(con, datetime(2019, 6, 1)) == {}
    finally:
        con.close()
    assert list(told) == [("west_midlands", MAY)]
    assert "The file's name says April 2019, but the return is for May 2019." in told["west_midlands", MAY]


def test_status_ends_with_a_reminder_that_is_ready_to_send(tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n")
    load([path], tmp_path / "data", datetime(2019, 6, 3))
    said = CliRunner().invoke(app, ["status", "--data", str(tmp_path / "data"), "--on", "2018-06-30"]).output
    assert "Dear Drive team in West Mercia," in said and "Apr 2018  missing" in said
