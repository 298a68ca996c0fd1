"""The door of the beat: letters about questionnaires that a certificate waits for."""

from __future__ import annotations

from calakan.completion import unanswered
from calakan.kernel import clock, db
from config import Settings


def queue_reminders(settings: Settings) -> int:
    with db.transaction():
        return unanswered.queue_due(now=clock.now())
