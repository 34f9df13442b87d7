"""Saved scenarios: what was supposed, under a name, by whom and when. They are data of a folder, in no edition."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from dashboard.access.private_files import write_private
from dashboard.access.roles import Who
from dashboard.data.address import read
from dashboard.scenarios.choices import NAMES
from etl.definitions.messages import Plain, _

FILE = "scenarios.json"
MOST, LONGEST_NAME, LONGEST_ADDRESS, MOST_BYTES = 100, 80, 2000, 20_000_000  # so many for each audience


class CannotSave(ValueError):
    """A scenario that is not saved or deleted; the message says why, for the person who asked."""


@dataclass(frozen=True)
class Saved:
    """A saved scenario: its choices as the query of an address, the role of its author, and whose audience that is."""

    id: str
    name: str
    query: str
    author: str
    audience: str
    when: str


def all_saved(data: Path, who: Who) -> tuple[Saved, ...]:
    """What somebody may see, newest first: what their own audience saved and what the central team saved."""
    seen = (who.audience, "central")
    return tuple(one for one in reversed(_read(data)) if one.audience in seen or who.role == "central")


def may_delete(one: Saved, who: Who) -> bool:
    """Whether somebody may delete a scenario: one of their own audience; the central team any."""
    return who.role == "central" or one.audience == who.audience


def save(data: Path, name: str, query: str, who: Who) -> Saved:
    """Saves a scenario under a name. Raises CannotSave."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        most = _("Give it a name of at most {most} letters, such as Grant extended to September.", most=LONGEST_NAME)
        raise CannotSave(most)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    one = Saved(secrets.token_hex(8), name, query_of(query), who.words, who.audience, now)
    with _turn(data):
        kept = _read(data)
        own = [other for other in kept if other.audience == who.audience]
        if any(other.name.casefold() == name.casefold() for other in own):
            known = _(
                "There is one called “{name}” already: choose another name, or delete that one first.", name=Plain(name)
            )
            raise CannotSave(known)
        if len(own) >= MOST:
            full = _("There are {most} saved scenarios already: delete one that is no longer needed.", most=MOST)
            raise CannotSave(full)
        _write(data, [*kept, one])
    return one


def delete(data: Path, name: str, who: Who) -> None:
    """Deletes a scenario by its id. Raises CannotSave."""
    with _turn(data):
        kept = _read(data)
        found = next((one for one in kept if one.id == name), None)
        if found is None:
            raise CannotSave(_("That scenario is gone already."))
        if not may_delete(found, who):
            raise CannotSave(
                _(
                    "“{name}” was saved by the {author}: only they may delete it.",
                    name=Plain(found.name),
                    author=found.author,
                )
            )
        _write(data, [one for one in kept if one.id != name])


def query_of(query: str) -> str:
    """The choices of a scenario in a query, and nothing else that stood there."""
    if len(query) > LONGEST_ADDRESS:
        raise CannotSave(_("This scenario has too many choices to be saved."))
    return read("/scenario", query).keep("/scenario", "site", *NAMES).href.partition("?")[2]


def _turn(data: Path) -> AcquireReturnProxy:
    """The file is written by one at a time."""
    try:
        return FileLock(data / ".scenarios.lock", timeout=5, mode=0o600).acquire()
    except (Timeout, OSError):
        raise CannotSave(_("Nothing can be saved just now: try again in a moment.")) from None


def _read(data: Path) -> list[Saved]:
    """What is in the file; nothing where there is none. Raises CannotSave where it is no file of ours."""
    path = data / FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError
        rows = json.loads(path.read_text(encoding="utf-8"))["scenarios"]
        return [Saved(**{name: str(row[name]) for name in Saved.__dataclass_fields__}) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotSave(_("The saved scenarios cannot be read: tell whoever runs this server.")) from None


def _write(data: Path, kept: Sequence[Saved]) -> None:
    content = json.dumps({"scenarios": [asdict(one) for one in kept]}, ensure_ascii=False, indent=1)
    try:
        write_private(data / FILE, content.encode())
    except OSError:
        raise CannotSave(_("The scenario could not be written down: tell whoever runs this server.")) from None
