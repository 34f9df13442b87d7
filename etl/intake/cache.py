"""Caches of what was worked out for a text or a small part: the same labels and styles come again in every file."""

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
    """Caches a function of a text; long texts are not kept, as they would fill the memory."""
    return _Memory(work).__getitem__


class _Memory(dict[str, Result]):
    """A dictionary that fills itself: a hit costs no call of a Python function, of which a file needs thousands."""

    def __init__(self, work: Callable[[str], Result]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, text: str) -> Result:
        result = self._work(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = result
        return result


def remembered_part(work: Work) -> Work:
    """Caches a function of a small part of a file, its last argument; a large part is worked out every time."""
    kept = lru_cache(maxsize=_MOST_PARTS)(work)

    @wraps(work)
    def cached(*arguments: Any) -> Any:
        return (kept if len(arguments[-1]) < limits.SMALL_PART else work)(*arguments)

    return cast(Work, cached)
