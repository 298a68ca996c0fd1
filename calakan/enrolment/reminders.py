"""Who is to be reminded of what: computed from the data, never scheduled, so nothing needs rescheduling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.notifications import services as notifications
from calakan.notifications.models import Message
from calakan.people.models import Person

OFFSETS: dict[str, timedelta] = {"day": timedelta(days=1), "hour": timedelta(hours=1)}


@dataclass(frozen=True)
class Due:
    key: str
    offset: str
    session_id: int
    title: str
    starts_at: datetime
    local_date: str
    person_id: int
    name: str
    email: str


def due(*, now: datetime) -> list[Due]:
    """Reminders that should be on their way and are not: confirmed people of planned sessions, by offset.

    The day before counts until the hour before begins, so a late sweep never sends both; nobody is reminded of a
    moment that lay before the enrolment.
    """
    found: list[Due] = []
    for offset, ahead in OFFSETS.items():
        until = OFFSETS["hour"] if offset == "day" else timedelta(0)
        found += _due(offset, ahead, now=now, not_before=now + until)
    return found


def _due(offset: str, ahead: timedelta, *, now: datetime, not_before: datetime) -> Sequence[Due]:
    key = sa.func.concat(
        "reminder:",
        sa.cast(LiveSession.id, sa.String),
        ":",
        sa.cast(LiveSession.local_date, sa.String),
        ":",
        sa.cast(Person.id, sa.String),
        f":{offset}",
    )
    rows = db.session().execute(
        sa.select(key, LiveSession, Enrolment.decided_at, Person.id, Person.name, Person.email)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > not_before,
            LiveSession.starts_at <= now + ahead,
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.remind,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            ~sa.exists().where(Message.key == key),
        )
        .order_by(LiveSession.starts_at, LiveSession.id, Person.id)
    )
    return [
        Due(
            key=text,
            offset=offset,
            session_id=session.id,
            title=session.title,
            starts_at=session.starts_at,
            local_date=session.local_date.isoformat(),
            person_id=person_id,
            name=name,
            email=email,
        )
        for text, session, decided_at, person_id, name, email in rows
        if decided_at <= session.starts_at - ahead
    ]


def queue_due(*, now: datetime) -> int:
    """Write the due reminders as messages; returns how many are new."""
    return notifications.queue_rows(
        notifications.message_row(
            "enrolment.reminder",
            key=item.key,
            person_id=item.person_id,
            address=item.email,
            now=now,
            expires_at=item.starts_at,
            subject_kind=LiveSession.__tablename__,
            subject_id=item.session_id,
            facts={"name": item.name, "offset": item.offset, "date": item.local_date},
        )
        for item in due(now=now)
    )
