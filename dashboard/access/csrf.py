"""The token against forged requests: kept in the signed cookie, and said again by whoever can read our own pages."""

import secrets
from hmac import compare_digest

from flask import Response, request, session

COOKIE = "_csrf_token"  # Dash's script sends it back in the header, for it is given both names
HEADER = "X-CSRFToken"
_KEY = "csrf"


def token() -> str:
    """The token of this session, made when first needed."""
    if _KEY not in session:
        renew()
    return str(session[_KEY])


def renew() -> None:
    """A new token, so that one known before signing in is worth nothing after it."""
    session[_KEY] = secrets.token_urlsafe(32)


def fits(given: str) -> bool:
    """Whether this is the token of the session; compared in constant time."""
    kept = str(session.get(_KEY, ""))
    return bool(kept) and compare_digest(kept.encode(), given.encode())


def show_token(response: Response, *, secure: bool) -> None:
    """Lets our own scripts read the token, if they do not have it yet."""
    if request.cookies.get(COOKIE) != token():
        response.set_cookie(COOKIE, token(), secure=secure, httponly=False, samesite="Strict", path="/")


def forget_token(response: Response) -> None:
    """Takes the token from the browser."""
    response.delete_cookie(COOKIE, path="/")
