"""The editions in a folder: their names, which is current, their history, and the removal of the oldest."""

import getpass
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from etl.system.durable import sync_file, sync_folder

POINTER, HISTORY = "current.json", "history.jsonl"
KEPT = 24


def read_pointer(folder: Path) -> str | None:
    """The name of the current edition; None where there is none yet."""
    try:
        return json.loads((folder / POINTER).read_text(encoding="utf-8"))["edition"]
    except (FileNotFoundError, KeyError, ValueError):
        return None


def point_to(folder: Path, name: str) -> None:
    """Makes an edition the current one, in one step."""
    waiting = folder / f".{POINTER}"
    waiting.write_text(json.dumps({"edition": name}), encoding="utf-8")
    sync_file(waiting)
    waiting.replace(folder / POINTER)
    sync_folder(folder)


def new_name(folder: Path, day: date) -> str:
    """A name for an edition of a day that none ever had, also none that is put away.

    A dashboard that has the old one open would go on showing it under the name.
    """
    taken = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    taken |= {str(line.get("edition")) for line in read_history(folder)}
    names = chain([day.isoformat()], (f"{day.isoformat()}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def remember(folder: Path, what: str, name: str, note: str, *, others: bool = False) -> None:
    """Adds a line to the list of editions: when, what was done, which, by whom and why, and whether others got it."""
    line: dict[str, Any] = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "what": what, "edition": name}
    line |= {"others": True} if others else {}
    path = folder / HISTORY
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line | {"who": _who(), "why": note}, ensure_ascii=False) + "\n")
    sync_file(path)


def read_history(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of the list of editions; one that a power cut left half written is passed over."""
    path = folder / HISTORY
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict):
            yield said


def given_to_others(folder: Path) -> list[str]:
    """The editions that others than the central team were given, as the history says, in their order."""
    return [str(line.get("edition")) for line in read_history(folder) if line.get("others")]


def published_before(folder: Path, name: str) -> str | None:
    """The edition that was published before another one, as the history says."""
    names = [str(line.get("edition")) for line in read_history(folder) if line.get("what") == "published"]
    at = names.index(name) if name in names else 0
    return names[at - 1] if at else None


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def put_away_old(folder: Path, current: str) -> None:
    """Keeps the last editions only. Each goes whole: who opens it meanwhile has all of it or nothing."""
    for path in folder.glob(".gone-*"):
        shutil.rmtree(path, ignore_errors=True)
    kept = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for path in sorted(kept, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        if path.name != current:
            shutil.rmtree(_aside(path), ignore_errors=True)


def _aside(path: Path) -> Path:
    """An edition under a name by which nobody opens it; Windows leaves its name while somebody has it open."""
    try:
        return path.rename(path.with_name(f".gone-{path.name}"))
    except PermissionError:
        return path
