"""Open slots: volunteers raise a hand, the panitia choose."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.diklat.services.details import open_for_change
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.narasumber import queries
from calakan.narasumber.errors import SlotClosed, SlotTaken
from calakan.narasumber.models import (
    Assignment,
    AssignmentState,
    Duty,
)
from calakan.narasumber.services.clashes import clash_error
from calakan.narasumber.services.scheduling import confirm
from calakan.people.models import Person


def volunteer_for(session_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """Raise a hand for an open slot; panitia decide. Twice finds the first. Raises SlotClosed, SlotTaken, SpeakerClash."""
    assert actor.person_id is not None
    session = db.lock(LiveSession, session_id)
    diklat = db.session().get_one(Diklat, session.diklat_id)
    if session.state is not SessionState.PLANNED or session.starts_at <= now:
        raise SlotClosed()
    if diklat.state is not DiklatState.PUBLISHED:
        raise SlotClosed()
    if any(row.duty is Duty.SPEAKER for row in queries.confirmed_of([session.id]).get(session.id, ())):
        raise SlotTaken()
    person = db.lock(Person, actor.person_id)
    other = queries.clash(person.id, session)
    if other is not None:
        raise clash_error(person, session, other)
    row = db.session().scalar(
        sa.select(Assignment).where(Assignment.live_session_id == session.id, Assignment.person_id == person.id)
    )
    if row is None:
        row = Assignment(live_session_id=session.id, person_id=person.id, created_at=now)
        db.session().add(row)
    row.state, row.duty = AssignmentState.OFFERED, Duty.SPEAKER
    db.session().flush()
    audit.record("narasumber.volunteer_for", session, actor=actor, now=now)
    return row


def withdraw(session_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back an offer that nobody has decided on. Raises SlotClosed."""
    taken_back = db.session().execute(
        sa.update(Assignment)
        .where(
            Assignment.live_session_id == session_id,
            Assignment.person_id == actor.person_id,
            Assignment.state == AssignmentState.OFFERED,
        )
        .values(state=AssignmentState.RELEASED, decided_at=now)
    )
    if not taken_back.rowcount:  # type: ignore[attr-defined]
        raise SlotClosed()
    session = db.session().get_one(LiveSession, session_id)
    audit.record("narasumber.withdraw", session, actor=actor, now=now)


def answer_offer(assignment_id: int, *, accept: bool, actor: Actor, now: datetime) -> Assignment:
    """Panitia choose among those who raised a hand. Raises NotFound, SlotTaken, SpeakerClash, DiklatFinal."""
    row = db.session().get(Assignment, assignment_id)
    if row is None:
        raise NotFound()
    session = db.session().get_one(LiveSession, row.live_session_id)
    open_for_change(session.diklat_id)
    db.session().refresh(row)
    if row.state is not AssignmentState.OFFERED:
        raise SlotTaken()
    if accept:
        return confirm(session, row.person_id, row.duty, actor=actor, now=now)
    row.state, row.decided_at = AssignmentState.DECLINED, now
    audit.record("narasumber.decline_offer", session, actor=actor, now=now, person_id=row.person_id)
    return row
