"""Loading and publishing as the pipeline's own commands, in a process of their own: the server's never write."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dashboard.upload.in_memory import Upload

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 1800
BUSY = 75
NOT_DONE = "It could not be done, and nothing has changed."


class NotDone(RuntimeError):
    """A command that did not do what it should; the message says why. `busy`: something else is being loaded."""

    def __init__(self, words: str, *, busy: bool = False) -> None:
        super().__init__(words)
        self.busy = busy


@dataclass(frozen=True)
class Loaded:
    """The receipt of a file that was loaded: `rejected` where none of its numbers is used."""

    verdict: str
    return_id: str
    site: str
    problems: tuple[dict[str, str], ...]


def load(upload: Upload, data: Path) -> Loaded:
    """Loads a file as received now. It lies in a folder of this account only while it is read. Raises NotDone."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    with TemporaryDirectory(prefix="drive-") as folder:
        path = Path(folder) / upload.name
        path.write_bytes(upload.content)
        said = _run("load", f"--data={data}", f"--received={now}", "--format=json", "--", str(path), also=1)
    receipt = _read(said)
    return Loaded(
        str(receipt.get("verdict")),
        str(receipt.get("return") or ""),
        str(receipt.get("site") or ""),
        tuple(receipt.get("problems") or ()),
    )


def publish(data: Path, note: str) -> str:
    """Makes a new edition of what is loaded and returns the sentence that says so. Raises NotDone."""
    return _run("publish", f"--data={data}", f"--note={note}").strip()


def _run(*words: str, also: int = 0) -> str:
    """What a command of the pipeline says; `also` is a further exit code that is no failure. Raises NotDone."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "etl", *words],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
    except (subprocess.TimeoutExpired, OSError):
        raise NotDone(NOT_DONE) from None
    if done.returncode not in (0, also) or not done.stdout.strip():
        lines = done.stderr.strip().splitlines()
        known = done.returncode in (2, 74, BUSY) and lines
        raise NotDone(lines[-1] if known else NOT_DONE, busy=done.returncode == BUSY)
    return done.stdout


def _read(said: str) -> dict[str, Any]:
    try:
        receipt = json.loads(said.splitlines()[-1])
    except ValueError:
        raise NotDone(NOT_DONE) from None
    return receipt if isinstance(receipt, dict) else {}
