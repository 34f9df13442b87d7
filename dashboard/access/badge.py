"""Who looks, said in the foot of every page, with the way out."""

from typing import Any

from dash import html
from flask import g, has_request_context

from dashboard.access.forgery import token


def who_looks() -> Any:
    """A sentence about who looks and, for somebody who signed in, a button to sign out."""
    if not has_request_context() or "who" not in g:
        return None
    if not g.signed_in:
        return html.P(f"Nobody signs in here: this machine looks as the {g.who.words} does.", className="who")
    button = html.Button("Sign out", type="submit", name="csrf", value=token(), className="button")
    return html.Form(
        [html.Span(f"Signed in as {g.who.label}, {g.who.words}."), button],
        action="/sign-out",
        method="POST",
        className="who",
    )
