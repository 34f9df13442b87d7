"""Passwords: what is asked of one, its argon2 hash, and a check that takes as long for a name that nobody has."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST, FEWEST_DIFFERENT = 12, 1024, 5

_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106 for 64 MiB
# A check takes 64 MiB: two at a time in a process, however many ask.
_AT_ONCE = threading.BoundedSemaphore(2)


class WeakPassword(ValueError):
    """A password that is too easy to guess; the message says what is needed."""


def hash_password(name: str, password: str) -> str:
    """The hash to keep of a new password. Raises WeakPassword."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST:,} characters, such as four words in a row.")
    if len(set(password)) < FEWEST_DIFFERENT or name.casefold() in password.casefold():
        raise WeakPassword(f"A password has {FEWEST_DIFFERENT} different characters and does not contain the name.")
    return _HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password fits the kept hash; with no hash it is never right, and that takes as long."""
    with _AT_ONCE:
        try:
            fits = _HASHER.verify(kept or _nobodys_hash(), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return fits and kept is not None and len(password) <= LONGEST


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("the password of nobody")


def prepare() -> None:
    """Makes nobody's hash now, so that the first wrong name takes no longer than the next."""
    _nobodys_hash()
