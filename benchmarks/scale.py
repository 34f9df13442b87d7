"""What many areas and years cost: loading them all, and one more return beside the same one in an empty warehouse.

Run `python -m benchmarks.scale` from the project's root; `--areas 8 --years 3` is a shorter run, and `--returns FOLDER`
keeps the made-up returns for the next one. The load average stands beside each figure.
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from benchmarks.loading import seconds
from etl.definitions.periods import month_after
from etl.sample import LAST, plan_returns, write_returns
from etl.warehouse.load import load

MINUTES, TIMES = 3, 1.5
TRIES = 3
# The sites whose last return comes after all others: one of each kind of layout, the last of an area with our own.
ONE_MORE = ("croydon", "west_midlands", "west_mercia", "south_wales", "area_5")


def write(folder: Path, areas: int, years: int) -> None:
    """Writes the returns of so many areas and years: in `more` the last one of some sites, in `all` the others."""
    planned = plan_returns(areas, month_after(LAST, 1 - 12 * years), LAST)
    last = {one.site.name: one for one in planned if one.site.name in ONE_MORE}
    for name, one in last.items():
        list(write_returns(folder / "more" / name, [one]))
    list(write_returns(folder / "all", [one for one in planned if one is not last.get(one.site.name)]))


def one_more(returns: Path, before: Path | None, place: Path) -> float:
    """The shortest time in which one return is loaded into a copy of a warehouse, or into none."""
    times = []
    for _ in range(TRIES):
        shutil.rmtree(place, ignore_errors=True)
        if before:
            shutil.copytree(before, place)
        times.append(seconds(lambda: load([returns], place)))
    return min(times)


def busy() -> str:
    """How busy the machine is, to stand beside a figure."""
    return f"(load average {os.getloadavg()[0]:.1f})" if hasattr(os, "getloadavg") else ""


def report(returns: Path, place: Path) -> None:
    """Loads everything, then one more return of each layout, and prints what it took."""
    data = place / "data"
    count = sum(path.suffix in (".xlsx", ".csv") for path in (returns / "all").glob("*/*"))
    took = seconds(lambda: load([returns / "all"], data))
    print(f"{count} returns loaded in {took:.0f} s; the goal is {60 * MINUTES} s at most {busy()}")
    for folder in sorted((returns / "more").iterdir()):
        first, more = (one_more(folder, before, place / "copy") for before in (None, data))
        times = f"{more / first:.2f} times"
        print(f"One more return of {folder.name}: {more:.2f} s; in an empty warehouse {first:.2f} s; {times} {busy()}")
    print(f"The goal is {TIMES} times at most.")


def main() -> None:
    """Writes the returns where they are not there yet, and prints what loading them takes."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--areas", type=int, default=43)
    wanted.add_argument("--years", type=int, default=10)
    wanted.add_argument("--returns", type=Path)
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory() as place:
        returns = asked.returns or Path(place) / "returns"
        if not returns.exists():
            write(returns, asked.areas, asked.years)
        report(returns, Path(place))


if __name__ == "__main__":
    main()
