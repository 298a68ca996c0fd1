"""Giving an address another chance."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.notifications.models import Bounce, Message


def trust_address(address: str, *, actor: Actor, now: datetime) -> bool:
    """Mails go to this address again; False when nothing kept them. Its next bounce counts anew."""
    wanted = sa.select(Bounce.id).where(Bounce.address == address, Bounce.trusted_at.is_(None))
    ids = db.session().scalars(wanted).all()
    if not ids:
        return False
    db.session().execute(sa.update(Bounce).where(Bounce.id.in_(ids)).values(trusted_at=now))
    audit.record("notifications.trust_address", actor=actor, now=now, name=address)
    return True


def send_anew(message: Message, *, actor: Actor, now: datetime) -> None:
    """Somebody sends this letter again: it may come back again, and its address is tried."""
    trust_address(message.address, actor=actor, now=now)
    db.session().execute(sa.delete(Bounce).where(Bounce.message_id == message.id))
