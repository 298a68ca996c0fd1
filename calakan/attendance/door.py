"""At the door of a hall: the panitia meet a person, read the number of the enrolment, and record the presence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance import evidence, queries, services
from calakan.attendance.errors import CheckInNotOpen, NoSeatAtDoor, TicketElsewhere, TicketUnknown
from calakan.attendance.models import Evidence, Kind, Presence
from calakan.attendance.rules import AFTER_END, DOOR_OPENS
from calakan.audit import queries as trail
from calakan.audit import services as audit
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import OwnCase
from calakan.people.models import Person

LOOK = "people.look"
LENGTH = 10  # of the number of an enrolment, which may itself begin with the letters of its prefix


def ticket(typed: str) -> Enrolment:
    """The enrolment whose number was typed, or scanned as an address, with its person and diklat. Raises TicketUnknown."""
    last = re.sub(r"[^0-9A-Z]", "", typed.strip().rstrip("/").rsplit("/", 1)[-1].upper())
    code = last.removeprefix("BC") if len(last) > LENGTH else last
    wanted = sa.select(Enrolment).where(Enrolment.code == code)
    found = db.session().scalar(wanted.options(joinedload(Enrolment.person), joinedload(Enrolment.diklat)))
    if found is None:
        raise TicketUnknown()
    return found


def read(typed: str, *, path: str, actor: Actor, now: datetime) -> Enrolment:
    """`ticket`, with a line on the trail, one a day: whose it is will be told, whatever comes of it. Raises TicketUnknown."""
    seat = ticket(typed)
    today = clock.start_of(clock.local(now).date())
    if not trail.has_acted(actor.person_id, LOOK, Person.__tablename__, seat.person_id, since=today):
        audit.record(LOOK, seat.person, actor=actor, now=now, path=path)
    return seat


def sessions_now(diklat_id: int, *, now: datetime) -> Sequence[LiveSession]:
    """Those whose door is open, the first to end first."""
    wanted = sa.select(LiveSession).where(
        LiveSession.diklat_id == diklat_id,
        LiveSession.state == SessionState.PLANNED,
        LiveSession.starts_at <= now + DOOR_OPENS,
        LiveSession.ends_at > now - AFTER_END,
    )
    return db.session().scalars(wanted.order_by(LiveSession.ends_at, LiveSession.number)).all()


def receive(session_id: int, enrolment_id: int, *, actor: Actor, now: datetime) -> bool:
    """Record that the panitia met this person at the door; False when the person is present already.

    It is above whatever was marked before, as the newest mark of the panitia. Locks diklat and session.
    Raises NotFound, AttendanceFinal, CheckInNotOpen, TicketElsewhere, NoSeatAtDoor, OwnCase.
    """
    session = services.standing(session_id)
    if now < session.starts_at - DOOR_OPENS:
        raise CheckInNotOpen(why="door", opens_at=session.starts_at - DOOR_OPENS)
    if now > session.ends_at + AFTER_END:
        raise CheckInNotOpen(why="over")
    seat = db.session().get_one(Enrolment, enrolment_id, populate_existing=True)
    person = db.session().get_one(Person, seat.person_id)
    if seat.diklat_id != session.diklat_id:
        raise TicketElsewhere(name=person.name, title=db.session().get_one(Diklat, seat.diklat_id).title)
    if seat.state is not EnrolmentState.CONFIRMED:
        raise NoSeatAtDoor(name=person.name, waiting=seat.state is EnrolmentState.WAITING)
    if actor.person_id == person.id:
        raise OwnCase()
    mark = queries.presence_of(session_id, person.id)
    if mark is not None and mark.present:
        return False
    sign = Evidence(live_session_id=session_id, person_id=person.id, kind=Kind.SCAN, at=now, by_id=actor.person_id)
    evidence.keep(session, [sign], now=now)
    audit.record("attendance.receive", session, actor=actor, now=now, person_id=person.id)
    return True


def received(session_id: int, *, limit: int = 10) -> Sequence[tuple[str, datetime]]:
    """Who was recorded at this door last, the newest first: printed name and when."""
    wanted = (
        sa.select(Person, Evidence.at)
        .join(Evidence, Evidence.person_id == Person.id)
        .join(
            Presence,
            sa.and_(Presence.person_id == Person.id, Presence.live_session_id == Evidence.live_session_id),
        )
        .where(
            Evidence.live_session_id == session_id,
            Evidence.kind == Kind.SCAN,
            Evidence.withdrawn_at.is_(None),
            Presence.present,
        )
        .order_by(Evidence.at.desc(), Evidence.id.desc())
        .limit(limit)
    )
    return [(person.printed_name, at) for person, at in db.session().execute(wanted)]
