"""The commands of the dashboard: `python -m dashboard` serves it, `user` says who may come in, `audit` who did."""

import gc
import importlib
import logging.config
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from dashboard.access import commands
from dashboard.access.commands import stop
from dashboard.access.oidc import WrongProvider, find_provider
from dashboard.access.request_origin import is_loopback
from dashboard.access.roles import NoSuchRole, of_audience
from dashboard.access.settings import Settings
from dashboard.access.users import Users, UsersUnreadable
from dashboard.data.edition import Editions, NoEdition
from dashboard.export import packs
from dashboard.operations import plotly_js
from dashboard.operations.configuration import (
    FILE,
    FOLDER,
    PROBLEMS,
    REQUESTS,
    YES_NO,
    Configuration,
    WithVariables,
    WrongConfiguration,
    check_configuration,
    number,
    option,
    print_configuration,
)
from dashboard.operations.doctor import doctor
from dashboard.operations.logs import log_config
from dashboard.screenshots import pictures

cli = typer.Typer(cls=WithVariables, add_completion=False, pretty_exceptions_enable=False)
cli.add_typer(commands.user, name="user")
cli.add_typer(commands.audit, name="audit")
cli.command("pack")(packs.pack)
cli.command("configuration")(print_configuration)
cli.command("doctor")(doctor)
cli.command("pictures")(pictures)
cli.command("assets")(plotly_js.fetch)
PLAIN = "Passwords would cross the network in plain text: use --certificate and --key, or --behind-proxy with https."


def is_free(host: str, port: int) -> bool:
    """Whether nothing else answers on a port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


Data = option("DRIVE_DATA", "The folder that holds editions/, the users and the audit log.", FOLDER)
Host = option("DRIVE_HOST", "The address to serve on; without users, this machine only.")
Port = number("DRIVE_PORT", "The port to serve on.", 65535)
Audience = option("DRIVE_AUDIENCE", "As whom this machine looks without users: central, forum or a site.")
BehindProxy = option("DRIVE_BEHIND_PROXY", "A proxy of ours brings requests by https and says whose.", YES_NO)
Certificate = option("DRIVE_CERTIFICATE", "Serve by https with this certificate.", FILE)
Key = option("DRIVE_KEY", "The key of the certificate.", FILE)
Loading = option("DRIVE_LOADING", "Where people sign in, let the central team load by the browser.", YES_NO)
Workers = number("DRIVE_WORKERS", "How many processes answer: as many as there are processors.", 64)
Threads = number("DRIVE_THREADS", "How many requests a process answers at once.", 64)
Log = option("DRIVE_LOG", "What is written to the log: problems, or every request.", f"{PROBLEMS} or {REQUESTS}")


@cli.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    data: Annotated[Path, Data] = Path("data"),
    host: Annotated[str, Host] = "127.0.0.1",
    port: Annotated[int, Port] = 8050,
    audience: Annotated[str, Audience] = "central",
    behind_proxy: Annotated[bool, BehindProxy] = False,
    certificate: Annotated[Path | None, Certificate] = None,
    key: Annotated[Path | None, Key] = None,
    loading: Annotated[bool, Loading] = False,
    workers: Annotated[int, Workers] = 2,
    threads: Annotated[int, Threads] = 4,
    log: Annotated[Literal["problems", "requests"], Log] = "problems",
) -> None:
    """Serves the dashboard on the current edition. Each option can be a variable of the environment instead."""
    chosen = Configuration(data, host, port, audience, behind_proxy, certificate, key, loading, workers, threads, log)
    if context.invoked_subcommand in ("configuration", "doctor"):  # these say themselves what is wrong
        context.obj = chosen
        return
    try:
        check_configuration(chosen, context)
    except WrongConfiguration as problem:
        raise stop(str(problem), 2) from None
    context.obj = chosen.data
    if not context.invoked_subcommand:
        _serve(chosen)


def _serve(chosen: Configuration) -> None:
    """Serves as the configuration says, or stops with the reason why not."""
    data, host, port = chosen.data, chosen.host, chosen.port
    must_sign_in = _must_sign_in(data)
    if not must_sign_in and (chosen.behind_proxy or not is_loopback(host)):
        where = "behind a proxy" if chosen.behind_proxy else f"on {host}"
        words = "there are no users, so only this machine may look. Add one: python -m dashboard user add NAME"
        raise stop(f"Will not serve {where}: {words} --role central --data {data}", 2)
    edition = _open_edition(data, "central" if must_sign_in else chosen.audience)
    if not is_free(host, port):
        raise stop(f"Port {port} on {host} is in use. Choose another, such as --port {port + 1}.", 1)
    open_as = chosen.audience if is_loopback(host) and not chosen.behind_proxy else ""
    settings = Settings(data, open_as, chosen.behind_proxy, chosen.certificate is not None, chosen.loading)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Dashboard: http{'s' * settings.https}://{shown}:{port}  (edition {edition}; stop with Ctrl+C)")
    typer.echo("Everybody signs in." if must_sign_in else f"Nobody signs in: this machine looks as {chosen.audience}.")
    if must_sign_in and not settings.secure and not is_loopback(host):
        typer.echo(PLAIN, err=True)
    os.environ.update(settings.as_environment())
    run(chosen)


def _must_sign_in(data: Path) -> bool:
    """Whether there are people who can sign in, so that everybody must."""
    try:
        return bool(Users(data).all()) or find_provider() is not None
    except UsersUnreadable as problem:
        raise stop(str(problem), 1) from None
    except (WrongProvider, NoSuchRole) as problem:
        raise stop(str(problem), 2) from None


def _open_edition(data: Path, audience: str) -> str:
    """The name of the current edition, which an audience can open; stops in a sentence if it cannot."""
    try:
        of_audience(audience, "somebody")
        edition = Editions(data, audience).get()
    except NoSuchRole as problem:
        raise stop(str(problem), 2) from None
    except NoEdition as problem:
        raise stop(f"{problem} (Looked in {data / 'editions'}.)", 1) from None
    except Exception as problem:  # whatever is wrong with the file, a person reads a sentence
        raise stop(f"The current edition in {data / 'editions'} cannot be opened: {problem}", 1) from None
    edition.close()
    return edition.name


def run(chosen: Configuration) -> None:
    """Serves until stopped: with granian, or with waitress on Windows, which has no https of its own."""
    logging_as = log_config(chosen.log == REQUESTS)
    if sys.platform == "win32":
        from waitress import serve as serve_with_threads

        from dashboard import server

        if chosen.certificate:
            raise stop("On Windows https comes from a proxy in front: start with --behind-proxy.", 2)
        logging.config.dictConfig(logging_as)
        threads = chosen.workers * chosen.threads
        serve_with_threads(server.application(), host=chosen.host, port=chosen.port, threads=threads)
        return
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    _share()
    os.register_at_fork(after_in_child=_can_be_stopped)
    Granian(
        "dashboard.server:application",
        factory=True,
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=chosen.workers,
        blocking_threads=chosen.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        ssl_cert=chosen.certificate,
        ssl_key=chosen.key,
        log_dictconfig=logging_as,
        log_level=LogLevels.warning if chosen.log == REQUESTS else LogLevels.error,
    ).serve()


def _share() -> None:
    """Imports and compresses what workers need before they fork, so that they share it, and leaves it as it is.

    What is opened, started or kept for a reader begins in the worker: `dashboard.server` does nothing when imported.
    """
    importlib.import_module("dashboard.server")
    plotly_js.served()
    gc.collect()
    gc.freeze()


def _can_be_stopped() -> None:
    """A worker that is still starting ends when it is told to: its parent's way at a signal does nothing here."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, signal.SIG_DFL)


if __name__ == "__main__":
    cli()
