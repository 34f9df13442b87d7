"""Charts are drawn by the installed plotly's own script, or by a lighter bundle that is proved to be the one wanted."""

import gzip
import io
import re
import stat
import tarfile
from base64 import b64encode
from hashlib import sha512
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from typer.testing import CliRunner

from dashboard.__main__ import cli
from dashboard.operations import plotly_js
from dashboard.operations.plotly_js import FOR_EVER, INTEGRITY, PACKAGE, SCRIPT, add_plotly_js, choose, served, zstd

VERSION = choose().version
LIGHT = b"window.Plotly = {light: true};" * 100
DECODERS: dict[str, Any] = {"br": brotli.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress}


def make_package(folder: Path, content: bytes = LIGHT) -> Path:
    """A package as npm makes them, named as the one that is wanted."""
    path = folder / f"{PACKAGE}-{VERSION}.tgz"
    with tarfile.open(path, "w:gz") as package:
        member = tarfile.TarInfo(SCRIPT)
        member.size = len(content)
        package.addfile(member, io.BytesIO(content))
    return path


def integrity_of(path: Path) -> str:
    return f"sha512-{b64encode(sha512(path.read_bytes()).digest()).decode()}"


@pytest.fixture(autouse=True)
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty folder for what is fetched."""
    monkeypatch.setattr(plotly_js, "FETCHED", tmp_path / "fetched")
    served.cache_clear()
    yield tmp_path / "fetched"
    served.cache_clear()


@pytest.fixture
def light(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lighter bundle where it is looked for."""
    fetched.mkdir()
    path = make_package(fetched)
    monkeypatch.setitem(INTEGRITY, VERSION, integrity_of(path))
    return path


def client() -> FlaskClient:
    server = Flask("test")
    add_plotly_js(server)
    return server.test_client()


def test_the_installed_script_is_of_the_version_that_plotly_says() -> None:
    assert choose().path == plotly_js.INSTALLED
    assert f"v{VERSION}\n" in plotly_js.INSTALLED.read_text(encoding="utf-8")[:400]


def test_the_checksum_of_the_installed_version_is_known() -> None:
    """Plotly has brought another plotly.js if this fails: add its checksum, and drop the one of before."""
    assert set(INTEGRITY) == {VERSION}


def test_the_version_stands_nowhere_else() -> None:
    root = Path(plotly_js.__file__).parents[2]
    code = [path for folder in ("dashboard", "etl", "tests", "benchmarks") for path in (root / folder).rglob("*.*")]
    texts = (path for path in code if path.suffix in (".py", ".js", ".css", ".toml") and "fetched" not in path.parts)
    assert {path.name for path in texts if VERSION in path.read_text(encoding="utf-8")} == {"plotly_js.py"}


def test_no_code_of_others_is_in_the_assets() -> None:
    scripts = list((Path(plotly_js.__file__).parents[1] / "assets").rglob("*.js"))
    assert scripts and max(path.stat().st_size for path in scripts) < 20_000


def test_the_lighter_bundle_is_served_where_it_is(light: Path) -> None:
    assert choose().path == light
    assert gzip.decompress(served().encoded["gzip"]) == LIGHT


@pytest.mark.parametrize("wrong", ["another version", "damaged"])
def test_another_bundle_is_not_served(wrong: str, light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if wrong == "damaged":
        light.write_bytes(light.read_bytes() + b"\n")
    else:
        monkeypatch.setattr(plotly_js, "get_plotlyjs_version", lambda: "99.0.0")
    assert choose().path == plotly_js.INSTALLED


@pytest.mark.parametrize("which", ["light", "installed"])
@pytest.mark.parametrize("takes", ["br", "zstd", "gzip", "gzip, deflate, br, zstd", "", "identity", "br;q=0"])
def test_it_is_sent_as_the_reader_takes_it(which: str, takes: str, request: pytest.FixtureRequest) -> None:
    content = LIGHT if which == "light" else plotly_js.INSTALLED.read_bytes()
    if which == "light":
        request.getfixturevalue("light")
    answer = client().get(served().address, headers={"Accept-Encoding": takes})
    assert answer.status_code == 200
    encoding = answer.headers.get("Content-Encoding", "")
    assert encoding in takes if encoding else takes in ("", "identity", "br;q=0")
    assert DECODERS.get(encoding, bytes)(answer.get_data()) == content
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == FOR_EVER


def test_the_address_is_made_of_the_content(light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = served().address
    assert re.fullmatch(r"/scripts/plotly-[0-9a-f]{16}\.js", before)
    light.unlink()
    served.cache_clear()
    assert served().address != before
    answer = client().get(before)
    assert (answer.status_code, answer.headers["Location"]) == (302, served().address)
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def put_npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of that name that does as a shell script says."""
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def run_command() -> Any:
    return CliRunner().invoke(cli, ["assets"])


def test_the_command_fetches_the_lighter_bundle(tmp_path: Path, fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_package(tmp_path)
    monkeypatch.setitem(INTEGRITY, VERSION, integrity_of(made))
    said = tmp_path / "said"
    put_npm(tmp_path, f'echo "$@" > {said}; for last; do :; done; cp {made} "$last"', monkeypatch)
    done = run_command()
    assert done.exit_code == 0, done.output
    assert said.read_text().startswith(f"pack {PACKAGE}@{VERSION} --ignore-scripts ")
    assert choose().path == fetched / made.name
    assert VERSION in done.output


@pytest.mark.parametrize(
    ("npm", "words"),
    [
        (None, "There is no npm client on this machine"),
        ("exit 1", "npm could not fetch"),
        ("exit 0", "npm could not fetch"),
        ('for last; do :; done; echo x > "$last"/PACKAGE-VERSION.tgz', "its SHA-512 is another one"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    npm: str | None, words: str, tmp_path: Path, fetched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if npm is not None:
        put_npm(tmp_path, npm.replace("PACKAGE", PACKAGE).replace("VERSION", VERSION), monkeypatch)
    done = run_command()
    assert (done.exit_code, not list(fetched.glob("*"))) == (1, True)
    assert words in done.output and "Traceback" not in done.output


def test_the_command_fetches_no_version_without_a_checksum(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plotly_js, "get_plotlyjs_version", lambda: "99.0.0")
    done = run_command()
    assert (done.exit_code, fetched.exists()) == (1, False)
    assert "The checksum of plotly.js-basic-dist-min 99.0.0 is not known here" in done.output


def test_a_wheel_takes_along_what_was_fetched() -> None:
    root = Path(plotly_js.__file__).parents[2]
    assert '"*.tgz"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert "dashboard/operations/fetched/\n" in (root / ".gitignore").read_text(encoding="utf-8")
