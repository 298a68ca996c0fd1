"""The door of the beat: reminders of forgotten codes."""

from __future__ import annotations

from calakan.attendance import reminders
from calakan.kernel import clock, db
from config import Settings


def queue_code_reminders(settings: Settings) -> int:
    with db.transaction():
        return reminders.queue_due(now=clock.now())
