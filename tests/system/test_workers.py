"""Work shared with a worker process: the answers in their order, errors as they are, and nothing left over."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from etl.system.workers import in_threads, start_worker


@pytest.fixture(scope="module")
def share():
    with start_worker("etl.methods.binomial") as workers:
        yield workers.share


def test_answers_come_in_the_order_of_the_jobs(share):
    assert share(divmod, ((number, 7) for number in range(50))) == [divmod(number, 7) for number in range(50)]
    assert share(divmod, []) == []


def test_two_processes_are_quicker_than_one(share):
    begun = time.monotonic()
    share(time.sleep, [(0.2,)] * 20)
    assert time.monotonic() - begun < 3.5


@pytest.mark.parametrize("jobs", [[(0,)] * 2, [(0,)] * 9])
def test_an_error_is_raised_as_it_is(share, jobs):
    with pytest.raises(ZeroDivisionError):
        share(divmod, [(1, *job) for job in jobs])
    assert share(divmod, [(9, 4)] * 3) == [(2, 1)] * 3


def test_what_was_submitted_is_done_by_both_processes_and_answered_in_order():
    with start_worker("etl.check.problem") as workers:
        first = [workers.submit(time.sleep, 0.05) for _ in range(4)]
        then = [workers.submit(divmod, number, 7) for number in range(9)]
        assert workers.finish(then) == [divmod(number, 7) for number in range(9)]
        assert workers.finish(first) == [None] * 4


def test_nothing_is_begun_after_an_error(share):
    begun = time.monotonic()
    with pytest.raises(ValueError, match="negative"):
        share(time.sleep, [(-1,), *[(0.1,)] * 60])
    assert time.monotonic() - begun < 2


def test_errors_of_files_and_of_the_database_are_told_in_their_words(share, tmp_path):
    with pytest.raises(FileNotFoundError, match="No such file"):
        share(os.stat, [(tmp_path / "none",)] * 4)
    with pytest.raises(duckdb.IOException, match="does not exist"):
        share(_read, [(str(tmp_path / "none.duckdb"),)] * 4)


def _read(path):
    return duckdb.connect(path, read_only=True).execute("select 1").fetchall()


def test_what_cannot_be_sent_back_is_an_error_and_not_a_hang():
    with start_worker("etl.check.problem") as workers:
        with pytest.raises((TypeError, AttributeError)):
            workers.submit(_unsendable, os.getpid()).result(timeout=30)
        assert workers.share(divmod, [(9, 4)]) == [(2, 1)]


class Odd(ValueError):
    """It can be pickled, and cannot be had back."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


def _raise_odd(pid):
    time.sleep(0.02)
    raise Odd("this", "that")


def test_an_error_that_cannot_be_had_back_is_raised_as_it_is():
    with start_worker("etl.check.problem") as workers:
        for _ in range(3):
            with pytest.raises(Odd, match="this and that"):
                workers.share(_raise_odd, [(os.getpid(),)] * 4)
        assert workers.share(divmod, [(9, 4)] * 5) == [(2, 1)] * 5


def test_work_is_begun_before_anybody_waits_for_it():
    with start_worker("etl.check.problem") as workers:
        first = workers.submit(os.getpid)
        assert first.result(timeout=20) != os.getpid()
        slow = workers.submit(time.sleep, 0.3)
        assert workers.share(divmod, [(9, 4)] * 3) == [(2, 1)] * 3
        assert slow.result(timeout=20) is None


def test_it_ends_at_once_in_the_middle_of_its_work():
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), start_worker("etl.check.problem") as workers:
        workers.submit(time.sleep, 60)
        time.sleep(1)
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 10


def _unsendable(pid):
    time.sleep(0.05)
    return (number for number in range(3)) if os.getpid() != pid else 0


def test_where_the_process_dies_this_one_does_its_work():
    with start_worker("etl.check.problem") as workers:
        here = os.getpid()
        for _ in range(5):
            workers.share(_die_unless, [(here,)] * 4)
        assert workers.share(divmod, [(9, 4)] * 5) == [(2, 1)] * 5


def _die_unless(pid):
    time.sleep(0.02)
    if os.getpid() != pid:
        os._exit(9)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("work", ["", "workers.submit(time.sleep, 60); "])
def test_they_end_when_their_parent_is_killed(work, sign):
    with _started(work) as parent:
        parent.send_signal(sign)
    assert _all_end(parent.pid)


def test_ctrl_c_ends_all_of_them_in_the_middle_of_their_work():
    """A terminal sends it to all of them; only the process that began them says anything."""
    with _started("workers.share(time.sleep, [(60,)] * 4); ") as parent:
        time.sleep(0.5)
        os.killpg(parent.pid, signal.SIGINT)
        said = parent.communicate(timeout=20)[1]
    assert said.count("Traceback") == said.count("KeyboardInterrupt") == 1
    assert _all_end(parent.pid)


def _started(work):
    """A process that has begun its workers, in a group of its own."""
    program = (
        "import os, time; from etl.system.workers import start_worker\n"
        "with start_worker('etl.check.problem') as workers:\n"
        f"    workers.submit(os.getpid).result(); print('begun', flush=True); {work}time.sleep(60)"
    )
    command = [sys.executable, "-c", program]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    parent = subprocess.Popen(command, start_new_session=True, **pipes)
    assert parent.stdout.readline() == "begun\n"
    assert len(_running(parent.pid)) > 1
    return parent


def _all_end(group):
    deadline = time.monotonic() + 20
    while _running(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _running(group)


def _running(group):
    """The processes of a group."""
    states = (
        path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat") if path.exists()
    )
    return [state for state, _, its, *_ in states if int(its) == group and state != "Z"]


def test_threads_share_in_the_same_way():
    assert in_threads(divmod, ((number, 7) for number in range(20))) == [divmod(number, 7) for number in range(20)]
    with pytest.raises(ZeroDivisionError):
        in_threads(divmod, [(1, 0)])
