"""A file that a browser sends: kept in memory only, under a name that may stand in a path."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from flask import Request, request

from etl.definitions.settings import RETURN_BYTES

LONGEST_NAME = 120


class InMemory(Request):
    """A request whose files never touch the disk: a return may hold what it should not."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


@dataclass(frozen=True)
class Upload:
    """The bytes of a file, and its name made harmless."""

    name: str
    content: bytes


class NoFile(ValueError):
    """Nothing that can be looked at was sent; the message says what to do."""


def read_upload() -> Upload:
    """The file of the form that was sent. Raises NoFile."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise NoFile("Choose a file first, then send it.")
    content = given.stream.read(RETURN_BYTES + 1)
    if len(content) > RETURN_BYTES:
        raise NoFile(
            f"The file is larger than {RETURN_BYTES // 10**6} MB, so it was not looked at. A return is far smaller."
        )
    return Upload(safe_name(given.filename), content)


def safe_name(name: str) -> str:
    """The last part of a name, without anything that a path could mind; layouts know returns by their names."""
    last = re.split(r"[/\\]", name)[-1]
    kept = re.sub(r"[^\w .,()&'+-]", "_", last).strip(" .-")[-LONGEST_NAME:]
    return kept or "return"
