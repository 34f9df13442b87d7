"""Answers kept as they go over the wire: a page's by its edition, audience and address, a script's by its path.

An answer that is kept is the same for everybody of an audience: who looks is said in the document, never in a page. The
gate has let a request in before anything here is asked, and what is kept of one audience is found by no other.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from flask import Flask, Response, g, request
from flask_compress import Compress

from dashboard.app import draw_page, draw_panel, look, page_at, shown_as
from dashboard.data.address import read
from dashboard.data.edition import Editions, NoEdition
from dashboard.data.view import View
from dashboard.elements.dash_internals import ASSETS, CALLBACK, LIBRARIES, answer, output_of, read_question

SCRIPTS = (LIBRARIES, ASSETS)
MOST_BYTES = 8 * 1024 * 1024  # of a process
HEADERS = ("Content-Type", "Content-Encoding", "Vary", "Cache-Control", "ETag")  # that are kept with a body
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Kept:
    """The body of an answer, encoded as its reader can take it."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self) -> Response:
        """The answer, anew."""
        return Response(self.body, headers=self.headers)


class Answers:
    """What is kept in this process; those that were asked for longest ago go first when there is too much."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._held: LRUCache[Key, Kept] = LRUCache(most, getsizeof=lambda kept: len(kept.body))
        self._editions: dict[str, Key] = {}
        self._lock = threading.Lock()

    def find(self, key: Key) -> Kept | None:
        """A kept answer."""
        with self._lock:
            kept: Kept | None = self._held.get(key)
        return kept

    def keep(self, key: Key, kept: Kept) -> None:
        """Keeps an answer, unless it alone is too much."""
        with self._lock, suppress(ValueError):
            self._held[key] = kept

    def note(self, audience: str, editions: Key) -> None:
        """Drops all answers for an audience whose editions are not those that there were."""
        with self._lock:
            if self._editions.get(audience) != editions:
                self._editions[audience] = editions
                for key in [key for key in self._held if key[0] == audience]:
                    del self._held[key]


def keep_answers(server: Flask, editions: Editions, compress: Compress) -> None:
    """Puts what is kept before Dash's own ways of answering for pages, panels and scripts."""
    held, ask_dash = Answers(), server.view_functions[CALLBACK]

    def answer_page() -> Any:
        asked = what_is_asked(request.get_json(silent=True), editions)
        if asked is None:
            return ask_dash()
        g.looked_at = asked.page
        held.note(asked.audience, asked.editions)
        try:
            return _kept(held, compress, asked.key, lambda: Response(asked.draw(), mimetype="application/json"))
        except Exception:  # asked again the other way, which tells the reader and the log of it
            return ask_dash()

    def before(make: Callable[..., Any]) -> Callable[..., Any]:
        def answer_script(**given: str) -> Any:
            if any(name in request.headers for name in ("Range", "If-None-Match", "If-Modified-Since")):
                return make(**given)
            return _kept(held, compress, ("", request.path), lambda: server.make_response(make(**given)))

        return answer_script

    server.view_functions[CALLBACK] = answer_page
    for endpoint in SCRIPTS:
        server.view_functions[endpoint] = before(server.view_functions[endpoint])


def _kept(held: Answers, compress: Compress, key: Key, make: Callable[[], Response]) -> Response:
    """The kept answer of a key, or else the one that is made now and kept, compressed as its reader can take it."""
    key = (*key, request.headers.get("Accept-Encoding", ""))
    kept = held.find(key)
    if kept is None:
        made = make()
        if made.status_code != 200:
            return made
        made.direct_passthrough = False
        made.set_data(made.get_data())
        sent = compress.after_request(made)
        kept = Kept(sent.get_data(), tuple((name, sent.headers[name]) for name in HEADERS if name in sent.headers))
        held.keep(key, kept)
    return kept.answer()


@dataclass(frozen=True)
class Asked:
    """A page or panel that is asked for: whose, while there are which editions, and how its answer is made."""

    page: str
    audience: str
    editions: Key
    about: Key
    draw: Callable[[], bytes]

    @property
    def key(self) -> Key:
        """What the answer depends on."""
        return (self.audience, self.editions, *self.about)


def what_is_asked(said: Any, editions: Editions) -> Asked | None:
    """The page or panel that a request asks for; None where there is none, or not the same for everybody."""
    output, path, search, shown = _words(said)
    address = read(path, search)
    page = page_at(address.path)
    if output not in DRAWN or page is None or (output == PAGE and page.acts is not None):
        return None
    address = address.with_(number="") if output == PAGE else address
    try:
        current = editions.current_name()
        view = look(editions, address, current)
    except NoEdition:
        return None
    told = shown_as(address, current)
    if output == PAGE and shown == told:
        return None
    about = (str(view.edition.path), output, address.href)
    audience = editions.audience
    return Asked(page.path, audience, (current, view.editions), about, lambda: answer(DRAWN[output](view, told)))


def _words(said: Any) -> tuple[str, ...]:
    """The output, the path, the search and the page that is shown already."""
    output, given = read_question(said)
    words = (output, *(given.get(name) for name in ("pathname", "search", "data")))
    return tuple(word if isinstance(word, str) else "" for word in words)


PAGE, PANEL = output_of("frame.tree", "shown.data"), output_of("panel.children")
DRAWN: dict[str, Callable[[View, str], dict[str, Any]]] = {
    PAGE: lambda view, told: {"frame": {"tree": draw_page(view)}, "shown": {"data": told}},
    PANEL: lambda view, _: {"panel": {"children": draw_panel(view)}},
}
