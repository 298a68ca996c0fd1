"""The personal way into the room: recorded, and to the stream when the room is full."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance import evidence
from calakan.attendance.errors import NotEnrolledHere, RoomNotOpen
from calakan.attendance.models import ROOM, STREAM, Evidence, Kind
from calakan.attendance.rules import AFTER_END, refuse_unmarkable
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.office.queries import office_settings


def opens_at(session: LiveSession) -> datetime:
    return session.starts_at - timedelta(minutes=office_settings().room_opens_minutes)


def is_open(session: LiveSession, *, now: datetime) -> bool:
    return opens_at(session) <= now < session.ends_at + AFTER_END


def enter(session_id: int, person_id: int, *, actor: Actor, now: datetime) -> str:
    """Record that this person goes in; returns where to. Who was let into the room once keeps the place.

    Raises NotFound, NotEnrolledHere, RoomNotOpen, AttendanceFinal, CheckInNotOpen.
    """
    session = db.lock(LiveSession, session_id)
    diklat = db.session().get_one(Diklat, session.diklat_id)
    refuse_unmarkable(diklat, session)
    seat = enrolment.enrolment(diklat.id, person_id)
    if seat is None or seat.state is not EnrolmentState.CONFIRMED:
        waiting = seat is not None and seat.state is EnrolmentState.WAITING
        raise NotEnrolledHere(title=diklat.title, slug=diklat.slug, waiting=waiting)
    if not is_open(session, now=now):
        raise RoomNotOpen(opens_at=opens_at(session), over=now >= session.ends_at)
    if not session.room_url and not session.stream_url:
        raise NotFound()
    way = _way(session, person_id)
    if _joined(session_id, person_id) is None:
        sign = Evidence(
            live_session_id=session_id, person_id=person_id, kind=Kind.JOIN, at=now, source=way, by_id=actor.person_id
        )
        evidence.keep(session, [sign], now=now)
    return session.stream_url if way == STREAM else session.room_url


def _way(session: LiveSession, person_id: int) -> str:
    held = _joined(session.id, person_id)
    if held is not None:
        return held
    if not session.room_url:
        return STREAM
    if session.room_capacity is None or not session.stream_url:
        return ROOM
    inside = sa.select(sa.func.count(sa.distinct(Evidence.person_id))).where(
        Evidence.live_session_id == session.id,
        Evidence.kind == Kind.JOIN,
        Evidence.source == ROOM,
        Evidence.withdrawn_at.is_(None),
    )
    return ROOM if (db.session().scalar(inside) or 0) < session.room_capacity else STREAM


def _joined(session_id: int, person_id: int) -> str | None:
    """Where this person was let in before."""
    return db.session().scalar(
        sa.select(Evidence.source).where(
            Evidence.live_session_id == session_id,
            Evidence.person_id == person_id,
            Evidence.kind == Kind.JOIN,
            Evidence.withdrawn_at.is_(None),
        )
    )
