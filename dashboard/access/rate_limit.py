"""A pace that no reader reaches and a flood does: each name or address has a bucket that fills again as time passes."""

import threading
from collections import OrderedDict
from collections.abc import Callable

MOST_BUCKETS = 10_000


class RateLimiter:
    """A number of requests at once, and so many a second after that; counted in each worker process."""

    def __init__(self, at_once: int, each_second: float, clock: Callable[[], float]) -> None:
        self._at_once = at_once
        self._each_second = each_second
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, asker: str) -> bool:
        """Whether this asker may ask now; takes one from the bucket if so."""
        now = self._clock()
        with self._lock:
            left, then = self._buckets.pop(asker, (float(self._at_once), now))
            left = min(self._at_once, left + max(0.0, now - then) * self._each_second)
            allowed = left >= 1
            self._buckets[asker] = (left - 1 if allowed else left, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return allowed
