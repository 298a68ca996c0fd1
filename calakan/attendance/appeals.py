"""Whoever was there and is not counted says so; the panitia answer, and both are told by mail."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from calakan.attendance import queries, services
from calakan.attendance.errors import (
    AppealAnswered,
    AppealMade,
    AppealTooEarly,
    AppealWithoutNeed,
    NotAParticipant,
    PhotoUnreadable,
)
from calakan.attendance.models import Appeal, AppealState, Decision
from calakan.attendance.rules import refuse_unmarkable
from calakan.audit import services as audit
from calakan.diklat import queries as diklat_queries
from calakan.diklat.errors import ReasonMissing
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.intake import process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import SNAPSHOT
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError, NotFound, OwnCase
from calakan.kernel.wording import phrase
from calakan.notifications import services as notifications
from calakan.people.models import Person

ASKED, ANSWERED = "attendance.appeal_asked", "attendance.appeal_answered"


def photo(content: bytes) -> bytes:
    """A photo that goes with an appeal, made anew by the process with limits: where and with what it was taken stays out.

    Raises PhotoUnreadable.
    """
    if len(content) > process.LARGEST:
        raise PhotoUnreadable(why="large")
    try:
        return base64.b64decode(process.piece_of(content, SNAPSHOT))
    except ArtworkUnfit as error:
        raise PhotoUnreadable(why=error.of_photo) from None


def ask(
    session_id: int, person_id: int, text: str, *, photo_sha256: str | None = None, actor: Actor, now: datetime
) -> Appeal:
    """Once for each session. Locks it. Raises what `check` raises."""
    session = db.lock(LiveSession, session_id)
    check(session, person_id, text, now=now)
    row = Appeal(live_session_id=session_id, person_id=person_id, text=text.strip()[:500], asked_at=now)
    row.state, row.photo_sha256 = AppealState.ASKED, photo_sha256
    db.session().add(row)
    db.session().flush()
    audit.record("attendance.appeal", session, actor=actor, now=now)
    for staff in diklat_queries.staff_of(session.diklat_id):
        _tell(ASKED, row, staff, session, now=now)
    return row


def check(session: LiveSession, person_id: int, text: str, *, now: datetime) -> None:
    """Whether this person may appeal. Raises AttendanceFinal, CheckInNotOpen, NotAParticipant, ReasonMissing,
    AppealTooEarly, AppealWithoutNeed, AppealMade."""
    if not text.strip():
        raise ReasonMissing()
    _refuse(session, person_id, now=now)


def is_open_to(session: LiveSession, person_id: int, *, now: datetime) -> bool:
    """Whether an appeal with a word in it would be taken."""
    try:
        _refuse(session, person_id, now=now)
    except DomainError:
        return False
    return True


def _refuse(session: LiveSession, person_id: int, *, now: datetime) -> None:
    diklat = db.session().get_one(Diklat, session.diklat_id)
    refuse_unmarkable(diklat, session)
    seat = enrolment.enrolment(diklat.id, person_id)
    if seat is None or seat.state is not EnrolmentState.CONFIRMED:
        raise NotAParticipant()
    if session.starts_at > now:
        raise AppealTooEarly()
    mark = queries.presence_of(session.id, person_id)
    if mark is not None and mark.present:
        raise AppealWithoutNeed()
    if of_person(session.id, person_id) is not None:
        raise AppealMade()


def answer(session_id: int, person_id: int, *, grant: bool, text: str, actor: Actor, now: datetime) -> Appeal:
    """Granting marks the person present; what was written stays with the appeal alone, where it can be erased.

    Raises NotFound, AppealAnswered, OwnCase, ReasonMissing for a refusal without a word, and whatever `mark_by_hand`
    raises.
    """
    # Diklat before session, as whoever marks.
    session = services.standing(session_id) if grant else db.lock(LiveSession, session_id)
    row = of_person(session_id, person_id)
    if row is None:
        raise NotFound()
    if row.state is not AppealState.ASKED:
        raise AppealAnswered()
    if actor.person_id == person_id:
        raise OwnCase()
    if not grant and not text.strip():
        raise ReasonMissing()
    if grant:
        reason = phrase("attendance.appeal_granted")
        services.mark_by_hand(session_id, [person_id], present=True, reason=reason, actor=actor, now=now)
    row.state = AppealState.GRANTED if grant else AppealState.REFUSED
    row.answer, row.decided_at, row.decided_by_id = text.strip()[:300], now, actor.person_id
    audit.record("attendance.answer_appeal", session, actor=actor, now=now, granted=grant)
    _tell(ANSWERED, row, db.session().get_one(Person, person_id), session, now=now)
    return row


def of_person(session_id: int, person_id: int) -> Appeal | None:
    return db.session().scalar(
        sa.select(Appeal).where(Appeal.live_session_id == session_id, Appeal.person_id == person_id)
    )


def with_decision(session_id: int, person_id: int) -> tuple[Decision | None, Appeal | None]:
    """What stands of one person in one session, and what was asked about it; one statement."""
    found = sa.select(sa.literal(session_id).label("session_id"), sa.literal(person_id).label("person_id")).subquery()
    wanted = (
        sa.select(Decision, Appeal)
        .select_from(found)
        .outerjoin(Decision, _about(Decision, found))
        .outerjoin(Appeal, _about(Appeal, found))
        .options(lazyload(Appeal.person))
    )
    decision, appeal = db.session().execute(wanted).one()
    return decision, appeal


def _about(model: type[Decision | Appeal], found: sa.Subquery) -> sa.ColumnElement[bool]:
    return sa.and_(model.live_session_id == found.c.session_id, model.person_id == found.c.person_id)


def by_id(id: int) -> Appeal | None:
    return db.session().get(Appeal, id)


def waiting(diklat_id: int, *, limit: int = 100) -> Sequence[Appeal]:
    """The oldest first, with their people."""
    wanted = (
        sa.select(Appeal)
        .join(LiveSession, LiveSession.id == Appeal.live_session_id)
        .where(LiveSession.diklat_id == diklat_id, Appeal.state == AppealState.ASKED)
    )
    return db.session().scalars(wanted.order_by(Appeal.asked_at, Appeal.id).limit(limit)).all()


def _tell(kind: str, row: Appeal, person: Person, session: LiveSession, *, now: datetime) -> None:
    notifications.queue(
        kind,
        key=f"{kind}:{row.id}:{person.id}",
        person_id=person.id,
        address=person.email,
        now=now,
        about=session,
        facts={"name": person.name, "appeal_id": row.id},
    )
