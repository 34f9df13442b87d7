"""Ten people look at a dashboard for half an hour, with a publish every minute and faults thrown in: what goes wrong?

Run `python -m benchmarks.soak` from the project's root; `--minutes 6 --every 20` is a shorter run. Everybody signs in,
so that each page is written into the audit log. The faults, one after the other: a worker is killed, the disk is full
(as root, on a small file system of its own; else only for the publish), the current edition's file is cut short.
An answer is wrong if what it says differs from what a dashboard of its own says of a copy of that edition.
"""

import argparse
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from dashboard.access.csrf import COOKIE
from dashboard.access.users import Users
from dashboard.server import ask_page, make_server
from etl.editions.folder import point_to, read_pointer

# Not /returns: it offers who is signed in what the open dashboard of the comparison does not.
PAGES = ("/", "/caseload", "/costs", "/funding", "/readiness", "/site/croydon", "/methods")
DAYS = ("2019-08-12", "2019-09-11", "2019-10-11", "2019-11-11", "2019-12-11")
PASSWORD = "four words in a row"  # noqa: S105  of people who are made up
CSRF = re.compile(r'name="csrf" value="([^"]*)"')
SENTENCE = re.compile(r"[A-Z“][^\n]*[.)]\n?")
GRACE = 5.0  # seconds after a fault in which what was under way may still suffer from it
DISK_MB = 600


@dataclass
class Log:
    """What happened, for all threads."""

    names: list[str] = field(default_factory=list)  # published, in order
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    said: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    ends: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)

    def during(self, fault: str, begun: float) -> bool:
        """Whether a request that began then met a fault."""
        return begun <= self.ends.get(fault, 0.0) + GRACE

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """A fault that lasts as long as what is inside."""
        self.ends[name] = float("inf")
        self.faults[name] += 1
        try:
            yield
        finally:
            self.ends[name] = time.monotonic()


class Viewer:
    """Somebody who signs in and looks at one page after the other."""

    def __init__(self, address: str, name: str, log: Log) -> None:
        self._address, self._name, self._log = address, name, log
        self._http = requests.Session()
        self._dice = random.Random(name)  # noqa: S311  the same walk each time

    def get_cookie(self, name: str) -> Any:
        """A cookie as `ask_page` wants it."""
        return next((cookie for cookie in self._http.cookies if cookie.name == name), None)

    def post(self, path: str, headers: dict[str, str], json: Any) -> requests.Response:
        """Posts as a page's script does."""
        return self._http.post(self._address + path, json=json, headers=headers, timeout=60)

    def look_until_stopped(self) -> None:
        """Looks, with a pause for thought between two pages; writes down how it went."""
        while not self._log.stop.is_set():
            begun, known = time.monotonic(), len(self._log.names)
            try:
                if self.get_cookie(COOKIE) is None:
                    self._sign_in()
                page = self._dice.choice(PAGES)
                outcome = self._judge(ask_page(self, page), page, begun, known)
            except requests.RequestException as problem:
                cut = self._log.during("killed worker", begun)
                outcome = "cut off by a killed worker" if cut else f"WRONG: no answer: {type(problem).__name__}"
            except Exception as problem:  # a viewer that dies would see nothing wrong
                outcome = f"WRONG: {problem!r}"
            self._note(outcome, time.monotonic() - begun)
            time.sleep(self._dice.uniform(0.2, 1.5))

    def _sign_in(self) -> None:
        page = self._http.get(f"{self._address}/sign-in", timeout=60)
        found = CSRF.search(page.text)
        form = {"csrf": found[1] if found else "", "name": self._name, "password": PASSWORD, "next": ""}
        self._http.post(f"{self._address}/sign-in", data=form, timeout=60)

    def _judge(self, answer: requests.Response, page: str, begun: float, known: int) -> str:
        """How an answer is: as it should be, a sentence that a fault explains, or wrong."""
        if answer.status_code != 200:
            told = "text/plain" in answer.headers["Content-Type"] and SENTENCE.fullmatch(answer.text)
            full = self._log.during("full disk", begun)
            if told and answer.status_code == 503 and full:
                return f"told: {answer.text.partition('.')[0]}"
            return f"WRONG: {answer.status_code} {answer.text[:200]!r}"
        response = answer.json()["response"]
        edition, main = response["shown"]["data"].partition(" ")[0], main_of(response["frame"]["tree"])
        if "is damaged" in main or "There is no edition" in main:  # or was just taken away again
            broken = self._log.during("broken edition", begun)
            return "told that the edition is damaged" if broken else "WRONG: damaged, when it was not"
        with self._log.lock:
            self._log.said.setdefault((edition, page), Counter())[digest(main)] += 1
        names = self._log.names
        stale = edition in names and names.index(edition) < known - 1
        return f"WRONG: stale: {edition} on {page}" if stale else "right"

    def _note(self, outcome: str, took: float) -> None:
        with self._log.lock:
            if outcome.startswith("WRONG"):
                self._log.wrong.append(f"{self._name}: {outcome}")
            else:
                self._log.took.append(took)
            self._log.outcomes["WRONG" if outcome.startswith("WRONG") else outcome] += 1


def main_of(frame: Any) -> str:
    """The page without its frame, in which the list of editions grows."""
    return next(json.dumps(part, sort_keys=True) for part in frame if part and part["type"] == "Main")


def digest(text: str) -> str:
    """A text in short."""
    return hashlib.sha256(text.encode()).hexdigest()


def etl(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Runs a command of the pipeline."""
    return subprocess.run([sys.executable, "-m", "etl", *words], capture_output=True, text=True, check=False, **how)


def publish(data: Path, log: Log, copies: Path) -> None:
    """Publishes as known on another day than before, and keeps a copy of the edition."""
    run = etl("publish", f"--data={data}", f"--as-of={DAYS[len(log.names) % len(DAYS)]}", "--central-only")
    if run.returncode:
        log.wrong.append(f"WRONG: publish ended with {run.returncode}: {run.stderr.strip()}")
        return
    name = str(read_pointer(data / "editions"))
    shutil.copytree(data / "editions" / name, copies / "editions" / name)
    log.names.append(name)


def kill_worker(process: subprocess.Popen[bytes], log: Log, dice: random.Random) -> None:
    """Kills a worker without warning."""
    with log.fault("killed worker"):
        os.kill(dice.choice(children(process.pid)), signal.SIGKILL)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def fill_disk(data: Path, log: Log, own: bool) -> None:
    """Fills the disk for a while; a publish has to say so and change nothing."""
    before = read_pointer(data / "editions")
    with log.fault("full disk"):
        if own:
            fill(data / ".filling")
        run = etl("publish", f"--data={data}", "--central-only", preexec_fn=None if own else little_room)
        time.sleep(5)
        (data / ".filling").unlink(missing_ok=True)
    if run.returncode != 74 or "Traceback" in run.stderr or read_pointer(data / "editions") != before:
        log.wrong.append(f"WRONG: publish on a full disk: {run.returncode} {run.stderr.strip()}")


def little_room() -> None:
    """Lets this process write no file of more than a megabyte."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))


def fill(path: Path) -> None:
    """Writes until there is no room."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65536):
                pass
        except OSError:
            return


def break_edition(data: Path, log: Log) -> None:
    """Points to an edition whose file is cut short, for a while."""
    folder, current = data / "editions", str(read_pointer(data / "editions"))
    broken = folder / f"{current}-broken-{log.faults['broken edition']}"
    with log.fault("broken edition"):
        broken.mkdir()
        content = (folder / current / "central.duckdb").read_bytes()
        (broken / "central.duckdb").write_bytes(content[: len(content) // 2])
        point_to(folder, broken.name)
        time.sleep(8)
        point_to(folder, current)
        shutil.rmtree(broken)


def memory_of(pids: list[int]) -> float:
    """The megabytes of some processes, what they share counted once."""
    total = 0
    for pid in pids:
        try:
            said = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"Pss:\s+(\d+)", said)[1])  # type: ignore[index]
    return total / 1024


@contextmanager
def own_disk(folder: Path) -> Iterator[bool]:
    """A small file system for a folder, where this account may mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"mode=0700,size={DISK_MB}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)


def soak(folder: Path, minutes: float, every: float, viewers: int, port: int) -> Log:
    """Runs it all; what is left wrong is in the log."""
    log, copies = Log(), folder / "copies"
    dice = random.Random(1)  # noqa: S311  the same workers each time
    with own_disk(folder / "data") as own:
        data = folder / "data"
        etl("sample", str(folder / "returns"))
        etl("load", str(folder / "returns"), f"--data={data}")
        publish(data, log, copies)
        for at in range(viewers):
            Users(data).add(f"viewer{at}", "central", "", PASSWORD)
        command = [sys.executable, "-m", "dashboard", f"--data={data}", f"--port={port}"]
        with (folder / "server.log").open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            wait(f"http://127.0.0.1:{port}")
            run_viewers(log, data, copies, process, port, (minutes, every, viewers), own, dice)
        finally:
            process.terminate()
            process.wait(timeout=60)
        verify = [sys.executable, "-m", "dashboard", "audit", "verify", f"--data={data}"]
        if subprocess.run(verify, capture_output=True, check=False).returncode:
            log.wrong.append("WRONG: the audit log is not whole")
    log.faults["full disk for the server too"] = log.faults["full disk"] if own else 0
    compare(log, copies)
    return log


def wait(address: str) -> None:
    """Waits until the dashboard is ready."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            if requests.get(f"{address}/readyz", timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise SystemExit("The dashboard did not answer in five minutes.")


def run_viewers(
    log: Log,
    data: Path,
    copies: Path,
    process: subprocess.Popen[bytes],
    port: int,
    plan: tuple[float, float, int],
    own: bool,
    dice: random.Random,
) -> None:
    """People look; once in a while there is a publish, and after each a fault."""
    minutes, every, count = plan
    address = f"http://127.0.0.1:{port}"
    people = [Viewer(address, f"viewer{at}", log) for at in range(count)]
    threads = [threading.Thread(target=one.look_until_stopped) for one in people]
    threads.append(threading.Thread(target=watch_memory, args=(log, process.pid)))
    for thread in threads:
        thread.start()
    faults = (
        lambda: kill_worker(process, log, dice),
        lambda: fill_disk(data, log, own),
        lambda: break_edition(data, log),
    )
    until, turn = time.monotonic() + minutes * 60, 0
    while time.monotonic() < until:
        begun = time.monotonic()
        publish(data, log, copies)
        time.sleep(every / 4)
        faults[turn % len(faults)]()
        turn += 1
        time.sleep(max(0.0, every - (time.monotonic() - begun)))
    log.stop.set()
    for thread in threads:
        thread.join()


def watch_memory(log: Log, pid: int) -> None:
    """Writes down what the dashboard's processes take, all together."""
    begun = time.monotonic()
    while not log.stop.wait(5):
        log.memory.append((time.monotonic() - begun, memory_of([pid, *children(pid)])))


def compare(log: Log, copies: Path) -> None:
    """Compares each page of each edition that was shown with what a dashboard of its own says of the copy."""
    point_to(copies / "editions", log.names[0])
    client = make_server(copies).test_client()
    for name in log.names:
        point_to(copies / "editions", name)
        for page in PAGES:
            seen = log.said.pop((name, page), Counter())
            expected = digest(main_of(ask_page(client, page).get_json()["response"]["frame"]["tree"]))
            for other in seen.keys() - {expected}:
                log.wrong.append(f"WRONG: {seen[other]} answers about {page} of {name} differ")
            log.outcomes["compared with a copy's"] += sum(seen.values())
    for edition, page in log.said:
        log.wrong.append(f"WRONG: {page} of {edition}, which was never published")


def report(log: Log) -> str:
    """What is printed."""
    took = sorted(log.took)
    kinds = Counter(re.sub("under [0-9a-f]+", "", line.partition("WRONG: ")[2]) for line in log.wrong)
    tail = [mb for _, mb in log.memory]
    quarter = max(1, len(tail) // 4)
    early, late = statistics.median(tail[quarter : 2 * quarter] or tail), statistics.median(tail[-quarter:])
    lines = [
        f"{len(log.names)} publishes; faults: " + ", ".join(f"{n} {k}" for k, n in sorted(log.faults.items())),
        *(f"{n:>7,}  {outcome}" for outcome, n in log.outcomes.most_common()),
        f"an answer took {statistics.median(took) * 1000:.0f} ms (median), {took[int(len(took) * 0.95)]:.2f} s (p95)",
        f"memory, all processes: {early:.0f} MB in the second quarter, {late:.0f} MB in the last: × {late / early:.2f}",
        f"wrong: {len(log.wrong)}",
        *(f"{n:>7,}  {kind}" for kind, n in kinds.most_common(20)),
    ]
    return "\n".join(lines)


def main() -> None:
    """The command."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=30)
    words.add_argument("--every", type=float, default=60, help="seconds from one publish to the next")
    words.add_argument("--viewers", type=int, default=10)
    words.add_argument("--port", type=int, default=8160)
    said = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        log = soak(Path(folder), said.minutes, said.every, said.viewers, said.port)
    print(report(log))
    raise SystemExit(1 if log.wrong else 0)


if __name__ == "__main__":
    main()
