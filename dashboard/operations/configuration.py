"""How the dashboard is set up: every variable of its environment, what it means, and what it is when nobody sets it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from dashboard.access.settings import HTTPS, OPEN

PAGE = Path(__file__).with_name("configuration.md")
PREFIX = "DRIVE_"
FOLDER, FILE, TEXT, YES_NO = "a folder", "a file", "text", "yes or no"
REQUESTS, PROBLEMS = "requests", "problems"


class WrongConfiguration(ValueError):
    """A configuration that cannot be used; the message says what is wrong and what is needed."""


@dataclass(frozen=True)
class Variable:
    """A variable of the environment: its name, what it may be, its value when nobody sets it, and its meaning."""

    name: str
    may_be: str
    usual: str
    meaning: str


# Read where they are used; all others are options of the command, and declared there.
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


def option(variable: str, meaning: str, may_be: str = TEXT, **limits: Any) -> Any:
    """An option of the command that a variable can set too."""
    name = f"--{variable.removeprefix(PREFIX).lower().replace('_', '-')}"
    metavar = None if may_be == YES_NO else may_be  # one that takes no value on the command line
    return typer.Option(name, envvar=variable, help=meaning, metavar=metavar, **limits)


def number(variable: str, meaning: str, most: int) -> Any:
    """An option that is a whole number from 1."""
    return option(variable, meaning, "a whole number", min=1, max=most)


class WithVariables(TyperGroup):
    """The command, which says of a value that cannot be used what it may be."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the options, else their variables."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as problem:
            if problem.param is not None:
                problem.message = f"It has to be {_variable(problem.param).may_be}."
            raise


def _variable(parameter: Any) -> Variable:
    """The variable of an option."""
    usual = parameter.default if parameter.default is not None else ""
    if isinstance(usual, bool):
        usual = "yes" if usual else "no"
    limits = f" from {parameter.min} to {parameter.max}" if parameter.max else ""
    return Variable(parameter.envvar, (parameter.metavar or YES_NO) + limits, str(usual), parameter.help)


def options(context: typer.Context) -> list[Variable]:
    """The variables that are options of the command."""
    return [_variable(parameter) for parameter in context.find_root().command.params if parameter.envvar]


def check_configuration(
    chosen: Configuration, context: typer.Context, environment: Mapping[str, str] = os.environ
) -> None:
    """Raises WrongConfiguration for what no option by itself can see, also for a variable of ours that there is not."""
    every = [OPEN, HTTPS, *(variable.name for variable in (*options(context), *ELSEWHERE))]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in every:
            near = get_close_matches(name, every, 1)
            raise WrongConfiguration(
                f"There is no variable {name}{f'; did you mean {near[0]}?' if near else '.'}"
                " See them all: python -m dashboard configuration"
            )
    if (chosen.certificate is None) != (chosen.key is None):
        raise WrongConfiguration("A certificate has a key: give both --certificate and --key.")
    for file in filter(None, (chosen.certificate, chosen.key)):
        if not file.is_file():
            raise WrongConfiguration(f"There is no file {file}.")


def page(variables: Sequence[Variable]) -> str:
    """The page that lists every variable, given those that are options."""
    return "\n".join(
        (
            "# Configuration",
            "",
            "Made from the command's options: `python -m dashboard configuration --write`.",
            "",
            "The dashboard is set up by its environment. A variable that is empty counts as not set; one that begins",
            f"with `{PREFIX}` and is not in this list stops the start, as does a value that cannot be used.",
            f"`{OPEN}` and `{HTTPS}` are set by the command for its workers: leave them alone.",
            "",
            "## Options of the command too",
            "",
            *_table(variables),
            "",
            "## Read where they are used",
            "",
            *_table(ELSEWHERE),
            "",
        )
    )


def _table(variables: Sequence[Variable]) -> Iterator[str]:
    yield "| variable | may be | usually | meaning |"
    yield "|---|---|---|---|"
    for v in variables:
        yield f"| `{v.name}` | {v.may_be} | {f'`{v.usual}`' if v.usual else ''} | {v.meaning} |"


def print_configuration(
    context: typer.Context, write: bool = typer.Option(False, "--write", help="Write the page that lists them.")
) -> None:
    """Prints every variable with what it is now, what it is usually, and what it means."""
    if write:
        PAGE.write_text(page(options(context)), encoding="utf-8")
        typer.echo(f"Wrote {PAGE.relative_to(Path(__file__).parents[2])}.")
        return
    for variable in (*options(context), *ELSEWHERE):
        given = os.environ.get(variable.name, "")
        now = "(set, not shown)" if given and "SECRET" in variable.name else given or variable.usual or "(not set)"
        usually = f" Usually {variable.usual}." if given and given != variable.usual and variable.usual else ""
        typer.echo(f"{variable.name}={now}\n    {variable.meaning}{usually}")
