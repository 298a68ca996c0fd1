"""What the tests of this room do again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from calakan.audit.models import AuditEntry
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError
from calakan.narasumber import queries, services
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.notifications.models import Message
from calakan.people.models import Person
from tests import factories

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)
AS = AssignmentState


def session(id: int) -> LiveSession:
    return db.session().get_one(LiveSession, id)


def times(id: int) -> tuple[datetime, datetime]:
    db.session().rollback()
    return session(id).starts_at, session(id).ends_at


def act(work: Callable[..., object], *args: object, **options: Any) -> None:
    options.setdefault("now", clock.now())
    with db.transaction():
        work(*args, **options)


def row(session_id: int, person_id: int) -> Assignment:
    db.session().rollback()
    found = queries.assignment_of(session_id, person_id)
    assert found is not None
    return found


def told(person_id: int, kind: str) -> int:
    db.session().rollback()
    wanted = sa.select(sa.func.count()).where(Message.person_id == person_id, Message.kind == f"narasumber.{kind}")
    return db.session().scalar(wanted) or 0


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: Any) -> None:
    before = db.session().scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    with pytest.raises(error):
        act(work, *args, **options)
    db.session().rollback()
    assert db.session().scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before


def raise_hand(id: int, person: int, now: datetime | None = None) -> None:
    act(services.volunteer_for, id, actor=factories.actor(db.session().get_one(Person, person)), now=now or clock.now())


def of(person: int) -> Actor:
    return factories.actor(db.session().get_one(Person, person))
