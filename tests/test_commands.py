"""The commands as people type them: what they print, and with which code they end; never a traceback."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import typer
from filelock import FileLock
from typer.testing import CliRunner

from etl.__main__ import app
from etl.sample import Look, name_file, write_return
from etl.sample.simulate import simulate
from etl.sites import load_sites
from etl.warehouse.command_line import plain_errors

SITES = load_sites()
MAY, JUNE = date(2019, 5, 1), date(2019, 6, 1)
TRUE = {name: dict(simulate(name, site.first_month, JUNE, 5)) for name, site in SITES.items()}


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    assert done.exit_code == code, done.output
    return done.output


def put(folder: Path, site: str, month: date = JUNE, **odd: object) -> Path:
    numbers = {**TRUE[site][month], **{(name, ""): value for name, value in odd.items()}}
    return write_return(SITES[site], month, numbers, folder / site / name_file(SITES[site], month), look=Look())  # type: ignore[arg-type]


def test_from_a_shell(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "etl", "load", str(tmp_path / "nowhere"), "--data", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"There is no file or folder {tmp_path / 'nowhere'}.\n"


def test_a_fault_of_ours_is_a_sentence_that_repeats_nothing(
    returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Joan Smith, 14 High Street")

    run("load", returns, "--data", tmp_path / "data")
    before, later = run("status", "--data", tmp_path / "data"), put(tmp_path / "later", "south_wales")
    with monkeypatch.context() as change:
        change.setattr("etl.check.stored.compare", fail)
        said = run("load", later, "--data", tmp_path / "data", code=70)
    assert said.startswith("The work could not be finished, and nothing has changed.") and said.count("\n") == 1
    assert "ValueError, stored.py, line" in said and "Joan" not in said
    assert run("status", "--data", tmp_path / "data") == before
    assert run("load", later, "--data", tmp_path / "data").startswith("accepted")


@pytest.fixture
def returns(tmp_path: Path) -> Path:
    for month in (MAY, JUNE):
        put(tmp_path / "returns", "croydon", month)
    return tmp_path / "returns"


def test_long_work_shows_how_far_it_is(returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Reading" not in run("load", returns, "--data", tmp_path / "quiet")
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = run("load", returns, "--data", tmp_path / "data")
    assert "Reading" in shown and "Storing" in shown and "2/2" in shown


def test_load_prints_a_line_a_return(returns: Path, tmp_path: Path) -> None:
    put(returns, "south_wales", children="tbc")
    said = run("load", returns, "--data", tmp_path / "data", "--received", "2019-07-08T10:00:00").splitlines()
    assert len(said) == 3
    assert "Croydon" in said[0] and "May 2019" in said[0] and "croydon/Croydon Drive return 2019-05.xlsx" in said[0]
    assert said[2].startswith("accepted with queries") and "problem" in said[2]
    again = run("load", returns, "--data", tmp_path / "data", "--received", "2019-07-08T10:00:00").splitlines()
    assert all("already loaded" in line for line in again)


def test_a_rejected_return_is_told_and_the_others_are_loaded(returns: Path, tmp_path: Path) -> None:
    put(returns, "south_wales").rename(returns / "croydon" / "Drive_DeCymru_SouthWales_2019-06.ods")
    said = run("load", returns, "--data", tmp_path / "data", code=1)
    assert "rejected" in said and "South Wales" in said and said.count("croydon/Croydon") == 2
    assert run("load", returns, "--data", tmp_path / "data", code=1).count("already loaded") == 2


@pytest.mark.parametrize(
    "words",
    [["load"], ["load", "nowhere"], ["check", "nowhere"], ["status", "--on", "soon"], ["nonsense"],
     ["load", "--nonsense"],
     ["load", "README.md", "--received", "soon"], ["template", "atlantis", "2019-06", "x.xlsx"],
     ["template", "croydon", "soon", "x.xlsx"], ["check", "README.md", "--format", "pdf"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use(words: list[str], tmp_path: Path) -> None:
    data = [] if words[0] in ("nonsense", "check") or words == ["load"] else ["--data", tmp_path / "data"]
    assert run(*words, *data, code=2)


def test_another_load_is_running(returns: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with FileLock(tmp_path / "data" / "load.lock"):
        assert "Another load is running" in run("load", returns, "--data", tmp_path / "data", code=75)


def test_a_data_folder_that_is_a_file(returns: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "nothing has changed" in run("load", returns, "--data", tmp_path / "data", code=74)


def test_check_stores_nothing_and_tells_each_problem(returns: Path, tmp_path: Path) -> None:
    path = put(returns, "south_wales", children="<5")
    found = [
        json.loads(line)
        for line in run("check", path, "--format", "json", "--data", tmp_path / "data", code=1).splitlines()
    ]
    assert {tuple(one) for one in found} == {
        ("file", "site", "month", "sheet", "cell", "code", "severity", "message", "fix")
    }
    one = next(one for one in found if one["code"] == "suppressed")
    assert (one["file"], one["site"], one["month"]) == (path.name, "south_wales", "2019-06")
    assert (one["sheet"], one["severity"]) == ("Pobl - People", "query") and one["cell"]
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()
    (tmp_path / "x.csv").write_text("no,return")
    found = [json.loads(line) for line in run("check", tmp_path / "x.csv", "--format", "json", code=1).splitlines()]
    assert [one["severity"] for one in found] == ["reject"]


def test_check_writes_to_a_file(returns: Path, tmp_path: Path) -> None:
    path = put(returns, "south_wales", children="<5")
    assert (
        run("check", path, "--format", "json", "--out", tmp_path / "out.jsonl", "--data", tmp_path / "d", code=1) == ""
    )
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])["file"] == path.name


def test_status(returns: Path, tmp_path: Path) -> None:
    run("load", returns, "--data", tmp_path / "data", "--received", "2019-07-15T10:00:00")
    said = run("status", "--data", tmp_path / "data", "--on", "2019-08-01", "--format", "json")
    rows = {(row["site"], row["month"]): row for row in map(json.loads, said.splitlines())}
    june = rows["croydon", "2019-06"]
    assert (june["state"], june["due"], june["received"]) == ("late", "2019-07-12", "2019-07-15T10:00:00")
    assert (june["days_late"], june["versions"], june["revised"]) == (3, 1, False)
    assert rows["west_midlands", "2019-06"]["state"] == "missing"
    assert rows["west_midlands", "2019-06"]["received"] is None
    text = run("status", "--data", tmp_path / "data", "--on", "2019-08-01")
    assert "West Midlands" in text and "Jun 2019  missing" in text


def test_a_template_is_filled_in_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "Croydon Drive return 2019-06.xlsx"
    run("template", "croydon", "2019-06", path, "--data", tmp_path / "data")
    said = run("check", path, "--format", "json", "--data", tmp_path / "data", code=1)
    assert {json.loads(line)["code"] for line in said.splitlines()} >= {"missing"}
    assert "reject" not in {json.loads(line)["severity"] for line in said.splitlines()}


def test_a_made_up_sample_of_many_sites_is_accepted(tmp_path: Path) -> None:
    run("sample", tmp_path / "returns", "--sites", 43, "--from", "2019-10", "--to", "2019-11")
    said = run("load", tmp_path / "returns", "--data", tmp_path / "data").splitlines()
    assert len({line[24:40] for line in said if line.startswith("accepted")}) == 43


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_ctrl_c_is_told_in_a_sentence_whatever_was_at_work(stop, capsys):
    with pytest.raises(typer.Exit) as ended, plain_errors():
        raise stop
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == "Stopped; nothing has changed.\n"


def test_another_error_is_not_taken_for_ctrl_c():
    with pytest.raises(typer.Exit) as ended, plain_errors():
        raise RuntimeError("something else")
    assert ended.value.exit_code == 70
