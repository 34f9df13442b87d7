"""Which points of a monthly series say that something changed, and which are chance.

Source: NHS England, Making data count, as computed by NHSRplotthedots 0.2.2 (XmR charts; D. J. Wheeler,
Understanding variation).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from statistics import mean

import numpy as np
from scipy.special import pdtr, pdtrik

from etl.methods import thresholds

_AT = thresholds("control_chart")
_CHANCE = tomllib.loads(files("etl.methods").joinpath("chance.toml").read_text(encoding="utf-8"))
RANGES_TO_LIMIT: float = _AT["ranges_to_limit"]
RANGES_TO_NEAR_LIMIT = 2 * RANGES_TO_LIMIT / 3
SCREEN_AT = 3.267
RUN: int = _AT["run"]
ENOUGH_POINTS: int = _AT["enough_points"]
TRIAL_POINTS: int = _AT["trial_points"]
TAIL = 0.00135

COMMON_CAUSE = "common_cause"
HIGH = {"above_limit", "trend_up", "two_in_three_above", "shift_above"}
VARIATION_WORDS = {
    COMMON_CAUSE: "no clear change",
    "special_cause_improvement": "improving",
    "special_cause_concern": "getting worse",
    "special_cause_neutral_high": "unusually high",
    "special_cause_neutral_low": "unusually low",
}
ASSURANCE_WORDS = {
    "consistent_pass": "consistently hits the target",
    "consistent_fail": "consistently misses the target",
    "inconsistent": "hits and misses the target by chance",
}


@dataclass(frozen=True)
class ControlChart:
    """One entry a point throughout; None where a limit is not defined or a point is missing.

    `point_types` says for each point what its label means for the reader; `variation` is that of the last
    point. `fitted` is the number of points behind the limits at that point: they are drawn from 12, dashed
    (`trial`) from 6, and not at all below.
    """

    mean: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    labels: tuple[str | None, ...]
    point_types: tuple[str | None, ...]
    variation: str | None
    assurance: str | None
    fitted: tuple[int, ...]

    @property
    def trial(self) -> bool:
        """Whether the latest limits rest on fewer points than sound limits need."""
        return bool(self.fitted) and self.fitted[-1] < ENOUGH_POINTS

    @property
    def drawn(self) -> bool:
        """Whether the latest limits rest on enough points to be drawn at all."""
        return bool(self.fitted) and self.fitted[-1] >= TRIAL_POINTS


@dataclass(frozen=True)
class _Fit:
    mean: float | None
    spread: float | None
    points: int

    def limit(self, ranges: float) -> float | None:
        if self.mean is None or self.spread is None:
            return None
        return self.mean + ranges * self.spread


def xmr(
    values: Sequence[float | None],
    improvement: str | None = None,
    target: float | None = None,
    fix_after: int | None = None,
    rebase_at: Sequence[int] = (),
    screen: bool = True,
) -> ControlChart:
    """Chart `values` in their own units, oldest first.

    `improvement` is "increase", "decrease", or None (or "neutral") where neither direction is better.
    `fix_after` fits the limits on the first points of each stretch; `rebase_at` gives the positions, from
    0, at which a stretch begins, and no rule runs across. A missing point (None) has no label; it breaks
    runs and gives no moving range. `assurance` compares the last limits with `target` and needs a
    direction.
    """
    if improvement not in (None, "neutral", "increase", "decrease"):
        raise ValueError(f'Improvement is "increase", "decrease" or "neutral"; got {improvement!r}.')
    if fix_after is not None and fix_after < 1:
        raise ValueError(f"Limits are fixed after at least 1 point; got {fix_after}.")
    points = [None if value is None or math.isnan(value) else float(value) for value in values]
    fits: list[_Fit] = []
    labels: list[str | None] = []
    for stretch in _stretches(points, rebase_at):
        fit = _fit(stretch[:fix_after], screen)
        fits += [fit] * len(stretch)
        labels += _labels(stretch, fit)
    types = tuple(_point_type(label, improvement) for label in labels)
    return ControlChart(
        mean=tuple(fit.mean for fit in fits),
        lower=tuple(fit.limit(-RANGES_TO_LIMIT) for fit in fits),
        upper=tuple(fit.limit(RANGES_TO_LIMIT) for fit in fits),
        labels=tuple(labels),
        point_types=types,
        variation=next((kind for kind in reversed(types) if kind is not None), None),
        assurance=_assurance(fits[-1] if fits else None, target, improvement),
        fitted=tuple(fit.points for fit in fits),
    )


def poisson_limits(mean: float, tail: float = TAIL) -> tuple[int, int]:
    """Exact limits for a count whose mean is under 10, where the lower XmR limit is below nought and no fall can
    signal: at most `tail` lies beyond each.

    Source: the c chart with probability limits (D. C. Montgomery, Introduction to statistical quality
    control). A count is out of limits when it is below the first number or above the second.
    """
    if not (math.isfinite(mean) and mean >= 0):
        raise ValueError(f"A mean count is at least 0; got {mean}.")
    return _poisson_quantile(tail, mean), _poisson_quantile(1 - tail, mean)


def signals_by_chance(middle: float | None, months: int) -> float:
    """The share of charts of pure chance that have a signal somewhere: of counts of this mean, or (None) of money.

    Interpolated between what was simulated (`benchmarks/chance.py`).
    """
    lengths, means = _CHANCE["months"], _CHANCE["means"]
    at = float(np.clip(months, lengths[0], lengths[-1]))
    if middle is None:
        return float(np.interp(at, lengths, _CHANCE["money"]))
    by_mean = [float(np.interp(at, lengths, row)) for row in _CHANCE["count"]]
    return float(np.interp(math.log(max(middle, means[0])), np.log(means), by_mean))


def _poisson_quantile(share: float, mean: float) -> int:
    if mean == 0:
        return 0
    guess = pdtrik(share, mean)
    count = max(0, math.floor(guess) - 1) if math.isfinite(guess) else 0
    while pdtr(count, mean) < share:
        count += 1
    return count


def _stretches(points: list[float | None], rebase_at: Sequence[int]) -> list[list[float | None]]:
    if any(not 0 <= start < len(points) for start in rebase_at):
        raise ValueError(f"Rebasing is at a point's position, 0 to {len(points) - 1}; got {list(rebase_at)}.")
    starts = sorted({0, *rebase_at, len(points)})
    return [points[start:end] for start, end in pairwise(starts)]


def _fit(points: Sequence[float | None], screen: bool) -> _Fit:
    present = [point for point in points if point is not None]
    if not present:
        return _Fit(None, None, 0)
    ranges = [abs(b - a) for a, b in pairwise(points) if a is not None and b is not None]
    if screen and ranges:
        cut = SCREEN_AT * mean(ranges)
        ranges = [moved for moved in ranges if moved < cut]
    return _Fit(mean(present), mean(ranges) if ranges else None, len(present))


def _labels(points: list[float | None], fit: _Fit) -> list[str | None]:
    """The first rule that holds at each point, in the order in which the source asks them."""
    outside = _outside(points, fit)
    side = [_side(point, fit.mean) for point in points]
    near = [_side(_beyond(point, fit, RANGES_TO_NEAR_LIMIT), 0) for point in points]
    close = [0 if out else sign for out, sign in zip(outside, near, strict=True)]
    trend, two_in_three, shift = _trends(points), _two_in_three(close, side), _shifts(side)
    return [
        None if point is None else _first_rule(outside[i], trend[i], two_in_three[i], shift[i])
        for i, point in enumerate(points)
    ]


def _first_rule(outside: int, trend: int, two_in_three: int, shift: int) -> str:
    for sign, above, below in (
        (outside, "above_limit", "below_limit"),
        (trend, "trend_up", "trend_down"),
        (two_in_three, "two_in_three_above", "two_in_three_below"),
        (shift, "shift_above", "shift_below"),
    ):
        if sign:
            return above if sign > 0 else below
    return COMMON_CAUSE


def _side(point: float | None, centre: float | None) -> int:
    return 0 if point is None or centre is None else (point > centre) - (point < centre)


def _beyond(point: float | None, fit: _Fit, ranges: float) -> float | None:
    """How far it lies above the upper or below (negative) the lower limit at so many ranges, 0 within."""
    low, high = fit.limit(-ranges), fit.limit(ranges)
    if point is None or low is None or high is None:
        return None
    return max(point - high, 0.0) + min(point - low, 0.0)


def _outside(points: list[float | None], fit: _Fit) -> list[int]:
    return [_side(_beyond(point, fit, RANGES_TO_LIMIT), 0) for point in points]


def _windows(size: int, length: int, holds: Callable[[range], int]) -> list[int]:
    """The sign that `holds` gives to a window of points, for each point in such a window; 0 elsewhere. Later
    windows win.
    """
    signs = [0] * size
    for start in range(size - length + 1):
        window = range(start, start + length)
        if sign := holds(window):
            for i in window:
                signs[i] = sign
    return signs


def _trends(points: list[float | None]) -> list[int]:
    def rising_or_falling(window: range) -> int:
        steps = {_side(points[b], points[a]) if points[a] is not None else 0 for a, b in pairwise(window)}
        return steps.pop() if len(steps) == 1 else 0

    return _windows(len(points), RUN, rising_or_falling)


def _shifts(side: list[int]) -> list[int]:
    def one_side(window: range) -> int:
        sides = {side[i] for i in window}
        return sides.pop() if len(sides) == 1 else 0

    return _windows(len(side), RUN, one_side)


def _two_in_three(close: list[int], side: list[int]) -> list[int]:
    def two_close(window: range) -> int:
        sides = {side[i] for i in window}
        return sides.pop() if len(sides) == 1 and sum(close[i] != 0 for i in window) >= 2 else 0

    signs = _windows(len(side), 3, two_close)
    return [sign if near else 0 for sign, near in zip(signs, close, strict=True)]


def _point_type(label: str | None, improvement: str | None) -> str | None:
    if label is None or label == COMMON_CAUSE:
        return label
    high = label in HIGH
    if improvement in (None, "neutral"):
        return "special_cause_neutral_high" if high else "special_cause_neutral_low"
    better = high == (improvement == "increase")
    return "special_cause_improvement" if better else "special_cause_concern"


def _assurance(fit: _Fit | None, target: float | None, improvement: str | None) -> str | None:
    if fit is None or target is None or improvement in (None, "neutral"):
        return None
    low, high = fit.limit(-RANGES_TO_LIMIT), fit.limit(RANGES_TO_LIMIT)
    if low is None or high is None:
        return None
    if low <= target <= high:
        return "inconsistent"
    return "consistent_fail" if (target > high) == (improvement == "increase") else "consistent_pass"
