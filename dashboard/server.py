"""The server: who may ask for what, the headers of every answer, health, and warm workers."""

import os
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response, abort, request
from flask_compress import Compress

from dashboard.app import make_app
from dashboard.edition import Editions, NoEdition
from dashboard.pages import pages

DATA, AUDIENCE = "DRIVE_DATA", "DRIVE_AUDIENCE"
# Dash's own paths that a page needs; any other path of Dash is not answered, also not one that comes with a newer Dash.
DASH_PATHS = ("/_dash-layout", "/_dash-dependencies", "/_dash-update-component", "/_favicon.ico")
DASH_FOLDERS = ("/_dash-component-suites/", "/assets/")
MOST_BYTES = 64 * 1024


def make_server(data: Path, audience: str = "central") -> Flask:
    """The WSGI application on the editions in a folder."""
    editions = Editions(data, audience)
    app = make_app(editions)
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    server.config["COMPRESS_MIMETYPES"] = [
        "text/html",
        "text/css",
        "application/json",
        "application/javascript",
        "text/javascript",
    ]
    Compress(server)
    _guard(server)
    _health(server, editions)
    _headers(app, server)
    _warm(server)
    return server


def application() -> Flask:
    """The WSGI application of a worker, which is told by its environment what to serve."""
    return make_server(Path(os.environ.get(DATA, "data")), os.environ.get(AUDIENCE, "central"))


def _guard(server: Flask) -> None:
    """Lets nothing through that is not named."""

    @server.before_request
    def let_in() -> None:
        path = request.path
        if request.method not in ("GET", "HEAD") and path != "/_dash-update-component":
            abort(405)
        if path.startswith(("/_", "/assets")) and path not in DASH_PATHS and not path.startswith(DASH_FOLDERS):
            abort(404)
        if path == "/_dash-update-component" and not request.is_json:
            abort(415)


def _health(server: Flask, editions: Editions) -> None:
    """Whether the process lives, and whether it has something to show."""

    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    def readyz() -> Response:
        try:
            return Response(f"{editions.get().name}\n", mimetype="text/plain")
        except NoEdition as problem:
            return Response(f"{problem}\n", status=503, mimetype="text/plain")

    # Dash answers any path with its page; these stand before it.
    server.before_request(lambda: {"/healthz": healthz, "/readyz": readyz}.get(request.path, lambda: None)())


def _headers(app: Dash, server: Flask) -> None:
    """What a browser may do with an answer."""

    @server.after_request
    def add(response: Response) -> Response:
        scripts = " ".join(f"'{value}'" if not value.startswith("'") else value for value in app.csp_hashes())
        response.headers["Content-Security-Policy"] = "; ".join(
            (
                "default-src 'none'",
                f"script-src 'self' {scripts}".rstrip(),
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "font-src 'self'",
                "connect-src 'self'",
                "form-action 'none'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            )
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not request.path.startswith(DASH_FOLDERS):
            response.headers["Cache-Control"] = "no-store"
        return response

    @server.errorhandler(Exception)
    def answer_error(error: Exception) -> Any:
        """No traceback reaches a reader: the server's log has it."""
        code = getattr(error, "code", None)
        if isinstance(code, int):
            return Response(f"{getattr(error, 'name', 'Error')}\n", status=code, mimetype="text/plain")
        server.logger.exception("A request failed: %s", request.path)
        return Response(
            "This cannot be shown: something went wrong here. The log says what.\n", status=500, mimetype="text/plain"
        )


def _warm(server: Flask) -> None:
    """Answers every page once: a worker that has shown no page yet cannot hand out Dash's own scripts."""
    client = server.test_client()
    client.get("/")
    client.get("/_dash-layout")
    client.get("/_dash-dependencies")
    for page in pages():
        ask_page(client, page.path)


def ask_page(client: Any, path: str, search: str = "") -> Any:
    """Asks for a page as a browser's script does. Returns the answer."""
    inputs = [
        {"id": "address", "property": "pathname", "value": path},
        {"id": "address", "property": "search", "value": search},
    ]
    return client.post(
        "/_dash-update-component",
        json={
            "output": "..frame.children...shown.data..",
            "outputs": [{"id": "frame", "property": "children"}, {"id": "shown", "property": "data"}],
            "inputs": inputs,
            "state": [{"id": "shown", "property": "data", "value": None}],
            "changedPropIds": ["address.pathname"],
        },
    )
