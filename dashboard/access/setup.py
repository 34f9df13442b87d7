"""Access as the server plugs it in: the gate before each request, the record after it, and cookies that stay ours."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, has_request_context
from flask_login import LoginManager
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.access import passwords
from dashboard.access.audit_requests import finish
from dashboard.access.gate import INSIDE, INSIDE_KEY, Gate
from dashboard.access.oidc import find_provider
from dashboard.access.settings import Settings
from dashboard.access.sign_in import add_sign_in

NO_AUDIENCE = "-"  # no file has this name: an audience's begins with a letter
FROM_INSIDE: dict[str, Any] = {INSIDE_KEY: INSIDE}  # the WSGI environment of a request that the server makes to itself


def init_app(server: Flask, settings: Settings, page_paths: Iterable[str]) -> Gate:
    """Puts the gate before every request of a server and the record after it, which names only these pages."""
    server.config["PAGE_PATHS"] = tuple(page_paths)
    _set_cookies(server, settings)
    gate = Gate(server, settings, find_provider())
    if settings.behind_proxy:
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    people = LoginManager(server)
    people.session_protection = None  # a session is ended here, not by a change of address
    people.user_loader(gate.load)
    server.before_request(gate.let_in)

    @server.after_request
    def record(response: Response) -> Response:
        if settings.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return finish(gate, response)

    add_sign_in(server, gate)
    if not gate.is_open_at_start():
        passwords.prepare()
    return gate


def audience_of_request(usual: str) -> str:
    """The one audience whose file this request may open; none for a stranger; outside of a request, the usual one."""
    if not has_request_context() or "who" not in g:
        return usual
    return g.who.audience if g.who.name else NO_AUDIENCE


def _set_cookies(server: Flask, settings: Settings) -> None:
    """Cookies that no script reads and no other site sends; by https also none that another host could have set."""
    server.config.update(
        SESSION_COOKIE_NAME="__Host-drive" if settings.secure else "drive",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_FORM_PARTS=20,
    )
