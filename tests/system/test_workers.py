"""Work shared with a process beside this one: the answers in their order, errors as they are, and nothing left over."""

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from etl.system.workers import in_threads, two_hands


@pytest.fixture(scope="module")
def share():
    with two_hands("etl.methods.binomial") as hands:
        yield hands.share


def test_answers_come_in_the_order_of_the_jobs(share):
    assert share(divmod, ((number, 7) for number in range(50))) == [divmod(number, 7) for number in range(50)]
    assert share(divmod, []) == []


def test_two_hands_are_quicker_than_one(share):
    begun = time.monotonic()
    share(time.sleep, [(0.2,)] * 20)
    assert time.monotonic() - begun < 3.5


@pytest.mark.parametrize("jobs", [[(0,)] * 2, [(0,)] * 9])
def test_an_error_is_raised_as_it_is(share, jobs):
    with pytest.raises(ZeroDivisionError):
        share(divmod, [(1, *job) for job in jobs])
    assert share(divmod, [(9, 4)] * 3) == [(2, 1)] * 3


def test_what_was_submitted_is_done_by_both_hands_and_answered_in_order():
    with two_hands("etl.check.problem") as hands:
        first = [hands.submit(time.sleep, 0.05) for _ in range(4)]
        then = [hands.submit(divmod, number, 7) for number in range(9)]
        assert hands.finish(then) == [divmod(number, 7) for number in range(9)]
        assert hands.finish(first) == [None] * 4


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


def test_what_cannot_be_sent_back_is_an_error_and_not_a_hang(share):
    with pytest.raises((TypeError, AttributeError)):
        share(_unsendable, [(os.getpid(),)] * 8)
    assert share(divmod, [(9, 4)]) == [(2, 1)]


class Odd(ValueError):
    """It can be pickled, and cannot be had back."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


def _raise_odd(pid):
    time.sleep(0.02)
    raise Odd("this", "that")


def test_an_error_that_cannot_be_had_back_is_raised_as_it_is():
    with two_hands("etl.check.problem") as hands:
        for _ in range(3):
            with pytest.raises(Odd, match="this and that"):
                hands.share(_raise_odd, [(os.getpid(),)] * 4)
        assert hands.share(divmod, [(9, 4)] * 5) == [(2, 1)] * 5


def test_work_is_begun_before_anybody_waits_for_it():
    with two_hands("etl.check.problem") as hands:
        first = hands.submit(os.getpid)
        assert first.result(timeout=20) != os.getpid()
        slow = hands.submit(time.sleep, 0.3)
        assert hands.share(divmod, [(9, 4)] * 3) == [(2, 1)] * 3
        assert slow.result(timeout=20) is None


def test_it_ends_at_once_in_the_middle_of_its_work():
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), two_hands("etl.check.problem") as hands:
        hands.submit(time.sleep, 60)
        time.sleep(1)
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 10


def _unsendable(pid):
    time.sleep(0.05)
    return (number for number in range(3)) if os.getpid() != pid else 0


def test_where_the_process_dies_this_one_does_its_work():
    with two_hands("etl.check.problem") as hands:
        here = os.getpid()
        for _ in range(5):
            hands.share(_die_unless, [(here,)] * 4)
        assert hands.share(divmod, [(9, 4)] * 5) == [(2, 1)] * 5


def _die_unless(pid):
    time.sleep(0.02)
    if os.getpid() != pid:
        os._exit(9)


@pytest.mark.parametrize("work", ["", "hands.submit(time.sleep, 60); "])
def test_it_ends_when_its_parent_is_killed(work):
    program = (
        f"import time; from etl.system.workers import two_hands\nwith two_hands('etl.check.problem') as hands: {work}"
    )
    with subprocess.Popen([sys.executable, "-c", f"{program}time.sleep(60)"]) as parent:
        child = _child_of(parent.pid)
        time.sleep(1)
        parent.kill()
    deadline = time.monotonic() + 20
    while _running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _running(child)


def _child_of(pid):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if found:
            return int(found[0])
        time.sleep(0.02)
    raise AssertionError("no process was begun")


def _running(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_threads_share_in_the_same_way():
    assert in_threads(divmod, ((number, 7) for number in range(20))) == [divmod(number, 7) for number in range(20)]
    with pytest.raises(ZeroDivisionError):
        in_threads(divmod, [(1, 0)])
