"""Files that only the account of the dashboard may read: made with mode 0600, and changed whole or not at all."""

import os
import secrets
import tempfile
from pathlib import Path

from etl.system.durable import sync_folder

FOLDER = "access"


def private_folder(data: Path) -> Path:
    """The folder of the secret, the sessions and the locks, made when first needed."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Puts a file in place of another in one step, synced, for this account only."""
    waiting = _write_beside(path, content)
    try:
        waiting.replace(path)
    except OSError:
        waiting.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read_secret(data: Path) -> bytes:
    """The secret that signs cookies; made on first use, once, however many processes ask."""
    path = private_folder(data) / "secret"
    if not path.exists():
        waiting = _write_beside(path, secrets.token_hex(32).encode())
        try:
            os.link(waiting, path)
        except FileExistsError:
            pass  # another process was first: its secret counts
        finally:
            waiting.unlink(missing_ok=True)
    return path.read_bytes()


def touch_private(path: Path) -> None:
    """Makes an empty file for this account only, unless it is there."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _write_beside(path: Path, content: bytes) -> Path:
    """Writes a new synced file beside a path; `mkstemp` makes it for this account only."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
