"""The two parts of a change in unit cost."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.methods import bridge

CASES = json.loads((Path(__file__).parent / "vectors" / "unit_cost.json").read_text())["cases"]
POUNDS, COUNTS = st.integers(0, 10_000_000), st.integers(1, 2000)


@pytest.mark.parametrize("case", CASES["variance_decomposition"]["cases"])
def test_as_worked_out(case):
    base = CASES["benchmark"]
    parts = bridge.unit_cost(base["cost"], base["count"], case["cost"], case["count"])
    assert parts.spending == pytest.approx(case["spending"], abs=1e-6)
    assert parts.volume == pytest.approx(case["volume"], abs=1e-6)
    assert parts.change == pytest.approx(case["difference"], abs=1e-6)


@given(POUNDS, COUNTS, POUNDS, COUNTS)
def test_the_parts_add_up_also_as_printed(cost0, count0, cost1, count1):
    parts = bridge.unit_cost(cost0, count0, cost1, count1)
    change = Fraction(cost1, count1) - Fraction(cost0, count0)
    assert parts.spending + parts.volume == parts.change == pytest.approx(float(change), rel=1e-9, abs=1e-6)
    spending, volume, shown = parts.to_the_penny()
    assert spending + volume == shown
    assert abs(float(volume) - parts.volume) < 0.0101


def test_no_cases_have_no_unit_cost():
    with pytest.raises(ValueError, match="without cases"):
        bridge.unit_cost(1, 0, 1, 1)
