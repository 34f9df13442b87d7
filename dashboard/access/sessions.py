"""Sessions: kept here and not in the browser, so that each ends when it has to and can be ended at once."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.access.roles import Who, who_is
from dashboard.access.store import Store

IDLE = 30 * 60
ABSOLUTE = 10 * 60 * 60
NOTED_EVERY = 60  # seconds: that a session is in use is not written down at every request


@dataclass(frozen=True)
class Session:
    """A session that is open. `stamp` is that of the user who began it; empty if a provider vouched for them."""

    who: Who
    stamp: str


class Sessions:
    """The open sessions. A copy of the file opens none: it has only the hashes of the tokens."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def start(self, who: Who, stamp: str) -> str:
        """Begins a session and returns its token, which stands nowhere else."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = (_hash(token), who.name, who.role, who.site, who.label, stamp, now, now)
        with self._store.change() as con:
            con.execute("delete from sessions where started <= ? or seen <= ?", (now - ABSOLUTE, now - IDLE))
            con.execute("insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token, unless it has been idle or open for too long; being asked for is being in use."""
        now, key = self._clock(), _hash(token)
        with self._store.read() as con:
            row = con.execute(
                "select name, role, site, label, stamp, seen from sessions"
                " where token = ? and seen > ? and started > ?",
                (key, now - IDLE, now - ABSOLUTE),
            ).fetchone()
        if row is None:
            return None
        if now - row[5] >= NOTED_EVERY:
            with self._store.change() as con:
                con.execute("update sessions set seen = max(seen, ?) where token = ?", (now, key))
        return Session(who_is(*row[:4]), row[4])

    def end(self, token: str) -> None:
        """Ends one session."""
        with self._store.change() as con:
            con.execute("delete from sessions where token = ?", (_hash(token),))

    def end_all(self, name: str) -> int:
        """Ends all sessions of a name. Returns how many."""
        with self._store.change() as con:
            return con.execute("delete from sessions where name = ?", (name,)).rowcount

    def count(self) -> dict[str, int]:
        """How many sessions each name has open."""
        now = self._clock()
        with self._store.read() as con:
            rows = con.execute(
                "select name, count(*) from sessions where seen > ? and started > ? group by name",
                (now - IDLE, now - ABSOLUTE),
            ).fetchall()
        return dict(rows)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
