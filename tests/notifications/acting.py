"""What the tests of this room do again and again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.notifications import services
from calakan.notifications.models import (
    AddressState,
    ChannelAddress,
    Message,
    MutedTopic,
    PushSubscription,
)
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from tests import factories

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)
KIND, SILENT = "enrolment.confirmed", "enrolment.reminder"
count = itertools.count()
STATES = tuple(WorkState)


def act(work: Callable[..., object], *args: object, **options: Any) -> object:
    with db.transaction():
        return work(*args, **{"actor": SYSTEM, "now": clock.now(), **options})


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.like("notifications.%")).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: Any) -> None:
    before = acts()
    with pytest.raises(error):
        act(work, *args, **options)
    assert acts() == before


def message(person: int, kind: str = KIND, **values: Any) -> int:
    """One that waits, by mail, unless said otherwise."""
    row = services.message_row(kind, key=f"k{next(count)}", person_id=person, address="a@b.id", now=clock.now())
    with db.transaction() as session:
        made = Message(**{**row, **values})
        session.add(made)
        session.flush()
        return made.id


def row(id: int) -> Message:
    db.session().rollback()
    return db.session().get_one(Message, id)


def agree(person: int, way: Way, address: str, state: AddressState = AddressState.CONFIRMED) -> None:
    with db.transaction() as session:
        session.add(ChannelAddress(person_id=person, channel=way, address=address, state=state, asked_at=clock.now()))


def device(person: int, name: str, at: datetime | None = None) -> None:
    endpoint = f"https://fcm.googleapis.com/{name}"
    with db.transaction() as session:
        session.add(
            PushSubscription(
                person_id=person, address=name, endpoint=endpoint, public="p", auth="a", made_at=at or clock.now()
            )
        )


def mute(person: int, topic: Topic, way: Way) -> None:
    with db.transaction() as session:
        session.add(MutedTopic(person_id=person, topic=topic, channel=way))


def queue(person: int, kind: str = KIND, key: str = "k", **options: Any) -> list[tuple[str, Way, str]]:
    with db.transaction() as session:
        services.queue(kind, key=key, person_id=person, address="a@b.id", now=clock.now(), **options)
        rows = session.execute(sa.select(Message.key, Message.channel, Message.address).order_by(Message.id)).all()
    return [(key, way, address) for key, way, address in rows]
