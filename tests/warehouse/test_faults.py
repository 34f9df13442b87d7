"""What can go wrong around a load: kills, full disks, folders that cannot be written, two loads at once."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

import etl.warehouse.load
from etl.sample import write_sample
from etl.sites import load_sites
from etl.warehouse.load import IncomingFile, check_files, load

# Root may write anywhere; without these rights it is held to a folder's mode like everybody else.
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("returns")
    write_sample(folder, last=date(2018, 9, 1))
    return folder


def start(
    returns: Path, data: Path, limits: Callable[[], None] | None = None, before: Sequence[str] = ()
) -> subprocess.Popen[str]:
    command = [*before, sys.executable, "-m", "etl", "load", str(returns), "--data", str(data)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, preexec_fn=limits
    )


def stored(data: Path) -> tuple[int, int, int]:
    """How many returns, entries and results stand in the warehouse; nothing where there is none yet."""
    if not (data / "warehouse.duckdb").exists():
        return 0, 0, 0
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
        counts = [
            con.execute(f"select count(*) from {table}").fetchall()[0][0] for table in ("returns", "entries", "results")
        ]
    return counts[0], counts[1], counts[2]


def kill_at_random(returns: Path, folder: Path, times: int, seed: int) -> None:
    """Loads again and again and kills at a random moment: all of a load stands, or none of it."""
    begun = time.monotonic()
    load([returns], folder / "whole")
    whole, longest = stored(folder / "whole"), 2 + 2 * (time.monotonic() - begun)
    dice, data, killed = random.Random(seed), folder / "killed", 0
    for _ in range(times):
        process = start(returns, data)
        time.sleep(dice.uniform(0, longest))
        process.send_signal(signal.SIGKILL)
        said, _ = process.communicate()
        killed += process.returncode == -signal.SIGKILL
        found = stored(data)
        assert found in ((0, 0, 0), whole)
        if "accepted" in said:
            assert found == whole, "a return was acknowledged and is lost"
        if found == whole:
            shutil.rmtree(data)
    assert killed > times / 4


def test_a_load_that_is_killed_leaves_all_or_nothing(returns: Path, tmp_path: Path) -> None:
    kill_at_random(returns, tmp_path, times=6, seed=1)


@pytest.mark.long
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(returns: Path, tmp_path: Path) -> None:
    kill_at_random(returns, tmp_path, times=200, seed=2)


@pytest.mark.parametrize("kilobytes", [1, 100, 500])
def test_a_full_disk_is_a_sentence_and_changes_nothing(returns: Path, tmp_path: Path, kilobytes: int) -> None:
    limit = kilobytes * 1024
    process = start(returns, tmp_path, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    said, wrong = process.communicate()
    assert (process.returncode, said) == (74, "")
    assert "nothing has changed" in wrong
    assert "Traceback" not in wrong
    assert stored(tmp_path) == (0, 0, 0)
    assert len(load([returns], tmp_path)) == stored(tmp_path)[0]


def test_a_full_disk_loses_nothing_that_stood_before(returns: Path, tmp_path: Path) -> None:
    load([returns / "croydon"], tmp_path)
    before = stored(tmp_path)
    process = start(returns, tmp_path, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
    process.communicate()
    assert process.returncode == 74
    assert stored(tmp_path) == before


def test_a_folder_that_cannot_be_written_is_a_sentence(returns: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o555)
    process = start(returns, data, before=WITHOUT_RIGHTS if os.getuid() == 0 else ())
    said, wrong = process.communicate()
    assert (process.returncode, said) == (74, "")
    assert "nothing has changed" in wrong
    assert "Traceback" not in wrong


def test_a_second_load_says_that_one_is_running(returns: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / "load.lock"):
        process = start(returns, tmp_path)
        said, wrong = process.communicate()
    assert (process.returncode, said) == (75, "")
    assert "Another load is running" in wrong


def test_a_file_that_vanishes_is_a_sentence_and_the_others_are_read(returns: Path, tmp_path: Path) -> None:
    there = next((returns / "croydon").iterdir())
    given = [
        IncomingFile(tmp_path / "gone.xlsx", "gone.xlsx", datetime(2019, 1, 1)),
        IncomingFile(there, there.name, datetime(2019, 1, 1)),
    ]
    gone, read = check_files(given, load_sites())
    assert [problem.message for problem in gone.problems] == ["The file has gone."]
    assert read.content is not None


def test_a_file_that_changes_while_it_is_read_is_refused(
    returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(next((returns / "croydon").iterdir()), tmp_path))
    sha256 = etl.warehouse.load.hashlib.sha256

    def while_somebody_writes() -> object:
        with path.open("ab") as file:
            file.write(b" ")
        return sha256()

    given = IncomingFile(path, path.name, datetime(2019, 1, 1))
    original = os.fstat
    monkeypatch.setattr(etl.warehouse.load.os, "fstat", lambda number: (original(number), while_somebody_writes())[0])
    (checked,) = check_files([given], load_sites())
    assert [problem.code for problem in checked.problems] == ["changed"]


def test_a_clock_set_back_does_not_change_whose_word_counts(returns: Path, tmp_path: Path) -> None:
    load([returns / "croydon"], tmp_path, now=datetime(2026, 1, 2))
    load([returns], tmp_path, now=datetime(2026, 1, 1))
    load([returns], tmp_path / "other", now=datetime(2026, 1, 1))
    assert stored(tmp_path)[2] == stored(tmp_path / "other")[2]
