"""Relations made lean say the same of every cell that is asked about, and what follows from others is left out."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from etl.compare.components import components
from etl.protect.cell_suppression.lattice import SHOWN_WITH, counts
from etl.protect.cell_suppression.mask import counts_in
from etl.protect.cell_suppression.reduce import lean


def system(seed):
    """Months of two parts and their whole, quarters and a year of each, and one relation that does not hold."""
    random = np.random.default_rng(seed)
    months, numbers = 6, 3
    counts = random.integers(0, 9, (numbers, months)).astype(float)
    counts[0] = counts[1] + counts[2]
    names = {(n, m): n * months + m for n in range(numbers) for m in range(months)}
    room, rows = list(counts.ravel()), []
    for month in range(months):
        rows.append((names[0, month], [names[1, month], names[2, month]]))
    for number in range(numbers):
        for first, last in ((0, 3), (3, 6), (0, 6), (1, 5)):
            rows.append((len(room), [names[number, m] for m in range(first, last)]))
            room.append(counts[number, first:last].sum())
    room[rows[-1][0]] -= 1 if room[rows[-1][0]] else 0
    matrix = np.zeros((len(rows), len(room)))
    for at, (total, parts) in enumerate(rows):
        matrix[at, total], matrix[at, parts] = 1, -1
    free = random.random(len(room)) < 0.8
    keep = random.random(int(free.sum())) < 0.3
    return csr_array(matrix[:, free]), np.array(room)[free], keep


def farthest(matrix, room, at, sign):
    aim = np.zeros(room.size)
    aim[at] = -sign
    bounds = np.column_stack([-room, np.full(room.size, 50.0)])
    return linprog(aim, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds).x[at]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_asked_can_move_as_far_as_before(seed):
    matrix, room, keep = system(seed)
    own = lean(matrix, room, keep)
    assert set(np.flatnonzero(keep)) <= set(own.columns)
    for at in np.flatnonzero(keep):
        place = int(np.searchsorted(own.columns, at))
        assert farthest(matrix, room, at, -1) == pytest.approx(farthest(own.matrix, room[own.columns], place, -1))


@pytest.mark.parametrize("seed", range(20))
def test_a_lean_answer_keeps_every_relation_and_no_count_falls_below_nothing(seed):
    matrix, room, keep = system(seed)
    own = lean(matrix, room, keep)
    random = np.random.default_rng(seed)
    less = room[own.columns]
    for _ in range(5):
        answer = linprog(
            random.normal(size=less.size),
            A_eq=own.matrix,
            b_eq=np.zeros(own.matrix.shape[0]),
            bounds=np.column_stack([-less, np.full(less.size, 20.0)]),
        )
        moves = own.back @ answer.x
        assert np.abs(matrix @ moves).max(initial=0) < 1e-9
        assert (moves >= -room - 1e-9).all()
        assert moves[own.columns] == pytest.approx(answer.x)


def test_totals_that_nobody_asks_about_go_and_those_of_wrong_sums_stay():
    matrix = csr_array(np.array([[1.0, -1, -1, 0, 0], [0, 0, -1, 1, 0], [0, -1, 0, 0, 1]]))
    right = lean(matrix, np.array([5.0, 2, 3, 3, 2]), np.zeros(5, dtype=bool))
    assert list(right.columns) == [1, 2]
    assert right.matrix.shape == (0, 2)
    assert right.back.toarray()[0].tolist() == [1, 1]
    wrong = lean(matrix, np.array([4.0, 2, 3, 3, 2]), np.zeros(5, dtype=bool))
    assert list(wrong.columns) == [0, 1, 2]


@pytest.mark.parametrize(("total", "parts"), SHOWN_WITH.items())
def test_a_total_outside_the_choice_follows_from_what_it_is_shown_with(total, parts):
    assert sorted(number for part in parts for number in components(part)) == sorted(components(total))
    assert counts_in(total) == list(parts) and total not in counts() and set(parts) <= set(counts())
