"""Files are read in child processes that may die of them; the parent says so and goes on."""

import os
import threading
import time

import pytest
from making_files import xlsx

from etl.intake import Grid, Reader, Refused, archive, guard, limits, reader
from etl.intake.cache import remembered_part

ORDINARY = xlsx()
# A child whose guard does what a poisonous file would make it do.
POISONED = """
import json, os, sys, time
sys.path[:] = json.loads(sys.argv[1])
from etl.intake import child, guard, limits
limits.PROCESSOR_SECONDS = 0
honest = guard.inspect
def inspect(content):
    if content == b"die": os.abort()
    if content == b"exit": os._exit(0)
    if content == b"sleep": time.sleep(60)
    if content == b"spin":
        while True: pass
    if content == b"eat": return bytearray(limits.MEMORY_BYTES)
    if content == b"print": print("943 476 5919", flush=True); sys.stderr.write("943 476 5919")
    if content == b"raise": raise RuntimeError("943 476 5919")
    if content == b"write": open("WRITTEN", "w").write("x" * 10_000)
    if content == b"environment": raise child.Refused("told", json.dumps(sorted(os.environ)), "")
    return honest(content)
guard.inspect = inspect
answer = child.answer
child.answer = lambda content: b"[1, 2" if content == b"nonsense" else answer(content)
child.serve()
"""
posix = pytest.mark.skipif(os.name != "posix", reason="limits that only POSIX has")


@pytest.fixture
def poisoned(monkeypatch, tmp_path):
    monkeypatch.setattr(reader, "START", POISONED.replace("WRITTEN", (tmp_path / "written").as_posix()))
    monkeypatch.setattr(limits, "SECONDS", 3)
    with Reader() as read:
        yield read


@pytest.mark.parametrize("poison", [b"die", b"exit", b"raise", b"sleep", b"nonsense"])
def test_a_file_that_kills_the_child_is_refused_and_the_next_is_read(poisoned, poison):
    start = time.monotonic()
    with pytest.raises(Refused) as refused:
        poisoned.read(poison)
    assert time.monotonic() - start < 5
    assert refused.value.sentence == "The file could not be read."
    assert refused.value.__cause__ is None
    assert poisoned.read(ORDINARY).sheets[0].cells == {(1, 1): 7.0}


@posix
@pytest.mark.parametrize("poison", [b"spin", b"eat", b"write"])
def test_the_child_has_limits(poisoned, poison, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 60)  # so that it is the child's own limit that ends it
    start = time.monotonic()
    with pytest.raises(Refused):
        poisoned.read(poison)
    assert time.monotonic() - start < 40
    assert not any(path.stat().st_size for path in tmp_path.iterdir())
    assert poisoned.read(ORDINARY).sheets[0].cells == {(1, 1): 7.0}


@posix
@posix
def test_a_child_that_had_no_memory_left_is_replaced(poisoned):
    """What one file leaves in it must not take from the next."""
    with pytest.raises(Refused):
        poisoned.read(b"eat")
    assert all(child._process is None for child in poisoned._children)
    assert poisoned.read(ORDINARY).sheets[0].cells == {(1, 1): 7.0}


def test_only_small_parts_are_remembered():
    looked: list[int] = []

    @remembered_part
    def look(folder: str, content: bytes) -> int:
        looked.append(len(content))
        return len(content)

    for size in (10, 10, limits.SMALL_PART, limits.SMALL_PART):
        assert look("xl", b"x" * size) == size
    assert looked == [10, limits.SMALL_PART, limits.SMALL_PART]


def test_the_same_bytes_with_another_claim_are_looked_at_again():
    """A part is remembered with what its archive says of it: a false checksum or size is found every time."""
    good = xlsx()
    assert archive.unpack(good)
    listed = good.rfind(b"PK\x01\x02")  # of the last part, in the archive's list
    for field in (16, 24):  # its checksum, and its size
        false = bytearray(good)
        false[listed + field] ^= 1
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                archive.unpack(bytes(false))
            assert refused.value.code == "damaged"


def test_the_child_knows_nothing_of_ours(poisoned, monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    with pytest.raises(Refused) as told:
        poisoned.read(b"environment")
    assert "SECRET" not in told.value.sentence and "HOME" not in told.value.sentence


def test_what_a_library_prints_reaches_nobody(poisoned, capfd):
    with pytest.raises(Refused):
        poisoned.read(b"raise")
    poisoned.read(b"print")
    assert "943" not in "".join(capfd.readouterr())


def test_a_child_that_died_between_files_is_replaced_unseen():
    with Reader() as read:
        read.read(ORDINARY)
        for child in read._children:
            if child._process:
                child._process.kill()
                child._process.wait()
        assert read.read(ORDINARY).sheets[0].cells == {(1, 1): 7.0}


def test_many_files_come_in_order(poisoned):
    files = [xlsx(f'<row r="1"><c r="A1"><v>{n}</v></c></row>') for n in range(30)]
    files[3], files[4], files[20] = b"die", b"", b"die"
    found = list(poisoned.each(poisoned.read, iter(files)))
    assert [n for n, grid in enumerate(found) if isinstance(grid, Refused)] == [3, 4, 20]
    assert [grid.sheets[0].cells[(1, 1)] for grid in found if isinstance(grid, Grid)] == [
        n for n in range(30) if n not in (3, 4, 20)
    ]


def test_many_files_are_not_taken_in_long_before_they_are_needed():
    taken = []

    def files():
        for n in range(100):
            taken.append(n)
            yield ORDINARY

    with Reader() as read:
        found = read.each(read.read, files())
        next(found)
        assert len(taken) <= reader.AHEAD + 1
        found.close()


def test_two_children_read_at_once(poisoned):
    start = time.monotonic()
    list(poisoned.each(poisoned.read, [b"sleep", b"sleep"]))
    assert time.monotonic() - start < 5


def test_the_children_end_with_the_reader():
    with Reader() as read:
        list(read.each(read.read, [ORDINARY] * 4))
        processes = [child._process for child in read._children if child._process]
    assert processes and all(process.poll() is not None for process in processes)


def test_from_threads_of_the_caller():
    with Reader() as read:
        found = []
        threads = [threading.Thread(target=lambda: found.append(read.read(ORDINARY))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8


def test_a_file_of_5_mb_goes_through_the_pipe():
    with Reader() as read, pytest.raises(Refused) as refused:
        read.read(b"a" * limits.FILE_BYTES)
    assert refused.value.code == "too_large"


def test_a_count_that_differs_is_refused(monkeypatch):
    """Were the guard and the reader to disagree, nothing would come in."""
    lying = POISONED.replace(
        "return honest(content)",
        "return dataclasses.replace(s := honest(content), sheets=(dataclasses.replace(s.sheets[0], filled=2),))",
    )
    monkeypatch.setattr(reader, "START", "import dataclasses\n" + lying)
    with Reader() as read, pytest.raises(Refused) as refused:
        read.read(ORDINARY)
    assert refused.value.code == "disagreement"


def test_the_name_of_a_sheet_is_told_only_when_it_is_harmless():
    beyond = '<row r="6000"><c r="A6000"><v>1</v></c></row>'
    with Reader() as read:
        for name, sentence in {
            "Cases": "Sheet Cases has more than 5,000 rows, which is more than any return needs.",
            "943 476 5919": "A sheet has more than 5,000 rows, which is more than any return needs.",
        }.items():
            with pytest.raises(Refused) as refused:
                read.read(xlsx(beyond, names=(name,)))
            assert refused.value.sentence == sentence
            assert refused.value.sheet == ("Cases" if name == "Cases" else "")


def test_the_fast_expressions_stay_within_the_limits():
    """What the plain forms take in needs no second look at where a cell stands."""
    assert limits.ROWS >= 4_999 and limits.COLUMNS >= 26 * 7
    assert guard.inspect(ORDINARY).sheets[0].filled == 1
