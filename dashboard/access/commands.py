"""The commands about users and the audit log: `python -m dashboard user …` and `python -m dashboard audit verify`.

A password is asked for on the terminal, or read as one line from standard input: never a word of the command, which
others on the machine could see, and never sent by a browser except to sign in.
"""

import getpass
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dashboard.access import audit as log
from dashboard.access.passwords import LONGEST, WeakPassword
from dashboard.access.private_files import private_folder
from dashboard.access.roles import NoSuchRole
from dashboard.access.sessions import Sessions
from dashboard.access.store import Store
from dashboard.access.users import UserProblem, Users, UsersUnreadable
from etl.definitions.writing import counted_figure
from etl.sites import load_sites

user = typer.Typer(no_args_is_help=True, help="Who may sign in: add, list, remove, change, sign out.")
audit = typer.Typer(no_args_is_help=True, help="The record of who looked at what.")

Name = Annotated[str, typer.Argument(help="Small letters, digits, dots, dashes, underscores")]
Data = Annotated[Path | None, typer.Option(help="The folder that holds editions/; data/ if not said")]
RoleOption = Annotated[str, typer.Option("--role", help="central, lead or forum")]
SiteOption = Annotated[str, typer.Option("--site", help="The site of a lead, such as croydon")]


def folder_of(context: typer.Context, data: Path | None) -> Path:
    """The data folder that a command names, before or after its own name."""
    said = data or (context.obj if isinstance(context.obj, Path) else None) or Path("data")
    if not said.is_dir():
        raise stop(f"There is no folder {said}.", 2)
    return said


@user.command("add")
def add(context: typer.Context, name: Name, role: RoleOption, site: SiteOption = "", data: Data = None) -> None:
    """Adds a user; asks for the password twice, or reads it from standard input."""
    folder = folder_of(context, data)
    _need_site(folder, site)
    with _told(folder, "user added", name):
        Users(folder).add(name, role, site, _ask_password())
    typer.echo(f"{name} may sign in as {role}{f' of {site}' if site else ''}.")


@user.command("list")
def list_users(context: typer.Context, data: Data = None) -> None:
    """Prints the users, a line each: name, role, site, since when, sessions open now."""
    folder = folder_of(context, data)
    with _told(folder):
        users = Users(folder).all()
    counts = _sessions(folder).count()
    for name, one in users.items():
        role = f"{one.role} {one.site}".strip()
        typer.echo(f"{name:<24} {role:<24} since {one.since}  {counts.pop(name, 0)} open")
    for name, count in counts.items():
        typer.echo(f"{name:<24} {'through the provider':<24} {count} open")
    if not users:
        typer.echo("There are no users. Add one: python -m dashboard user add NAME --role central")


@user.command("remove")
def remove(context: typer.Context, name: Name, data: Data = None) -> None:
    """Removes a user and ends their sessions."""
    folder = folder_of(context, data)
    with _told(folder, "user removed", name):
        Users(folder).remove(name)
    _sessions(folder).end_all(name)
    typer.echo(f"{name} can no longer sign in.")


@user.command("password")
def password(context: typer.Context, name: Name, data: Data = None) -> None:
    """Changes a password and ends the sessions begun under the old one."""
    folder = folder_of(context, data)
    with _told(folder, "password changed", name):
        Users(folder).set_password(name, _ask_password())
    _sessions(folder).end_all(name)
    typer.echo(f"The password of {name} is changed, and their sessions have ended.")


@user.command("role")
def role(context: typer.Context, name: Name, role: RoleOption, site: SiteOption = "", data: Data = None) -> None:
    """Changes a role; it counts from the user's next request."""
    folder = folder_of(context, data)
    _need_site(folder, site)
    with _told(folder, "role changed", name):
        Users(folder).set_role(name, role, site)
    typer.echo(f"{name} is now {role}{f' of {site}' if site else ''}.")


@user.command("sign-out")
def sign_out(context: typer.Context, name: Name, data: Data = None) -> None:
    """Ends all sessions of a user, or of somebody whom the provider vouched for (oidc:…)."""
    folder = folder_of(context, data)
    with _told(folder, "signed out", name):
        if not name.startswith("oidc:"):
            Users(folder).end_sessions(name)
        count = _sessions(folder).end_all(name)
    typer.echo(f"{counted_figure(count, 'session')} of {name} ended.")


@audit.callback()
def _audit() -> None:
    """The record of who looked at what."""


@audit.command("verify")
def verify(
    context: typer.Context,
    anchor: Annotated[str, typer.Option(help="What an earlier verify printed: LINES:HASH")] = "",
    data: Data = None,
) -> None:
    """Checks that no line of the audit log was changed, removed or moved, and prints an anchor to note elsewhere."""
    verdict = log.verify(folder_of(context, data), anchor)
    for problem in verdict.problems:
        typer.echo(problem, err=True)
    if verdict.problems:
        raise typer.Exit(1)
    typer.echo(f"The audit log is whole: {verdict.end.lines:,} lines. Anchor: {verdict.end.anchor}")
    typer.echo("Note the anchor where nobody who can write in this folder can change it, and give it back: --anchor")


@contextmanager
def _told(folder: Path, what: str = "", name: str = "") -> Iterator[None]:
    """Says what went wrong in a sentence; writes down what went well."""
    try:
        yield
        if what:
            log.Audit(folder, time.time).write("command line", "", what, "done", page=name)
    except (UserProblem, WeakPassword) as problem:
        raise stop(str(problem), 1) from None
    except NoSuchRole as problem:
        raise stop(str(problem), 2) from None
    except UsersUnreadable as problem:
        raise stop(str(problem), 1) from None
    except OSError as problem:
        raise stop(f"{folder} cannot be written: {problem.strerror}.", 74) from None


def _need_site(folder: Path, site: str) -> None:
    known = load_sites(folder / "sites")
    if site and site not in known:
        raise stop(f"There is no site “{site}”: choose {', '.join(known)}.", 2)


def _sessions(folder: Path) -> Sessions:
    private_folder(folder)
    return Sessions(Store(folder), time.time)


def _ask_password() -> str:
    """A new password: typed twice where somebody types, else one line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(LONGEST + 2).rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise stop("The two were not the same; nothing was changed.", 1)
    return first


def stop(words: str, code: int) -> typer.Exit:
    """What a command raises to end with words and an exit code."""
    typer.echo(words, err=True)
    return typer.Exit(code)
