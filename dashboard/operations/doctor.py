"""`python -m dashboard doctor`: looks for what is wrong with how a dashboard is run, and says how to fix each thing.

A line a finding: how bad it is, what it is, what to do. `stop`: fix it before anybody looks. `soon`: it will stop
something, or lets in more than it should. `note`: good to know. It changes nothing and asks nobody for a password. It
sees the folder as the account that runs it does: run it as the account of the dashboard.
"""

import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from ssl import CERT_NONE, create_default_context
from typing import Annotated
from urllib.parse import urlsplit

import typer

from dashboard.access.audit import HEAD, LOG, verify
from dashboard.access.private_files import FOLDER
from dashboard.access.request_origin import is_loopback
from dashboard.access.users import FILE, Users, UsersUnreadable
from dashboard.data.edition import Edition, Editions, NoEdition
from dashboard.operations.configuration import Configuration, WrongConfiguration, check_configuration
from dashboard.operations.health import age_days

STOP, SOON, NOTE, FINE = "stop", "soon", "note", "fine"
STALE_DAYS = 45  # a month's edition, and the time that a return may take
LEAST_DISK, LITTLE_DISK = 100 * 1024**2, 1024**3
DEBUG = ("DASH_DEBUG", "FLASK_DEBUG", "PYTHONINSPECT", "PYTHONASYNCIODEBUG", "DASH_HOT_RELOAD")
CLOCK_SECONDS = 60
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PRIVATE = (FILE, LOG, HEAD, f"{FOLDER}/secret", f"{FOLDER}/sessions.sqlite")


@dataclass(frozen=True)
class Finding:
    """Something that was looked at: how bad it is, what it is, and how to fix it."""

    severity: str
    what: str
    fix: str = ""

    @property
    def line(self) -> str:
        """The finding on one line."""
        return f"{self.severity:<4}  {self.what}{f' Fix: {self.fix}' if self.fix else ''}"


@dataclass(frozen=True)
class Deployment:
    """What is looked at: how the dashboard is configured, its environment, what time it is, and where it answers."""

    configuration: Configuration
    environment: Mapping[str, str]
    clock: Callable[[], float] = time.time
    address: str = ""

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.configuration.data


Findings = Iterator[Finding]


def examine(deployment: Deployment) -> list[Finding]:
    """Everything that is found, the worst first."""
    if not deployment.data.is_dir():
        return [Finding(STOP, f"There is no folder {deployment.data}.", "name the data folder with --data.")]
    found = [finding for look in LOOKS for finding in look(deployment)]
    return sorted(found, key=lambda finding: (STOP, SOON, NOTE, FINE).index(finding.severity))


def look_at_edition(deployment: Deployment) -> Findings:
    """Whether the current edition can be opened, and how old it is."""
    try:
        edition = Editions(deployment.data, "central").get()
    except NoEdition as problem:
        yield Finding(STOP, str(problem), "python -m etl publish, or restore a backup and start the dashboard again.")
        return
    yield from _age(edition, deployment.clock())
    edition.close()


def _age(edition: Edition, now: float) -> Findings:
    days = age_days(edition, now)
    if edition.about.made.replace(tzinfo=UTC).timestamp() - now > 86_400:
        yield Finding(SOON, f"The edition {edition.name} was made in the future.", "set this machine's clock.")
    elif days > STALE_DAYS:
        yield Finding(SOON, f"The edition {edition.name} was made {days} days ago.", "load what came in, and publish.")
    else:
        yield Finding(FINE, f"The edition {edition.name} can be opened; it was made {days} days ago.")


def look_at_users(deployment: Deployment) -> Findings:
    """Whether there are users where others can reach the dashboard, and their file can be read."""
    try:
        users = Users(deployment.data).all()
    except UsersUnreadable as problem:
        yield Finding(STOP, str(problem), f"restore {FILE} from a backup.")
        return
    open_to_all = deployment.configuration.behind_proxy or not is_loopback(deployment.configuration.host)
    if not users and not deployment.environment.get("DRIVE_OIDC_ISSUER"):
        words = f"There are no users: whoever uses this machine looks as {deployment.configuration.audience}."
        fix = "python -m dashboard user add NAME --role central"
        yield Finding(STOP if open_to_all else NOTE, words, fix)
    elif open_to_all and not deployment.configuration.behind_proxy and not deployment.configuration.certificate:
        yield Finding(SOON, "Passwords cross the network in plain text.", "--certificate and --key, or --behind-proxy.")
    else:
        yield Finding(FINE, f"{len(users)} {'person' if len(users) == 1 else 'people'} may sign in.")


def look_at_modes(deployment: Deployment) -> Findings:
    """Whether others on this machine can read what is private, or write what is shown."""
    for name in PRIVATE:
        path = deployment.data / name
        if path.exists() and _mode(path) & 0o077:
            severity = STOP if name.endswith("secret") else SOON
            yield Finding(severity, f"Others on this machine can read {path}.", f"chmod 600 {path}")
    folder = deployment.data / FOLDER
    if folder.is_dir() and _mode(folder) & 0o077:
        yield Finding(SOON, f"Others on this machine can look into {folder}.", f"chmod 700 {folder}")
    for path in (deployment.data, deployment.data / "editions", deployment.data / "warehouse.duckdb"):
        if path.exists() and _mode(path) & 0o002:
            yield Finding(STOP, f"Anybody on this machine can change {path}.", f"chmod o-w {path}")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def look_at_editions_folder(deployment: Deployment) -> Findings:
    """Whether this account, which only has to read editions, can change them."""
    folder = deployment.data / "editions"
    if deployment.configuration.loading or not folder.is_dir():
        return
    if os.access(folder, os.W_OK):
        words = f"This account can change {folder}, which it only has to read."
        fix = "let another account publish, or mount the folder read-only, as dashboard/operations/ shows."
        yield Finding(NOTE, words, fix)


def look_at_disk(deployment: Deployment) -> Findings:
    """Whether there is room for the audit log, without which nothing is shown, and for the next edition."""
    free = shutil.disk_usage(deployment.data).free
    words = f"{free // 1024**2:,} MB are free on the disk of {deployment.data}."
    if free < LEAST_DISK:
        yield Finding(STOP, words, "make room: a page that cannot be written down is not shown.")
    elif free < LITTLE_DISK:
        yield Finding(SOON, words, "make room: an edition for every audience and its load take a few hundred MB.")
    else:
        yield Finding(FINE, words)


def look_at_debugging(deployment: Deployment) -> Findings:
    """Whether anything is switched on that shows a stranger the inside."""
    for name in DEBUG:
        if deployment.environment.get(name, "").lower() not in ("", "0", "false", "no"):
            yield Finding(STOP, f"{name} is set.", f"unset {name}")


def look_at_clock(deployment: Deployment) -> Findings:
    """Whether the clock is behind what has been written already."""
    newest = _newest(deployment.data)
    if newest - deployment.clock() > CLOCK_SECONDS:
        yield Finding(
            SOON,
            f"This machine's clock says {datetime.fromtimestamp(deployment.clock()):%Y-%m-%d %H:%M},"
            " but something here was written later: sessions and time-outs go by it.",
            "set the clock, and keep it by a time service.",
        )


def _newest(data: Path) -> float:
    """When the folder was last written to."""
    paths = [data / LOG, data / "editions" / "current.json", data / "warehouse.duckdb"]
    return max((path.stat().st_mtime for path in paths if path.exists()), default=0.0)


def look_at_chromium(deployment: Deployment) -> Findings:
    """Whether packs can be printed as PDF."""
    named = deployment.environment.get("CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser")
    if find_spec("playwright") is None:
        yield Finding(NOTE, "Packs cannot be made as PDF: playwright is not installed.", "pip install playwright")
    elif named and not os.access(named, os.X_OK):
        yield Finding(SOON, f"CHROMIUM names {named}, which cannot be run.", "name one that can, or unset CHROMIUM.")
    elif not found:
        fix = "apt-get install chromium, or playwright install chromium."
        yield Finding(NOTE, "Packs can be made as PDF only if playwright has a Chromium of its own.", fix)


def look_at_audit_log(deployment: Deployment) -> Findings:
    """Whether the audit log is whole."""
    if not (deployment.data / LOG).exists():
        return
    try:
        verdict = verify(deployment.data)
    except OSError as problem:
        yield Finding(STOP, f"The audit log cannot be read: {problem.strerror}.", "run doctor as the dashboard.")
        return
    for words in verdict.problems[:3]:
        yield Finding(SOON, f"The audit log is not whole: {words}", "find out who; python -m dashboard audit verify")
    if not verdict.problems:
        yield Finding(FINE, f"The audit log is whole: {verdict.end.lines:,} lines.")


def look_at_server(deployment: Deployment) -> Findings:
    """Whether the dashboard that runs now answers, is ready, and sends the headers that keep a browser safe."""
    address = deployment.address or _own_address(deployment.configuration)
    try:
        status, headers, words = _ask(f"{address}/sign-in")
        ready, _, why = _ask(f"{address}/readyz")
    except (OSError, HTTPException):
        severity = SOON if deployment.address else NOTE
        yield Finding(severity, f"Nothing answers at {address}.", "start it, or name where it answers: --address.")
        return
    if ready != 200:
        yield Finding(STOP, f"{address} answers, but is not ready: {why.strip()}", "see what it says.")
    if status >= 500:
        yield Finding(STOP, f"{address}/sign-in fails with {status}.", "see its log.")
    missing = [name for name, word in HEADERS.items() if word not in headers.get(name.lower(), "")]
    if missing:
        words = f"Answers of {address} lack {', '.join(missing)}."
        yield Finding(STOP, words, "let the proxy pass on what the dashboard sends, and ask no other program.")
    if not address.startswith("https:") and not is_loopback(urlsplit(address).hostname or ""):
        yield Finding(SOON, f"{address} is not https.", "a certificate, or a proxy in front.")
    if address.startswith("https:") and "max-age" not in headers.get("strict-transport-security", ""):
        yield Finding(SOON, f"{address} does not ask browsers to stay with https.", "--certificate or --behind-proxy.")
    yield from _clock_of(headers.get("date", ""), deployment.clock())
    if ready == 200 and not missing:
        yield Finding(FINE, f"{address} answers with all its headers: {_edition_of(why)}.")


def _clock_of(said: str, now: float) -> Findings:
    """Whether the server's clock is this machine's."""
    try:
        apart = abs(parsedate_to_datetime(said).timestamp() - now)
    except (TypeError, ValueError):
        return
    if apart > CLOCK_SECONDS:
        yield Finding(SOON, f"The server's clock and this one are {apart:.0f} seconds apart.", "set both by a service.")


def _edition_of(ready: str) -> str:
    try:
        return f"edition {json.loads(ready)['edition']}"
    except (ValueError, KeyError, TypeError):
        return "ready"


def _own_address(configuration: Configuration) -> str:
    """Where the dashboard answers if it runs as it is configured."""
    host = "127.0.0.1" if _is_every_address(configuration.host) else configuration.host
    shown = f"[{host}]" if ":" in host else host
    return f"http{'s' if configuration.certificate else ''}://{shown}:{configuration.port}"


def _is_every_address(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _ask(address: str) -> tuple[int, dict[str, str], str]:
    """The status, the headers by small letters, and the text of an answer. The certificate is not looked at."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        trusting = create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, CERT_NONE
        connection: HTTPConnection = HTTPSConnection(host, port, timeout=10, context=trusting)
    else:
        connection = HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode(errors="replace")
    finally:
        connection.close()


LOOKS: tuple[Callable[[Deployment], Findings], ...] = (
    look_at_edition,
    look_at_users,
    look_at_modes,
    look_at_editions_folder,
    look_at_disk,
    look_at_debugging,
    look_at_clock,
    look_at_chromium,
    look_at_audit_log,
    look_at_server,
)


def doctor(
    context: typer.Context,
    address: Annotated[str, typer.Option(help="Where it answers, such as https://drive.example.org")] = "",
    data: Annotated[Path | None, typer.Option(help="The data folder; DRIVE_DATA if not said")] = None,
) -> None:
    """Looks for what is wrong with how the dashboard is run, and says how to fix it.

    Exit codes: 0 nothing that has to be fixed; 1 something.
    """
    chosen: Configuration = replace(context.obj, data=data or context.obj.data)
    try:
        check_configuration(chosen, context)
    except WrongConfiguration as problem:
        typer.echo(Finding(STOP, str(problem)).line)
        raise typer.Exit(1) from None
    found = examine(Deployment(chosen, os.environ, address=address.rstrip("/")))
    for finding in found:
        typer.echo(finding.line)
    if any(finding.severity in (STOP, SOON) for finding in found):
        raise typer.Exit(1)
