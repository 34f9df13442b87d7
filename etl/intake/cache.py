"""What is said of a text or a small part is remembered, as the same labels and styles come again and again."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

from etl.intake import limits

_LONGEST = 200
_MOST = 20_000
_MOST_PARTS = 64
Result = TypeVar("Result")
Work = TypeVar("Work", bound=Callable[..., Any])


def remembered(work: Callable[[str], Result]) -> Callable[[str], Result]:
    """Remembers what is said of short texts; long ones would fill the memory."""
    return _Memory(work).__getitem__


class _Memory(dict[str, Result]):
    """Looks a text up without a step in Python, which reading a file would take a thousand times."""

    def __init__(self, work: Callable[[str], Result]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, text: str) -> Result:
        said = self._work(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = said
        return said


def remembered_part(work: Work) -> Work:
    """Remembers what is said of a small part of a file, the last argument; a large one is looked at anew."""
    kept = lru_cache(maxsize=_MOST_PARTS)(work)

    @wraps(work)
    def said(*given: Any) -> Any:
        return (kept if len(given[-1]) < limits.SMALL_PART else work)(*given)

    return cast(Work, said)
