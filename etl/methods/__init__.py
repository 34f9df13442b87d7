"""Published statistical methods, each with its source: numbers in, numbers or frozen dataclasses out."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def thresholds(section: str) -> dict[str, Any]:
    """The thresholds of a method that pages speak of too: read as data, for a method imports nothing of the project."""
    return tomllib.loads(files("etl.definitions").joinpath("thresholds.toml").read_text(encoding="utf-8"))[section]
