"""Bearer tokens of programs: made once and shown once, for a purpose and a time, listed and ended one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.people import queries
from calakan.people.errors import LinkInvalid
from calakan.people.models import OneTimeLink, Person, Purpose, TokenScope
from calakan.people.services import accounts

LIFETIME = timedelta(days=90)


def make(address: str, scope: TokenScope = TokenScope.WRITE, *, actor: Actor, now: datetime) -> str:
    """A token for programs, valid for LIFETIME; whoever asked sees it this once. Raises LinkInvalid for nobody."""
    person = queries.by_address(address)
    if person is None or not person.active or person.email_confirmed_at is None:
        raise LinkInvalid()
    audit.record("people.bearer_token", person, actor=actor, now=now, scope=scope.value)
    return accounts.one_time_link(person, Purpose.API, lifetime=LIFETIME, now=now, scope=scope)


def held(person_id: int | None = None, *, now: datetime) -> Sequence[tuple[OneTimeLink, Person]]:
    """What counts now, the newest first; of everybody without `person_id`."""
    wanted = (
        sa.select(OneTimeLink, Person)
        .join(Person, Person.id == OneTimeLink.person_id)
        .where(OneTimeLink.purpose == Purpose.API, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .order_by(OneTimeLink.created_at.desc(), OneTimeLink.id.desc())
    )
    if person_id is not None:
        wanted = wanted.where(OneTimeLink.person_id == person_id)
    return [(link, person) for link, person in db.session().execute(wanted)]


def revoke(id: int, *, owner_id: int | None = None, actor: Actor, now: datetime) -> None:
    """End one, of `owner_id` alone where that is given. Raises NotFound."""
    mine = sa.and_(OneTimeLink.id == id, OneTimeLink.purpose == Purpose.API, OneTimeLink.used_at.is_(None))
    if owner_id is not None:
        mine = sa.and_(mine, OneTimeLink.person_id == owner_id)
    ended = db.session().execute(
        sa.update(OneTimeLink).where(mine).values(used_at=now).returning(OneTimeLink.person_id)
    )
    person_id = ended.scalar()
    if person_id is None:
        raise NotFound()
    audit.record("people.revoke_token", db.session().get_one(Person, person_id), actor=actor, now=now)
