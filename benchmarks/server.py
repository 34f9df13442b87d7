"""How many requests a second the server answers, beside what it answers with a constant: `python -m benchmarks server`.

The clients run in one process beside the server, keep their connections open and ask as fast as they are answered.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.lines import Line, at_least, middle
from benchmarks.serving import Served, served

ROUNDS, SECONDS = 3, 4.0
CLIENTS = (1, 20, 50)
KEPT = ("/", "/caseload", "/costs", "/funding", "/readiness", "/returns", "/site/croydon", "/methods")
MONTHS = [f"{year}-{month:02d}" for year in (2018, 2019) for month in range(1, 13)]
SITES = ("", "croydon", "west_midlands", "west_mercia", "south_wales")


@dataclass(frozen=True)
class Rate:
    """What clients got: requests a second, and how long the slowest twentieth had to wait at least, in seconds.

    `cost` is the workers' processor time for a request, in seconds: what hardly changes beside other work.
    """

    a_second: float
    p95: float
    cost: float

    def __str__(self) -> str:
        return f"{self.a_second:.0f}/s, p95 {self.p95 * 1000:.0f} ms, {self.cost * 1000:.2f} ms of processor each"


def page_request(path: str, search: str = "") -> bytes:
    """What a browser's script sends to be given a page."""
    names = {"pathname": path, "search": search}
    said = {
        "output": "..frame.tree...shown.data..",
        "outputs": [{"id": "frame", "property": "tree"}, {"id": "shown", "property": "data"}],
        "inputs": [{"id": "address", "property": name, "value": value} for name, value in names.items()],
        "state": [{"id": "shown", "property": "data", "value": None}],
        "changedPropIds": ["address.search"],
    }
    body = json.dumps(said).encode()
    return (
        _head("POST", "/_dash-update-component", f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n")
        + body
    )


def _head(method: str, path: str, more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip, br, zstd\r\n{more}\r\n".encode()


CONSTANT = _head("GET", "/healthz")


def changes() -> Iterator[bytes]:
    """Changes of a control that nobody has made before: another site, month or kind of work each time."""
    for turn in count():
        for path in ("/caseload", "/costs", "/funding"):
            for site in SITES:
                for month in MONTHS:
                    yield page_request(path, f"?site={site}&from={month}&slides={turn}")


def measure(server: Served, clients: int, requests: Callable[[int], Iterator[bytes]], span: float = SECONDS) -> Rate:
    """What so many clients get in a span of seconds. `requests` gives each client its own."""
    return asyncio.run(_measure(server, clients, requests, span))


async def _measure(server: Served, clients: int, requests: Callable[[int], Iterator[bytes]], span: float) -> Rate:
    waits: list[float] = []
    start, used = time.perf_counter(), server.processor_time
    await asyncio.gather(*(_client(server.port, requests(number), start + span, waits) for number in range(clients)))
    took, used = time.perf_counter() - start, server.processor_time - used
    return Rate(len(waits) / took, sorted(waits)[int(len(waits) * 0.95)], used / len(waits))


async def _client(port: int, requests: Iterator[bytes], until: float, waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    asked = 0.0
    while asked < until:
        asked = time.perf_counter()
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.partition(b"\r\n")[0].decode())
        await reader.readexactly(_length(head))
        waits.append(time.perf_counter() - asked)
    writer.close()


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def walk(number: int) -> Iterator[bytes]:
    """Somebody who changes the site or the month on the pages with charts, at random; what is asked again is kept."""
    dice = random.Random(number)  # noqa: S311
    while True:
        path, site = dice.choice(("/caseload", "/costs", "/funding")), dice.choice(SITES)
        yield page_request(path, f"?site={site}&to={dice.choice(MONTHS[12:-1])}")


def over(requests: Sequence[bytes]) -> Callable[[int], Iterator[bytes]]:
    """The same requests again and again, each client from another one on."""
    return lambda number: (requests[(number + turn) % len(requests)] for turn in count())


def shared(requests: Iterator[bytes]) -> Callable[[int], Iterator[bytes]]:
    """Requests of which each client takes the next."""
    return lambda number: requests


def compare(server: Served, clients: int, span: float, rounds: int) -> tuple[Rate, Rate]:
    """Pages that are kept, and a constant, in turns: the median of each."""
    kept = over([page_request(path) for path in KEPT])
    rates: dict[str, list[Rate]] = {"kept": [], "constant": []}
    for _ in range(rounds):
        rates["constant"].append(measure(server, clients, over([CONSTANT]), span))
        rates["kept"].append(measure(server, clients, kept, span))
    return median_rate(rates["kept"]), median_rate(rates["constant"])


def median_rate(rates: Sequence[Rate]) -> Rate:
    """The median of each of a rate's numbers."""
    return Rate(*(middle([getattr(rate, name) for rate in rates]) for name in ("a_second", "p95", "cost")))


def lines(data: Path, span: float = SECONDS, rounds: int = ROUNDS) -> Iterator[Line]:
    """The lines of the table."""
    with served(data) as server:
        for path in KEPT * 4:  # by four connections, so that each worker keeps each page
            measure(server, 1, over([page_request(path)]), 0.01)
        for clients in CLIENTS:
            kept, constant = compare(server, clients, span, rounds)
            ratio = kept.a_second / constant.a_second
            who = f"{clients} client{'s' if clients > 1 else ''}"
            what, beside = f"pages asked for again, {who}: {kept}", f"a constant: {constant}"
            if clients == max(CLIENTS):
                yield at_least(what, ratio * 100, 60, "%", beside, ratio)
            else:
                yield Line(what, f"{ratio * 100:.3g} %", beside, ratio)
        rate = measure(server, 20, walk, span * 2)
        what = f"20 clients change controls at random, nothing kept before: {rate}"
        yield at_least(what, rate.a_second, 100, "a second")
        new = shared(changes())
        rate = median_rate([measure(server, 20, new, span) for _ in range(rounds)])
        yield at_least(f"changes that nobody made before, 20 clients: {rate}", rate.a_second, 100, "a second")
