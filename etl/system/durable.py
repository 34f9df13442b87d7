"""Files and names that last: a power cut after this loses neither."""

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Makes the content of a file last."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder last; Windows has no such call and needs none."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
