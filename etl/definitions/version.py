"""The version of the definitions: a short stamp that changes when a reported number, its label or its meaning does."""

from functools import cache
from hashlib import sha256

from etl.definitions import REPORTED


@cache
def version() -> str:
    """Eight hexadecimal digits, the same wherever the definitions of the reported numbers are the same."""
    return sha256(repr(list(REPORTED.values())).encode()).hexdigest()[:8]
