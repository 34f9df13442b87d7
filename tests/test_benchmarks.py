"""The benchmark runs and says something sane of each part; what it measures here, on a busy machine, is not judged."""

import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import memory, server
from benchmarks.__main__ import main
from benchmarks.lines import Line, at_least, at_most
from benchmarks.serving import free_port, make_data


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short sample, published."""
    return make_data(tmp_path_factory.mktemp("benchmarks"), "--from", "2019-06", "--to", "2019-11")


def apart(work: Callable[[], Iterator[Line]]) -> list[Line]:
    """What a part of the benchmark says, in a thread of its own: another test's browser may still have this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: list(work())).result()


def test_rates_are_of_answers_and_beside_a_constant(data: Path) -> None:
    lines = apart(lambda: server.lines(data, span=0.3, rounds=1))
    assert len(lines) == len(server.CLIENTS) + 2
    for line in lines[: len(server.CLIENTS)]:
        assert line.ratio is not None and 0 < line.ratio <= 1.5
        assert "ms of processor each" in line.what and "ms of processor each" in line.beside


@pytest.mark.skipif(sys.platform != "linux", reason="the weight of processes is read from /proc")
def test_workers_are_weighed(data: Path) -> None:
    weight, growth = apart(lambda: memory.lines(data, pages=10))
    assert 50 < float(weight.measured.split()[0]) < 600
    assert growth.ratio is not None and 0.5 < growth.ratio < 2


def test_a_goal_is_met_or_missed() -> None:
    assert [at_most("x", value, 2, "s").verdict for value in (1, 2, 3)] == ["met", "met", "missed"]
    assert [at_least("x", value, 2, "s").verdict for value in (1, 2, 3)] == ["missed", "met", "met"]


def test_a_part_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "pages", "speed"])
    with pytest.raises(SystemExit):
        main()
    assert "there is no speed" in capsys.readouterr().err


def test_a_free_port_is_none_of_those_that_the_system_hands_out() -> None:
    handed_out = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(handed_out.read_text().split()[0]) if handed_out.exists() else 32_768
    ports = {free_port() for _ in range(50)}
    assert len(ports) > 40
    assert 1_024 < min(ports) <= max(ports) < lowest


def test_a_free_port_is_one_on_which_nothing_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        monkeypatch.setattr("benchmarks.serving.NOT_HANDED_OUT", [busy, busy, busy, free := free_port()])
        assert {free_port() for _ in range(20)} == {free}
