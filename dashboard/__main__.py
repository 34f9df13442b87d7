"""The commands of the dashboard: `python -m dashboard` serves it, `user` says who may come in, `audit` who did."""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from dashboard.access import commands
from dashboard.access.origin import is_loopback
from dashboard.access.provider import WrongProvider, find_provider
from dashboard.access.roles import NoSuchRole, of_audience
from dashboard.access.settings import Settings
from dashboard.access.users import Users, UsersUnreadable
from dashboard.edition import Editions, NoEdition
from dashboard.export import packs

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
cli.add_typer(commands.user, name="user")
cli.add_typer(commands.audit, name="audit")
cli.command("pack")(packs.pack)
PLAIN = "Passwords would cross the network in plain text: use --certificate and --key, or --behind-proxy with https."


def _stop(words: str, code: int) -> typer.Exit:
    typer.echo(words, err=True)
    return typer.Exit(code)


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


@cli.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help="The folder that holds editions/")] = Path("data"),
    host: Annotated[str, typer.Option(help="The address to serve on; without users, this machine only")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8050,
    audience: Annotated[str, typer.Option(help="As whom to look without users: central, forum or a site")] = "central",
    behind_proxy: Annotated[bool, typer.Option(help="A proxy of ours brings requests by https and says whose")] = False,
    certificate: Annotated[Path | None, typer.Option(help="Serve by https with this certificate")] = None,
    key: Annotated[Path | None, typer.Option(help="The key of the certificate")] = None,
    loading: Annotated[
        bool,
        typer.Option("--loading", help="Where people sign in, let the central team load by the browser"),
    ] = False,
) -> None:
    """Serves the dashboard on the current edition."""
    context.obj = data
    if context.invoked_subcommand:
        return
    if (certificate is None) != (key is None):
        raise _stop("A certificate has a key: give both --certificate and --key.", 2)
    must_sign_in = _must_sign_in(data)
    if not must_sign_in and (behind_proxy or not is_loopback(host)):
        where = "behind a proxy" if behind_proxy else f"on {host}"
        words = "there are no users, so only this machine may look. Add one: python -m dashboard user add NAME"
        raise _stop(f"Will not serve {where}: {words} --role central --data {data}", 2)
    edition = _open_edition(data, "central" if must_sign_in else audience)
    if not is_free(host, port):
        raise _stop(f"Port {port} on {host} is in use. Choose another, such as --port {port + 1}.", 1)
    open_as = audience if is_loopback(host) and not behind_proxy else ""
    settings = Settings(data, open_as, behind_proxy, certificate is not None, loading)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Dashboard: http{'s' if certificate else ''}://{shown}:{port}  (edition {edition}; stop with Ctrl+C)")
    typer.echo("Everybody signs in." if must_sign_in else f"Nobody signs in: this machine looks as {audience}.")
    if must_sign_in and not settings.secure and not is_loopback(host):
        typer.echo(PLAIN, err=True)
    os.environ.update(settings.as_environment())
    run(host, port, certificate, key)


def _must_sign_in(data: Path) -> bool:
    """Whether there are people who can sign in, so that everybody must."""
    try:
        return bool(Users(data).all()) or find_provider() is not None
    except UsersUnreadable as problem:
        raise _stop(str(problem), 1) from None
    except (WrongProvider, NoSuchRole) as problem:
        raise _stop(str(problem), 2) from None


def _open_edition(data: Path, audience: str) -> str:
    """The name of the current edition, which an audience can open; stops in a sentence if it cannot."""
    try:
        of_audience(audience, "somebody")
        edition = Editions(data, audience).get()
    except NoSuchRole as problem:
        raise _stop(str(problem), 2) from None
    except NoEdition as problem:
        raise _stop(f"{problem} (Looked in {data / 'editions'}.)", 1) from None
    except Exception as problem:  # whatever is wrong with the file, a person reads a sentence
        raise _stop(f"The current edition in {data / 'editions'} cannot be opened: {problem}", 1) from None
    edition.close()
    return edition.name


def run(host: str, port: int, certificate: Path | None = None, key: Path | None = None) -> None:
    """Serves until stopped: with granian, or with waitress on Windows, which has no https of its own."""
    if sys.platform == "win32":
        from waitress import serve as serve_with_threads

        from dashboard import server

        if certificate:
            raise _stop("On Windows https comes from a proxy in front: start with --behind-proxy.", 2)

        serve_with_threads(server.application(), host=host, port=port, threads=8)
        return
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "dashboard.server:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=4,
        ssl_cert=certificate,
        ssl_key=key,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    cli()
