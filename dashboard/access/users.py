"""The users: a name, a role and the hash of a password each, in one private file that is changed whole."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

from filelock import FileLock

from dashboard.access.passwords import hash_password, is_right
from dashboard.access.private_files import private_folder, write_private
from dashboard.access.roles import Who, who_is

FILE = "users.json"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class UserProblem(ValueError):
    """What was asked of the users cannot be done; the message says why."""


class UsersUnreadable(RuntimeError):
    """The file of the users is there and cannot be read, so nobody is let in."""


@dataclass(frozen=True)
class User:
    """Somebody who may sign in. A new `stamp` ends the sessions that were begun under the old one."""

    name: str
    role: str
    site: str
    password: str
    stamp: str
    since: str

    @property
    def who(self) -> Who:
        """This user as one who asks."""
        return who_is(self.name, self.role, self.site)

    def began(self, stamp: str) -> bool:
        """Whether a session with this stamp was begun by this user as they are now."""
        return compare_digest(self.stamp, stamp)


class Users:
    """The users of a data folder; a change by another process is seen at the next request."""

    def __init__(self, data: Path) -> None:
        self.path = data / FILE
        self._data = data
        self._seen: tuple[tuple[int, int, int], dict[str, User]] | None = None

    def all(self) -> Mapping[str, User]:
        """All users by name. Raises UsersUnreadable where the file is there and makes no sense."""
        try:
            about = self.path.stat()
        except FileNotFoundError:
            return {}
        mark = (about.st_mtime_ns, about.st_ino, about.st_size)
        seen = self._seen
        if seen is None or seen[0] != mark:
            seen = self._seen = (mark, _read(self.path))
        return seen[1]

    def get(self, name: str) -> User | None:
        """A user by name, however its letters are typed."""
        return self.all().get(name.strip().casefold())

    def sign_in(self, name: str, password: str) -> User | None:
        """The user whose name and password these are; None, after the same time, for a wrong name or password."""
        user = self.get(name)
        return user if is_right(user.password if user else None, password) and user else None

    def add(self, name: str, role: str, site: str, password: str) -> User:
        """Adds a user. Raises UserProblem, NoSuchRole and WeakPassword."""
        if not NAME.fullmatch(name):
            raise UserProblem("A name has small letters, digits, dots, dashes and underscores: ann.smith")
        who_is(name, role, site)
        since = datetime.now(UTC).date().isoformat()
        user = User(name, role, site, hash_password(name, password), _stamp(), since)

        def put(users: dict[str, User]) -> None:
            if name in users:
                raise UserProblem(f"There is a user {name} already: change the password, or remove the user first.")
            users[name] = user

        self._change(put)
        return user

    def remove(self, name: str) -> None:
        """Removes a user. Raises UserProblem if there is none."""
        self._change(lambda users: users.pop(self._known(users, name).name))

    def set_password(self, name: str, password: str) -> None:
        """Changes a password, which ends the user's sessions. Raises UserProblem and WeakPassword."""
        hashed = hash_password(name, password)
        self._alter(name, lambda user: replace(user, password=hashed, stamp=_stamp()))

    def set_role(self, name: str, role: str, site: str) -> None:
        """Changes a role; it counts from the user's next request. Raises UserProblem and NoSuchRole."""
        who_is(name, role, site)
        self._alter(name, lambda user: replace(user, role=role, site=site))

    def end_sessions(self, name: str) -> None:
        """Makes every session of a user worthless. Raises UserProblem if there is no such user."""
        self._alter(name, lambda user: replace(user, stamp=_stamp()))

    def _alter(self, name: str, alter: Callable[[User], User]) -> None:
        self._change(lambda users: users.update({name: alter(self._known(users, name))}))

    @staticmethod
    def _known(users: Mapping[str, User], name: str) -> User:
        if name not in users:
            raise UserProblem(f"There is no user {name}.")
        return users[name]

    def _change(self, change: Callable[[dict[str, User]], Any]) -> None:
        """Reads, changes and writes the file while no other process does."""
        with FileLock(private_folder(self._data) / "users.lock", mode=0o600):
            users = _read(self.path) if self.path.exists() else {}
            change(users)
            content = {"users": [asdict(users[name]) for name in sorted(users)]}
            write_private(self.path, json.dumps(content, indent=1).encode())


def _stamp() -> str:
    return secrets.token_hex(16)


def _read(path: Path) -> dict[str, User]:
    try:
        users = [User(**entry) for entry in json.loads(path.read_bytes())["users"]]
        for user in users:
            who_is(user.name, user.role, user.site)
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise UsersUnreadable(f"The file {path.name} cannot be read, so nobody is let in.") from problem
    return {user.name: user for user in users}
