"""What the dashboard's tests share: an edition from the real pipeline, odd ones made of it, a server, a browser."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from odd import ODD as ODD

from benchmarks.serving import free_port
from dashboard.data.edition import Edition, Editions

PATHS = ("/", "/caseload", "/costs", "/funding", "/readiness", "/scenario", "/returns", "/site/croydon", "/methods")
Alter = Callable[..., Path]


def run(*words: str) -> None:
    """Runs a command of the pipeline."""
    subprocess.run([sys.executable, "-m", "etl", *words], check=True, capture_output=True)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own sample, loaded and published: a data folder."""
    folder = tmp_path_factory.mktemp("dashboard")
    run("sample", str(folder / "returns"))
    run("load", str(folder / "returns"), "--data", str(folder / "data"))
    if not (folder / "data" / "editions" / "current.json").exists():
        run("publish", "--central-only", "--data", str(folder / "data"))
    return folder / "data"


@pytest.fixture(scope="session")
def edition(sample: Path) -> Edition:
    """The sample's current edition."""
    return Editions(sample, "central").get()


@pytest.fixture(scope="session")
def altered(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Alter:
    """Makes a data folder whose one edition is the sample's after some statements."""

    def make(statements: list[str]) -> Path:
        name = json.loads((sample / "editions" / "current.json").read_text())["edition"]
        folder = tmp_path_factory.mktemp("odd")
        path = folder / "editions" / name / "central.duckdb"
        path.parent.mkdir(parents=True)
        shutil.copy(sample / "editions" / name / "central.duckdb", path)
        with duckdb.connect(str(path)) as base:
            for statement in statements:
                base.execute(statement)
        (folder / "editions" / "current.json").write_text(json.dumps({"edition": name}))
        return folder

    return make


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Starts the dashboard on a data folder, once a folder and audience; gives its address."""
    running: dict[tuple[Path, str], tuple[subprocess.Popen[bytes], str]] = {}

    def start(data: Path, audience: str = "central") -> str:
        if (data, audience) in running:
            return running[data, audience][1]
        port = free_port()
        command = [sys.executable, "-m", "dashboard", f"--data={data}", f"--port={port}", f"--audience={audience}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        running[data, audience] = (process, address)
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                    return address
            except OSError:
                assert process.poll() is None, "the dashboard stopped before it answered"
                time.sleep(0.25)
        raise AssertionError("the dashboard did not answer in a minute")

    yield start
    for process, _ in running.values():
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The system's Chromium where there is one, else the one that playwright has installed."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    chosen = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **chosen, "args": ["--no-sandbox"]}
