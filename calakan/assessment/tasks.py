"""The doors of the beat: reminders that are due, files that are wanted no more."""

from __future__ import annotations

from calakan.assessment import reminders
from calakan.assessment.services import discarding
from calakan.kernel import clock, db
from calakan.kernel.files import opened
from config import Settings


def queue_reminders(settings: Settings) -> int:
    with db.transaction():
        return reminders.queue_due(now=clock.now())


def forget_files(settings: Settings) -> int:
    """Removing twice does no harm, so the rows go after the files."""
    settled = discarding.remove_due(opened(settings), now=clock.now())
    with db.transaction():
        return discarding.settle(settled)
