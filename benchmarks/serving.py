"""What the benchmarks measure with: a data folder of made-up returns, the dashboard served from it, its processes."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

NOT_HANDED_OUT = range(20_000, 32_000)
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PATHS = ("/", "/caseload", "/costs", "/funding", "/readiness", "/scenario", "/returns", "/site/croydon", "/methods")


@dataclass(frozen=True)
class Served:
    """A dashboard that answers."""

    address: str
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        """Where it listens on this machine."""
        return int(self.address.rpartition(":")[2])

    @property
    def workers(self) -> list[int]:
        """The processes that answer; none where the system does not tell."""
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in told.read_text().split()] if told.exists() else []

    @property
    def processor_time(self) -> float:
        """Seconds of processor time that the workers have had, which other work on the machine hardly changes."""
        stats = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in self.workers]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


def make_data(folder: Path, *more: str) -> Path:
    """The sample, loaded and published for the central team: a data folder. `more` goes to `python -m etl sample`."""
    data = folder / "data"
    run("sample", str(folder / "returns"), *more)
    run("load", str(folder / "returns"), "--data", str(data), fine=(0, 1))
    from etl.editions.publish import publish

    publish(data, audiences=False)
    return data


def run(*words: str, fine: tuple[int, ...] = (0,)) -> None:
    """Runs a command of the pipeline."""
    done = subprocess.run([sys.executable, "-m", "etl", *words], capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        raise RuntimeError(f"python -m etl {' '.join(words)}: {done.stderr.strip()}")


@contextmanager
def served(data: Path, port: int = 0) -> Iterator[Served]:
    """The dashboard on a data folder, as its command serves it, from when it answers until the end."""
    port = port or free_port()
    command = [sys.executable, "-m", "dashboard", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/readyz", process)
        yield Served(address, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes], longest: float = 180) -> None:
    """Waits until both workers answer: each in turn is asked by a new connection."""
    until = time.monotonic() + longest
    good = 0
    while good < 8:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("The dashboard did not start.")
        try:
            with urllib.request.urlopen(address, timeout=10):  # noqa: S310
                good += 1
        except OSError:
            time.sleep(0.25)


def free_port() -> int:
    """A port on which nothing answers, and none of those that a system hands out to whoever asks for any.

    A dashboard takes seconds to listen: by then one of those may have gone to a connection of another program.
    """
    while True:
        port = SystemRandom().choice(NOT_HANDED_OUT)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
