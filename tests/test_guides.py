"""The guides' commands, as they stand there, one after the other on a fresh folder."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from guides import ROOT, commands

from benchmarks.serving import free_port

PASSWORD = b"four words in a row\n"
SAMPLE = ROOT / "data" / "sample"
DOCUMENTS = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/*.md")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newcomer's folder: two months of a site, and nothing else."""
    folder = tmp_path_factory.mktemp("guides")
    for site, months in (("croydon", "2019-1"),):
        (folder / "returns" / site).mkdir(parents=True)
        for path in SAMPLE.glob(f"{site}/*{months}?.*"):
            shutil.copy(path, folder / "returns" / site)
    shutil.copy(SAMPLE / "received.csv", folder / "returns")
    return folder


def start(line: str, folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs a command of a guide in the folder, with what it names filled in."""
    if "QUERY" in line:
        line = line.replace("QUERY", start("python -m etl query list", folder).stdout.decode().split()[0])
    command = [sys.executable, *words_of(line)]
    return subprocess.run(command, cwd=folder, env=environment(), input=given, capture_output=True)


def words_of(line: str) -> list[str]:
    """The words of a command; the forum's file is left out, as choosing what to hide takes minutes."""
    program, *words = shlex.split(line.replace("--audience forum", "--audience central"))
    assert program == "python", line
    return [*words, "--central-only"] if "publish" in words and "--undo" not in words else words


def environment() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DRIVE_")}
    return plain | {"PYTHONPATH": str(ROOT)}


def serve(line: str, folder: Path) -> None:
    """Starts the dashboard as the guide says, but on a free port; it must become ready."""
    words = words_of(line)
    port = words[words.index("--port") + 1] if "--port" in words else ""
    free = str(free_port())
    words = [free if word == port else word for word in words] if port else [*words, "--port", free]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{free}/readyz", process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # how it stops by itself is tried elsewhere
        process.wait(timeout=60)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert process.poll() is None, "the dashboard stopped before it answered"
            time.sleep(0.25)
    raise AssertionError("the dashboard did not answer in a minute")


@pytest.mark.long
@pytest.mark.parametrize("guide", ["docs/loading.md", "docs/running.md"])
def test_every_command_of_a_guide_does_what_it_says(guide: str, folder: Path) -> None:
    """In the order in which they stand; the server's guide goes on with what the analyst's left."""
    ran = list(commands(guide))
    assert len(ran) > 6
    for line, note in ran:
        if note == "serve":
            serve(line, folder)
            continue
        done = start(line, folder, PASSWORD if note == "password" else b"")
        codes = {"1": [1], "doctor": [0, 1]}.get(note, [0])
        assert done.returncode in codes, (line, done.stdout.decode()[-1500:], done.stderr.decode()[-1500:])
        assert done.stdout or note == "password", line


@pytest.mark.long
def test_what_the_analysts_guide_leaves_behind(folder: Path) -> None:
    names = {path.name for path in folder.rglob("*")}
    assert {"warehouse.duckdb", "forum.pptx", "central.duckdb", "Croydon Drive return 2019-12.xlsx"} <= names
    assert any(name.endswith("to mend.xlsx") for name in names)
    assert {path.name for path in (folder / "tried").iterdir()} >= {"warehouse.duckdb", "editions", "users.json"}


@pytest.mark.parametrize("guide", [str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_what_a_guide_names_is_there(guide: str) -> None:
    """Every file and folder of ours that stands between backticks."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    ours = ("etl/", "dashboard/", "tests/", "data/reference", "data/edition", "benchmarks/", "docs/", ".github/")
    named = {word for word in text.split("`")[1::2] if word.startswith(ours) and "NAME" not in word}
    assert not [word for word in sorted(named) if not (ROOT / word).exists()]
