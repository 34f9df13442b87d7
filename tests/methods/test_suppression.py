"""Hidden cells against tables solved elsewhere, and against an attacker that tries every table."""

import json
import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from etl.methods.suppression import CannotProtect, audit, protect

from .brute_force import rectangle, what_a_reader_can_believe, with_margins

VECTORS = Path(__file__).parent / "vectors"
SOLVED = json.loads((VECTORS / "suppression.json").read_text())["cases"]
FAILURES = json.loads((VECTORS / "suppression_failures.json").read_text())["cases"]


def name(case):
    return case["name"]


def small(table, threshold=5):
    return {cell for cell, count in table.items() if count is not None and 1 <= count < threshold}


def assert_safe(table, relations, hidden, known=(), zeros_shown=True, threshold=5):
    ranges = audit(table, relations, hidden, known, zeros_shown)
    for cell in small(table, threshold) - set(known):
        low, high = ranges[cell]
        assert low <= 1 and high >= threshold, (cell, ranges[cell])


@pytest.mark.parametrize("case", SOLVED["two_way"], ids=name)
def test_two_way_tables_at_least_cost(case):
    table, relations = with_margins([case["rows"], case["cols"]], case["counts"])
    shown = bool(case["attacker_lower_bound"])
    hidden = protect(table, relations, case["threshold"], zeros_shown=shown)
    second = hidden - set(case["primary"])
    assert set(case["primary"]) <= hidden
    assert sum(500 if "Total" in cell else max(table[cell], 1) for cell in second) == case["optimal_secondary_cost"]
    if case["n_optimal_patterns"] == 1:
        assert second == set(case["optimal_secondary"][0])
        expected = {cell: tuple(ends) for cell, ends in case["audit_of_first_pattern"].items()}
        assert audit(table, relations, hidden, zeros_shown=shown) == expected


@pytest.mark.parametrize("case", SOLVED["cubes"], ids=name)
def test_cubes_at_least_cost(case):
    table, relations = with_margins(case["dims"], case["counts"])
    shown = bool(case["attacker_lower_bound"])
    hidden = protect(table, relations, zeros_shown=shown)
    assert sum(max(table[cell], 1) for cell in hidden - set(case["primary"])) == case["optimal_secondary_cost"]
    assert_safe(table, relations, hidden, zeros_shown=shown)
    pattern = [*case["one_optimal_secondary"], *case["primary"]]
    ranges = audit(table, relations, pattern, zeros_shown=shown)
    assert {cell: list(ranges[cell]) for cell in case["primary"]} == case["audit_primary_integer"]


@pytest.mark.parametrize("case", FAILURES["patterns"], ids=name)
def test_patterns_that_pass_weak_rules(case):
    table, relations = with_margins([case["rows"], case["cols"]], case["counts"])
    ranges = audit(table, relations, case["suppressed"], zeros_shown=bool(case["attacker_lower_bound"]))
    assert {cell: list(ends) for cell, ends in ranges.items()} == case["intervals"]


def test_whole_numbers_say_more_than_linear_bounds():
    case = FAILURES["integer_versus_lp_gap"]
    table, relations = with_margins([[f"{axis}{i}" for i in range(4)] for axis in "abc"], case["counts"])
    ranges = audit(table, relations, case["suppressed"], zeros_shown=False)
    for cell, expected in case["cells_where_different"].items():
        assert list(ranges[cell]) == expected["integer"]


TINY = st.lists(st.lists(st.integers(0, 7), min_size=3, max_size=3), min_size=2, max_size=3)


@given(TINY, st.booleans(), st.sampled_from([(), ("r0|c0", "r0|c1", "r0|c2", "r0|Total")]), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_audit_agrees_with_trying_every_table(counts, zeros_shown, known, random):
    table, relations = rectangle(counts)
    inner = [cell for cell in table if "Total" not in cell and (table[cell] or not zeros_shown)]
    hidden = random.sample(inner, min(6, len(inner)))
    believed = what_a_reader_can_believe(table, relations, hidden, known, zeros_shown)
    for cell, (low, high) in audit(table, relations, hidden, known, zeros_shown).items():
        expected = believed[cell] if cell not in known else {table[cell]}
        assert (low, high) == (min(expected), max(expected))


@pytest.mark.long
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([2, 4, 8, 12]), st.booleans())
@settings(max_examples=100, deadline=None)
def test_many_random_cubes_are_safe_against_every_site(seed, zeros_shown, mean, sites_know):
    counts = np.random.default_rng(seed).poisson(mean, (3, 3, 3))
    table, relations = with_margins([["A", "B", "C"], ["p", "q", "r"], ["x", "y", "z"]], counts)
    readers = [[cell for cell in table if cell.startswith(site)] for site in "ABC"] if sites_know else [[]]
    try:
        hidden = protect(table, relations, zeros_shown=zeros_shown, readers=readers)
    except CannotProtect:
        assert not all(everything_hidden_is_safe(table, relations, own, zeros_shown) for own in readers)
        return
    for own in readers:
        assert_safe(table, relations, hidden, own, zeros_shown)


@given(TINY, st.booleans(), st.sampled_from([(), ("r0|c0", "r0|c1", "r0|c2", "r0|Total")]))
@settings(max_examples=40, deadline=None)
def test_what_is_protected_is_safe_or_refused(counts, zeros_shown, known):
    table, relations = rectangle(counts)
    try:
        hidden = protect(table, relations, known=known, zeros_shown=zeros_shown)
    except CannotProtect:
        assert not everything_hidden_is_safe(table, relations, known, zeros_shown)
        return
    assert small(table) <= hidden
    assert not (zeros_shown and any(table[cell] == 0 for cell in hidden))
    assert_safe(table, relations, hidden, known, zeros_shown)


def everything_hidden_is_safe(table, relations, known, zeros_shown):
    most = [cell for cell, count in table.items() if count or not zeros_shown]
    ranges = audit(table, relations, most, known, zeros_shown)
    return all(ranges[cell][0] <= 1 and ranges[cell][1] >= 5 for cell in small(table) - set(known))


@given(TINY, st.booleans())
@settings(max_examples=15, deadline=None)
def test_no_cheaper_choice_is_safe(counts, zeros_shown):
    table, relations = rectangle(counts)
    inner = {cell for cell in table if "Total" not in cell}
    try:
        hidden = protect(table, relations, zeros_shown=zeros_shown)
    except CannotProtect:
        assume(False)
    assume(hidden <= inner)
    free = [cell for cell in inner - small(table) if table[cell] or not zeros_shown]
    assume(len(free) <= 7)
    cost = sum(max(table[cell], 1) for cell in hidden)
    for size in range(len(free) + 1):
        for extra in combinations(free, size):
            choice = small(table) | set(extra)
            if sum(max(table[cell], 1) for cell in choice) < cost:
                ranges = audit(table, relations, choice, zeros_shown=zeros_shown)
                assert any(ranges[cell][0] > 1 or ranges[cell][1] < 5 for cell in small(table))


def test_a_site_that_knows_its_own_numbers():
    table, relations = with_margins([["A", "B", "C", "D"], ["x", "y"]], [[9, 3], [20, 15], [22, 18], [25, 19]])
    own = ["B|x", "B|y", "B|Total"]
    for readers in ([own], [own, ["C|x", "C|y", "C|Total"]]):
        hidden = protect(table, relations, readers=readers)
        for known in readers:
            assert_safe(table, relations, hidden, known)
    assert_safe(table, relations, protect(table, relations, known=own), own)


def test_two_sites_hide_a_total_from_each_other():
    table, relations = with_margins([["A", "B"], ["x", "y", "z"]], [[9, 3, 8], [20, 15, 11]])
    hidden = protect(table, relations, known=["B|x", "B|y", "B|z", "B|Total"])
    assert any("Total" in cell for cell in hidden)
    assert_safe(table, relations, hidden, ["B|x", "B|y", "B|z", "B|Total"])


def test_what_cannot_be_made_safe_is_refused_by_name():
    with pytest.raises(CannotProtect, match="'t'"):
        protect({"t": 3, "a": 1, "b": 2}, [("t", ["a", "b"])])
    with pytest.raises(CannotProtect, match="'a'"):
        protect({"t": 3, "a": 3}, [("t", ["a"])], known=["t"])
    assert protect({"t": 3, "a": 1, "b": 2}, [("t", ["a", "b"])], zeros_shown=False) == {"t", "a", "b"}


def test_nothing_small_hides_nothing_and_nothing_tied_is_unbounded():
    assert protect({"t": 12, "a": 6, "b": 6}, [("t", ["a", "b"])]) == set()
    assert protect({"alone": 3}, []) == {"alone"}
    assert audit({"alone": 3}, [], ["alone"]) == {"alone": (1, math.inf)}


def test_a_hole_is_open_to_every_reader():
    table = {"t": 20, "a": None, "b": 9, "c": 3}
    relations = [("t", ["a", "b", "c"])]
    assert audit(table, relations, ["c"]) == {"c": (1, 11)}
    assert protect(table, relations) == {"c"}
    assert audit({"t": None, "a": 3, "b": None}, [("t", ["a", "b"])], ["a"]) == {"a": (1, math.inf)}


def test_weights_choose():
    table, relations = rectangle([[9, 3], [8, 7]])
    dear = {cell: 1000 if cell == "r1|c1" else 1 for cell in table}
    assert protect(table, relations) == {"r0|c0", "r0|c1", "r1|c0", "r1|c1"}
    assert "r1|c1" not in protect(table, relations, weights=dear)


@pytest.mark.parametrize(
    ("table", "relations", "message"),
    [
        ({"t": 5, "a": 3}, [("t", ["a"])], "'t' does not equal its parts"),
        ({"t": 3, "a": 3}, [("t", ["b"])], "'b', which is not in the table"),
        ({"t": -1}, [], "'t' is -1"),
        ({"t": 3, "a": None, "b": 5}, [("t", ["a", "b"])], "holes"),
    ],
)
def test_a_table_that_is_wrong_is_refused(table, relations, message):
    with pytest.raises(ValueError, match=message):
        protect(table, relations)


@pytest.mark.parametrize("seed", range(3))
def test_random_cubes_are_safe(seed):
    counts = np.random.default_rng(seed).poisson(6, (4, 3, 3))
    table, relations = with_margins(
        [[f"{axis}{i}" for i in range(n)] for axis, n in (("a", 4), ("b", 3), ("c", 3))], counts
    )
    hidden = protect(table, relations, zeros_shown=False)
    assert_safe(table, relations, hidden, zeros_shown=False)
