"""The audit log: who did what, on which edition, with what outcome; never a value. Each line is chained to the last.

`audit.log` has a JSON object a line; `audit.head` says where its end was when the last line was written. A change, a
deletion or another order of lines is found, also of the last lines. What is not found: a new history by somebody who
can write both files and chains every line anew, or who removes both. Against that, note the anchor that `verify`
prints where they cannot write, and give it to `verify` later.
"""

import errno
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from dashboard.access.private_files import private_folder

LOG, HEAD = "audit.log", "audit.head"
START = "0" * 64
LONGEST_WORD = 120
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would write two bytes for the end of a line


@dataclass(frozen=True)
class End:
    """Where a log ends: how many lines and bytes it has, and the hash of its last line."""

    lines: int = 0
    size: int = 0
    hash: str = START

    @property
    def anchor(self) -> str:
        """What to note elsewhere: the number of the last line, and its hash."""
        return f"{self.lines}:{self.hash}"


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: the end of the log, and a sentence for each thing that is wrong."""

    end: End
    problems: tuple[str, ...]


class Audit:
    """The log of a data folder. Any number of processes may write into it."""

    def __init__(self, data: Path, clock: Callable[[], float]) -> None:
        self._data = data
        self._log, self._head = data / LOG, data / HEAD
        self._clock = clock

    def write(self, who: str, role: str, what: str, outcome: str, *, page: str = "", edition: str = "") -> None:
        """Adds a line. Raises OSError where that cannot be done; then what it is about must not be done either."""
        said = {"who": who, "role": role, "what": what, "page": page, "edition": edition, "outcome": outcome}
        kept = {name: word[:LONGEST_WORD] for name, word in said.items()}
        with turn(private_folder(self._data) / "audit.lock"):
            end = self._catch_up()
            if end is None:
                lost = {**dict.fromkeys(said, ""), "what": "head lost", "outcome": "lines before this may be missing"}
                end = self._append(self._last_line(), lost)
            self._append(end, kept)

    def _append(self, end: End, said: dict[str, str]) -> End:
        when = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        line, hashed = _chain({"line": end.lines + 1, "when": when, **said}, end.hash)
        handle = os.open(self._log, os.O_CREAT | os.O_WRONLY | os.O_APPEND | _BINARY, 0o600)
        try:
            _write_whole(handle, line)
            if said["what"] != "page":
                os.fsync(handle)
            size = os.fstat(handle).st_size
        finally:
            os.close(handle)
        new = End(end.lines + 1, size, hashed)
        self._set_head(new)
        return new

    def _set_head(self, end: End) -> None:
        handle = os.open(self._head, os.O_CREAT | os.O_WRONLY | _BINARY, 0o600)
        try:
            os.write(handle, json.dumps({"lines": end.lines, "size": end.size, "hash": end.hash}).encode().ljust(160))
        finally:
            os.close(handle)

    def _catch_up(self) -> End | None:
        """The end to write on from; None if the head is lost. A line written just before a process died counts."""
        head = read_head(self._head)
        size = self._log.stat().st_size if self._log.exists() else 0
        if head is None:
            return None if size else End()
        if size <= head.size:
            return head  # shorter than it was: the next line does not fit the ones before, and `verify` says so
        with self._log.open("rb") as file:
            file.seek(head.size)
            for line in file:
                entry = _read_line(line)
                if entry is None or not _fits(entry, head):
                    return head
                head = End(head.lines + 1, head.size + len(line), str(entry["hash"]))
        return head

    def _last_line(self) -> End:
        lines = self._log.read_bytes().splitlines(keepends=True)
        entry = _read_line(lines[-1]) if lines else None
        return End(len(lines), sum(map(len, lines)), str(entry["hash"]) if entry else START)


def verify(data: Path, anchor: str = "") -> Verdict:
    """Reads the whole log. An anchor is what an earlier call said; it finds a history that was written anew."""
    log, head = data / LOG, read_head(data / HEAD)
    end, problems, hashes = End(), [], {0: START}
    if log.exists():
        with log.open("rb") as file:
            for number, line in enumerate(file, 1):
                problem, end = _check(number, line, end)
                problems += problem
                hashes[number] = end.hash
    problems += _check_head(end, head, hashes, log.exists())
    problems += _check_anchor(anchor, hashes)
    return Verdict(end, tuple(problems))


def _check(number: int, line: bytes, end: End) -> tuple[list[str], End]:
    """What is wrong with a line, and the end of the log after it."""
    entry = _read_line(line)
    if entry is None:
        return [f"Line {number} is not whole: it was changed, or cut off when the machine stopped."], End(
            number, end.size + len(line), ""
        )
    said = {name: value for name, value in entry.items() if name != "hash"}
    problems = []
    if _chain(said, str(entry.get("before")), add_before=False)[0] != line:
        problems.append(f"Line {number} was changed after it was written.")
    if entry.get("before") != end.hash or entry.get("line") != number:
        problems.append(f"Before line {number}, lines were removed, added or put in another order.")
    return problems, End(number, end.size + len(line), str(entry["hash"]))


def _write_whole(handle: int, line: bytes) -> None:
    """Adds a line, or nothing: a disk that is nearly full takes a part of it without a word."""
    before = os.fstat(handle).st_size
    if os.write(handle, line) != len(line):
        os.ftruncate(handle, before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _check_head(end: End, head: End | None, hashes: dict[int, str], has_log: bool) -> Iterator[str]:
    if head is None:
        if has_log:
            yield f"{HEAD} is missing or cannot be read: whether the last lines were removed cannot be said."
    elif head.lines > end.lines or head.size > end.size:
        yield f"The last lines were removed: there were {head.lines}, there are {end.lines}."
    elif hashes.get(head.lines) != head.hash:
        yield f"Line {head.lines} is not the one that {HEAD} names: lines were changed and chained anew."


def _check_anchor(anchor: str, hashes: dict[int, str]) -> Iterator[str]:
    if anchor:
        lines, _, hashed = anchor.partition(":")
        if not lines.isdigit() or hashes.get(int(lines)) != hashed:
            yield "The anchor does not fit: this is not the log it was taken from, or lines up to it were changed."


def read_head(path: Path) -> End | None:
    """The end that a head file names; None where there is none that can be read."""
    try:
        said = json.loads(path.read_bytes())
        return End(int(said["lines"]), int(said["size"]), str(said["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _chain(said: dict[str, Any], before: str, *, add_before: bool = True) -> tuple[bytes, str]:
    """The line that says something after a line with the hash `before`, and its own hash."""
    whole = {**said, "before": before} if add_before else said
    hashed = hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()
    return json.dumps({**whole, "hash": hashed}, ensure_ascii=False).encode() + b"\n", hashed


def _read_line(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if line.endswith(b"\n") and isinstance(entry, dict) and "hash" in entry else None


def _fits(entry: dict[str, Any], end: End) -> bool:
    return entry.get("before") == end.hash and entry.get("line") == end.lines + 1


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Waits for one's turn at a file that is there for this only.

    It is taken for each page that is looked at. Where the system has a lock that wakes whoever waits, that takes a
    hundredth of the time of asking again and again.
    """
    if sys.platform == "win32":
        with FileLock(path, mode=0o600, poll_interval=0.002):
            yield
        return
    from fcntl import LOCK_EX, flock

    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        flock(handle, LOCK_EX)
        yield
    finally:
        os.close(handle)
