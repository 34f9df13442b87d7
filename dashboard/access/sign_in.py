"""The sign-in page, which needs no script, and what it and the sign-out button do."""

from math import ceil
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, render_template_string, request, session
from flask_login import login_user

from dashboard import theme
from dashboard.access.csrf import fits, forget_token, renew, token
from dashboard.access.gate import NOBODY, Gate, SignedIn
from dashboard.access.oidc import NotVouchedFor
from dashboard.access.roles import Who
from dashboard.data.address import read
from etl.definitions.writing import counted_figure

MOST_BYTES = 8 * 1024
UNKNOWN_NAME = Who("unknown name", "forum")

_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ "Not signed in – " if problem }}Sign in – Drive</title>
<link rel="icon" href="/_favicon.ico">
<link rel="stylesheet" href="/assets/house.css">
<link rel="stylesheet" href="/assets/sign_in.css">
<style>{{ tokens | safe }}</style>
</head>
<body>
<header><div class="inside"><span class="wordmark"><span class="ring"></span>Drive</span></div></header>
<main id="main" class="sign-in">
<h1>Sign in</h1>
<p class="note">Monitoring of the Drive programme. People who run it give out names and passwords.</p>
{% if problem %}<p class="problem" id="problem" role="alert">{{ problem }}</p>{% endif %}
{% if said %}<p class="said" role="status">{{ said }}</p>{% endif %}
{% if with_password %}
<form method="post" action="/sign-in">
<input type="hidden" name="csrf" value="{{ csrf }}">
<input type="hidden" name="next" value="{{ next }}">
<label for="name">Name</label>
<input id="name" name="name" value="{{ name }}" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="64" required{% if problem %} aria-describedby="problem"{% endif %}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024"
 required{% if problem %} aria-describedby="problem"{% endif %}>
<button class="button filled" type="submit">Sign in</button>
</form>
{% endif %}
{% if provider %}
<p><a class="button" href="/sign-in/provider?next={{ next | urlencode }}">{{ provider }}</a></p>
{% endif %}
</main>
</body>
</html>"""


def add_sign_in(server: Flask, gate: Gate) -> None:
    """Adds the routes of signing in and out."""
    routes = [("/sign-in", "sign_in", sign_in, "GET"), ("/sign-in", "try_sign_in", try_sign_in, "POST")]
    routes += [("/sign-out", "sign_out", sign_out, "POST")]
    if gate.provider:
        gate.provider.join(server)
        routes += [("/sign-in/provider", "to_provider", to_provider, "GET")]
        routes += [("/sign-in/provider/back", "from_provider", from_provider, "GET")]
    for path, endpoint, act, method in routes:
        server.add_url_rule(path, endpoint, lambda act=act: _answer(gate, act), methods=[method])


def _answer(gate: Gate, act: Any) -> Any:
    """Where nobody signs in, these addresses lead to the first page."""
    return redirect("/", 303) if gate.is_open() else act(gate)


def sign_in(gate: Gate) -> Any:
    """The page; somebody who is signed in goes on."""
    wanted = safe_next(request.args.get("next", ""))
    if g.signed_in:
        return redirect(wanted, 303)
    return _page(gate, wanted, said="You are signed out." if "out" in request.args else "")


def try_sign_in(gate: Gate) -> Any:
    """Lets in whoever knows a name and its password. A wrong name and a wrong password get the same answer."""
    request.max_content_length = MOST_BYTES
    form = request.form
    name, password, wanted = form.get("name", ""), form.get("password", ""), safe_next(form.get("next", ""))
    if not fits(form.get("csrf", "")):
        return _page(gate, wanted, 400, "This page had grown old, so nothing was sent. Sign in again.")
    if not name.strip() or not password:
        return _page(gate, wanted, 400, "Type your name and your password.")
    address = request.remote_addr or ""
    if wait := gate.attempts.take(name, address):
        return _refuse(gate, wanted, name, 429, "too many", f"Too many attempts. Try again in {_time(wait)}.", wait)
    user = gate.users.sign_in(name, password)
    if user is None:
        words = "The name or the password is wrong. Check both, and try again."
        return _refuse(gate, wanted, name, 403, "wrong name or password", words)
    gate.attempts.right(name, address)
    return begin(gate, user.who, user.stamp, wanted)


def begin(gate: Gate, who: Who, stamp: str, wanted: str) -> Any:
    """Begins a session under a new token: one that somebody planted before is worth nothing."""
    if (instead := gate.note("sign-in", "done", who=who)) is not None:
        return instead
    if old := session.get("_user_id"):
        gate.sessions.end(str(old))
    session.clear()
    login_user(SignedIn(gate.sessions.start(who, stamp), who))
    renew()
    return redirect(wanted, 303)


def sign_out(gate: Gate) -> Any:
    """Ends the session here, so that a copy of its cookie is worth nothing either."""
    request.max_content_length = MOST_BYTES
    if g.signed_in:
        if not fits(request.form.get("csrf", "")):
            return gate.refuse(403, "This page has grown old. Load it again to sign out.")
        gate.sessions.end(str(session["_user_id"]))
        gate.note("sign-out", "done")
    session.clear()
    g.who, g.signed_in = NOBODY, False
    response: Response = redirect("/sign-in?out=1", 303)  # type: ignore[assignment]
    forget_token(response)
    return response


def to_provider(gate: Gate) -> Any:
    """Sends the browser to the provider, which will send it back."""
    assert gate.provider is not None
    session["next"] = safe_next(request.args.get("next", ""))
    try:
        return gate.provider.send()
    except NotVouchedFor as problem:
        return _page(gate, str(session["next"]), 502, str(problem))


def from_provider(gate: Gate) -> Any:
    """Lets in whom the provider vouches for, in the role that their claim says."""
    assert gate.provider is not None
    wanted = safe_next(str(session.get("next", "")))
    try:
        who = gate.provider.receive()
    except NotVouchedFor as problem:
        gate.note("sign-in", "not vouched for", who=UNKNOWN_NAME)
        return _page(gate, wanted, 403, str(problem))
    return begin(gate, who, "", wanted)


def safe_next(wanted: str) -> str:
    """Where to go after signing in: an address of ours, whatever was asked for."""
    parts = urlsplit(wanted) if wanted.startswith("/") and not wanted.startswith("//") else urlsplit("/")
    address = read(parts.path.replace("\\", "/"), parts.query)
    return "/" if address.path.startswith("/sign-") else address.href


def _refuse(gate: Gate, wanted: str, name: str, status: int, outcome: str, words: str, wait: float = 0) -> Any:
    """The page again, with what is wrong; a name that nobody has is not written down: it may be a password."""
    user = gate.users.get(name)
    if (instead := gate.note("sign-in", outcome, who=user.who if user else UNKNOWN_NAME)) is not None:
        return instead
    response = _page(gate, wanted, status, words, name=name)
    if wait:
        response.headers["Retry-After"] = str(ceil(wait))
    return response


def _page(gate: Gate, wanted: str, status: int = 200, problem: str = "", *, said: str = "", name: str = "") -> Response:
    html = render_template_string(
        _PAGE,
        tokens=theme.css_variables(),
        problem=problem,
        said=said,
        name=name[:64],
        next=wanted,
        csrf=token(),
        with_password=gate.provider is None or bool(gate.users.all()),
        provider=gate.provider.label if gate.provider else "",
    )
    return Response(html, status=status, mimetype="text/html")


def _time(seconds: float) -> str:
    """A wait in words, rounded up."""
    count, unit = (ceil(seconds), "second") if seconds <= 90 else (ceil(seconds / 60), "minute")
    return counted_figure(count, unit)
