"""Scales: round ends and round ticks for an axis that starts at nought."""

from math import floor, log10

STEPS = (1, 2, 2.5, 4, 5, 10)


def nice_step(top: float, most: int = 4) -> float:
    """The smallest round step that reaches `top` in at most `most` steps."""
    if top <= 0:
        return 1.0
    power = 10 ** floor(log10(top / most))
    return next(step * power for step in (*STEPS, 20, 25) if step * power * most >= top - 1e-9)


def ticks(top: float, most: int = 4) -> list[float]:
    """Round ticks from 0 up to the last one that is not above `top`."""
    step = nice_step(top, most)
    return [step * index for index in range(int(top / step + 1e-9) + 1)]


def nice_top(top: float, most: int = 4) -> float:
    """A round end of a scale at or above `top`."""
    step = nice_step(top, most)
    return step * -(-top // step) if top > 0 else 1.0
