"""The configuration that the command takes from its options and its environment."""

import os
from unittest.mock import patch

from click.testing import Result
from typer.testing import CliRunner

from dashboard import __main__ as command
from dashboard.operations.configuration import Configuration


def run(*words: str, **environment: str) -> Result:
    """Runs a command with these variables set and no other of ours."""
    unset = {name: None for name in os.environ if name.startswith("DRIVE_")}
    return CliRunner().invoke(command.cli, list(words), env={**unset, **environment})


def configured(*words: str, **environment: str) -> Configuration:
    """What would be served with these options and variables; a wrong one is an error with what is said of it."""
    with patch.object(command, "_serve") as serve:
        done = run(*words, **environment)
    assert done.exit_code == 0, done.stderr
    found: Configuration = serve.call_args.args[0]
    return found
