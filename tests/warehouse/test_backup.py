"""The restore drill: everything is lost and comes back the same; and a damaged file is refused and changes nothing."""

import gzip
import io
import json
import resource
import shutil
import subprocess
import sys
import tarfile
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock
from typer.testing import CliRunner

from dashboard.access.audit import Audit, verify
from dashboard.access.users import Users
from dashboard.data.edition import Editions
from etl.__main__ import app
from etl.editions.publish import publish
from etl.reference import FOLDER
from etl.sample import write_sample
from etl.warehouse.backup import ASIDE, MANIFEST, WrongUse, backup, restore
from etl.warehouse.load import Busy, load

PASSWORD = "four words in a row"
TABLES = ("returns", "entries", "observations", "results", "problems", "answers")


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in use: returns loaded, two editions, a table of our own, users, an audit log, a saved scenario."""
    folder = tmp_path_factory.mktemp("worked")
    write_sample(folder / "returns", last=date(2018, 9, 1))
    data = folder / "data"
    load([folder / "returns"], data)
    publish(data, "First")
    publish(data, "Second")
    (data / "reference").mkdir()
    shutil.copy(FOLDER / "deflators.csv", data / "reference")
    (data / "scenarios.json").write_text('{"scenarios": []}')
    Users(data).add("ann", "central", "", PASSWORD)
    log = Audit(data, lambda: 1_800_000_000.0)
    for number in range(5):
        log.write("ann", "central team", "page", "shown", page=f"/{number}")
    return data


@pytest.fixture
def data(worked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(worked, tmp_path / "data"))


@pytest.fixture(scope="module")
def saved(worked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of that folder."""
    return backup(worked, tmp_path_factory.mktemp("saved"))


def told(data: Path) -> dict[str, object]:
    """What a data folder says: its warehouse, its editions, its users, its audit log, its own files."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as con:
        warehouse = {t: con.execute(f"select * from {t} order by all").fetchall() for t in TABLES}
    editions = Editions(data, "central")
    return {
        **warehouse,
        "current": editions.current_name(),
        "editions": [(name, editions.get(name).rows("results", order="all")) for name in editions.names()],
        "history": (data / "editions" / "history.jsonl").read_text(),
        "users": Users(data).all(),
        "log": verify(data),
        "own": (data / "reference" / "deflators.csv").read_text(),
    }


def seen(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_restore_drill(data: Path, tmp_path: Path) -> None:
    before = told(data)
    file = backup(data, tmp_path)
    shutil.rmtree(data)
    done = restore(file, data)
    assert told(data) == before
    assert before["log"].problems == () and before["log"].end.lines == 5  # type: ignore[attr-defined]
    assert done.aside is None
    assert Users(data).sign_in("ann", PASSWORD)
    assert (data / "users.json").stat().st_mode & 0o777 == 0o600
    publish(data, "After the restore")
    assert len(list(Editions(data, "central").names())) == 3


def test_a_backup_is_for_this_account_only_and_has_no_secret(data: Path, saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    with tarfile.open(saved) as tar:
        names = tar.getnames()
    assert {"warehouse.duckdb", "users.json", "audit.log", "audit.head", "scenarios.json"} <= set(names)
    assert not [name for name in names if name.startswith(("access", ".")) or name.endswith(".lock")]


def test_what_a_killed_load_left_beside_the_warehouse_is_in_the_backup(data: Path, tmp_path: Path) -> None:
    killed = (
        "import duckdb, os, sys; con = duckdb.connect(sys.argv[1]); "
        "con.execute(\"insert into answers values (7, 'q', 'closed', 'why', 'site', now()::timestamp, 1)\"); "
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(data / "warehouse.duckdb")], check=False)
    assert (data / "warehouse.duckdb.wal").exists()
    restore(backup(data, tmp_path), tmp_path / "other")
    with duckdb.connect(str(tmp_path / "other" / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from answers where answer_id = 7").fetchall() == [(1,)]


def spoilt(saved: Path, how: str) -> bytes:
    """A backup that something happened to."""
    content = saved.read_bytes()
    if how == "cut short":
        return content[: len(content) // 2]
    if how == "one byte changed":
        return content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]
    if how == "not an archive":
        return b"site,month\n"
    return gzip.compress(rewritten(gzip.decompress(content), how))


def rewritten(tar: bytes, how: str) -> bytes:
    """An archive made anew, as somebody could who wants to plant something."""
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(tar)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old:
            content = old.extractfile(member).read()  # type: ignore[union-attr]
            if how == "another password" and member.name == "users.json":
                content = content.replace(b"argon2id", b"argon2ix")
            if how == "a way out" and member.name == "users.json":
                member.name = "../users.json"
            if how == "a file too many" and member.name == MANIFEST:
                new.addfile(tarfile.TarInfo("extra"), io.BytesIO())
            if how == "no manifest" and member.name == MANIFEST:
                continue
            if how == "another format" and member.name == MANIFEST:
                content = json.dumps(json.loads(content) | {"format": 99}).encode()
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return out.getvalue()


SPOILT = ("cut short", "one byte changed", "not an archive", "another password", "a way out", "a file too many")


@pytest.mark.parametrize("how", (*SPOILT, "no manifest", "another format"))
def test_a_damaged_backup_is_refused_and_nothing_is_changed(how: str, data: Path, saved: Path, tmp_path: Path) -> None:
    before = seen(data)
    file = tmp_path / "spoilt.tar.gz"
    file.write_bytes(spoilt(saved, how))
    run = CliRunner().invoke(app, ["restore", str(file), "--data", str(data), "--replace"])
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == f"{file} is damaged or no backup of ours, and nothing was changed.\n"
    assert seen(data) == before
    assert not (tmp_path / "users.json").exists()


def test_something_else_is_only_replaced_when_that_is_said_and_kept_aside(
    data: Path, saved: Path, tmp_path: Path
) -> None:
    (data / "scenarios.json").write_text('{"scenarios": [1]}')
    before = seen(data)
    with pytest.raises(WrongUse, match=r"something else already .*warehouse.duckdb.* --replace"):
        restore(saved, data)
    assert seen(data) == before
    done = restore(saved, data, replace=True, now=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert done.aside == data / f"{ASIDE}2026-01-02T030405"
    assert (data / "scenarios.json").read_text() == '{"scenarios": []}'
    assert (done.aside / "scenarios.json").read_text() == '{"scenarios": [1]}'
    with tarfile.open(backup(data, tmp_path)) as tar:
        assert not [name for name in tar.getnames() if name.startswith(ASIDE)]


def test_the_same_once_more_needs_no_word(data: Path, saved: Path) -> None:
    assert restore(saved, data).files


def test_one_load_at_a_time(data: Path, saved: Path, tmp_path: Path) -> None:
    with FileLock(data / "load.lock"):
        with pytest.raises(Busy):
            backup(data, tmp_path)
        with pytest.raises(Busy):
            restore(saved, data, replace=True)


def test_a_backup_waits_for_the_audit_log(data: Path, tmp_path: Path) -> None:
    """Lines are written all the while: each backup's log is whole."""
    log, stop = Audit(data, lambda: 1_800_000_000.0), threading.Event()

    def write() -> None:
        while not stop.is_set():
            log.write("ann", "central team", "page", "shown")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            restore(backup(data, tmp_path / f"{number}.tar.gz"), tmp_path / str(number))
            verdict = verify(tmp_path / str(number))
            assert verdict.problems == () and verdict.end.lines >= 5
    finally:
        stop.set()
        writer.join()


def test_a_full_disk_is_a_sentence_and_changes_nothing(data: Path, saved: Path, tmp_path: Path) -> None:
    before = seen(data)

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    for words in (["backup", str(tmp_path / "b.tar.gz")], ["restore", str(saved), "--replace"]):
        command = [sys.executable, "-m", "etl", *words, "--data", str(data)]
        run = subprocess.run(command, preexec_fn=little, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout) == (74, "")
        assert "nothing has changed" in run.stderr and "Traceback" not in run.stderr
    assert seen(data) == before
    assert not list(tmp_path.glob("*b.tar.gz*")) and not list(tmp_path.glob(".b*"))


def test_a_swap_that_fails_half_way_is_undone(data: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "scenarios.json").write_text("{}")
    before, rename = seen(data), Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.parent.name == ".restoring" and self.name == "users.json":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="Input/output"):
        restore(saved, data, replace=True)
    assert seen(data) == before


@pytest.mark.parametrize("place", ("data/b.tar.gz", "data/editions", "there.tar.gz", "no/where.tar.gz"))
def test_a_backup_goes_to_a_new_file_outside(place: str, data: Path, tmp_path: Path) -> None:
    (tmp_path / "there.tar.gz").touch()
    run = CliRunner().invoke(app, ["backup", str(tmp_path / place), "--data", str(data)])
    assert run.exit_code == 2 and run.stderr.count("\n") == 1


def test_a_link_is_not_left_out_in_silence(data: Path, tmp_path: Path) -> None:
    (data / "linked").symlink_to(tmp_path)
    with pytest.raises(WrongUse, match="linked is a link"):
        backup(data, tmp_path)
