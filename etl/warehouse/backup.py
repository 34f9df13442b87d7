"""A data folder as one file with a checksum for each part, and back: verified before anything is put in its place.

A backup holds every file of the folder, except what only a running program needs: locks, half-made files (their names
begin with a dot), and `access/`, with the sessions and the secret that signs them: in a new folder everybody signs in
again. It is taken while no load or publish runs and no line of the audit log is written.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from filelock import FileLock, Timeout

from etl.system.database import connect
from etl.system.durable import sync_folder
from etl.warehouse.load import Busy, WrongUse

MANIFEST, FORMAT = "manifest.json", 1
LEFT_OUT = ("access", "load.lock")  # besides names that begin with a dot, and what an earlier restore set aside
ASIDE = "replaced-"
AUDIT_LOCK = Path("access") / "audit.lock"  # held by the dashboard while it writes a line
WAREHOUSE = "warehouse.duckdb"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """A file of a backup: its path in the data folder, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Restored:
    """What a restore did: when its backup was made, how many files it holds, and where the data of before is now."""

    made: str
    files: int
    aside: Path | None


def backup(data: Path, target: Path, now: datetime | None = None) -> Path:
    """Writes a backup of a data folder into a folder, or as a file that is not there yet, and returns its path.

    The file is read again and compared before it gets its name. Raises WrongUse, Busy, OSError and duckdb.Error.
    """
    now = now or datetime.now(UTC)
    out = target / f"drive-backup-{now:%Y-%m-%dT%H%M%S}.tar.gz" if target.is_dir() else target
    _need_use(data, out)
    making = out.with_name(f".{out.name}.making")
    try:
        with _alone(data):
            _settle(data / WAREHOUSE)
            paths = list(_covered(data))
            if not paths:
                raise WrongUse(f"There is nothing in {data} to back up.")
            _write(making, data, paths, now)
        _read(making, None)
        making.rename(out)
        sync_folder(out.parent)
    finally:
        making.unlink(missing_ok=True)
    return out


def restore(file: Path, data: Path, *, replace: bool = False, now: datetime | None = None) -> Restored:
    """Puts a backup in place of what is in a data folder, once all of it is verified; else nothing is changed.

    Data that is there and differs is only replaced on `replace`, and then set aside in the folder, not deleted.
    Raises WrongUse, Busy, OSError and duckdb.Error.
    """
    now = now or datetime.now(UTC)
    if not file.is_file():
        raise WrongUse(f"There is no backup {file}.")
    data.mkdir(parents=True, exist_ok=True)
    staged = data / ".restoring"
    try:
        with _alone(data):
            shutil.rmtree(staged, ignore_errors=True)
            made, parts = _read(file, staged)
            _need_whole(staged)
            old = _tops(data)
            if old and not replace and not _same(data, parts):
                raise WrongUse(
                    f"In {data} there is something else already ({', '.join(old)}), and nothing was changed. To set"
                    " it aside and restore, add --replace."
                )
            return Restored(made, len(parts), _swap(staged, data, old, data / f"{ASIDE}{now:%Y-%m-%dT%H%M%S}"))
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _need_use(data: Path, out: Path) -> None:
    if not data.is_dir():
        raise WrongUse(f"There is no folder {data}.")
    if out.exists():
        raise WrongUse(f"{out} is there already, and a backup overwrites nothing: give another name, or a folder.")
    if not out.parent.is_dir():
        raise WrongUse(f"There is no folder {out.parent}.")
    if out.resolve().is_relative_to(data.resolve()):
        raise WrongUse("A backup inside the data folder is lost with it: give a place outside.")


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """While nothing else writes: no load or publish, and no line of the audit log. Raises Busy."""
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(data / "load.lock", timeout=0))
            if (data / AUDIT_LOCK).parent.is_dir():
                stack.enter_context(FileLock(data / AUDIT_LOCK, timeout=10, mode=0o600))
        except Timeout:
            raise Busy("A load is running; try again when it has ended.") from None
        yield


def _settle(warehouse: Path) -> None:
    """Brings into the file what a load that was killed left in its write-ahead log."""
    if warehouse.with_name(f"{warehouse.name}.wal").exists():
        with connect(warehouse) as con:
            con.execute("checkpoint")


def _tops(data: Path) -> list[str]:
    """The names in a data folder that a backup covers."""
    names = sorted(path.name for path in data.iterdir())
    return [n for n in names if n not in LEFT_OUT and not n.startswith((".", ASIDE))]


def _covered(data: Path) -> Iterator[Path]:
    """The files that a backup holds, in order. Raises WrongUse for what is no file and no folder."""
    for top in _tops(data):
        for path in [data / top, *sorted((data / top).rglob("*"))]:
            if any(part.startswith(".") for part in path.relative_to(data).parts):
                continue
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise WrongUse(f"{path} is a link or no ordinary file, and cannot be backed up: put the file there.")
            if path.is_file():
                yield path


def _write(making: Path, data: Path, paths: list[Path], now: datetime) -> None:
    """The file: each part, and at the end the manifest; for this account only."""
    handle = os.open(making, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as tar:
            parts = [_add(tar, path, path.relative_to(data).as_posix()) for path in paths]
            said = {"format": FORMAT, "made": now.isoformat(timespec="seconds"), "files": [vars(p) for p in parts]}
            content = json.dumps(said, ensure_ascii=False, indent=1).encode()
            about = tarfile.TarInfo(MANIFEST)
            about.size, about.mode, about.mtime = len(content), 0o600, int(now.timestamp())
            tar.addfile(about, io.BytesIO(content))
        file.flush()
        os.fsync(file.fileno())


class _Hashed(io.RawIOBase):
    """A file that is read through, and hashed on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.sha256.update(content)
        return content


def _add(tar: tarfile.TarFile, path: Path, name: str) -> Part:
    with path.open("rb") as file:
        about = tar.gettarinfo(arcname=name, fileobj=file)
        about.uname = about.gname = ""
        hashed = _Hashed(file)
        tar.addfile(about, hashed)
        return Part(name, about.size, hashed.sha256.hexdigest())


def _read(file: Path, into: Path | None) -> tuple[str, list[Part]]:
    """When a backup was made and its parts, all of them verified; written into a folder on the way, if one is given.

    Raises WrongUse for a file that is no backup, or is damaged.
    """
    wrong = WrongUse(f"{file} is damaged or no backup of ours, and nothing was changed.")
    try:
        with tarfile.open(file, "r:gz") as tar:
            return _read_parts(tar, into)
    except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, TypeError):
        raise wrong from None
    except OSError as error:
        if error.errno is None:  # gzip's own: a wrong checksum
            raise wrong from None
        raise


def _read_parts(tar: tarfile.TarFile, into: Path | None) -> tuple[str, list[Part]]:
    """The same from an open archive; ValueError where it is not as its manifest says, or has none at its end."""
    found: list[Part] = []
    for member in tar:
        content = tar.extractfile(member) if member.isreg() and _is_inside(member.name) else None
        if content is None:
            raise ValueError
        if member.name != MANIFEST:
            found.append(_take(content, member, into))
            continue
        said = json.loads(content.read())
        if said["format"] != FORMAT or said["files"] != [vars(part) for part in found] or tar.next():
            raise ValueError
        return str(said["made"]), found
    raise ValueError


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _take(content: IO[bytes], member: tarfile.TarInfo, into: Path | None) -> Part:
    """A member as it was read; written into a folder with its mode and time, if one is given."""
    hashed = _Hashed(content)
    if into is None:
        while hashed.read(CHUNK):
            pass
    else:
        _put(into / member.name, hashed, member)
    return Part(member.name, member.size, hashed.sha256.hexdigest())


def _put(path: Path, content: _Hashed, about: tarfile.TarInfo) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while chunk := content.read(CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(about.mode & 0o777)
    os.utime(path, (about.mtime, about.mtime))


def _need_whole(staged: Path) -> None:
    """Opens every database once. Raises duckdb.Error."""
    for path in sorted(staged.rglob("*.duckdb")):
        connect(path, read_only=True).close()


def _same(data: Path, parts: list[Part]) -> bool:
    """Whether a folder holds just what a backup does."""
    there = {path.relative_to(data).as_posix(): path for path in _covered(data)}
    return set(there) == {part.path for part in parts} and all(
        there[part.path].stat().st_size == part.size and _sha256(there[part.path]) == part.sha256 for part in parts
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _swap(staged: Path, data: Path, old: list[str], aside: Path) -> Path | None:
    """Sets aside what is in a folder and puts the new in its place; all is as before if that goes wrong."""
    _own_like(staged, data)
    moves = [(data / name, aside / name) for name in old]
    moves += [(path, data / path.name) for path in sorted(staged.iterdir())]
    if old:
        aside.mkdir(mode=0o700)
    done: list[tuple[Path, Path]] = []
    try:
        for source, place in moves:
            source.rename(place)
            done.append((source, place))
    except OSError:
        for source, place in reversed(done):
            place.rename(source)
        if old:
            aside.rmdir()
        raise
    sync_folder(data)
    return aside if old else None


def _own_like(staged: Path, data: Path) -> None:
    """Gives what root restores to whoever owns the folder."""
    if os.name == "posix" and os.geteuid() == 0:
        about = data.stat()
        for path in [staged, *staged.rglob("*")]:
            os.chown(path, about.st_uid, about.st_gid)
