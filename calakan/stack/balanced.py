"""gunicorn's worker with threads, that leaves a new connection to another process as long as that one has fewer.

The kernel gives a connection to whichever process asks first. Browsers keep theirs, so a process may end up with all of them
and another idle.
"""

from __future__ import annotations

import mmap
import select
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # has no types

PATIENCE_SECONDS = 0.005  # for a process that has fewer connections and takes none: it computes, or hangs
PAUSE_SECONDS = 0.0005
_PLACES = 256
_NOBODY = -1
_counts = memoryview(bytearray(_PLACES * 4)).cast("i")


def begin() -> None:
    """In the master, before its first worker: connections of each, in memory that all of them share."""
    global _counts
    _counts = memoryview(mmap.mmap(-1, _PLACES * 4)).cast("i")
    for place in range(_PLACES):
        _counts[place] = _NOBODY


def ended(worker: Any) -> None:
    """In the master: nothing is left to a worker that is gone."""
    _counts[worker.age % _PLACES] = _NOBODY


class BalancedWorker(ThreadWorker):
    """Asks how many connections the others have before it takes one."""

    _connections = 0
    _accepting = False

    @property
    def nr_conns(self) -> int:
        """What gunicorn counts: open connections, busy or kept."""
        return self._connections

    @nr_conns.setter
    def nr_conns(self, value: int) -> None:
        self._connections = value
        if self._accepting:
            _counts[self.age % _PLACES] = value

    def set_accept_enabled(self, enabled: bool) -> None:
        """Nothing is left to a worker that takes no more."""
        super().set_accept_enabled(enabled)
        _counts[self.age % _PLACES] = self._connections if enabled else _NOBODY

    def accept(self, listener: Any) -> None:
        """Or leave it: whoever has fewer was woken by the same connection."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._has_more() and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
            if not _waits(listener):
                return
        super().accept(listener)

    def _has_more(self) -> bool:
        return self._connections > min((count for count in _counts if count != _NOBODY), default=0)


def _waits(listener: Any) -> bool:
    """Whether a connection is still there to be taken."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    return bool(poll.poll(0))
