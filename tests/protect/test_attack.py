"""An attack in whole people looks where tables in fractions were found; hiding for people goes one step at a time."""

from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from made_up import make_up
from test_protect_programmes import publish

from etl.protect.cell_suppression import CannotHide, requirements_by_reader
from etl.protect.cell_suppression.attack import Attack
from etl.protect.cell_suppression.hide import Hiding
from etl.protect.cell_suppression.requirements import Requirements
from etl.protect.cell_suppression.witnesses import VerifiedWitnesses, Witness, in_whole_people
from etl.system.workers import in_threads

SEEDS = (3, 20001, 20007)


@pytest.fixture(scope="module", params=SEEDS)
def choice(request):
    return publish(make_up(request.param, most_months=9))


def later():
    return process_time() + 300


def test_whole_tables_are_looked_for_where_fractions_were_found(choice):
    asked = requirements_by_reader(choice.lattice, choice.before)
    rough = Attack(choice.lattice, asked, whole=False)
    assert rough.run(choice.shown, later(), alone=False) == {}
    likely = VerifiedWitnesses(choice.lattice, choice.shown, rough.witnesses, whole=False)
    jobs = []

    def share(work, lots):
        lots = list(lots)
        jobs.extend(lots)
        return in_threads(work, lots)

    fine = Attack(choice.lattice, asked, whole=True, share=share)
    assert fine.run(choice.shown, later(), likely=likely) == {}
    assert jobs
    for _, areas, own, _, _, alone in jobs:
        assert len(areas) == 1
        assert alone or likely.met_without_moving(~areas[0], own).all()


def test_what_no_table_is_likely_to_meet_is_asked_of_all_sites_together(choice):
    fine = Attack(choice.lattice, requirements_by_reader(choice.lattice, choice.before), whole=True)
    nothing = VerifiedWitnesses(choice.lattice, choice.shown, [], whole=False)
    assert fine.run(choice.shown, later(), likely=nothing) == {}


def test_a_table_answers_only_while_it_moves_nothing_that_must_be_still(choice):
    by = choice.verified_witnesses()
    borne = VerifiedWitnesses(choice.lattice, choice.shown, by)
    one = by[0]
    need = Requirements(one.cells[:1], np.sign(one.moves[:1]), np.abs(one.moves[:1]))
    still = np.ones(len(choice.lattice.cells), dtype=bool)
    still[one.cells] = False
    assert borne.met_without_moving(still, need).all()
    still[one.cells[-1]] = True
    assert not VerifiedWitnesses(choice.lattice, choice.shown, [one]).met_without_moving(still, need).any()


def test_one_need_that_no_table_meets_stops_an_edition(choice):
    reader, own = next((reader, own) for reader, own in choice.asked.items() if len(own))
    need = own.only([len(own) - 1])
    without = [
        w
        for w in choice.verified_witnesses()
        if not VerifiedWitnesses(choice.lattice, choice.shown, [w]).met(reader, need).any()
    ]
    assert len(without) < len(choice.verified_witnesses())
    with pytest.raises(CannotHide, match="Nothing is published"):
        replace(choice, witnesses=without).verified_witnesses()


def test_whole_and_other_tables_are_told_apart():
    whole, almost = Witness(np.array([1, 2]), np.array([3.0, -1.0])), Witness(np.array([4]), np.array([2 - 1e-9]))
    half = Witness(np.array([5, 6]), np.array([0.5, 1.0]))
    found, others = in_whole_people([whole, almost, half])
    assert [own.moves.tolist() for own in found] == [[3, -1], [2]]
    assert others == [half]
    assert in_whole_people([Witness(np.array([], dtype=int), np.array([]))])[1] == []


@pytest.mark.parametrize(("hides", "calls"), [(True, 1), (False, 3)])
def test_once_something_is_hidden_the_others_wait_for_the_next_attack(choice, monkeypatch, hides, calls):
    hiding, reader, own = begun(choice)
    cheapest = np.zeros_like(hiding.shown)
    cheapest[np.flatnonzero(hiding.shown)[0]] = hides
    asked = []
    monkeypatch.setattr(hiding, "_for_people", lambda *given: asked.append(given) or (cheapest, []))
    before = hiding.shown.sum()
    hiding.attack.left[reader] = own.only([0, 0, 0])
    assert hiding._hide_for_people(reader) == hides
    assert len(asked) == calls
    assert before - hiding.shown.sum() == hides


def test_what_a_table_meets_that_was_found_for_another_need_is_asked_no_more(choice):
    hiding, reader, own = begun(choice)
    hiding.shown = choice.shown.copy()
    hiding.attack.left[reader] = own.only([0, 0, 0])
    assert hiding._hide_for_people(reader)
    assert len(hiding.attack.witnesses) == 1
    assert len(hiding.attack.left[reader]) == 0


def test_where_no_round_brings_anything_a_coarser_step_is_taken(choice, monkeypatch):
    hiding, _, _ = begun(choice)
    nothing = np.zeros_like(hiding.shown)
    monkeypatch.setattr(hiding, "_for_people", lambda *_: (nothing, []))
    monkeypatch.setattr(hiding.attack, "run", lambda *_, **__: dict(hiding.attack.left))
    with pytest.raises(CannotHide, match="Whatever else is hidden"):
        hiding._by_people()


def test_the_cheapest_change_in_whole_people_is_a_table_that_holds(choice):
    hiding, reader, own = begun(choice)
    hiding.shown = choice.shown.copy()
    need = own.only([0])
    hidden, (table,) = hiding._for_people(need, reader)
    assert VerifiedWitnesses(choice.lattice, hiding.shown & ~hidden, [table]).met(reader, need).all()


def begun(choice):
    """Hiding at its begin, a reader and what is asked of it."""
    hiding = Hiding(choice.lattice, choice.offered, np.zeros_like(choice.offered), choice.asked, later())
    return hiding, *next((reader, own) for reader, own in choice.asked.items() if len(own))
