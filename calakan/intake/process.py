"""Asking the process that makes files anew."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from calakan.intake.errors import ArtworkUnfit

LARGEST = 10 * 1024 * 1024
PATIENCE = 40
LINE = 4
"""How many of the threads of a web process files may hold, with the one whose turn it is: the others go on serving pages."""

_line = threading.BoundedSemaphore(LINE)
_turn = threading.BoundedSemaphore(1)
"""One file at a time: each may take a good part of the memory. Among all processes of a host the child takes its turn."""


def piece_of(content: bytes, purpose: str) -> bytes:
    """The file of the piece made of an uploaded file. Raises ArtworkUnfit, also when too many files wait already."""
    if not content:
        raise ArtworkUnfit(why="empty")
    if len(content) > LARGEST:
        raise ArtworkUnfit(why="large", most=LARGEST // 1024 // 1024)
    command = [sys.executable, "-P", "-m", "calakan.intake", purpose]
    with turn():
        try:
            run = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=False, env={})  # noqa: S603  # ours
        except subprocess.TimeoutExpired:
            # What is too much is ended by its own limits, long before: this one waited for others.
            raise ArtworkUnfit(why="busy") from None
    # Ended by its limits it says nothing.
    answer: dict[str, Any] = json.loads(run.stdout) if run.returncode == 0 else {"unfit": "heavy", "facts": {}}
    if "unfit" in answer:
        raise ArtworkUnfit(why=answer["unfit"], **answer["facts"])
    return str(answer["piece"]).encode("ascii")


@contextmanager
def turn() -> Iterator[None]:
    """Stands in the line of this process until it is empty. Raises ArtworkUnfit when the line is long, or does not move."""
    if not _line.acquire(blocking=False):
        raise ArtworkUnfit(why="busy")
    try:
        if not _turn.acquire(timeout=PATIENCE):
            raise ArtworkUnfit(why="busy")
        try:
            yield
        finally:
            _turn.release()
    finally:
        _line.release()
