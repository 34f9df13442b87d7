"""One at a time, among all threads and processes: a lock that the system lets go of when its holder dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Waits for one's turn at a file that is there for this only.

    It is taken for each page that is looked at. Where the system has a lock that wakes whoever waits, that takes a
    hundredth of the time of asking again and again.
    """
    if sys.platform == "win32":
        with FileLock(path, mode=0o600, poll_interval=0.002):
            yield
        return
    from fcntl import LOCK_EX, flock

    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        flock(handle, LOCK_EX)
        yield
    finally:
        os.close(handle)
