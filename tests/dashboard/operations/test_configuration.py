"""The configuration: each variable listed once and read, each wrong value a sentence, and the page of them fresh."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dashboard.__main__ import cli
from dashboard.access.settings import HTTPS, OPEN
from dashboard.operations.configuration import (
    EVERY,
    PAGE,
    VARIABLES,
    Configuration,
    WrongConfiguration,
    page,
    read_configuration,
)

CODE = Path(__file__).parents[3]
NAME = re.compile(r"DRIVE_[A-Z_]*[A-Z]")


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m dashboard configuration --write`"


def texts() -> Iterator[str]:
    """The texts in the code that are names of variables, or begin them."""
    for path in (*(CODE / "dashboard").rglob("*.py"), *(CODE / "etl").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                yield node.value


def test_every_variable_that_the_code_names_is_listed() -> None:
    named = set(texts()) - {OPEN, HTTPS}
    assert {"DRIVE_DATA", "DRIVE_LOADING"} <= named
    assert named <= set(EVERY) | {"DRIVE_OIDC"}


def test_nothing_set_is_the_usual() -> None:
    found = read_configuration({}, {})
    assert found == Configuration(
        data=Path("data"),
        host="127.0.0.1",
        port=8050,
        audience="central",
        behind_proxy=False,
        certificate=None,
        key=None,
        loading=False,
        workers=2,
        threads=4,
        log="problems",
    )


def test_each_variable_is_read_and_an_option_counts_more() -> None:
    said = {"DRIVE_DATA": "/srv", "DRIVE_PORT": "81", "DRIVE_BEHIND_PROXY": "yes", "DRIVE_LOG": "requests"}
    found = read_configuration({"port": "82", "data": None}, {**said, "DRIVE_WORKERS": "", "PATH": "/bin"})
    assert (found.data, found.port, found.behind_proxy, found.log) == (Path("/srv"), 82, True, "requests")
    assert found.workers == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"DRIVE_PORT": "eighty"}, "DRIVE_PORT is “eighty”: it has to be a whole number from 1 to 65535."),
        ({"DRIVE_PORT": "0"}, "DRIVE_PORT is “0”: it has to be a whole number from 1 to 65535."),
        ({"DRIVE_WORKERS": "²"}, "DRIVE_WORKERS is “²”: it has to be a whole number from 1 to 64."),
        ({"DRIVE_LOADING": "true"}, "DRIVE_LOADING is “true”: it has to be yes or no."),
        ({"DRIVE_LOG": "all"}, "DRIVE_LOG is “all”: it has to be problems or requests."),
        ({"DRIVE_KEY": "k"}, "A certificate has a key: give both --certificate and --key."),
        ({"DRIVE_KEY": "no-k", "DRIVE_CERTIFICATE": "no-c"}, "There is no file no-c."),
        ({"DRIVE_PROT": "1"}, "There is no variable DRIVE_PROT: DRIVE_PORT is meant, perhaps."),
    ],
)
def test_a_wrong_value_is_a_sentence(said: dict[str, str], words: str) -> None:
    with pytest.raises(WrongConfiguration) as problem:
        read_configuration({}, said)
    assert str(problem.value).startswith(words)


def command(*words: str, **said: str) -> Result:
    """Runs a command with these variables set and no other of ours."""
    unset = {name: None for name in os.environ if name.startswith("DRIVE_")}
    return CliRunner().invoke(cli, list(words), env={**unset, **said})


def test_the_command_stops_with_that_sentence() -> None:
    run = command(DRIVE_THREADS="many")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == "DRIVE_THREADS is “many”: it has to be a whole number from 1 to 64.\n"


def test_the_command_prints_what_is_set_and_no_secret() -> None:
    run = command("configuration", DRIVE_PORT="8051", DRIVE_OIDC_SECRET="hush-hush", DRIVE_WORKERS="wrong")
    assert "DRIVE_PORT=8051\n" in run.stdout
    assert "Usually 8050." in run.stdout
    assert "hush-hush" not in run.stdout
    assert [line.partition("=")[0] for line in run.stdout.splitlines() if not line.startswith(" ")] == list(EVERY)


def test_each_option_has_its_variable() -> None:
    said = " ".join(command("--help", COLUMNS="300").stdout.split())
    for variable in VARIABLES:
        assert f"--{variable.field.replace('_', '-')} " in said and f"({variable.name}" in said


def test_a_folder_that_is_set_counts_for_the_other_commands(tmp_path: Path) -> None:
    assert "There are no users" in command("user", "list", DRIVE_DATA=str(tmp_path)).stdout
    assert "There is no folder" in command("user", "list", DRIVE_DATA=str(tmp_path / "no")).stderr
