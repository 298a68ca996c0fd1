"""Whoever writes to a SQLite database stands in line first, beside all other processes that do.

SQLite wakes nobody: whoever finds the file locked knocks again after up to 100 ms, and a process in which several wait keeps
the others out for as long as it has any. The line loses nothing when it is missing: SQLite's own lock holds all the same.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO

KNOCK_SECONDS = 0.001
_NEXT, _WRITER = 0, 1  # bytes of the file that are locked; the locks go with their process
_threads = threading.Lock()


@contextmanager
def turn(database: str | None, *, seconds: float, thread_seconds: float = -1) -> Iterator[None]:
    """The turn to write, among threads (-1: without an end) and then among processes. Raises TimeoutError."""
    if not _threads.acquire(timeout=thread_seconds):
        raise TimeoutError("another thread writes")
    try:
        with _among_processes(database, seconds):
            yield
    finally:
        _threads.release()


@contextmanager
def _among_processes(database: str | None, seconds: float) -> Iterator[None]:
    file = _line(database) if database and database != ":memory:" else None
    if file is None:
        yield
        return
    deadline = time.monotonic() + seconds
    # One alone waits for the writer: whoever has just written comes behind him, not before.
    _take(file, _NEXT, deadline)
    try:
        _take(file, _WRITER, deadline)
    finally:
        _give(file, _NEXT)
    try:
        yield
    finally:
        _give(file, _WRITER)


def _take(file: IO[bytes], place: int, deadline: float) -> None:
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            return
        except (BlockingIOError, PermissionError):
            if time.monotonic() > deadline:
                raise TimeoutError("another process writes") from None
            time.sleep(KNOCK_SECONDS)


def _give(file: IO[bytes], place: int) -> None:
    fcntl.lockf(file, fcntl.LOCK_UN, 1, place)


@lru_cache(maxsize=8)
def _line(database: str) -> IO[bytes] | None:
    """Open for as long as the process lives, since closing it would let go what it holds. None where no file can be made."""
    try:
        return open(os.open(f"{database}-line", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b", buffering=0)
    except OSError:
        return None
