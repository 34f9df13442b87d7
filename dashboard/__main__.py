"""The command that serves the dashboard: `python -m dashboard`."""

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from dashboard import server
from dashboard.edition import Editions, NoEdition

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _stop(words: str, code: int) -> typer.Exit:
    typer.echo(words, err=True)
    return typer.Exit(code)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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


@cli.command()
def serve(
    data: Annotated[Path, typer.Option(help="The folder that holds editions/")] = Path("data"),
    host: Annotated[str, typer.Option(help="The address to serve on; this machine only")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8050,
    audience: Annotated[str, typer.Option(help="central, forum or a site's name")] = "central",
) -> None:
    """Serves the dashboard on the current edition."""
    if not is_loopback(host):
        raise _stop(
            f"Will not serve on {host}: nobody signs in yet, so only this machine may look. Use --host 127.0.0.1.", 2
        )
    try:
        edition = Editions(data, audience).get()
    except NoEdition as problem:
        raise _stop(str(problem), 1) from None
    except Exception as problem:  # whatever is wrong with the file, a person reads a sentence
        raise _stop(f"The current edition in {data / 'editions'} cannot be opened: {problem}", 1) from None
    if not is_free(host, port):
        raise _stop(f"Port {port} on {host} is in use. Choose another, such as --port {port + 1}.", 1)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Dashboard: http://{shown}:{port}  (edition {edition.name}, {audience}; stop with Ctrl+C)")
    edition.close()
    os.environ[server.DATA] = str(data.resolve())
    os.environ[server.AUDIENCE] = audience
    run(host, port)


def run(host: str, port: int) -> None:
    """Serves until stopped: with granian, or with waitress on Windows."""
    if sys.platform == "win32":
        from waitress import serve as serve_with_threads

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
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    cli()
