"""A programme that is asked again and again, by a library that has much to say of itself."""

import numpy as np
import pytest
from scipy.sparse import csc_array

from etl.protect.programme import Programme


@pytest.mark.parametrize("whole", [True, False])
def test_an_answer_without_a_word(capfd: pytest.CaptureFixture[str], whole: bool) -> None:
    """x + y = 5 with x and y up to 4: the least x is 1, and the least y."""
    programme = Programme(csc_array(np.array([[1.0, 1.0]])), np.array([5.0]), whole=whole)
    for aim, answer in (([1.0, 0.0], [1.0, 4.0]), ([0.0, 1.0], [4.0, 1.0])):
        found = programme.solve(np.array(aim), np.zeros(2), np.full(2, 4.0))
        assert found is not None and found.tolist() == answer
    assert programme.solve(np.zeros(2), np.zeros(2), np.ones(2)) is None
    assert capfd.readouterr() == ("", "")
