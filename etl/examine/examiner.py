"""Examines files from outside: what each holds and what is wrong with it, both worked out in a child process."""

import json
import pickle
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Self

from etl.examine import wire
from etl.examine.wire import Examined
from etl.intake import Reader, Refused
from etl.sites import Site

START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from etl.examine.child import serve; serve()"


class Examiner:
    """Reads and checks files in child processes; use it as a context manager, so that they end with it."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._sites = sites
        self._reader = Reader(START, pickle.dumps(dict(sites)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def examine_many(self, files: Iterable[tuple[bytes, str, datetime]]) -> Iterator[Examined | Refused]:
        """What each file holds, in the order given, from (bytes, name, time received)."""
        return self._reader.each(self._examine, files)

    def _examine(self, file: tuple[bytes, str, datetime]) -> Examined:
        content, name, received = file
        about = json.dumps([name, received.isoformat()]).encode() + b"\n"
        return self._reader.ask(content, lambda message: wire.to_examined(message, self._sites), about)


__all__ = ["Examined", "Examiner"]
