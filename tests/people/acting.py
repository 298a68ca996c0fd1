"""What the tests of this room do again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.notifications.models import Message
from calakan.people.models import (
    Jenjang,
    Login,
    Person,
    Purpose,
    Sector,
)
from calakan.people.services import accounts
from tests import factories

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)


def act(work: Callable[..., object], *args: object, **options: Any) -> object:
    with db.transaction():
        return work(*args, **{"now": clock.now(), **options})


def by(work: Callable[..., object], *args: object, **options: Any) -> object:
    return act(work, *args, **{"actor": SYSTEM, **options})


def acts(prefix: str = "people.") -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.startswith(prefix)).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: Any) -> None:
    before = acts()
    with pytest.raises(error):
        work(*args, **options)
    assert acts() == before


def row(id: int) -> Person:
    db.session().rollback()
    return db.session().get_one(Person, id)


def count(model: type[object], **values: Any) -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(model).filter_by(**values)) or 0


def mails(kind: str) -> list[int]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Message.person_id).where(Message.kind == kind).order_by(Message.id)))


def log_in(person_id: int) -> int:
    act(accounts.log_in, person_id, device="x" * 200)
    return db.session().scalars(sa.select(Login.id).order_by(Login.id.desc())).first() or 0


def link(person_id: int, purpose: Purpose, *, lifetime: timedelta = timedelta(hours=1), **options: Any) -> str:
    return str(act(accounts.one_time_link, row(person_id), purpose, lifetime=lifetime, **options))


SCHOOL = {"name": " SD  Baru ", "jenjang": Jenjang.SD, "sector": Sector.PRIVATE}
