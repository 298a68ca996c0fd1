"""Letters that a test composes itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calakan.notifications import letters
from calakan.notifications.letters import Composer, LetterKind
from calakan.notifications.priorities import Priority


def composed_by(patch: pytest.MonkeyPatch, kind: str, compose: Composer) -> None:
    """Letters of this kind come from here; a kind that no room lists is a usual one."""
    known = letters._kinds.get(kind) or LetterKind(kind, compose, priority=Priority.USUAL, topic=None)
    patch.setitem(letters._kinds, kind, replace(known, compose=compose))
