"""What strangers ask at the door is noted and answered at once, alike for all; a worker does what it comes to afterwards.

So neither the words nor the time of the answer tell who has an account: each asking is one insert.
"""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.errors import DomainError
from calakan.people.models import Asked, AskedEntry
from calakan.people.services import entry

log = logging.getLogger(__name__)
QUEUE = "people.take_entries"


def note(asked: Asked, email: str, *, name: str = "", password_hash: str = "", now: datetime) -> None:
    """Keep what was asked until a worker comes, who is rung."""
    row = AskedEntry(asked=asked, email=email.strip().lower(), name=name, password_hash=password_hash, asked_at=now)
    db.session().add(row)
    db.ring(QUEUE)


def take() -> int:
    """Do what was asked, as at the moment it was asked, the first first; returns how many were done."""
    ids = db.session().scalars(sa.select(AskedEntry.id).order_by(AskedEntry.id)).all()
    return sum(_take(id) for id in ids)


def _take(id: int) -> bool:
    """Of two workers one does it. What is refused is refused to nobody who waits for an answer."""
    try:
        with db.transaction() as session:
            gone = sa.delete(AskedEntry).where(AskedEntry.id == id)
            columns = (
                AskedEntry.asked,
                AskedEntry.email,
                AskedEntry.name,
                AskedEntry.password_hash,
                AskedEntry.asked_at,
            )
            found = session.execute(gone.returning(*columns)).first()
            if found is None:
                return False
            asked, email, name, password_hash, now = found
            if asked is Asked.SIGN_UP:
                entry.sign_up(email, name, password_hash=password_hash, now=now)
            elif asked is Asked.RESET:
                entry.ask_reset(email, now=now)
            else:
                entry.send_again(email, now=now)
    except DomainError as error:
        log.warning("what somebody asked at the door was refused: %s", type(error).__name__)
        with db.transaction() as session:
            session.execute(sa.delete(AskedEntry).where(AskedEntry.id == id))
        return False
    return True
