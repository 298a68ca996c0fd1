"""What an official does for his own people: send them to a diklat, remind those who are below their target."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.audit.models import AuditEntry
from calakan.desk.errors import NobodyBelow, RemindedAlready, SentEnough
from calakan.desk.scope import standing
from calakan.desk.scope.standing import Asked
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.notifications import services as notifications
from calakan.office.queries import office_settings
from calakan.people import queries as people
from calakan.people.models import Person

REMIND, DAY = "desk.remind", timedelta(days=1)


def send(diklat_id: int, person_id: int, *, actor: Actor, now: datetime) -> Enrolment:
    """Enrol one of one's own people, as if he came by himself; the letter tells him by whom.

    Raises NotFound for anybody else, SentEnough, and what `enrolment.services.join` raises.
    """
    wanted = people.in_scope(actor).where(Person.id == person_id)
    if db.session().scalar(wanted) is None:
        raise NotFound()
    _count(actor, now=now)
    return enrolment.join(diklat_id, person_id, actor=actor, now=now, sent=True)


def _count(actor: Actor, *, now: datetime) -> None:
    """Held until the transaction ends, so that of many at once each is counted. Raises SentEnough."""
    most = office_settings().official_sends_per_day
    db.alone("desk.sending", str(actor.person_id))
    sent = sa.select(sa.func.count(AuditEntry.id)).where(
        AuditEntry.actor_id == actor.person_id, AuditEntry.act == "enrolment.add", AuditEntry.at > now - DAY
    )
    if (db.session().scalar(sent) or 0) >= most:
        raise SentEnough(most=most)


def remind(codes: Collection[str] | None, asked: Asked, *, actor: Actor, now: datetime) -> int:
    """Write to those whom the filters show, or to the chosen of them, as far as they are below their target of this year.

    Nobody is written to twice in a week, by however many officials. Returns how many letters are new. Raises NobodyBelow,
    RemindedAlready.
    """
    year = standing.this_year(now)
    wanted = standing.own(actor, asked).where(standing.below(year), Person.id != actor.person_id)
    if codes is not None:
        wanted = wanted.where(Person.code.in_(codes))
    columns = wanted.options(sa.orm.lazyload("*")).with_only_columns(Person.id, Person.email, Person.name)
    found = db.session().execute(columns).all()
    if not found:
        raise NobodyBelow()
    week = "{}-{}".format(*clock.local(now).isocalendar()[:2])
    new = notifications.queue_rows(
        notifications.message_row(
            REMIND, key=f"{REMIND}:{id}:{week}", person_id=id, address=email, now=now,
            facts={"name": name, "by": actor.name, "year": year},
        )
        for id, email, name in found
    )  # fmt: skip
    if not new:
        raise RemindedAlready()
    audit.record(REMIND, actor=actor, now=now, count=new)
    return new
