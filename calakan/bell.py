"""Rings the workers beside the request: whoever wrote the work never waits for the broker, be it slow or dead."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import Context, copy_context

PAUSE_SECONDS = 0.1
"""A ring costs more than a small request; the second of a rush brings whoever hears it all that came since the first."""


class Bell:
    """A thread for as long as there is something to ring; what is asked for twice meanwhile is rung once.

    It is sent in the context of whoever asked first, so that the work can say for which request it is.
    """

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._waiting: dict[str, Context] = {}
        self._ringer: threading.Thread | None = None

    def ring(self, queue: str) -> None:
        with self._lock:
            self._waiting.setdefault(queue, copy_context())
            if self._ringer is None or not self._ringer.is_alive():  # a forked process has no threads of its parent
                self._ringer = threading.Thread(target=self._ring_all, name="bell")
                self._ringer.start()

    def _ring_all(self) -> None:
        while True:
            with self._lock:
                asked, self._waiting = self._waiting, {}
                if not asked:
                    self._ringer = None
                    return
            for queue, context in asked.items():
                context.run(self._send, queue)
            time.sleep(PAUSE_SECONDS)
