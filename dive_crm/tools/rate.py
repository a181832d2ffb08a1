"""Keep somebody from asking too often."""

import threading
import time
from collections import deque


class RateLimit:
    """Allow each asker so many questions in so many seconds, in this process.

    Odoo runs several processes, so the true limit is a multiple: enough against a
    script that asks all day, and it costs no query.
    """

    def __init__(self, count, seconds, askers=10_000, clock=time.monotonic):
        self._count = count
        self._seconds = seconds
        self._askers = askers
        self._clock = clock
        self._asked = {}
        self._lock = threading.Lock()

    def allows(self, asker):
        """Say whether ``asker`` (any hashable) may ask now, and count it if so."""
        now = self._clock()
        with self._lock:
            times = self._asked.pop(asker, None)
            times = deque() if times is None else times
            self._asked[asker] = times  # at the end: who asked last is forgotten last
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(self._asked) > self._askers:
                del self._asked[next(iter(self._asked))]
            if len(times) >= self._count:
                return False
            times.append(now)
            return True
