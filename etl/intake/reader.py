"""The parent's side of reading: each file goes to a child process, which may crash or hang without harm to us."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Self, TypeVar

from etl.intake import limits, messages, refusals
from etl.intake.grid import Grid, Refused

CHILDREN = 2
NEVER = float("inf")
AHEAD = 8  # files read before the caller asks for them: enough to keep the children busy, at most 40 MB
PROJECT = str(Path(__file__).resolve().parents[2])
START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from etl.intake.child import serve; serve()"

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Reader:
    """Reads files into grids in child processes; use it as a context manager, so that they end with it.

    Another program (`start`) may do more with a file than that; it gets `opening` as its first message.
    """

    def __init__(self, start: str = "", opening: bytes = b"") -> None:
        self._free: SimpleQueue[_Child] = SimpleQueue()
        self._children = [_Child(start or START, opening) for _ in range(CHILDREN)]
        for child in self._children:
            self._free.put(child)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child processes."""
        for child in self._children:
            child.stop()

    def read(self, content: bytes) -> Grid:
        """The cells of one file; raises Refused."""
        return self.ask(content, messages.to_grid)

    def ask(self, content: bytes, understand: Callable[[bytes], Answer], about: bytes = b"") -> Answer:
        """A child's answer about one file, as `understand` reads it; `about` goes before the file. Raises Refused."""
        _refuse_size(content)
        child = self._free.get()
        try:
            answer = child.ask(about + content)
        finally:
            self._free.put(child)
        try:
            return understand(answer)
        except (ValueError, TypeError, LookupError):  # no honest child says this
            raise refusals.unreadable() from None

    def each(self, ask: Callable[[Item], Answer], files: Iterable[Item]) -> Iterator[Answer | Refused]:
        """The answer about each file, or its refusal, in the order of the files."""
        waiting: deque[Future[Answer | Refused]] = deque()
        pool = ThreadPoolExecutor(CHILDREN)
        try:
            for file in files:
                waiting.append(pool.submit(_or_refusal, ask, file))
                if len(waiting) >= AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _or_refusal(ask: Callable[[Item], Answer], file: Item) -> Answer | Refused:
    try:
        return ask(file)
    except Refused as refused:
        return refused.with_traceback(None)


class _Child:
    """One child process, started when first needed and again after each death."""

    def __init__(self, start: str, opening: bytes) -> None:
        self._start, self._opening = start, opening
        self._process: subprocess.Popen[bytes] | None = None
        self._due = NEVER

    def ask(self, content: bytes) -> bytes:
        """Send a file and wait for the answer; raises Refused when the child dies of it or takes too long."""
        answered = False
        try:
            answer = self._answer(content)
            answered = answer is not None
        finally:
            self._due = NEVER
            if not answered:  # dead, or interrupted: what it would still say belongs to no file
                self.stop()
        if answer is None:
            raise refusals.unreadable()
        return answer

    def _answer(self, content: bytes) -> bytes | None:
        try:
            self._send(content)
        except OSError:  # a child takes a file in whole before it opens it, so this one had died before
            self.stop()
            self._send(content)
        assert self._process and self._process.stdout
        return messages.receive(self._process.stdout, limits.ANSWER_BYTES)

    def _send(self, content: bytes) -> None:
        process = self._running()
        assert process.stdin
        self._due = time.monotonic() + limits.SECONDS
        messages.send(process.stdin, content)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            try:
                if stream:
                    stream.close()
            except OSError:  # what was still to be written has nowhere to go
                pass

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = start_child(self._start)
            threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()
            if self._opening:
                assert self._process.stdin
                messages.send(self._process.stdin, self._opening)
        return self._process

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the process when its answer is overdue; this works where a pipe cannot be waited for with a limit."""
        while process.poll() is None:
            if time.monotonic() > self._due and process is self._process:
                process.kill()
            time.sleep(0.2)


def _refuse_size(content: bytes) -> None:
    if not content:
        raise refusals.empty()
    if len(content) > limits.FILE_BYTES:
        raise refusals.too_large(f"is larger than {limits.FILE_BYTES // 10**6} MB")


def start_child(program: str) -> subprocess.Popen[bytes]:
    """A child process that runs a program: it gets our paths as JSON and nothing of our environment.

    `-I` and `-S` keep the working folder and PYTHON* variables out of it.
    """
    paths = [PROJECT, *(path for path in sys.path if Path(path).is_absolute())]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", program, json.dumps(paths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a library's last words may quote the file
        env=_environment(),
        close_fds=True,
    )


def _environment() -> dict[str, str]:
    """Nothing of ours; Windows alone needs to know where it lives."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if os.name == "nt" and name in os.environ}
