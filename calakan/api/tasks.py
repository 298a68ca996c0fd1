"""The door of the beat."""

from __future__ import annotations

from calakan.api import replies
from calakan.kernel import clock, db
from config import Settings


def forget_replies(settings: Settings) -> int:
    with db.transaction():
        return replies.forget(now=clock.now())
