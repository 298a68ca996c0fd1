"""Sees whether a file is read while somebody writes."""

from __future__ import annotations

from typing import Any

import pytest

from calakan.intake import process
from calakan.kernel import db


class Watched(list[bool]):
    """For each file that was read: whether that was in a transaction."""


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Watched:
    found, known = Watched(), process.answer

    def answer(*args: str, content: bytes) -> dict[str, Any]:
        found.append(db.writing())
        return known(*args, content=content)

    monkeypatch.setattr(process, "answer", answer)
    return found
