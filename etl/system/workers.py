"""Long work shared between this process and a worker process, as Python by itself keeps one processor busy.

What the worker does comes back as if it had been done here, errors too. Where it dies, this process does its work.
The standard library's `ProcessPoolExecutor` leaves this process idle, with which publishing took longer, and prints a
traceback of its own where its workers are stopped in the middle of their work.
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

# Does the same work for each of several jobs (its arguments), and gives the answers in their order.
Share = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], list[Any]]
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import {}; from etl.system.workers import serve; serve()"
)


def in_threads(work: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Shares work among threads of this process: for what mostly runs outside of Python."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda job: work(*job), jobs))


@contextmanager
def start_worker(first: str) -> Iterator["Workers"]:
    """Shares work between this process and a worker, which ends with this one; the worker imports `first` at once.

    Work is a function of a module, and its arguments and answers can be pickled.
    """
    workers = Workers(start_child(START.format(first)))
    try:
        yield workers
    finally:
        workers.close()


class _Task(NamedTuple):
    """Work that waits, and what will hold its answer."""

    answer: Future[Any]
    work: Callable[..., Any]
    job: tuple[Any, ...]


class Workers:
    """This process and its worker: each does the next task that waits, this one only while it waits for answers."""

    def __init__(self, worker: subprocess.Popen[bytes]) -> None:
        self._worker, self._closed = worker, False
        self._waiting: SimpleQueue[_Task | None] = SimpleQueue()
        self._thread = Thread(target=self._feed_worker, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[..., Any], *job: Any) -> Future[Any]:
        """Has a task done as soon as one of the two is free."""
        answer = Future[Any]()
        self._waiting.put(_Task(answer, work, job))
        return answer

    def share(self, work: Callable[..., Any], jobs: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Does the same work for each job in both processes; none is begun after an error or Ctrl-C."""
        return self.finish([self.submit(work, *job) for job in jobs])

    def finish(self, answers: Sequence[Future[Any]]) -> list[Any]:
        """Does what was submitted in both processes, and gives the answers; none is begun after an error or Ctrl-C."""
        try:
            while not any(_failed(answer) for answer in answers):
                task = self._waiting.get_nowait()
                if task:
                    _do(task, task.work)
        except Empty:
            wait(answers, return_when=FIRST_EXCEPTION)
        finally:
            for answer in answers:
                answer.cancel()
        for answer in sorted(answers, key=_failed, reverse=True):
            answer.result()
        return [answer.result() for answer in answers]

    def close(self) -> None:
        """Ends the worker, whatever it is doing; it may have been ended before."""
        if self._closed:
            return
        self._closed = True
        self._waiting.put(None)
        self._worker.kill()
        self._thread.join()
        self._worker.communicate()

    def _feed_worker(self) -> None:
        """Gives the worker one task after another."""
        while (task := self._waiting.get()) is not None and not self._closed:
            _do(task, self._in_worker, task.work)

    def _in_worker(self, work: Callable[..., Any], *job: Any) -> Any:
        """What a task gives in the worker, or raises."""
        assert self._worker.stdin and self._worker.stdout
        request = pickle.dumps((work, job), pickle.HIGHEST_PROTOCOL)
        try:
            self._worker.stdin.write(request)
            self._worker.stdin.flush()
            whole, answer = pickle.load(self._worker.stdout)  # noqa: S301 (a process of our own)
        except Exception:  # it is dead, or its answer cannot be read: what comes after that belongs to no task
            self._worker.kill()
            self._worker.wait()
            if self._closed:
                raise
            return work(*job)
        if not whole:
            raise answer
        return answer


def _do(task: _Task, call: Callable[..., Any], *before: Any) -> None:
    """Does a task in one of the two processes, if it is still wanted."""
    if not task.answer.set_running_or_notify_cancel():
        return
    try:
        task.answer.set_result(call(*before, *task.job))
    except Exception as error:
        task.answer.set_exception(error)


def _failed(answer: Future[Any]) -> bool:
    return answer.done() and not answer.cancelled() and answer.exception() is not None


def serve() -> None:
    """The worker: does each task that comes in on standard input, until that is closed."""
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
    """Ends the worker when the process that began it has ended, in the middle of its work too."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _answer(work: Callable[..., Any], job: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps((True, work(*job)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
