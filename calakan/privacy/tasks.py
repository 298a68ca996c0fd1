"""The door of the beat: what was kept for long enough."""

from __future__ import annotations

from calakan.kernel import clock, db
from calakan.kernel.claims import Shift
from calakan.privacy import retention
from config import Settings


def forget(settings: Settings) -> int:
    """A portion a transaction, for the length of a shift; the next run goes on. Returns how many rows."""
    shift, done = Shift(), 0
    for kind in retention.PARTS:
        while not shift.is_over():
            with db.transaction():
                gone = retention.forget_some(kind, now=clock.now())
            if not gone:
                break
            done += gone
    return done
