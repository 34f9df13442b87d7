"""Editions that can be told apart in every word, servers on their folder, and a balancer that takes turns."""

import http.client
import json
import os
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.serving import free_port
from dashboard.server import ask_page
from etl.editions import publish
from etl.editions.folder import KEPT, new_name, remember
from etl.protect.audience import CENTRAL

NUMBER = re.compile(r"n\d{6}n")
GONE = "There is no edition"
PAGES = ("/", "/caseload", "/returns", "/site/croydon", "/costs")


class Numbered:
    """A folder of editions published as ever, in each of which every site's name and every number is its own."""

    def __init__(self, data: Path, template: Path) -> None:
        """Takes the current edition's file for all that come, put aside as a template."""
        self.folder = data / "editions"
        self.published = 0
        self.names: dict[str, str] = {}
        self._template = template
        shutil.copy(self.folder / str(publish.read_pointer(self.folder)) / "central.duckdb", template)

    def publish(self) -> str:
        """Publishes the next one, by the pipeline's own way of checking, syncing and pointing; returns its name."""
        number = f"n{self.published + 1:06}n"
        name = new_name(self.folder, date(2019, 12, 11))
        self.names[name] = number
        with publish.new_edition(self.folder, name) as making:
            self._write(making, name, number)
        remember(self.folder, "published", name, "")
        self.published += 1
        return name

    def _write(self, making: Path, name: str, number: str) -> None:
        """The template under a name, with its own number wherever one is printed."""
        path = making / f"{CENTRAL}.duckdb"
        shutil.copy(self._template, path)
        with duckdb.connect(str(path)) as con:
            con.execute("update edition set edition_id = ?", [name])
            con.execute("update sites set label = $1, short_label = $1", [number])
            con.execute("update results set shown = ?", [number])
            con.execute("checkpoint")

    def oldest(self) -> str:
        """The edition that is put away next."""
        return list(self.names)[-KEPT:][0]


class Wire:
    """A browser on a wire, as much of it as `ask_page` needs; a new connection each time, as balancers like it."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get_cookie(self, name: str) -> None:
        """None: nobody signs in here."""

    def post(self, path: str, headers: dict[str, str], json: Any) -> tuple[int, str]:
        """The status and the text of an answer."""
        return self.ask("POST", path, _dumps(json), {"Content-Type": "application/json", **headers})

    def ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, str]:
        """The same for any request."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, body, {"Connection": "close", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


_dumps = json.dumps


@contextmanager
def serving(data: Path, servers: int, workers: int = 1, **said: str) -> Iterator[list[tuple[int, Any]]]:
    """Dashboards on a folder, each a command of its own: their ports and processes, ready."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DRIVE_")} | said
    running: list[tuple[int, Any]] = []
    try:
        for _ in range(servers):
            port = free_port()
            command = [sys.executable, "-m", "dashboard", f"--data={data}", f"--port={port}", f"--workers={workers}"]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            running.append((port, process))
        for port, process in running:
            wait_until_ready(port, process)
        yield running
    finally:
        for _, process in running:
            process.terminate()
        for _, process in running:
            process.wait(timeout=30)


def wait_until_ready(port: int, process: Any) -> None:
    """Waits until a dashboard answers that it has something to show."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert process.poll() is None, "the dashboard stopped before it answered"
        try:
            if Wire(port).ask("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("the dashboard did not answer in two minutes")


@contextmanager
def balancer(ports: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Hands each connection to the next server that takes it: its port, and how many each server was handed."""
    turn, handed = count(), [0] * len(ports)

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            for _ in ports:
                at = next(turn) % len(ports)
                try:
                    with socket.create_connection(("127.0.0.1", ports[at]), timeout=60) as server:
                        handed[at] += 1
                        relay(self.request, server)
                    return
                except ConnectionRefusedError:
                    continue

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, allow_reuse_address, request_queue_size = True, True, 64

    with Server(("127.0.0.1", 0), Relay) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], handed
        server.shutdown()


def relay(client: socket.socket, server: socket.socket) -> None:
    """Passes bytes on in both directions until the server has said all."""

    def up() -> None:
        try:
            while content := client.recv(65536):
                server.sendall(content)
        except OSError:
            pass

    threading.Thread(target=up, daemon=True).start()
    while content := server.recv(65536):
        client.sendall(content)


@dataclass
class Watch:
    """Readers who look at a dashboard for as long as it is published under them, and what they find wrong."""

    numbered: Numbered
    port: int
    think: float = 0.05
    answers: int = 0
    gone: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self, readers: int, publish_all: Callable[[], None]) -> None:
        """Publishes while readers read; two of them the edition that is put away next."""
        threads = [threading.Thread(target=self._read, args=(at,)) for at in range(readers)]
        for thread in threads:
            thread.start()
        try:
            publish_all()
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _read(self, at: int) -> None:
        for turn in count(at):
            if self._stop.is_set():
                return
            try:
                self._look(PAGES[turn % len(PAGES)], self.numbered.oldest() if at < 2 else "")
            except Exception as problem:  # a reader that dies would see nothing wrong
                self.wrong.append(f"failed: {problem!r}")
            time.sleep(self.think)

    def _look(self, page: str, edition: str) -> None:
        known, begun = self.numbered.published, time.monotonic()
        status, text = ask_page(Wire(self.port), page, f"?edition={edition}" if edition else "")
        self.slowest = max(self.slowest, time.monotonic() - begun)
        self.answers += 1
        found = set(NUMBER.findall(text))
        if status == 200 and edition and GONE in text and not found:
            self.gone += 1
        elif status != 200 or not found:
            self.wrong.append(f"failed: {page} {edition} {status} {text[:300]}")
        elif len(found) > 1:
            self.wrong.append(f"torn: {page} {edition} {sorted(found)}")
        elif edition and found != {self.numbered.names[edition]}:
            self.wrong.append(f"another edition: {page} {edition} {found}")
        elif not edition and int(found.pop()[1:-1]) < known:
            self.wrong.append(f"stale: {page}, when {known} were published")
