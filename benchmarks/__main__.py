"""The benchmark table: `python -m benchmarks`, or `python -m benchmarks pages server` for some of its lines.

Each line has what was measured beside it in the same run, the goal, and the load average: on a machine that does other
work too only the ratios say something.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import alarm, memory, pages, publishing, server
from benchmarks.lines import Line, load_average
from benchmarks.serving import make_data

OWN_TABLES = ("loading", "scale")  # print what they find themselves
PARTS = ("publishing", "pages", "server", "memory", "alarm", *OWN_TABLES)


def main() -> None:
    """Measures what is asked for, and prints the table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    wanted.add_argument(
        "--data", type=Path, help="a data folder with an edition; usually the sample is made and published"
    )
    wanted.add_argument("--national", type=Path, help="a data folder of many sites, to compare each page with")
    asked = wanted.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        wanted.error(f"there is no {', '.join(sorted(unknown))}: choose of {', '.join(PARTS)}")
    parts = asked.parts or PARTS
    with tempfile.TemporaryDirectory() as place:
        needs_data = {"pages", "server", "memory"} & set(parts)
        data = asked.data or (make_data(Path(place)) if needs_data else Path(place))
        measured: dict[str, Callable[[], Iterator[Line]]] = {
            "publishing": publishing.lines,
            "pages": lambda: pages.lines(data, asked.national),
            "server": lambda: server.lines(data),
            "memory": lambda: memory.lines(data),
            "alarm": alarm.lines,
        }
        show(line for part in parts if part in measured for line in measured[part]())
    for part in parts:
        if part in OWN_TABLES:
            print(f"\n{part}, load average {load_average()}", flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], check=True)


def show(lines: Iterator[Line]) -> None:
    """Prints the table, a line as soon as it is measured."""
    console, rows = Console(), []
    for line in lines:
        ratio = f"{line.ratio:.2f}" if line.ratio is not None else ""
        rows.append((line.what, line.measured, ratio, line.beside, line.goal, line.verdict, load_average()))
        console.print(f"[dim]{line.what}: {line.measured}[/dim]", highlight=False)
    table = Table("What", "Measured", "Ratio", "Beside", "Goal", "", "Load")
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
