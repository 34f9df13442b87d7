"""How the dashboard is opened, as its command says it to the worker processes: through their environment."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

DATA, AUDIENCE, OPEN, PROXY, HTTPS = "DRIVE_DATA", "DRIVE_AUDIENCE", "DRIVE_OPEN", "DRIVE_BEHIND_PROXY", "DRIVE_HTTPS"
LOADING = "DRIVE_LOADING"


@dataclass(frozen=True)
class Settings:
    """What is served, and to whom.

    `open_as` is the audience as whom this machine looks while there are no users; empty where all must sign in.
    `loading` lets the central team load and publish by the browser where people sign in.
    """

    data: Path
    open_as: str = ""
    behind_proxy: bool = False
    https: bool = False
    loading: bool = False
    clock: Callable[[], float] = time.time

    @property
    def secure(self) -> bool:
        """Whether a browser comes by https."""
        return self.https or self.behind_proxy

    def as_environment(self) -> dict[str, str]:
        """The same as variables for a worker."""
        flags = {PROXY: self.behind_proxy, HTTPS: self.https, LOADING: self.loading}
        named = {DATA: str(self.data.resolve()), OPEN: "yes" if self.open_as else "", AUDIENCE: self.open_as}
        return named | {name: "yes" if flag else "" for name, flag in flags.items()}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a worker. One that is told nothing lets nobody in without signing in."""
    audience = environment.get(AUDIENCE) or "central"
    return Settings(
        Path(environment.get(DATA) or "data"),
        audience if environment.get(OPEN) == "yes" else "",
        environment.get(PROXY) == "yes",
        environment.get(HTTPS) == "yes",
        environment.get(LOADING) == "yes",
    )
