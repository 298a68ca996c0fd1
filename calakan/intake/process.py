"""Asking the processes that read files from outside."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from calakan.intake.errors import ArtworkUnfit
from calakan.intake.unfit import UnfitError

log = logging.getLogger(__name__)
LARGEST = 10 * 1024 * 1024
PATIENCE, LONG_PATIENCE = 40, 55
"""Seconds, of somebody who waits for a page, and where nobody does. A transaction may be idle for a minute (`kernel.db`)."""

LINE = 4
"""How many of the threads of a web process files may hold, with the one whose turn it is: the others go on serving pages."""

_line = threading.BoundedSemaphore(LINE)
_turn = threading.BoundedSemaphore(1)
"""One file at a time: each may take a good part of the memory. Among all processes of a host the child takes its turn."""

_patient = ContextVar("patient", default=False)


def piece_of(content: bytes, purpose: str) -> bytes:
    """The file of the piece made of an uploaded file. Raises ArtworkUnfit, also when too many files wait already."""
    if not content:
        raise ArtworkUnfit(why="empty")
    if len(content) > LARGEST:
        raise ArtworkUnfit(why="large", most=LARGEST // 1024 // 1024)
    try:
        return str(answer("calakan.intake", purpose, content=content)["piece"]).encode("ascii")
    except UnfitError as error:
        raise ArtworkUnfit(why=error.why, **error.facts) from None


def answer(package: str, *args: str, content: bytes) -> dict[str, Any]:
    """What the package's own process says of a file.

    Raises UnfitError: why it is refused there, `heavy` if its limits ended it, `busy` if its turn did not come. To be asked
    before a transaction (`db.writing`): it may take as long as a page is waited for, and SQLite has one writer.
    """
    command, ends = [sys.executable, "-P", "-m", package, *args], time.monotonic() + _patience()
    with turn():
        left = max(ends - time.monotonic(), 1)
        try:
            run = subprocess.run(command, input=content, capture_output=True, timeout=left, check=False, env={})  # noqa: S603  # ours
        except subprocess.TimeoutExpired:
            # What is too much is ended by its own limits, long before: this one waited for others.
            raise UnfitError("busy") from None
    if run.returncode > 0:
        log.error("%s failed: %s", package, run.stderr.decode("utf-8", "replace").strip()[-300:])
    # Ended by its limits it says nothing.
    said: dict[str, Any] = json.loads(run.stdout) if run.returncode == 0 else {"unfit": "heavy", "facts": {}}
    if "unfit" in said:
        raise UnfitError(said["unfit"], **said["facts"])
    return said


@contextmanager
def turn() -> Iterator[None]:
    """Stands in the line of this process until it is empty. Raises UnfitError when the line is long, or does not move."""
    if not _line.acquire(blocking=False):
        raise UnfitError("busy")
    try:
        if not _turn.acquire(timeout=_patience()):
            raise UnfitError("busy")
        try:
            yield
        finally:
            _turn.release()
    finally:
        _line.release()


@contextmanager
def patiently() -> Iterator[None]:
    """For work that nobody waits for at a page."""
    before = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(before)


def _patience() -> int:
    return LONG_PATIENCE if _patient.get() else PATIENCE
