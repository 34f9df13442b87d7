"""What a request opened, and the line about it in the audit log."""

from flask import Response, current_app, g, has_request_context, request

from dashboard.access.csrf import show_token
from dashboard.access.gate import INSIDE, INSIDE_KEY, Gate
from dashboard.access.routes import ANYONE, CALLBACK, RULES

ELSEWHERE = "another address"
KINDS = {CALLBACK: "page", "pack": "pack"}  # anything else that opens an edition is a download


def note_opened(edition: str, found: bool) -> None:
    """Notes that this request asked for an edition, and whether its audience has it."""
    if has_request_context() and "opened" in g:
        if found and edition not in g.opened:
            g.opened.append(edition)
        g.missing = g.missing or not found


def finish(gate: Gate, response: Response) -> Response:
    """Writes down what was looked at before it is sent; what cannot be written down is not sent."""
    if request.environ.get(INSIDE_KEY) is INSIDE or "opened" not in g:
        return response
    if (g.opened or g.missing) and RULES[request.endpoint or ""].who != ANYONE:
        instead = gate.note(*_what(response), page=page_asked(), edition=" ".join(g.opened))
        if instead is not None:
            for name in ("Content-Encoding", "Content-Disposition"):  # those of what is not sent
                response.headers.pop(name, None)
            response.set_data(instead.get_data())
            response.status_code, response.mimetype = instead.status_code, "text/plain"
            return response
    if g.signed_in and response.mimetype == "text/html":
        show_token(response, secure=gate.settings.secure)
    return response


def _what(response: Response) -> tuple[str, str]:
    """What was done, and how it came out; a request that does more than show something says so in `g.did`."""
    if "did" in g:
        what, outcome = g.did
        return what, outcome
    return _kind(), "no edition" if g.missing else "shown" if response.status_code < 400 else str(response.status_code)


def _kind() -> str:
    return KINDS.get(request.endpoint or "", "download")


def page_asked() -> str:
    """The page that was looked at, or the route of a download: never what somebody typed after them."""
    if "looked_at" in g:
        return str(g.looked_at) if request.endpoint == CALLBACK else f"/{_kind()}{g.looked_at}"
    if request.endpoint != CALLBACK:
        return request.url_rule.rule if request.url_rule else ELSEWHERE
    asked = request.get_json(silent=True)
    inputs = asked.get("inputs", []) if isinstance(asked, dict) else []
    paths = [i.get("value") for i in inputs if isinstance(i, dict) and i.get("property") == "pathname"]
    path = "/" + str(paths[0] if paths else "").strip("/")
    known = sorted(current_app.config["PAGE_PATHS"], key=len, reverse=True)
    return next((k for k in known if path == k or (k != "/" and path.startswith(f"{k}/"))), ELSEWHERE)
