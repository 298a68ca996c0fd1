"""The door of the beat: digests that are due."""

from __future__ import annotations

from calakan.feedback import services
from calakan.kernel import clock, db
from config import Settings


def queue_digests(settings: Settings) -> int:
    with db.transaction():
        return services.queue_digests(now=clock.now())
