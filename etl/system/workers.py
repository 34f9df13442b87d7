"""Two hands for long work: this process, and one of our own beside it, as Python by itself keeps one processor busy.

What is done there comes back as if it had been done here, errors too. Where that process dies, this one does its work.
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from etl.intake.reader import start_child

# Does a piece of work for each of several jobs (its arguments), and gives the answers in their order.
Share = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], list[Any]]
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import {}; from etl.system.workers import serve; serve()"
)


def in_threads(work: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Shares work among threads of this process: for what mostly runs outside of Python."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda job: work(*job), jobs))


@contextmanager
def two_hands(first: str) -> Iterator["Hands"]:
    """Shares work between this process and one beside it, which ends with this one; `first` is imported there at once.

    Work is a function of a module, and what it takes and gives can be pickled.
    """
    hands = Hands(start_child(START.format(first)))
    try:
        yield hands
    finally:
        hands.close()


class _Piece(NamedTuple):
    """Work that waits, and what will hold its answer."""

    answer: Future[Any]
    work: Callable[..., Any]
    job: tuple[Any, ...]


class Hands:
    """This process and one beside it: each does the next piece of work that waits, this one only while it shares."""

    def __init__(self, beside: subprocess.Popen[bytes]) -> None:
        self._beside, self._ended = beside, False
        self._waiting: SimpleQueue[_Piece | None] = SimpleQueue()
        self._other = Thread(target=self._hand_over, daemon=True)
        self._other.start()

    def submit(self, work: Callable[..., Any], *job: Any) -> Future[Any]:
        """Has a piece of work done as soon as a hand is free."""
        answer = Future[Any]()
        self._waiting.put(_Piece(answer, work, job))
        return answer

    def share(self, work: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Does a piece of work for each job with both hands; none is begun after an error or Ctrl-C."""
        return self.finish([self.submit(work, *job) for job in jobs])

    def finish(self, answers: Sequence[Future[Any]]) -> list[Any]:
        """Does with both hands what was submitted, and gives the answers; none is begun after an error or Ctrl-C."""
        try:
            while not any(_failed(answer) for answer in answers):
                piece = self._waiting.get_nowait()
                if piece:
                    _do(piece, piece.work)
        except Empty:
            wait(answers, return_when=FIRST_EXCEPTION)
        finally:
            for answer in answers:
                answer.cancel()
        for answer in sorted(answers, key=_failed, reverse=True):
            answer.result()
        return [answer.result() for answer in answers]

    def close(self) -> None:
        """Ends the process beside this one, whatever it is doing; it may have been ended before."""
        if self._ended:
            return
        self._ended = True
        self._waiting.put(None)
        self._beside.kill()
        self._other.join()
        self._beside.communicate()

    def _hand_over(self) -> None:
        """Give the process beside this one its pieces."""
        while (piece := self._waiting.get()) is not None and not self._ended:
            _do(piece, self._there, piece.work)

    def _there(self, work: Callable[..., Any], *job: Any) -> Any:
        """What a piece of work gives in the process beside this one, or raises."""
        assert self._beside.stdin and self._beside.stdout
        asked = pickle.dumps((work, job), pickle.HIGHEST_PROTOCOL)
        try:
            self._beside.stdin.write(asked)
            self._beside.stdin.flush()
            whole, answer = pickle.load(self._beside.stdout)  # noqa: S301 (a process of our own)
        except Exception:  # it is dead, or what it says cannot be read: what else it has to say belongs to no piece
            self._beside.kill()
            self._beside.wait()
            if self._ended:
                raise
            return work(*job)
        if not whole:
            raise answer
        return answer


def _do(piece: _Piece, call: Callable[..., Any], *before: Any) -> None:
    """A piece of work by one hand, if it is still wanted."""
    if not piece.answer.set_running_or_notify_cancel():
        return
    try:
        piece.answer.set_result(call(*before, *piece.job))
    except Exception as error:
        piece.answer.set_exception(error)


def _failed(answer: Future[Any]) -> bool:
    return answer.done() and not answer.cancelled() and answer.exception() is not None


def serve() -> None:
    """Do each piece of work that comes in on standard input, until that is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that began this one
    gc.disable()  # little of what is made here is circular, and this process ends soon
    Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while True:
        try:
            work, job = pickle.load(incoming)  # noqa: S301 (the process that began this one)
        except EOFError:
            return
        outgoing.write(_answer(work, job))
        outgoing.flush()


def _end_with(parent: int) -> None:
    """End where the process that began this one has ended, in the middle of its work too."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _answer(work: Callable[..., Any], job: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps((True, work(*job)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
