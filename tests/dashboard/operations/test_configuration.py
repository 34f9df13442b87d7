"""The configuration: each variable listed once and read, each wrong value a sentence, and the page of them fresh."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from dashboard.__main__ import cli
from dashboard.access.settings import HTTPS, OPEN
from dashboard.operations.configuration import ELSEWHERE, PAGE, Configuration, options, page
from tests.dashboard.operations.configured import configured, run

CODE = Path(__file__).parents[3]
NAME = re.compile(r"DRIVE_[A-Z_]*[A-Z]")
GROUP = typer.main.get_command(cli)
OPTIONS = options(typer.Context(GROUP))
EVERY = [variable.name for variable in (*OPTIONS, *ELSEWHERE)]


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(OPTIONS), "run `python -m dashboard configuration --write`"


def texts() -> Iterator[str]:
    """The texts in the code that are names of variables, or begin them."""
    for path in (*(CODE / "dashboard").rglob("*.py"), *(CODE / "etl").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                yield node.value


def test_every_variable_that_the_code_names_is_listed() -> None:
    named = set(texts()) - {OPEN, HTTPS}
    assert {"DRIVE_DATA", "DRIVE_LOADING"} <= named
    assert named <= set(EVERY) | {"DRIVE_OIDC", "DRIVE_SMALL"}  # the last is a setting of publishing alone


def test_nothing_set_is_the_usual() -> None:
    assert configured() == Configuration(
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
    given = {"DRIVE_DATA": "/srv", "DRIVE_PORT": "81", "DRIVE_BEHIND_PROXY": "yes", "DRIVE_LOG": "requests"}
    found = configured("--port", "82", **given, DRIVE_WORKERS="")
    assert (found.data, found.port, found.behind_proxy, found.log) == (Path("/srv"), 82, True, "requests")
    assert found.workers == 2


def test_yes_and_no_are_what_they_say() -> None:
    assert configured(DRIVE_LOADING="yes").loading and not configured(DRIVE_LOADING="no").loading


@pytest.mark.parametrize("words", [(), ("user", "list"), ("doctor",), ("configuration",)])
@pytest.mark.parametrize(
    ("name", "value", "may_be"),
    [
        ("DRIVE_PORT", "eighty", "a whole number from 1 to 65535"),
        ("DRIVE_PORT", "0", "a whole number from 1 to 65535"),
        ("DRIVE_WORKERS", "²", "a whole number from 1 to 64"),
        ("DRIVE_LOADING", "perhaps", "yes or no"),
        ("DRIVE_LOG", "all", "problems or requests"),
    ],
)
def test_a_wrong_value_is_a_sentence(name: str, value: str, may_be: str, words: tuple[str, ...]) -> None:
    done = run(*words, **{name: value}, COLUMNS="300")
    assert (done.exit_code, done.stdout) == (2, "")
    option = name.removeprefix("DRIVE_").lower()
    assert f"Invalid value for '--{option}' (env var: '{name}'): It has to be {may_be}." in done.stderr


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DRIVE_KEY": "k"}, "A certificate has a key: give both --certificate and --key."),
        ({"DRIVE_KEY": "no-k", "DRIVE_CERTIFICATE": "no-c"}, "There is no file no-c."),
        ({"DRIVE_PROT": "1"}, "There is no variable DRIVE_PROT; did you mean DRIVE_PORT?"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(given: dict[str, str], words: str) -> None:
    done = run(**given)
    assert (done.exit_code, done.stdout) == (2, "") and done.stderr.startswith(words)
    assert run("doctor", **given).stdout.startswith(f"stop  {words}")


def test_the_command_prints_what_is_set_and_no_secret() -> None:
    done = run("configuration", DRIVE_PORT="8051", DRIVE_OIDC_SECRET="hush-hush")
    assert "DRIVE_PORT=8051\n" in done.stdout
    assert "Usually 8050." in done.stdout
    assert "hush-hush" not in done.stdout
    assert [line.partition("=")[0] for line in done.stdout.splitlines() if not line.startswith(" ")] == EVERY


def test_each_option_has_its_variable() -> None:
    assert len(OPTIONS) == 11
    said = " ".join(run("--help", COLUMNS="300").stdout.split())
    for variable in OPTIONS:
        option = variable.name.removeprefix("DRIVE_").lower().replace("_", "-")
        assert f"--{option} " in said and f"[env var: {variable.name}]" in said


def test_a_folder_that_is_set_counts_for_the_other_commands(tmp_path: Path) -> None:
    assert "There are no users" in run("user", "list", DRIVE_DATA=str(tmp_path)).stdout
    assert "There is no folder" in run("user", "list", DRIVE_DATA=str(tmp_path / "no")).stderr
