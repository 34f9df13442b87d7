"""Which plotly.js draws the charts: the installed package's own, or a lighter bundle of the same version, if fetched.

It is served at an address made of its content, so that a browser keeps it for a year and never an old one.
"""

import gzip
import shutil
import subprocess
import sys
import tarfile
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256, sha512
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import brotli
import plotly
import typer
from flask import Flask, Response, redirect, request
from plotly.offline import get_plotlyjs_version

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKAGE, SCRIPT = "plotly.js-basic-dist-min", "package/plotly-basic.min.js"
# The npm registry's checksum of each version that may be served. `npm view PACKAGE@VERSION dist.integrity` prints one.
INTEGRITY = {"4.1.1": "sha512-1oNF8PeQx2hv/y7tqEVWKD3JGwn/MGEMQ8mL9HUwsaqG9FGy/OU5FHUHvzqbqxN4mnwZGI9abTiE775C4kkjMQ=="}
INSTALLED = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
FETCHED = Path(__file__).with_name("fetched")  # a folder that git ignores, and that a wheel takes along
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Chosen:
    """The file that is served, and the version of plotly.js in it."""

    path: Path
    version: str


@dataclass(frozen=True)
class Served:
    """A script as it goes over the wire: its fingerprint, and its content by the name of each encoding."""

    fingerprint: str
    encoded: dict[str, bytes]

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"/scripts/plotly-{self.fingerprint}.js"


def choose() -> Chosen:
    """The lighter bundle, if it is there, whole and of the version that the installed plotly is made for."""
    version = get_plotlyjs_version()
    light = FETCHED / f"{PACKAGE}-{version}.tgz"
    return Chosen(light if is_genuine(light, version) else INSTALLED, version)


def is_genuine(archive: Path, version: str) -> bool:
    """Whether a file is the npm package of a version, by its SHA-512."""
    if version not in INTEGRITY or not archive.is_file():
        return False
    return INTEGRITY[version] == f"sha512-{b64encode(sha512(archive.read_bytes()).digest()).decode()}"


@cache
def served() -> Served:
    """The chosen script, compressed once. The settings take half a second; a higher one takes ten, for a tenth less."""
    content = read(choose().path)
    encoded = {
        "br": brotli.compress(content, quality=5),
        "zstd": zstd.compress(content, 9),
        "gzip": gzip.compress(content, 6, mtime=0),
    }
    return Served(sha256(content).hexdigest()[:16], encoded)


def read(path: Path) -> bytes:
    """A script, out of its npm package if it is in one."""
    if path.suffix != ".tgz":
        return path.read_bytes()
    with tarfile.open(path) as package:
        member = package.extractfile(SCRIPT)
        assert member is not None, f"{path} has been verified and holds {SCRIPT}"
        return member.read()


def add_plotly_js(server: Flask) -> None:
    """Answers for the script. An address of before an update, in a page still open, leads to the one there is now."""

    @server.get("/scripts/plotly-<fingerprint>.js")
    def plotly_js(fingerprint: str) -> Any:
        script = served()
        if fingerprint != script.fingerprint:
            return redirect(script.address)
        encoding = request.accept_encodings.best_match(script.encoded)
        body = script.encoded[encoding] if encoding else gzip.decompress(script.encoded["gzip"])
        response = Response(body, mimetype="text/javascript")
        response.vary.add("Accept-Encoding")
        response.headers["Cache-Control"] = FOR_EVER
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response


def fetch() -> None:
    """Fetches a lighter script for charts with the npm client, before a wheel or a container is built."""
    version = get_plotlyjs_version()
    name = f"{PACKAGE} {version}"
    if version not in INTEGRITY:
        raise _refuse(f"The checksum of {name} is not known here, only of {', '.join(INTEGRITY)}.")
    npm = shutil.which("npm")
    if npm is None:
        raise _refuse("There is no npm client on this machine, which is what fetches it.")
    with TemporaryDirectory() as folder:
        archive = Path(folder) / f"{PACKAGE}-{version}.tgz"
        command = [npm, "pack", f"{PACKAGE}@{version}", "--ignore-scripts", "--pack-destination", folder]
        if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode or not archive.is_file():
            raise _refuse(f"npm could not fetch {name}. To see why: npm pack {PACKAGE}@{version}")
        if not is_genuine(archive, version):
            raise _refuse(f"What npm fetched is not {name}: its SHA-512 is another one.")
        try:
            FETCHED.mkdir(exist_ok=True)
            shutil.copy(archive, FETCHED)
        except OSError as problem:
            raise _refuse(f"{FETCHED} cannot be written: {problem.strerror}.") from None
    typer.echo(f"Charts are drawn by {name} from the next start on.")


def _refuse(why: str) -> typer.Exit:
    typer.echo(f"{why} Nothing was changed. Charts need no more than the installed plotly's own script.", err=True)
    return typer.Exit(1)
