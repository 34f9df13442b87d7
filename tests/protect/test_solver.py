"""A programme that is asked again and again, by a library that has much to say of itself."""

import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array

from etl.protect.cell_suppression.solver import Programme


def ask(whole: bool) -> None:
    """x + y = 5 with x and y up to 4: the least x is 1, and the least y."""
    programme = Programme(csc_array(np.array([[1.0, 1.0]])), np.array([5.0]), whole=whole)
    for aim, answer in (([1.0, 0.0], [1.0, 4.0]), ([0.0, 1.0], [4.0, 1.0])):
        found = programme.solve(np.array(aim), np.zeros(2), np.full(2, 4.0))
        assert found is not None and found.tolist() == answer
    assert programme.solve(np.zeros(2), np.zeros(2), np.ones(2)) is None


@pytest.mark.parametrize("whole", [True, False])
def test_an_answer_without_a_word(capfd: pytest.CaptureFixture[str], whole: bool) -> None:
    ask(whole)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("threads", [1, 2])
def test_an_answer_whatever_else_has_asked_in_this_process(threads: int) -> None:
    """HiGHS has one set of threads for all that ask: another number of them is no reason to find no table."""
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    other.resetGlobalScheduler(True)
    other.setOptionValue("threads", threads)
    variables = [other.addVariable(ub=1, obj=-1) for _ in range(3)]
    other.addConstr(sum(variables) <= 2)
    other.run()
    try:
        ask(whole=True)
        ask(whole=False)
    finally:
        other.resetGlobalScheduler(True)


def test_what_highs_refuses_is_not_taken_for_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.protect.cell_suppression.solver.highspy.Highs.run", lambda _: highspy.HighsStatus.kError)
    with pytest.raises(RuntimeError, match="HiGHS"):
        ask(whole=False)
