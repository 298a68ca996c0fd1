"""The door of the beat: reminders of forgotten codes and of seats that nobody uses, decisions by another rule, and lists that were kept long enough."""

from __future__ import annotations

from calakan.attendance import absent, recounting, reminders, retention
from calakan.kernel import claims, clock, db
from config import Settings


def queue_code_reminders(settings: Settings) -> int:
    with db.transaction():
        return reminders.queue_due(now=clock.now())


def ask_absent(settings: Settings) -> int:
    with db.transaction():
        return absent.queue_due(now=clock.now())


def recount(settings: Settings) -> int:
    """Decide anew, session by session, for the length of a shift; returns how many."""
    done, shift = 0, claims.Shift()
    while not shift.is_over():
        with db.transaction():
            more = recounting.take(now=clock.now())
        if not more:
            return done
        done += 1
    with db.transaction():
        db.ring(recounting.QUEUE)
    return done


def forget_lists(settings: Settings) -> int:
    with db.transaction():
        return retention.forget_lists(now=clock.now())
