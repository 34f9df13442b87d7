"""What the workers weigh after 1,000 pages, and whether that grows: `python -m benchmarks memory` (on Linux)."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.lines import Line, at_most
from benchmarks.server import changes, measure, shared
from benchmarks.serving import Served, served

PAGES = 1_000


def weight(process: int) -> tuple[float, float]:
    """A process's proportional and unique share of memory, in MB: PSS counts what it shares with others in part."""
    said = dict(line.split(":") for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:])
    kilobytes = {name: int(value.split()[0]) for name, value in said.items()}
    return kilobytes["Pss"] / 1024, (kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]) / 1024


def of_workers(server: Served) -> tuple[float, float]:
    """The PSS and USS of all workers together, in MB."""
    weights = [weight(worker) for worker in server.workers]
    return sum(pss for pss, _ in weights), sum(uss for _, uss in weights)


def lines(data: Path, pages: int = PAGES) -> Iterator[Line]:
    """The lines of the table."""
    with served(data) as server:
        asked = changes()
        started, found = of_workers(server), []
        for _ in range(2):
            for request in islice(asked, pages // 2):
                measure(server, 1, shared(iter([request])), 0)
            found.append(of_workers(server))
        (half, _), (all_of_them, unique) = found
        what = f"two workers after {pages} pages: PSS, {unique:.0f} MB their own, {started[0]:.0f} MB at the start"
        yield at_most(what, all_of_them, 220, "MB")
        growth = all_of_them / half
        yield at_most(f"the same beside after {pages // 2} pages", growth, 1.05, "times", f"{half:.0f} MB", growth)
