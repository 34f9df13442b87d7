"""Publishes under readers: no answer is torn, stale or failed; with one server, and with three behind a balancer."""

import time
from datetime import date

import pytest

from etl.editions.publish import publish
from etl.sample import write_sample
from etl.warehouse.load import load
from tests.dashboard.operations.numbered import Numbered, Watch, balancer, serving

READERS = 8


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Numbered:
    """Numbered editions on the tables of a real one, of three months; the first is published."""
    folder = tmp_path_factory.mktemp("publishes")
    write_sample(folder / "returns", last=date(2018, 6, 1))
    load([folder / "returns"], folder / "data")
    publish(folder / "data")
    made = Numbered(folder / "data", folder / "template.duckdb")
    made.publish()
    return made


def publish_under_readers(numbered: Numbered, port: int, times: int, pause: float) -> Watch:
    """Publishes again and again while readers look."""
    watch = Watch(numbered, port)

    def publish_all() -> None:
        for _ in range(times):
            numbered.publish()
            time.sleep(pause)

    watch.run(READERS, publish_all)
    print(f"{times} publishes, {watch.answers} answers, {watch.gone} of editions put away; ", end="")
    print(f"the slowest took {watch.slowest:.1f} s; wrong: {len(watch.wrong)}")
    return watch


def test_thirty_publishes_under_eight_readers_of_three_servers(numbered: Numbered) -> None:
    with serving(numbered.folder.parent, 3) as servers, balancer([port for port, _ in servers]) as (port, handed):
        watch = publish_under_readers(numbered, port, 30, 0.1)
    assert watch.wrong == []
    assert watch.answers > 60
    assert min(handed) > watch.answers / 6, "every server took its turn"


@pytest.mark.long
def test_a_thousand_publishes_under_eight_readers(numbered: Numbered) -> None:
    with serving(numbered.folder.parent, 1, workers=2) as ((port, _),):
        watch = publish_under_readers(numbered, port, 1000, 0.0)
    assert watch.wrong == []
    assert watch.answers > 1000
    assert watch.gone


@pytest.mark.long
def test_a_server_that_stops_costs_nobody_an_answer(numbered: Numbered) -> None:
    """One of three is stopped as a service manager stops it; the balancer passes on to the others."""
    with serving(numbered.folder.parent, 3) as servers, balancer([port for port, _ in servers]) as (port, _):
        watch = Watch(numbered, port)

        def stop_one() -> None:
            time.sleep(3)
            servers[0][1].terminate()
            servers[0][1].wait(timeout=30)
            numbered.publish()
            time.sleep(3)

        watch.run(READERS, stop_one)
    assert watch.wrong == []
