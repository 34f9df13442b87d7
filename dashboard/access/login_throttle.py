"""Attempts to sign in: after a few that fail, each must wait longer than the one before, in all processes alike."""

import hashlib
import ipaddress
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.access.store import Store

FORGOTTEN_AFTER = 60 * 60


@dataclass(frozen=True)
class Limit:
    """How many failures are free, and how long the wait grows after them: 1, 2, 4 … seconds up to `longest`."""

    free: int
    longest: float

    def wait(self, failures: int) -> float:
        """Seconds to wait after the last of some failures."""
        return min(2.0 ** min(failures - self.free, 30), self.longest) if failures >= self.free else 0.0


# A name is slowed less than a name from one address, so that nobody can keep somebody else out for long.
BOTH, NAME, ADDRESS = Limit(5, 900), Limit(20, 60), Limit(20, 900)


class Attempts:
    """The attempts that failed. Names and addresses are kept as hashes: somebody may type a password as a name."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def take(self, name: str, address: str) -> float:
        """Takes an attempt, as failed until it is said to be right. Returns 0, or the seconds to wait first."""
        limits = _keys(name, address)
        with self._store.change() as con:
            now = self._clock()  # not before: waiting for another process takes time too
            con.execute("delete from attempts where last <= ?", (now - FORGOTTEN_AFTER,))
            kept = {key: _kept(con, key) for key in limits}
            waits = [last + limits[key].wait(n) - now for key, (n, last) in kept.items() if limits[key].wait(n)]
            if waits and max(waits) > 0:
                return max(waits)
            for key, (failures, _) in kept.items():
                con.execute("replace into attempts values (?, ?, ?)", (key, failures + 1, now))
        return 0.0

    def right(self, name: str, address: str) -> None:
        """Says that the attempt just taken was right; what others failed under the name or from there stays."""
        both, *apart = _keys(name, address)
        with self._store.change() as con:
            con.execute("delete from attempts where about = ?", (both,))
            for key in apart:
                con.execute("update attempts set failures = max(failures - 1, 0) where about = ?", (key,))


def _kept(con: sqlite3.Connection, key: str) -> tuple[int, float]:
    row = con.execute("select failures, last from attempts where about = ?", (key,)).fetchone()
    return (int(row[0]), float(row[1])) if row else (0, 0.0)


def _keys(name: str, address: str) -> dict[str, Limit]:
    name, network = name.strip().casefold(), _network(address)
    return {_hash("both", name, network): BOTH, _hash("name", name): NAME, _hash("address", network): ADDRESS}


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _network(address: str) -> str:
    """An address; of version 6 its network, of which one household has all addresses."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)
