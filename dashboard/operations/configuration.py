"""How the dashboard is set up: every variable of its environment, what it means, and what it is when nobody sets it."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

from dashboard.access.settings import HTTPS, OPEN

PAGE = Path(__file__).with_name("configuration.md")
PREFIX = "DRIVE_"
COMMAND_ALONE = f"`{OPEN}` and `{HTTPS}` are set by the command for its workers: leave them alone."


class WrongConfiguration(ValueError):
    """A variable or an option that cannot be used; the message says which, what it says and what is needed."""


@dataclass(frozen=True)
class Kind:
    """What a variable may say: in words, and how it is read. `read` raises ValueError."""

    words: str
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Variable:
    """A variable of the environment: its name, what it may say, its value when nobody sets it, and its meaning."""

    name: str
    kind: Kind
    usual: str
    meaning: str

    @property
    def field(self) -> str:
        """The name of its option on the command line and in `Configuration`."""
        return self.name.removeprefix(PREFIX).lower()

    @property
    def is_secret(self) -> bool:
        """Whether its value is shown to nobody."""
        return "SECRET" in self.name


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError
    return text == "yes"


def _one_of(*words: str) -> Kind:
    return Kind(" or ".join(words), lambda text: words[words.index(text)])


def _whole(lowest: int, highest: int) -> Kind:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
            raise ValueError
        return int(text)

    return Kind(f"a whole number from {lowest} to {highest}", read)


YES_NO, FOLDER, FILE, TEXT = Kind("yes or no", _yes), Kind("a folder", Path), Kind("a file", Path), Kind("text", str)
REQUESTS, PROBLEMS = "requests", "problems"

# The command's own: an option of the same name overrides each.
VARIABLES = (
    Variable("DRIVE_DATA", FOLDER, "data", "The folder that holds editions/, the users and the audit log."),
    Variable("DRIVE_HOST", TEXT, "127.0.0.1", "The address to serve on; without users, this machine only."),
    Variable("DRIVE_PORT", _whole(1, 65535), "8050", "The port to serve on."),
    Variable("DRIVE_AUDIENCE", TEXT, "central", "As whom this machine looks without users: central, forum or a site."),
    Variable("DRIVE_BEHIND_PROXY", YES_NO, "no", "A proxy of ours brings requests by https and says whose."),
    Variable("DRIVE_CERTIFICATE", FILE, "", "Serve by https with this certificate."),
    Variable("DRIVE_KEY", FILE, "", "The key of the certificate."),
    Variable("DRIVE_LOADING", YES_NO, "no", "Where people sign in, let the central team load by the browser."),
    Variable("DRIVE_WORKERS", _whole(1, 64), "2", "How many processes answer: as many as there are processors."),
    Variable("DRIVE_THREADS", _whole(1, 64), "4", "How many requests a process answers at once."),
    Variable(
        "DRIVE_LOG", _one_of(PROBLEMS, REQUESTS), PROBLEMS, "What is written to the log: problems, or every request."
    ),
)
# Read where they are used.
ELSEWHERE = (
    Variable("DRIVE_OIDC_ISSUER", TEXT, "", "The sign-in service, as its tokens name it: https://login.example.org."),
    Variable("DRIVE_OIDC_CLIENT", TEXT, "", "What the sign-in service knows this dashboard by."),
    Variable("DRIVE_OIDC_SECRET", TEXT, "", "What proves to the sign-in service that this is the dashboard."),
    Variable("DRIVE_OIDC_ADDRESS", TEXT, "", "This dashboard as people type it: https://drive.example.org."),
    Variable(
        "DRIVE_OIDC_ROLES", TEXT, "", "Which claim is which audience, the first counts: drive-team=central,all=forum."
    ),
    Variable("DRIVE_OIDC_CLAIM", TEXT, "roles", "The claim that has them."),
    Variable("DRIVE_OIDC_LABEL", TEXT, "Sign in with your work account", "What the sign-in service's button says."),
    Variable("CHROMIUM", FILE, "", "The Chromium that prints packs as PDF; else the one that is installed."),
)
EVERY = {variable.name: variable for variable in (*VARIABLES, *ELSEWHERE)}


@dataclass(frozen=True)
class Configuration:
    """What the command serves, where, to whom and with how many."""

    data: Path
    host: str
    port: int
    audience: str
    behind_proxy: bool
    certificate: Path | None
    key: Path | None
    loading: bool
    workers: int
    threads: int
    log: str


def read_configuration(options: Mapping[str, str | None], environment: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration: what an option says counts, else the environment, else the usual value.

    Raises WrongConfiguration, also for a variable of ours that there is not.
    """
    _need_known(environment)
    values = {v.field: _value(v, options.get(v.field), environment.get(v.name)) for v in VARIABLES}
    found = Configuration(**values)
    if (found.certificate is None) != (found.key is None):
        raise WrongConfiguration("A certificate has a key: give both --certificate and --key.")
    for file in filter(None, (found.certificate, found.key)):
        if not file.is_file():
            raise WrongConfiguration(f"There is no file {file}.")
    return found


def _value(variable: Variable, option: str | None, said: str | None) -> Any:
    name = f"--{variable.field.replace('_', '-')}" if option else variable.name
    text = (option or said or variable.usual).strip()
    if not text:
        return None
    try:
        return variable.kind.read(text)
    except ValueError:
        raise WrongConfiguration(f"{name} is “{text}”: it has to be {variable.kind.words}.") from None


def _need_known(environment: Mapping[str, str]) -> None:
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in EVERY and name not in (OPEN, HTTPS):
            near = get_close_matches(name, EVERY, 1)
            raise WrongConfiguration(
                f"There is no variable {name}{f': {near[0]} is meant, perhaps' if near else ''}."
                " See them all: python -m dashboard configuration"
            )


def meaning(name: str) -> str:
    """What an option's help says: the meaning of its variable, the variable, and the usual value."""
    variable = EVERY[f"{PREFIX}{name.upper()}"]
    return f"{variable.meaning.rstrip('.')} ({', '.join(filter(None, (variable.name, variable.usual)))})"


def page() -> str:
    """The page that lists every variable."""
    return "\n".join(
        (
            "# Configuration",
            "",
            "Made from `dashboard/operations/configuration.py`: `python -m dashboard configuration --write`.",
            "",
            "The dashboard is set up by its environment. A variable that is empty counts as not set; one that begins",
            f"with `{PREFIX}` and is not in this list stops the start, as does a value that cannot be used.",
            COMMAND_ALONE,
            "",
            "## Options of the command too",
            "",
            *_table(VARIABLES),
            "",
            "## Read where they are used",
            "",
            *_table(ELSEWHERE),
            "",
        )
    )


def _table(variables: tuple[Variable, ...]) -> Iterator[str]:
    yield "| variable | may be | usually | meaning |"
    yield "|---|---|---|---|"
    for v in variables:
        yield f"| `{v.name}` | {v.kind.words} | {f'`{v.usual}`' if v.usual else ''} | {v.meaning} |"


def print_configuration(write: bool = typer.Option(False, "--write", help="Write the page that lists them.")) -> None:
    """Prints every variable with what it is now, what it is usually, and what it means."""
    if write:
        PAGE.write_text(page(), encoding="utf-8")
        typer.echo(f"Wrote {PAGE.relative_to(Path(__file__).parents[2])}.")
        return
    for variable in EVERY.values():
        said = os.environ.get(variable.name, "")
        now = "(set, not shown)" if said and variable.is_secret else said or variable.usual or "(not set)"
        typer.echo(f"{variable.name}={now}")
        typer.echo(f"    {variable.meaning} {_usually(variable, said)}".rstrip())


def _usually(variable: Variable, said: str) -> str:
    return f"Usually {variable.usual}." if said and said != variable.usual and variable.usual else ""
