"""How long a reader waits in a browser, and what goes over the wire: `python -m benchmarks pages`.

`--national DIR` measures each page on a data folder of many sites too, beside the four sites' in the same run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lines import Line, at_most, middle
from benchmarks.serving import PATHS, Served, served
from dashboard.export.pdf import chromium
from dashboard.operations.plotly_js import INSTALLED, choose

REPEATS = 3
FIRST, CHANGED = "/caseload", "Period"
WINDOW = {"width": 1280, "height": 720}
# The moment, in seconds since the browser began to fetch the page, at which its frame stands and no chart is missing.
DRAWN = """() => {
  const main = document.querySelector("#frame #main");
  const charts = [...document.querySelectorAll("#frame .chart")];
  if (!main || !charts.every(chart => chart.querySelector(".main-svg .subplot"))) return false;
  return performance.now() / 1000;
}"""
# Notes when each drawing of a chart ends, and how many have not ended.
WATCH = """() => {
  window.drawn = {last: 0, open: 0};
  for (const name of ["react", "newPlot"]) {
    const draw = Plotly[name];
    Plotly[name] = (...given) => {
      drawn.open++;
      return draw(...given).then(done => { drawn.open--; drawn.last = performance.now(); return done; });
    };
  }
}"""
CHOOSE = """label => {
  const select = [...document.querySelectorAll("#frame .picker")]
    .find(picker => picker.textContent.startsWith(label)).querySelector("select");
  const next = (select.selectedIndex + 1) % select.options.length;
  drawn.from = performance.now(); drawn.last = 0;
  const set = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set;
  set.call(select, select.options[next].value);
  select.dispatchEvent(new Event("change", {bubbles: true}));
}"""
REDRAWN = (
    """() => drawn.last && !drawn.open && performance.now() - drawn.last > 300 && (drawn.last - drawn.from) / 1000"""
)


@dataclass(frozen=True)
class Visit:
    """A page opened in a browser."""

    seconds: float
    kilobytes: float
    requests: int


def visit(context: Any, address: str) -> Visit:
    """Opens a page in a new window and waits for its last chart."""
    page = context.new_page()
    sizes: dict[str, float] = {}
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.requestWillBeSent", lambda told: sizes.setdefault(told["requestId"], 0.0))
    network.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    page.goto(address, wait_until="commit")
    took = page.wait_for_function(DRAWN, polling="raf", timeout=60_000).json_value()
    page.wait_for_timeout(300)
    page.close()
    return Visit(float(took), sum(sizes.values()) / 1000, len(sizes))


def open_page(chromium: Any, address: str, repeats: int) -> tuple[Visit, Visit]:
    """A page opened with nothing in the browser's cache, and opened again: the median of each."""
    visits: tuple[list[Visit], list[Visit]] = ([], [])
    for _ in range(repeats):
        context = chromium.new_context(viewport=WINDOW)
        for kept in visits:
            kept.append(visit(context, address))
        context.close()
    cold, warm = (sorted(found, key=lambda v: v.seconds)[len(found) // 2] for found in visits)
    return cold, warm


def change(chromium: Any, address: str, label: str, repeats: int) -> float:
    """Seconds from choosing the next option of a control to the last chart redrawn: the median."""
    context = chromium.new_context(viewport=WINDOW)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(DRAWN, polling="raf", timeout=60_000)
    page.evaluate(WATCH)
    found = []
    for _ in range(repeats):
        page.evaluate(CHOOSE, label)
        found.append(float(page.wait_for_function(REDRAWN, timeout=60_000).json_value()))
    context.close()
    return middle(found)


def most_megabytes() -> float:
    """What a first load may weigh: with the installed plotly's own script for charts, or with the lighter one."""
    return 1.7 if choose().path == INSTALLED else 0.75


def lines(data: Path, national: Path | None = None, repeats: int = REPEATS) -> Iterator[Line]:
    """The lines of the table."""
    with chromium() as browser, served(data) as server:
        cold, warm = open_page(browser, server.address + FIRST, repeats)
        what = f"first load of {FIRST}"
        yield at_most(f"{what}, {cold.requests} requests", cold.kilobytes / 1000, most_megabytes(), "MB")
        yield at_most(f"{what} to its last chart, nothing in the cache", cold.seconds, 1.7, "s")
        again = f"opened again, {warm.kilobytes:.0f} KB in {warm.requests} requests"
        yield Line(
            f"{what} to its last chart, {again}",
            f"{warm.seconds:.3g} s",
            "nothing in the cache",
            warm.seconds / cold.seconds,
        )
        for path in (FIRST, "/costs"):
            took = change(browser, server.address + path, CHANGED, repeats * 2 - 1)
            yield at_most(f"{path}: a control changed, to the last chart redrawn", took, 0.33, "s")
        if national is not None:
            with served(national) as larger:
                yield from _beside(browser, server, larger, repeats)


def _beside(browser: Any, server: Served, larger: Served, repeats: int) -> Iterator[Line]:
    """Each page on many sites, beside the same page on four."""
    for path in PATHS:
        few, many = (open_page(browser, one.address + path, repeats)[1] for one in (server, larger))
        beside = f"four sites: {few.seconds:.3g} s"
        yield at_most(
            f"{path} on many sites, opened again",
            many.seconds / few.seconds,
            1.2,
            "times",
            beside,
            many.seconds / few.seconds,
        )
