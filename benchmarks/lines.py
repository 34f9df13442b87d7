"""A line of the benchmark table: what was measured beside what in the same run, and the goal."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """What was measured. `ratio` is to what `beside` names, measured in the same run; the goal is of `of`."""

    what: str
    measured: str
    beside: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in a word."""
        return "" if self.met is None else "met" if self.met else "missed"


def at_most(what: str, value: float, goal: float, unit: str, beside: str = "", ratio: float | None = None) -> Line:
    """A line whose number must not be larger than its goal."""
    return Line(what, f"{value:.3g} {unit}", beside, ratio, f"at most {goal:g} {unit}", value <= goal)


def at_least(what: str, value: float, goal: float, unit: str, beside: str = "", ratio: float | None = None) -> Line:
    """A line whose number must not be smaller than its goal."""
    return Line(what, f"{value:.3g} {unit}", beside, ratio, f"at least {goal:g} {unit}", value >= goal)


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def middle(values: Sequence[float]) -> float:
    """The median of what was measured several times."""
    return float(median(values))


def load_average() -> str:
    """How many processes have wanted a processor in the last minute; not known on Windows."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
