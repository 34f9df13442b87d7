"""Who looks, said at the foot of the document and never in a page: a page's answer is the same for a whole audience."""

from html import escape

from flask import g, has_request_context

from dashboard.access.csrf import token
from dashboard.welsh.language import LANGUAGE, Welsh
from etl.definitions.messages import Plain, Text, _, say

FORM = '<form action="/sign-out" method="POST">{}</form>'
BUTTON = '<button type="submit" name="csrf" value="{}" class="button">{}</button>'


def who_looks() -> str:
    """A sentence about who looks and, for somebody who signed in, a button to sign out: HTML in both languages."""
    if not has_request_context() or "who" not in g:
        return ""
    if not g.signed_in:
        inside = _in_both(_("Nobody signs in here: this machine looks as the {role} does.", role=g.who.words), "p")
    else:
        inside = _in_both(_("Signed in as {name}, {role}.", name=Plain(g.who.label), role=g.who.words), "p")
        inside += FORM.format(BUTTON.format(escape(token()), _in_both(_("Sign out"), "span")))
    return f'<aside id="who"><div class="inside">{inside}</div></aside>'


def _in_both(text: Text, tag: str) -> str:
    """A text in both languages, of which the style sheet shows that of the page."""
    english, welsh = escape(text), escape(say(text, Welsh()))
    return f'<{tag} lang="en-GB">{english}</{tag}><{tag} lang="{LANGUAGE}">{welsh}</{tag}>'
