"""A reader who looks everywhere: all addresses that a dashboard offers, its callbacks, and its files inside out."""

import ctypes
import http.client
import io
import json
import os
import random
import re
import struct
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

PAGE = ({"id": "frame", "property": "tree"}, {"id": "shown", "property": "data"})
PANEL = ({"id": "panel", "property": "children"},)
COUNTED = ("content-length", "date", "etag", "last-modified", "x-request-id")  # numbers of the transport


@dataclass(frozen=True)
class Answer:
    """What came back: also the headers are read."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """All that can be read in it, also inside of archives and PDFs."""
        head = "\n".join(f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in COUNTED)
        return "\n".join([head, *texts(self.body)])

    @property
    def tree(self) -> Any:
        """What a callback answered."""
        return json.loads(self.body) if self.status == 200 else None


def texts(content: bytes) -> Iterator[str]:
    """The text of a file, and of the files in it: hidden sheets, notes, properties and embedded workbooks."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            yield "\n".join([*files.namelist(), files.comment.decode("latin-1")])
            for name in files.namelist():
                yield from texts(files.read(name))
    elif content.startswith(b"%PDF"):
        for command in (["pdftotext", "-", "-"], ["pdfinfo", "-meta", "-"], ["pdfinfo", "-struct-text", "-"]):
            yield subprocess.run(command, input=content, capture_output=True).stdout.decode("utf-8", "replace")
    else:
        yield content.decode("utf-8", "replace")


class Visitor:
    """A browser without a face, on one connection."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)

    def send(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        """Any request."""
        headers = {"Content-Type": kind} if kind else {}
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        except (http.client.HTTPException, ConnectionError):
            self._line.close()
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())

    def get(self, path: str) -> Answer:
        """A file or a plain page."""
        return self.send("GET", path)

    def call(self, said: Any) -> Answer:
        """A callback, with whatever is said."""
        return self.send("POST", "/_dash-update-component", json.dumps(said).encode(), "application/json")

    def ask(self, href: str, outputs: tuple[dict[str, str], ...] = PAGE) -> Answer:
        """What a page's script asks for at an address."""
        path, _, search = href.partition("?")
        return self.call(asked(path, f"?{search}" if search else "", outputs))


def asked(path: Any, search: Any, outputs: tuple[dict[str, str], ...] = PAGE) -> dict[str, Any]:
    """The body of a callback's request."""
    named = [f"{one['id']}.{one['property']}" for one in outputs]
    return {
        "output": f"..{'...'.join(named)}.." if len(outputs) > 1 else named[0],
        "outputs": list(outputs) if len(outputs) > 1 else outputs[0],
        "inputs": [
            {"id": "address", "property": "pathname", "value": path},
            {"id": "address", "property": "search", "value": search},
        ],
        "state": [{"id": "shown", "property": "data", "value": None}] if outputs == PAGE else [],
        "changedPropIds": ["address.pathname"],
    }


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """The properties of all components in an answer."""
    if isinstance(tree, dict):
        if isinstance(tree.get("props"), dict):
            yield tree["props"] | {"type": tree.get("type")}
        for value in tree.values():
            yield from nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes(value)


def words(tree: Any) -> str:
    """What a tree of components says, its labels included."""
    if isinstance(tree, dict):
        props = tree.get("props", tree)
        kept = ("children", "aria-label", "title", "alt", "tree", "text", "label")
        return " ".join(words(props[name]) for name in kept if props.get(name) is not None)
    return " ".join(map(words, tree)) if isinstance(tree, list) else str(tree)


def offered(tree: Any, href: str) -> Iterator[str]:
    """The addresses that a page offers: its links, and what its controls would make of its own address."""
    path, _, search = href.partition("?")
    for node in nodes(tree):
        link = node.get("href")
        if isinstance(link, str) and link.startswith("/"):
            yield link.partition("#")[0]
        for option in node.get("options") or () if isinstance(node.get("options"), list) else ():
            chosen = dict(parse_qsl(search)) | dict(parse_qsl(option["value"], keep_blank_values=True))
            query = "&".join(f"{name}={quote(value, safe=',|:.-_')}" for name, value in chosen.items() if value)
            yield f"{path}?{query}" if query else path


def numbers(tree: Any) -> Iterator[tuple[str, str]]:
    """The numbers that a page prints as links to where they come from: what names each, and its words."""
    for node in nodes(tree):
        if node.get("data-number"):
            yield node["data-number"], words(node.get("children", "")).strip()


@dataclass
class Crawl:
    """A walk over all that a dashboard offers, turn by turn through its pages: a short walk sees each of them."""

    visitor: Visitor
    starts: Iterable[str]
    most: int
    files: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[tuple[str, Answer]]:
        chance, waiting = random.Random(8), {}
        for href in self.starts:
            self._put(waiting, href)
        done = 0
        while waiting and done < self.most:
            for path in list(waiting):
                found = waiting[path]
                href = found.pop(0 if done < len(waiting) else chance.randrange(len(found)))
                if not found:
                    del waiting[path]
                answer = self.visitor.ask(href)
                done += 1
                yield href, answer
                for link in offered(answer.tree, href):
                    self._put(waiting, link)

    def _put(self, waiting: dict[str, list[str]], href: str) -> None:
        path, _, search = href.partition("?")
        chosen = [pair for pair in search.split("&") if pair]
        self.keys |= {pair for pair in chosen if pair.startswith("number=")}
        if path.startswith(("/download/", "/pack/")):
            self.files.add(href)
            return
        kept = "&".join(sorted(pair for pair in chosen if not pair.startswith("number=")))
        href = f"{path}?{kept}" if kept else path
        if href not in self.seen:
            self.seen.add(href)
            waiting.setdefault(path, []).append(href)


class Opened:
    """The files that any process opens in some folders while this runs, by name; Linux only."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK)
        self._folders: dict[int, Path] = {}
        for folder in folders:
            self._folders[self._libc.inotify_add_watch(self._handle, bytes(folder), 0x20)] = folder

    def names(self) -> set[str]:
        """What was opened since the last time."""
        found: set[str] = set()
        while True:
            try:
                events = os.read(self._handle, 1 << 16)
            except BlockingIOError:
                return found
            while events:
                _, _, _, length = struct.unpack_from("iIII", events)
                found.add(events[16 : 16 + length].rstrip(b"\0").decode())
                events = events[16 + length :]

    def close(self) -> None:
        os.close(self._handle)


DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
POUNDS = re.compile(r"£\d[\d,]*(?:\.\d\d)?")


def figures(text: str) -> set[float]:
    """All numbers in a text, as many digits as it gives."""
    return {round(float(found.replace(",", "")), 6) for found in DIGITS.findall(text) if len(found) < 24}


def pounds(text: str) -> set[str]:
    """All sums of money as a text prints them."""
    return set(POUNDS.findall(text))


__all__ = ["PAGE", "PANEL", "Answer", "Crawl", "Opened", "Visitor", "asked", "figures", "numbers", "pounds", "words"]
