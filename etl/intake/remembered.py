"""What is said of a text is remembered, as the same labels come again and again."""

from collections.abc import Callable
from typing import TypeVar

_LONGEST = 200
_MOST = 20_000
Said = TypeVar("Said")


def remembered(work: Callable[[str], Said]) -> Callable[[str], Said]:
    """Remembers what is said of short texts; long ones would fill the memory."""
    return _Memory(work).__getitem__


class _Memory(dict[str, Said]):
    """Looks a text up without a step in Python, which reading a file would take a thousand times."""

    def __init__(self, work: Callable[[str], Said]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, text: str) -> Said:
        said = self._work(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = said
        return said
