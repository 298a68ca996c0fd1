"""The doors of the beat: digests and reminders that are due."""

from __future__ import annotations

from calakan.feedback import mixing, reminders, services
from calakan.kernel import clock, db
from config import Settings


def queue_digests(settings: Settings) -> int:
    with db.transaction():
        return services.queue_digests(now=clock.now())


def queue_reminders(settings: Settings) -> int:
    with db.transaction():
        return reminders.queue_due(now=clock.now())


def mix(settings: Settings) -> int:
    return mixing.mix()
