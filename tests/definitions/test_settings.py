"""Thresholds that pages speak of are those that the methods go by."""

import re
from pathlib import Path

import pytest

from dashboard.pages.methods import METHODS
from dashboard.wording.control_chart import SIGNALS
from etl.definitions import settings
from etl.intake import limits
from etl.methods import control_chart
from etl.provenance.results import CHARTS

ROOT = Path(__file__).parents[2]


def test_pages_and_methods_read_the_same_thresholds() -> None:
    chart = settings.thresholds("control_chart")
    assert (control_chart.RUN, control_chart.TRIAL_POINTS) == (chart["run"], chart["trial_points"]) == (7, 6)
    assert (control_chart.ENOUGH_POINTS, control_chart.RANGES_TO_LIMIT) == (12, 2.66)
    assert SIGNALS["shift_above"] == "above average seven or more months in a row"
    assert "± 2.66 times" in CHARTS["xmr"]
    assert "drawn from 12 points, dashed as a trial from 6." in dict(METHODS)["Control charts"]
    assert "No rate is shown on a count under 10." in dict(METHODS)["Likely ranges"]


def test_the_page_and_the_intake_refuse_the_same_size() -> None:
    assert settings.RETURN_BYTES == limits.FILE_BYTES


@pytest.mark.parametrize("path", sorted((ROOT / "etl" / "methods").glob("*.py")), ids=lambda path: path.stem)
def test_no_threshold_of_readiness_stands_in_a_method(path: Path) -> None:
    assert not re.search(r"= (?:1\.05|1\.15|0\.998|0\.90)$", path.read_text(encoding="utf-8"), re.MULTILINE)
