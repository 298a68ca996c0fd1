"""Who holds a seat, was seen in no session so far, and keeps somebody waiting: asked once to come or to give the seat back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.attendance.models import Evidence, Presence
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import plans
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.notifications import services as notifications
from calakan.notifications.models import Message
from calakan.people.models import Person

KIND = "attendance.absent"
# By then the list of the room was read, as a rule.
AFTER_END = timedelta(hours=18)
BEFORE_NEXT = timedelta(hours=6)


def queue_due(*, now: datetime) -> int:
    """Write the messages that are due; returns how many are new."""
    if plans.quiet(now):
        return 0
    return notifications.queue_rows(
        notifications.message_row(
            KIND,
            key=f"absent:{enrolment_id}",
            person_id=person_id,
            address=email,
            now=now,
            expires_at=following,
            subject_kind=Enrolment.__tablename__,
            subject_id=enrolment_id,
            facts={"name": name},
        )
        for enrolment_id, person_id, name, email, following in db.session().execute(_due(now))
    )


def following(diklat_id: int, person_id: int, *, now: datetime) -> LiveSession | None:
    """The next session of who was seen in none; None once there is a sign, or nobody waits, or nothing lies ahead."""
    wanted = _next(now).where(
        LiveSession.diklat_id == diklat_id, ~_seen(sa.literal(diklat_id), sa.literal(person_id)), _waited_for(diklat_id)
    )
    return db.session().scalar(wanted.order_by(LiveSession.starts_at, LiveSession.id).limit(1))


def _due(now: datetime) -> sa.Select[int, int, str, str | None, datetime]:
    """Nobody is asked before anybody was seen there: the list may still be missing."""
    held = sa.exists().where(
        LiveSession.diklat_id == Diklat.id,
        LiveSession.state == SessionState.PLANNED,
        LiveSession.starts_at >= Enrolment.decided_at,
        LiveSession.ends_at <= now - AFTER_END,
        sa.exists().where(Presence.live_session_id == LiveSession.id, Presence.present),
    )
    ahead = (
        sa.select(sa.func.min(LiveSession.starts_at))
        .where(
            LiveSession.diklat_id == Diklat.id,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now + BEFORE_NEXT,
        )
        .correlate(Diklat)
        .scalar_subquery()
    )
    return (
        sa.select(Enrolment.id, Person.id, Person.name, Person.email, ahead)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Diklat, Diklat.id == Enrolment.diklat_id)
        .where(
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.remind,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            held,
            ahead.is_not(None),
            _waited_for(Diklat.id),
            ~_seen(Diklat.id, Person.id),
            ~sa.exists().where(Message.key == sa.func.concat("absent:", sa.cast(Enrolment.id, sa.String))),
        )
        .order_by(Enrolment.id)
    )


def _next(now: datetime) -> sa.Select[LiveSession]:
    return sa.select(LiveSession).where(LiveSession.state == SessionState.PLANNED, LiveSession.starts_at > now)


def _seen(diklat_id: Any, person_id: Any) -> sa.ColumnElement[bool]:
    """Any sign, and any mark: what the panitia saw to is no absence to ask about."""
    session = sa.orm.aliased(LiveSession)
    marked = sa.exists().where(
        Presence.live_session_id == session.id, Presence.person_id == person_id, session.diklat_id == diklat_id
    )
    signed = sa.exists().where(
        Evidence.live_session_id == session.id,
        Evidence.person_id == person_id,
        Evidence.withdrawn_at.is_(None),
        session.diklat_id == diklat_id,
    )
    return sa.or_(marked, signed)


def _waited_for(diklat_id: Any) -> sa.ColumnElement[bool]:
    other, waiting = sa.orm.aliased(Enrolment), sa.orm.aliased(Person)
    return sa.exists().where(
        other.diklat_id == diklat_id,
        other.state == EnrolmentState.WAITING,
        waiting.id == other.person_id,
        waiting.active,
    )
