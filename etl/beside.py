"""Two hands for long work: this process, and one of our own beside it, as Python by itself keeps one processor busy.

What is done there comes back as if it had been done here, errors too. Where that process dies, this one does its work.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from threading import Event, Lock
from typing import Any

from etl.intake.reader import start_child

# Does a piece of work for each of several jobs (its arguments), and gives the answers in their order.
Share = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], list[Any]]
HANDS = 2
START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import {}; from etl.beside import serve; serve()"


def in_threads(work: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Shares work among threads of this process: for what mostly runs outside of Python."""
    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(lambda job: work(*job), jobs))


@contextmanager
def two_hands(first: str) -> Iterator[Share]:
    """Shares work between this process and one beside it, which ends with this one; `first` is imported there at once.

    Work is a function of a module, and what it takes and gives can be pickled.
    """
    process = start_child(START.format(first))
    try:
        yield partial(_share, process)
    finally:
        process.kill()
        process.communicate()


def _share(process: subprocess.Popen[bytes], work: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Each hand takes the next job that waits; none is begun after an error or Ctrl-C."""
    waiting, lock, stopped, done = enumerate(jobs), Lock(), Event(), {}

    def hand(call: Callable[..., Any]) -> None:
        while not stopped.is_set():
            with lock:
                at, job = next(waiting, (None, ()))
            if at is None:
                return
            done[at] = call(work, *job)

    with ThreadPoolExecutor(HANDS) as pool:
        hands = [pool.submit(hand, own) for own in (_here, partial(_there, process))]
        try:
            wait(hands, return_when=FIRST_EXCEPTION)
        finally:
            stopped.set()
        for one in hands:
            one.result()
    return [done[at] for at in range(len(done))]


def _here(work: Callable[..., Any], *job: Any) -> Any:
    return work(*job)


def _there(process: subprocess.Popen[bytes], work: Callable[..., Any], *job: Any) -> Any:
    """What a piece of work gives in the process beside this one, or raises."""
    assert process.stdin and process.stdout
    try:
        pickle.dump((work, job), process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        whole, answer = pickle.load(process.stdout)  # noqa: S301 (a process of our own)
    except (EOFError, OSError, pickle.UnpicklingError):
        return work(*job)
    if not whole:
        raise answer
    return answer


def serve() -> None:
    """Do each piece of work that comes in on standard input, until that is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that began this one
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while True:
        try:
            work, job = pickle.load(incoming)  # noqa: S301 (the process that began this one)
        except EOFError:
            return
        outgoing.write(_answer(work, job))
        outgoing.flush()


def _answer(work: Callable[..., Any], job: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps((True, work(*job)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
