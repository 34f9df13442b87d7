"""Who looks, said at the foot of the document and never in a page: a page's answer is the same for a whole audience."""

from html import escape

from flask import g, has_request_context

from dashboard.access.csrf import token
from dashboard.welsh.draw import LANGUAGE
from dashboard.welsh.say import sayer
from etl.definitions.writing import spaced

FORM = '<form action="/sign-out" method="POST">{}</form>'
BUTTON = '<button type="submit" name="csrf" value="{}" class="button">{}</button>'


def who_looks() -> str:
    """A sentence about who looks and, for somebody who signed in, a button to sign out: HTML in both languages."""
    if not has_request_context() or "who" not in g:
        return ""
    if not g.signed_in:
        inside = _said(f"Nobody signs in here: this machine looks as the {g.who.words} does.", "p")
    else:
        inside = _said(f"Signed in as {g.who.label}, {g.who.words}.", "p")
        inside += FORM.format(BUTTON.format(escape(token()), _said("Sign out", "span")))
    return f'<aside id="who"><div class="inside">{inside}</div></aside>'


def _said(text: str, tag: str) -> str:
    """A text in both languages, of which the style sheet shows that of the page; in English where it has no Welsh."""
    place = spaced(g.who.site).title()
    welsh = sayer(frozenset((place,) if place else ())).say(text)
    if welsh is None:
        return f'<{tag} lang="en">{escape(text)}</{tag}>'
    return f'<{tag} lang="en-GB">{escape(text)}</{tag}><{tag} lang="{LANGUAGE}">{escape(welsh)}</{tag}>'
