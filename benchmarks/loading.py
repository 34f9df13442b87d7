"""How long a load of 1,000 returns takes, 250 of each layout, as a multiple of what reading their cells alone takes.

Beside it stands how much longer pandas with openpyxl takes merely to read them.

Run `python -m benchmarks.loading` from the project's root; `--returns 200` is a shorter run, `--profile` adds where the
time goes. Both times are the better of two, of the same files in the same run. On a machine that does other work too
only the processor's time says something, of all processes together: two processors that do nothing else need half of
it, or a little more.
"""

import argparse
import cProfile
import csv
import io
import os
import pstats
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import pandas as pd
from python_calamine import CalamineWorkbook

from etl.definitions.periods import financial_year_start, month_after
from etl.sample import name_file, write_return, write_tracker
from etl.sample.simulate import simulate
from etl.sites import load_sites
from etl.warehouse.load import load

FIRST = date(2018, 7, 1)
GOAL, GOAL_PANDAS = 8, 4
MOST_COLUMNS = 20


def write_returns(folder: Path, count: int) -> list[Path]:
    """Writes so many returns, the same number in each layout: one a month from July 2018."""
    times, written = ["file,received"], []
    sites = list(load_sites().values())
    last = month_after(FIRST, count // len(sites) - 1)
    for site in sites:
        numbers = dict(simulate(site.name, FIRST, last, seed=1))
        for month in numbers:
            path = folder / site.name / name_file(site, month)
            if site.layout_on(month).kind == "tracker":
                year = financial_year_start(month)
                write_tracker(site, {m: n for m, n in numbers.items() if year <= m <= month}, path)
            else:
                write_return(site, month, numbers[month], path)
            came = datetime.combine(month_after(month), datetime.min.time()) + timedelta(days=8)
            times.append(f"{path.relative_to(folder).as_posix()},{came.isoformat()}")
            written.append(path)
    (folder / "received.csv").write_text("\n".join(times) + "\n", encoding="utf-8")
    return written


def read_cells(paths: Iterable[Path]) -> int:
    """Reads the cells of all sheets with calamine alone (and the csv module, where there are no sheets)."""
    cells = 0
    for path in paths:
        if path.suffix == ".csv":
            cells += sum(map(len, csv.reader(io.StringIO(path.read_text(encoding="cp1252")))))
            continue
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            cells += sum(map(len, book.get_sheet_by_name(name).to_python()))
    return cells


def read_with_pandas(paths: Iterable[Path]) -> int:
    """Reads the cells of all sheets with pandas and openpyxl, or calamine where openpyxl reads none."""
    cells = 0
    for path in paths:
        if path.suffix == ".csv":
            cells += pd.read_csv(path, header=None, encoding="cp1252", names=range(MOST_COLUMNS)).size
        else:
            engine: Literal["openpyxl", "calamine"] = "openpyxl" if path.suffix == ".xlsx" else "calamine"
            frames = pd.read_excel(path, sheet_name=None, header=None, engine=engine)
            cells += sum(frame.size for frame in frames.values())
    return cells


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def processor_time() -> float:
    """The seconds that this process and its children that have ended have had of all processors."""
    return sum(os.times()[:4])


def main() -> None:
    """Writes the returns, times both, and prints the multiple."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--returns", type=int, default=1_000)
    wanted.add_argument("--profile", action="store_true")
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory() as place:
        paths = write_returns(Path(place) / "returns", asked.returns)
        alone = min(seconds(lambda: read_cells(paths)) for _ in range(2))
        begun = processor_time()
        read_cells(paths)
        alone_processor = processor_time() - begun
        profile = cProfile.Profile()
        if asked.profile:
            profile.enable()
        begun = processor_time()
        first = seconds(lambda: load([Path(place) / "returns"], Path(place) / "data"))
        processor = processor_time() - begun
        profile.disable()
        loading = min(first, seconds(lambda: load([Path(place) / "returns"], Path(place) / "again")))
        with_pandas = seconds(lambda: read_with_pandas(paths))
    times = f"{loading / alone:.1f} times"
    print(
        f"{len(paths)} returns: their cells alone {alone:.2f} s; loading {loading:.2f} s (first {first:.2f} s); {times}"
    )
    print(f"The goal is {GOAL} times at most. Load average {os.getloadavg()[0]:.1f}.")
    print(
        f"pandas with openpyxl merely reads them in {with_pandas:.1f} s, {with_pandas / loading:.1f} times as long as "
        f"loading; the goal is {GOAL_PANDAS} times at least."
    )
    times = f"{processor / alone_processor:.1f} times"
    print(f"Of the processors' time: their cells alone {alone_processor:.2f} s; loading {processor:.2f} s; {times}")
    if asked.profile:
        pstats.Stats(profile).sort_stats("cumtime").print_stats(45)


if __name__ == "__main__":
    main()
