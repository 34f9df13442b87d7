"""The tables that bore out an edition come back from its file, and an edition can be made again of the same numbers."""

import pytest
from made_up import make_up
from test_protect_programmes import publish

from etl.editions.publish import write_file
from etl.protect.cell_suppression import choose
from etl.protect.cell_suppression.ledger import Ledger, after
from etl.protect.cell_suppression.saved_witnesses import read_witnesses


@pytest.fixture(scope="module", params=[3, 20001])
def edition(request, tmp_path_factory):
    programme = make_up(request.param)
    choice = publish(programme)
    path = tmp_path_factory.mktemp("again") / "central.duckdb"
    write_file(path, {"witnesses": choice.witness_table()})
    return programme, choice, path


def told(witnesses):
    return sorted(sorted(zip(one.cells.tolist(), one.moves.tolist(), strict=True)) for one in witnesses)


def test_tables_come_back_as_they_were(edition):
    _, choice, path = edition
    assert choice.verified_witnesses()
    assert told(read_witnesses([path], choice.lattice)) == told(choice.verified_witnesses())


def test_the_same_numbers_again_are_shown_as_before(edition):
    programme, choice, path = edition
    before = after(Ledger(), choice.lattice, choice.shown, choice.offered)
    again = choose(programme.results(), programme.last, before, [path])
    assert (again.shown == choice.shown).all()


def test_what_was_published_comes_in_the_same_order_in_every_run(edition):
    _, choice, _ = edition
    told_twice = frozenset((cell, value) for cell in choice.lattice.cells for value in (1.0, 2.0))
    assert Ledger(told_twice).cells() == sorted(choice.lattice.cells), "a set has another order in each process"


def test_no_table_is_read_where_there_is_none(edition, tmp_path):
    _, choice, _ = edition
    write_file(tmp_path / "central.duckdb", {"protection": choice.summary()})
    assert read_witnesses([tmp_path / "central.duckdb"], choice.lattice) == []
