"""How many control charts signal by chance alone, by simulation.

`python -m benchmarks.chance` prints the table that `etl/methods/chance.toml` holds. Counts are Poisson with the chart's
own mean, money is normal; limits are those that the chart would have, from the same months.
"""

import sys

import numpy as np

from etl.compare.charts import SMALL_MEAN
from etl.methods.control_chart import COMMON_CAUSE, poisson_limits, xmr

MONTHS = (12, 18, 24, 36, 60, 120)
MEANS = (0.5, 1, 2, 3, 5, 7, 9.9, 10, 15, 25, 60)


def share(values: np.ndarray, *, small: bool = False) -> float:
    """The share of charts, a row each, that have a signal anywhere; `small` counts have exact limits."""
    return float(np.mean([_signals(row, small=small) for row in values]))


def _signals(row: np.ndarray, *, small: bool) -> bool:
    if small:
        low, high = poisson_limits(float(row.mean()))
        return bool(((row < low) | (row > high)).any())
    return any(label not in (None, COMMON_CAUSE) for label in xmr(row.tolist()).labels)


def main() -> None:
    """Prints the shares; the number of charts of each kind is the only argument."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chance = np.random.default_rng(2019)
    print(f"months = {list(MONTHS)}\nmeans = {list(MEANS)}")
    money = [round(share(chance.normal(1000, 100, (runs, months))), 3) for months in MONTHS]
    print(f"money = {money}\ncount = [")
    for mean in MEANS:
        charts = runs * (10 if mean < SMALL_MEAN else 1)  # rarer signals, and quick to draw
        counts = [chance.poisson(mean, (charts, months)).astype(float) for months in MONTHS]
        found = [round(share(own, small=mean < SMALL_MEAN), 3) for own in counts]
        print(f"    {found},", flush=True)
    print("]")


if __name__ == "__main__":
    main()
