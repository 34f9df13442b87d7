"""The predictive caseload against R's negative binomial."""

import json
from pathlib import Path

import pytest

from etl.methods import caseload_forecast

CASES = json.loads((Path(__file__).parent / "vectors" / "runway.json").read_text())["cases"]
QUANTILES = {"q025": 0.025, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q975": 0.975}


@pytest.mark.parametrize("case", CASES["predictive_caseload_gamma_poisson"])
def test_as_r_gives_it(case):
    ahead = caseload_forecast.forecast(case["observed"], case["months"], case["horizon"])
    assert (ahead.size, ahead.chance) == (case["nb_size"], case["nb_prob"])
    assert ahead.mean == pytest.approx(case["mean"], abs=1e-9)
    assert {name: ahead.quantile(share) for name, share in QUANTILES.items()} == {q: case[q] for q in QUANTILES}
    assert 1 - ahead.at_most(124) == pytest.approx(case["p_ge_125"], abs=1e-9)
    assert ahead.at_most(100) == pytest.approx(case["p_le_100"], abs=1e-9)


def test_nothing_seen_yet_still_allows_for_some():
    ahead = caseload_forecast.forecast(0, 12)
    assert ahead.quantile(0.5) == 0 and ahead.quantile(0.975) > 0
    assert ahead.at_most(-1) == 0
