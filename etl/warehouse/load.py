"""Files in, receipts out: each file is read, checked and stored, all in one transaction, one load at a time."""

import csv
import gc
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import duckdb
from filelock import FileLock, Timeout

from etl.check.history import Order
from etl.check.problem import PROBLEM, Problem
from etl.check.stored import compare_stored, returned_months
from etl.examine.examiner import Examined, Examiner
from etl.intake import Refused
from etl.intake.limits import FILE_BYTES
from etl.read import Return, fits_name_pattern
from etl.read.columns import in_columns
from etl.reference import Reference, as_known_at, read_reference, shared_lines
from etl.sites import Site, load_sites, read_site
from etl.warehouse.plans import plan_by_month
from etl.warehouse.store import (
    ACCEPTED,
    Receipt,
    SiteMonth,
    believe,
    in_force,
    open_warehouse,
    store_returns,
    transaction,
    update_results,
)

RECEIVED = "received.csv"
# Files that are found in folders of returns and are no returns.
_NOT_RETURNS = {".toml", ".md", ".json", ".lock"}
_HIDDEN = (".", "~$")


class WrongUse(ValueError):
    """A load that cannot begin; the message says what to do."""


class Busy(RuntimeError):
    """Another load is running."""


@dataclass(frozen=True)
class IncomingFile:
    """A file to load or to try: its path, its name relative to the folder, and when it arrived.

    `content` is its bytes where it has no path: what is only tried is written to no disk.
    """

    path: Path
    name: str
    received: datetime
    content: bytes | None = None


@dataclass(frozen=True)
class Checked:
    """A file after reading and checking; `content` is None where it was refused."""

    file: IncomingFile
    sha256: str
    content: Return | None
    problems: tuple[Problem, ...]
    site: str | None = None


Progress = Callable[[int, int], None]


def gather(paths: Iterable[Path], received: datetime | None) -> list[IncomingFile]:
    """All files given, also those in folders, with the time at which each arrived.

    `received` counts for all; else a `received.csv` in a given folder, else the file's own time. Raises WrongUse.
    """
    files: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            files |= {found: name for found, name in _in_folder(path) if found not in files}
        elif path.is_file():
            files.setdefault(path, path.name)
        else:
            raise WrongUse(f"There is no file or folder {path}.")
    lists = [path for path in files if path.name == RECEIVED]
    times = {} if received else {file: time for path in lists for file, time in _received(path).items()}
    return [
        IncomingFile(path, name, received or times.get(_plain(path)) or _own_time(path))
        for path, name in files.items()
        if path.name != RECEIVED
    ]


def check_files(
    files: list[IncomingFile], sites: Mapping[str, Site], progress: Progress | None = None
) -> Iterator[Checked]:
    """Reads and checks each file, in the order given; nothing is stored."""
    hashes: list[str | Refused] = []
    with Examiner(sites) as examiner:
        contents = (
            (content, one.name, one.received) for content, one in zip(_contents(files, hashes), files, strict=True)
        )
        for number, (one, found) in enumerate(zip(files, examiner.examine_many(contents), strict=True), 1):
            yield _checked(one, hashes[number - 1], found)
            if progress:
                progress(number, len(files))


def load(
    paths: Iterable[Path],
    data: Path,
    received: datetime | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> list[tuple[IncomingFile, Receipt]]:
    """Loads returns into the warehouse of `data` and brings its results up to date; one receipt a file.

    Raises WrongUse, Busy, OSError (disk full, folder not writable) and duckdb.Error; then nothing has changed.
    """
    paths = list(paths)
    files = gather(paths, received)
    now = now or datetime.now(UTC).replace(tzinfo=None)
    data.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(data / "load.lock", timeout=0), no_collection():
            _adopt_sites(paths, data)
            sites = load_sites(data / "sites")
            reference = as_known_at(read_reference(data / "reference", sites=set(sites)), now.date())
            checked = list(check_files(files, sites, progress))
            con = open_warehouse(data / "warehouse.duckdb")
            try:
                with transaction(con):
                    return _store(con, checked, sites, reference, now)
            finally:
                con.close()
    except Timeout:
        raise Busy("Another load is running; try again when it has ended.") from None


@contextmanager
def no_collection() -> Iterator[None]:
    """Switches the search for circular garbage off meanwhile: a load makes little of it, and looking takes time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def find_sites(paths: Iterable[Path], data: Path) -> dict[str, Site]:
    """The sites that a check knows: ours, those of the data folder, and those in a `sites/` of the folders named."""
    folders = {data / "sites": None} | {path / "sites": None for path in paths if path.is_dir()}
    return load_sites(*(folder for folder in folders if folder.is_dir()))


def _adopt_sites(paths: Iterable[Path], data: Path) -> None:
    """Keeps the further sites that a given folder describes in its `sites/`."""
    for path in sorted(toml for folder in paths if folder.is_dir() for toml in (folder / "sites").glob("*.toml")):
        site = read_site(path)
        target = data / "sites" / f"{site.name}.toml"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())


def _in_folder(folder: Path, within: str = "") -> Iterator[tuple[Path, str]]:
    """The files in a folder that may be returns, each with its name relative to the folder; links are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        return
    for entry in entries:
        name = f"{within}{entry.name}"
        if entry.name.startswith(_HIDDEN):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _in_folder(folder / entry.name, f"{name}/")
        elif entry.is_file(follow_symlinks=False) and PurePosixPath(name).suffix.lower() not in _NOT_RETURNS:
            yield folder / entry.name, name


def _plain(path: Path) -> Path:
    """A path without `..`, by which a file is found whichever way it was named."""
    return Path(os.path.normpath(path.absolute()))


def _received(path: Path) -> dict[Path, datetime]:
    """When each file arrived, from a received.csv (file, received); raises WrongUse naming the line."""
    times = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not {"file", "received"} <= set(rows.fieldnames or ()):
                raise WrongUse(f"{path}: the first line must be file,received.")
            for row in rows:
                file = path.parent / (row["file"] or "").strip().replace("\\", "/")
                times[_plain(file)] = _time(row["received"], path, rows.line_num)
    except (UnicodeDecodeError, csv.Error):
        raise WrongUse(f"{path} cannot be read: save it as CSV in UTF-8.") from None
    return times


def _time(text: str | None, path: Path, line: int) -> datetime:
    try:
        return read_time(text or "")
    except ValueError:
        raise WrongUse(f"{path}, line {line}: “received” must be a time such as 2019-12-08T10:00:00.") from None


def read_time(text: str) -> datetime:
    """A time as ISO 8601 writes it, in universal time where it names a zone; raises ValueError."""
    time = datetime.fromisoformat(text.strip())
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def _own_time(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime_ns / 1e9, UTC).replace(tzinfo=None)


def _contents(files: list[IncomingFile], hashes: list[str | Refused]) -> Iterator[bytes]:
    """The bytes of each file, one after the other; the SHA-256, or why it could not be read, goes to `hashes`."""
    for one in files:
        try:
            content, sha256 = _read_whole(one.path) if one.content is None else _as_given(one.content)
        except OSError as error:
            reason = "has gone" if isinstance(error, FileNotFoundError) else f"could not be opened ({error.strerror})"
            content, sha256 = b"", Refused("not_there", f"The file {reason}.", "Put it back and load it again.", "", "")
        except Refused as refused:
            content, sha256 = b"", refused
        hashes.append(sha256)
        yield content


def _as_given(content: bytes) -> tuple[bytes, str | Refused]:
    return content[: FILE_BYTES + 1], hashlib.sha256(content).hexdigest()


def _read_whole(path: Path) -> tuple[bytes, str | Refused]:
    """A file's bytes (just over the limit, if it is larger) and its SHA-256; refuses one that changes meanwhile."""
    sha256, kept = hashlib.sha256(), b""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            return b"", Refused("not_a_file", "This is not a file that can be read.", "Give a return.", "", "")
        while chunk := file.read(1 << 20):
            sha256.update(chunk)
            kept += chunk[: FILE_BYTES + 1 - len(kept)]
        after = path.stat()
    if (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino):
        sentence = "The file was changed while it was being read."
        return b"", Refused("changed", sentence, "Load it again when nobody has it open.", "", "")
    return kept, sha256.hexdigest()


def _checked(file: IncomingFile, sha256: str | Refused, found: Examined | Refused) -> Checked:
    if isinstance(sha256, Refused):
        return Checked(file, "", None, (_rejection(sha256, None),))
    if isinstance(found, Refused):
        found = Examined(refused=found)
    if found.refused:
        return Checked(file, sha256, None, (_rejection(found.refused, found.month),), found.site)
    assert found.content
    return Checked(file, sha256, found.content, found.problems, found.content.site)


def _rejection(refused: Refused, month: date | None) -> Problem:
    return Problem(month, refused.sheet, refused.cell, refused.code, "reject", refused.sentence, refused.fix)


def _store(
    con: duckdb.DuckDBPyConnection,
    checked: list[Checked],
    sites: Mapping[str, Site],
    reference: Reference,
    now: datetime,
) -> list[tuple[IncomingFile, Receipt]]:
    """Stores what is new; a file that was given before is recognised by its bytes, and the earliest copy counts."""
    known = _Known(con)
    receipts = {id(one): known.receipt(one, sites) for one in sorted(checked, key=_by_arrival) if one.sha256}
    fresh = list(known.fresh.values())
    accepted = {receipt.return_id: receipt for receipt in fresh if receipt.is_accepted}
    contents = [receipt.content for receipt in accepted.values() if receipt.content]
    touched = known.moved | {(content.site, month) for content in contents for month in content.months}
    last = max([*(month for _, month in touched), *known.months], default=None)
    before = in_force(con)
    columns = in_columns([content.entries for content in contents])
    plan, shared = plan_by_month(reference, sites, last), shared_lines(reference.scope, sites)
    believe(con, reference.dispensations)
    store_returns(con, fresh, columns, sites, plan, shared, now)
    orders = [Order(False, r.received, r.version, r.sha256) for r in accepted.values()]
    said = returned_months(list(zip(accepted, contents, orders, strict=True)), columns)
    compare_stored(con, sites, {site for site, _ in touched}, said, lambda: update_results(con, touched, before))
    _complete(con, accepted)
    return [(one.file, receipts.get(id(one)) or _unstored(one)) for one in checked]


def _complete(con: duckdb.DuckDBPyConnection, accepted: Mapping[str, Receipt]) -> None:
    """Adds to the receipts what comparing with the other returns has found."""
    if not accepted:
        return
    found = con.execute(
        f"select return_id, {', '.join(PROBLEM)} from problems where compared and return_id in ?", [list(accepted)]
    )
    for return_id, *what in found.fetchall():
        accepted[return_id].problems.append(Problem(*what))
        accepted[return_id].verdict = _verdict(accepted[return_id].problems)


def _by_arrival(one: Checked) -> tuple[datetime, int, str, str]:
    return one.file.received, one.content.version if one.content else 1, one.sha256, one.file.name


def _unstored(one: Checked) -> Receipt:
    """The receipt for a file that could not be read at all and so left no trace."""
    return Receipt("", None, None, one.file.received, "rejected", "", "", problems=list(one.problems))


class _Copy(NamedTuple):
    """One time that the same bytes came in: a row of `returns`, as far as the next copy needs it."""

    return_id: str
    sha256: str
    verdict: str
    received: datetime
    name: str
    site: str | None
    month: date | None


class _Known:
    """The returns that the warehouse has, and those that this load adds: the same in whatever order they are given."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        rows = con.execute("select return_id, sha256, verdict, received, file, site, month from returns").fetchall()
        copies = [_Copy(*row)._replace(name="" if row[4] == _neutral(row[0]) else row[4]) for row in rows]
        self.copies = {copy.return_id: copy for copy in copies}
        self.accepted = {copy.sha256: copy for copy in copies if copy.verdict in ACCEPTED}
        self.months = [row[0] for row in con.execute("select max(month) from return_months").fetchall() if row[0]]
        self.fresh: dict[str, Receipt] = {}
        self.moved: set[SiteMonth] = set()

    def receipt(self, one: Checked, sites: Mapping[str, Site]) -> Receipt:
        """The receipt of a file: a new one, or the one that it got when it was given before."""
        verdict, name, received = _verdict(one.problems), _stored_name(one, sites), one.file.received
        first = self.accepted.get(one.sha256) if verdict in ACCEPTED else None
        month = one.content.month if one.content else one.problems[0].month
        copy = _Copy("", one.sha256, verdict, received, name, one.site, month)
        if first is None:
            whole = verdict in ACCEPTED
            return self._keep(one, copy._replace(return_id=self._own_id(one.sha256) if whole else _copy_id(copy)))
        if (received, name) == (first.received, first.name):
            return _receipt(first._replace(verdict="duplicate"))
        if (received, name) < (first.received, first.name):
            self._move(first, copy)
            copy = first
        copy = copy._replace(verdict="duplicate")
        return self._keep(one, copy._replace(return_id=_copy_id(copy)))

    def _keep(self, one: Checked, copy: _Copy) -> Receipt:
        """The receipt of a copy, which is new unless the same was given before."""
        receipt = _receipt(copy)
        receipt.problems = [] if copy.verdict == "duplicate" else list(one.problems)
        if copy.return_id not in self.copies:
            self.fresh[copy.return_id] = receipt
            receipt.version, receipt.content = (one.content.version if one.content else 1), one.content
        self.copies[copy.return_id] = copy
        if copy.verdict in ACCEPTED:
            self.accepted[copy.sha256] = copy
        return receipt

    def _own_id(self, sha256: str) -> str:
        """The start of the SHA-256, a little more of it where another return's is the same."""
        return next(sha256[:end] for end in range(12, 65, 4) if sha256[:end] not in self.copies)

    def _move(self, first: _Copy, earlier: _Copy) -> None:
        """The same bytes had come earlier: that is when the return arrived, and under which name."""
        moved = first._replace(received=earlier.received, name=earlier.name)
        file = earlier.name or _neutral(first.return_id)
        self.con.execute(
            "update returns set received = ?, file = ? where return_id = ?", [moved.received, file, first.return_id]
        )
        self.accepted[first.sha256] = self.copies[first.return_id] = moved
        months = self.con.execute(
            "select site, month from return_months where return_id = ?", [first.return_id]
        ).fetchall()
        self.moved |= set(months)


def _copy_id(copy: _Copy) -> str:
    """The name of a row that brought no numbers: by its bytes, its own name and when it came."""
    text = "\n".join([copy.sha256, copy.name, copy.received.isoformat(), copy.verdict])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _neutral(name: str) -> str:
    """The name that a file gets whose own name no layout gives."""
    return f"return {name}"


def _receipt(copy: _Copy) -> Receipt:
    file = copy.name or _neutral(copy.return_id)
    return Receipt(copy.return_id, copy.site, copy.month, copy.received, copy.verdict, file, copy.sha256)


def _verdict(problems: Iterable[Problem]) -> str:
    severities = {problem.severity for problem in problems}
    if "reject" in severities:
        return "rejected"
    return "accepted_with_queries" if "query" in severities else "accepted"


def _stored_name(one: Checked, sites: Mapping[str, Site]) -> str:
    """The file's name, where a layout gives that name; else '' (a name can be anything, also a person's)."""
    path = PurePosixPath(one.file.name)
    folder = [part for part in path.parts[:-1] if part in sites]
    candidates = [sites[one.site]] if one.site else sites.values()
    fits = any(fits_name_pattern(path.name, site) for site in candidates)
    return "/".join([*folder, path.name]) if fits else ""
