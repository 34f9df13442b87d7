"""The gate before every request: what is not named is not answered, and who asks is known before anything is read."""

import sqlite3
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, redirect, request
from flask_login import UserMixin, current_user

from dashboard.access.audit import Audit
from dashboard.access.csrf import HEADER, fits
from dashboard.access.login_throttle import Attempts
from dashboard.access.oidc import Provider
from dashboard.access.private_files import read_secret
from dashboard.access.rate_limit import RateLimiter
from dashboard.access.request_origin import host_of, is_from_elsewhere, is_loopback
from dashboard.access.roles import Who, of_audience
from dashboard.access.routes import ANYONE, ASSETS, CALLBACK, Rule, rule_of
from dashboard.access.sessions import Sessions
from dashboard.access.settings import Settings
from dashboard.access.store import Store
from dashboard.access.users import Users, UsersUnreadable
from etl.definitions.settings import RETURN_BYTES

INSIDE_KEY, INSIDE = "drive.inside", object()  # nothing that comes over a wire can be this object
THIS_MACHINE = "this machine"
NOBODY = Who("", "forum")
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
READER, STRANGER = (400, 20.0), (120, 2.0)  # requests at once, and each second after that


class SignedIn(UserMixin):
    """Somebody with a session, as Flask-Login knows them: by the session's token."""

    def __init__(self, token: str, who: Who) -> None:
        self.id = token
        self.who = who


class Gate:
    """What stands between a request and the dashboard."""

    def __init__(self, server: Flask, settings: Settings, provider: Provider | None = None) -> None:
        self.server = server
        self.settings = settings
        self.provider = provider
        self.users = Users(settings.data)
        self.audit = Audit(settings.data, settings.clock)
        self._kept: tuple[Sessions, Attempts] | None = None
        self._readers = RateLimiter(*READER, settings.clock)
        self._strangers = RateLimiter(*STRANGER, settings.clock)
        if not self.is_open_at_start():
            self.lock()

    def is_open(self) -> bool:
        """Whether nobody has to sign in. Raises UsersUnreadable."""
        return bool(self.settings.open_as) and self.provider is None and not self.users.all()

    def is_open_at_start(self) -> bool:
        """The same before the first request, when a file that cannot be read is a reason to be shut."""
        try:
            return self.is_open()
        except UsersUnreadable:
            return False

    def lock(self) -> None:
        """Makes ready for people who sign in: a dashboard without users keeps no secret and no sessions."""
        self.server.secret_key = read_secret(self.settings.data)
        store = Store(self.settings.data)
        self._kept = Sessions(store, self.settings.clock), Attempts(store, self.settings.clock)

    @property
    def sessions(self) -> Sessions:
        """The open sessions."""
        assert self._kept is not None, "the gate is open"
        return self._kept[0]

    @property
    def attempts(self) -> Attempts:
        """The attempts to sign in that failed."""
        assert self._kept is not None, "the gate is open"
        return self._kept[1]

    def load(self, token: str) -> SignedIn | None:
        """Who has a session, as they are now: a role that changed counts at once, and so does a removal."""
        found = self.sessions.find(token) if self._kept else None
        if found is None:
            return None
        if not found.stamp:
            return SignedIn(token, found.who) if self.provider else None
        user = self.users.get(found.who.name)
        if user is None or not user.began(found.stamp):
            self.sessions.end(token)
            return None
        return SignedIn(token, user.who)

    def let_in(self) -> Any:
        """None if the request may go on; otherwise its answer."""
        g.who, g.signed_in, g.opened, g.missing = NOBODY, False, [], False
        if request.environ.get(INSIDE_KEY) is INSIDE:
            g.who = of_audience(self.settings.open_as or "central", THIS_MACHINE)
            return None
        try:
            return self._judge_open() if self.is_open() else self._judge_signed_in()
        except UsersUnreadable as problem:
            return sentence(503, str(problem))
        except sqlite3.Error:  # no room on the disk, for one
            return sentence(503, "Who is signed in cannot be looked up just now. Tell whoever runs this server.")

    def _judge_open(self) -> Any:
        """Only this machine may look, under its own name: another name for it may belong to somebody's web page."""
        g.who = of_audience(self.settings.open_as, THIS_MACHINE)
        if any(name in request.headers for name in PROXY_HEADERS):
            words = "This came through a proxy, and nobody signs in here. Add users and start with --behind-proxy."
            return self.refuse(403, words)
        if not is_loopback(request.remote_addr or "") or not is_loopback(host_of(request)):
            return self.refuse(403, "Only this machine may look here, as http://localhost or http://127.0.0.1.")
        return self._judge(known=True)

    def _judge_signed_in(self) -> Any:
        if not self.server.secret_key:  # the first user came while the dashboard was open
            self.lock()
            return redirect(request.path, 303)
        if current_user.is_authenticated:
            g.who, g.signed_in = current_user.who, True
        pace, asker = (self._readers, g.who.name) if g.signed_in else (self._strangers, request.remote_addr or "")
        if request.endpoint != ASSETS and not pace.allows(asker):
            return sentence(429, "Too many requests at once. Wait a moment, then load the page again.")
        return self._judge(known=g.signed_in)

    def _judge(self, *, known: bool) -> Any:
        """The answer to what breaks a rule; None if nothing does."""
        rule = rule_of(request.endpoint, request.path)
        if rule is None:
            return self.refuse(404, "There is nothing at this address.")
        if request.method not in rule.methods:
            return self.refuse(405, "This address does not answer that kind of request.")
        if request.method == "POST" and is_from_elsewhere(request):
            return self.refuse(403, "This came from another site, so nothing was done.")
        if rule.form_bytes:
            request.max_content_length = rule.form_bytes
            if (request.content_length or 0) > rule.form_bytes:
                return self.refuse(
                    413, f"What was sent is larger than {RETURN_BYTES // 10**6} MB, so it was not read: no return is."
                )
        if rule.who == ANYONE:
            return None
        return self._judge_reader(rule) if known else self._ask_to_sign_in(rule)

    def _judge_reader(self, rule: Rule) -> Any:
        if g.who.role not in rule.who:
            return self.refuse(403, "Your role does not reach this.")
        if request.method == "POST" and g.signed_in and not fits(_token(rule)):
            return self.refuse(403, "This page has grown old. Load it again.")
        if request.endpoint == CALLBACK and not request.is_json:
            return self.refuse(415, "This address is asked in JSON.")
        return None

    def _ask_to_sign_in(self, rule: Rule) -> Any:
        """A page leads to the sign-in page and back; anything else is refused."""
        if not rule.page:
            return self.refuse(401, "Sign in first.")
        wanted = request.full_path.rstrip("?")
        return redirect("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='/')}", 303)

    def refuse(self, status: int, words: str) -> Response:
        """Refuses in a sentence, and writes down that it did."""
        rule = request.url_rule.rule if request.url_rule else "unknown"
        return self.note("refused", str(status), page=rule) or sentence(status, words)

    def note(
        self, what: str, outcome: str, *, page: str = "", edition: str = "", who: Who | None = None
    ) -> Response | None:
        """Writes a line into the audit log. Returns the answer to give instead where it cannot be written."""
        who = who or g.who
        try:
            self.audit.write(who.name, who.words if who.name else "", what, outcome, page=page, edition=edition)
        except OSError:
            if g.who.name == THIS_MACHINE:
                return None
            return sentence(503, "The audit log cannot be written, so nothing is done. Tell whoever runs this server.")
        return None


def _token(rule: Rule) -> str:
    """The token that was sent: in a header by a script of ours, in a field by a form of ours."""
    given = request.headers.get(HEADER, "")
    return given if given or not rule.form_bytes else request.form.get("csrf", "")


def sentence(status: int, words: str) -> Response:
    """An answer that is one sentence."""
    return Response(f"{words}\n", status=status, mimetype="text/plain")
