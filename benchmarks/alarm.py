"""What the alarm for falls sees and how often chance alone rings it, by simulation: `python -m benchmarks alarm`.

Beside it the rules of the control chart, drawn anew each month from all months so far: how often its last point signals
where the month before did not. A fall is to seven tenths, after three years in which nothing changed.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from benchmarks.lines import Line
from etl.methods import alarm
from etl.methods.control_chart import COMMON_CAUSE, xmr

USUAL, SERIES = 10.0, 8  # new cases and referrals of four sites
QUIET, WATCHED, FALLEN = 36, 24, 6
RUNS, CHARTS = 3000, 400


def lines(usual: float = USUAL) -> Iterator[Line]:
    """The share of falls seen within six months, and false alarms a series, beside those of the chart's rules."""
    chance = np.random.default_rng(2019)
    steady = chance.poisson(usual, (RUNS, QUIET + WATCHED)).astype(float)
    fallen = np.hstack([steady[:, :QUIET], chance.poisson(alarm.SHIFT * usual, (RUNS, FALLEN))])
    seen = float(np.mean([_rings(row, QUIET) > 0 for row in fallen]))
    chart = float(np.mean([_signals(row, QUIET) > 0 for row in fallen[:CHARTS]]))
    ratio = seen / chart if chart else None
    yield Line(
        "falls of 30% seen in six months", f"{seen:.0%}", f"chart {chart:.0%}", ratio, "at least 60%", seen >= 0.6
    )
    false = np.mean([_rings(row, QUIET) for row in steady]) / WATCHED
    theirs = np.mean([_signals(row, QUIET) for row in steady[:CHARTS]]) / WATCHED
    told, beside = (f"1 in {1 / rate:.0f} months" for rate in (false, theirs))
    ratio, goal = float(false / theirs), "no more than the chart's"
    yield Line("false alarms of a series", told, f"chart {beside}", ratio, goal, bool(false <= theirs))


def _rings(values: Sequence[float], start: int) -> int:
    """The months from a place on in which the alarm rings that did not ring the month before."""
    return _begins([_is_alarming(values[: place + 1]) for place in range(start - 1, len(values))])


def _is_alarming(values: Sequence[float]) -> bool:
    single, slow = alarm.month(list(values), SERIES), alarm.fall(list(values), SERIES)
    return bool((single and single.alarming) or (slow and slow.alarming))


def _signals(values: Sequence[float], start: int) -> int:
    labels = [xmr(list(values[: place + 1])).labels[-1] for place in range(start - 1, len(values))]
    return _begins([label not in (None, COMMON_CAUSE) for label in labels])


def _begins(found: Sequence[bool]) -> int:
    """How often something is that was not the month before; the first is only what was before."""
    return sum(now and not before for before, now in pairwise(found))
