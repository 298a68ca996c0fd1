"""A letter to all who lack one thing, which tells each of them everything that is still lacking; once a day at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.completion.errors import NobodyLacks, ReminderOutOfTime
from calakan.completion.standing import Lack, standing
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.notifications import services as notifications
from calakan.notifications.models import Message
from calakan.notifications.night import waking
from calakan.people.models import Person

KIND = "completion.reminder"


@dataclass(frozen=True)
class Reminded:
    """How many letters were written now, and how many people had theirs today."""

    new: int
    told: int


def remind(diklat_id: int, lack: Lack, *, actor: Actor, now: datetime) -> Reminded:
    """Whoever was told today is not told again, whatever it was about. Locks the diklat.

    Raises ReminderOutOfTime, NobodyLacks.
    """
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is not DiklatState.PUBLISHED:
        raise ReminderOutOfTime()
    found = standing(diklat, enrolment.confirmed_people(diklat_id), now=now)
    wanted = [id for id, row in found.items() if not row.met and lack in row.lacks]
    if not wanted:
        raise NobodyLacks()
    told, today = _told(diklat_id, now), clock.local(now).date()
    people = db.session().scalars(sa.select(Person).where(Person.id.in_([id for id in wanted if id not in told])))
    rows = [
        notifications.message_row(
            KIND,
            key=f"lacking:{diklat_id}:{person.id}:{today.isoformat()}",
            person_id=person.id,
            address=person.email,
            now=now,
            due_at=waking(now),
            expires_at=clock.end_of(clock.local(waking(now)).date()),
            subject_kind=Diklat.__tablename__,
            subject_id=diklat_id,
            facts={"name": person.name},
        )
        for person in people
    ]
    notifications.queue_rows(rows)
    audit.record("completion.remind", diklat, actor=actor, now=now, lack=lack.value, count=len(rows))
    return Reminded(len(rows), len(wanted) - len(rows))


def _told(diklat_id: int, now: datetime) -> set[int]:
    """To whom a letter about this diklat was written today."""
    wanted = sa.select(Message.person_id).where(
        Message.kind == KIND,
        Message.subject_kind == Diklat.__tablename__,
        Message.subject_id == diklat_id,
        Message.created_at >= clock.start_of(clock.local(now).date()),
    )
    return {id for id in db.session().scalars(wanted) if id is not None}
