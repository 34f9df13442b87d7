"""The server: who may ask for what, the headers of every answer, health, and warm workers."""

from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response, g, request
from flask_compress import Compress

from dashboard.access.audit_requests import note_opened
from dashboard.access.csrf import COOKIE, HEADER
from dashboard.access.settings import Settings, read_settings
from dashboard.access.setup import FROM_INSIDE, audience_of_request, init_app
from dashboard.app import built, look, make_app, page_at
from dashboard.data.edition import Editions
from dashboard.elements.dash_internals import CALLBACK, CHANGED, FOLDERS, WARMED_BY, MissingScript, question
from dashboard.export.downloads import add_downloads
from dashboard.export.packs import add_packs
from dashboard.operations.health import add_health
from dashboard.operations.logs import LOG, about_request, add_log
from dashboard.operations.plotly_js import FOR_EVER, add_plotly_js
from dashboard.pages import pages
from dashboard.response_cache import keep_answers
from dashboard.upload.routes import add_receiving

MOST_BYTES = 64 * 1024


def make_server(data: Path, audience: str = "central", settings: Settings | None = None) -> Flask:
    """The WSGI application on the editions in a folder: open to this machine as an audience, or as the settings say."""
    settings = settings or Settings(data, open_as=audience)
    editions = Editions(settings.data, lambda: audience_of_request(settings.open_as or "central"), note_opened)
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
    server.config["COMPRESS_REGISTER"] = False
    compress = Compress(server)
    _compress_the_rest(server, compress)
    _headers(app, server)
    add_log(server, behind_proxy=settings.behind_proxy)
    gate = init_app(server, settings, (page.path for page in pages()))
    add_receiving(server, gate, [page for page in pages() if page.in_bar])
    add_health(server, settings)
    add_downloads(server, editions, page_at, look, built)
    add_packs(server, settings.data, editions, look)
    add_plotly_js(server)
    keep_answers(server, editions, compress)
    _warm(server)
    return server


def application() -> Flask:
    """The WSGI application of a worker, which is told by its environment what to serve."""
    settings = read_settings()
    return make_server(settings.data, settings=settings)


def _compress_the_rest(server: Flask, compress: Compress) -> None:
    """Compresses what is not a kept answer, which is as its reader can take it already."""

    @server.after_request
    def squeeze(response: Response) -> Response:
        return response if "Content-Encoding" in response.headers else compress.after_request(response)


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
                "form-action 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            )
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if request.path.startswith(FOLDERS) and (request.args.get("v") or request.args.get(CHANGED)):
            response.headers["Cache-Control"] = FOR_EVER
        elif not request.path.startswith(FOLDERS) and response.headers.get("Cache-Control") != FOR_EVER:
            response.headers["Cache-Control"] = "no-store"
        return response

    @server.errorhandler(MissingScript)
    def answer_no_script(error: Exception) -> Response:
        """A script that Dash has not is nobody's fault here."""
        return Response("There is no such script.\n", status=404, mimetype="text/plain")

    @server.errorhandler(Exception)
    def answer_error(error: Exception) -> Any:
        """No traceback reaches a reader: the server's log has it."""
        code = getattr(error, "code", None)
        if isinstance(code, int):
            return Response(f"{getattr(error, 'name', 'Error')}\n", status=code, mimetype="text/plain")
        LOG.error("A request failed.", exc_info=error, extra={"said": about_request(server, 500)})
        words = f"This cannot be shown: something went wrong here. The log says what, under {g.get('request_id', '')}."
        return Response(f"{words}\n", status=500, mimetype="text/plain")


def _warm(server: Flask) -> None:
    """Answers every page once, before anybody asks."""
    client = server.test_client()
    client.environ_base.update(FROM_INSIDE)
    for path in WARMED_BY:
        client.get(path)
    for page in pages():
        ask_page(client, page.path)


def ask_page(client: Any, path: str, search: str = "") -> Any:
    """Asks for a page as a browser's script does. Returns the answer."""
    token = client.get_cookie(COOKIE)
    inputs = {"address.pathname": path, "address.search": search}
    asked = question(["frame.tree", "shown.data"], inputs, {"shown.data": None})
    return client.post(CALLBACK, headers={HEADER: token.value} if token else {}, json=asked)
