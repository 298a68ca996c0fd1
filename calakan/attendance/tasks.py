"""The door of the beat: reminders of forgotten codes, and lists that were kept long enough."""

from __future__ import annotations

from calakan.attendance import reminders, retention
from calakan.kernel import clock, db
from config import Settings


def queue_code_reminders(settings: Settings) -> int:
    with db.transaction():
        return reminders.queue_due(now=clock.now())


def forget_lists(settings: Settings) -> int:
    with db.transaction():
        return retention.forget_lists(now=clock.now())
