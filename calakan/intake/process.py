"""Asking the process that makes files anew."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

from calakan.intake.errors import ArtworkUnfit

LARGEST = 10 * 1024 * 1024
PATIENCE = 40
_turn = threading.BoundedSemaphore(1)
"""One file at a time: each may take a good part of the memory."""


def piece_of(content: bytes, purpose: str) -> bytes:
    """The file of the piece made of an uploaded file. Raises ArtworkUnfit."""
    if not content:
        raise ArtworkUnfit(why="empty")
    if len(content) > LARGEST:
        raise ArtworkUnfit(why="large", most=LARGEST // 1024 // 1024)
    command = [sys.executable, "-P", "-m", "calakan.intake", purpose]
    with _turn:
        try:
            run = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=False, env={})  # noqa: S603  # ours
        except subprocess.TimeoutExpired:
            raise ArtworkUnfit(why="heavy") from None
    # Ended by its limits it says nothing.
    answer: dict[str, Any] = json.loads(run.stdout) if run.returncode == 0 else {"unfit": "heavy", "facts": {}}
    if "unfit" in answer:
        raise ArtworkUnfit(why=answer["unfit"], **answer["facts"])
    return str(answer["piece"]).encode("ascii")
