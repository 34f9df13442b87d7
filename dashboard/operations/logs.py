"""The server's log: a JSON object a line on standard error, which says what was asked and how it went; never a value.

A line about a request has its id (the answer's `X-Request-Id`), the method, the route as the server names it, the page
that was looked at, the status, how long it took, and whose request it was: their role, and their name as a keyed hash.
What somebody typed into an address is in no line, and neither is the text of an error, which may quote it.
"""

import hashlib
import hmac
import json
import logging
import re
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request

from dashboard.access.audit_requests import page_asked
from dashboard.access.gate import INSIDE, INSIDE_KEY, NOBODY
from dashboard.access.routes import CALLBACK

NAME = "dashboard"
LOG = logging.getLogger(NAME)
ID = re.compile(r"[A-Za-z0-9-]{8,64}")
ROOT = Path(__file__).parents[2]


class Lines(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"when": when, "level": record.levelname.lower(), "from": record.name}
        line |= {"what": record.getMessage()} | getattr(record, "said", {})
        if record.exc_info and record.exc_info[1]:
            line |= _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _error(error: BaseException) -> dict[str, Any]:
    """The kind of an error and the way to it: its message is left out, because it may say what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    way = [f"{Path(f.filename).relative_to(ROOT).as_posix()}:{f.lineno} {f.name}" for f in ours]
    return {"error": type(error).__name__, "way": way}


def log_config(requests: bool) -> dict[str, Any]:
    """The logging of a process, as `logging.config.dictConfig` and granian take it: every request, or problems only."""
    told = "INFO" if requests else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "dashboard.operations.logs.Lines"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {
            NAME: {"level": told},
            "_granian": {"level": "WARNING" if requests else "ERROR"},
            "granian.access": {"level": "CRITICAL"},
        },
    }


def add_log(server: Flask, *, behind_proxy: bool) -> None:
    """Gives each request an id and writes a line about it. To be plugged in before what answers or refuses."""

    @server.before_request
    def begin() -> None:
        g.begun = perf_counter()
        given = request.headers.get("X-Request-Id", "") if behind_proxy else ""
        g.request_id = given if ID.fullmatch(given) else secrets.token_hex(8)

    @server.after_request
    def end(response: Response) -> Response:
        if request.environ.get(INSIDE_KEY) is INSIDE:
            return response
        response.headers["X-Request-Id"] = g.get("request_id", "")
        level = logging.WARNING if response.status_code >= 500 else logging.INFO
        if LOG.isEnabledFor(level):
            LOG.log(level, "request", extra={"said": about_request(server, response.status_code)})
        return response


def about_request(server: Flask, status: int) -> dict[str, Any]:
    """What a line says of the request that is answered now."""
    who = g.get("who", NOBODY)
    route = request.url_rule.rule if request.url_rule else "unknown"
    looked = request.endpoint == CALLBACK and bool(g.get("opened"))
    return {
        "id": g.get("request_id", ""),
        "method": request.method,
        "route": route,
        "page": page_asked() if looked else "",
        "status": status,
        "ms": round((perf_counter() - g.get("begun", perf_counter())) * 1000, 1),
        "role": who.role if who.name else "stranger",
        "audience": who.audience if who.name else "",
        "who": hashed(who.name, server.secret_key) if g.get("signed_in") else "",
    }


def hashed(name: str, secret: str | bytes | None) -> str:
    """A name as the log has it: the same person is the same word, and nobody without the secret can tell who."""
    key = secret.encode() if isinstance(secret, str) else secret or b""
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:12]
