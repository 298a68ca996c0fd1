"""Open slots: volunteers raise a hand, the panitia choose or appoint."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.diklat.services.details import open_for_change
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.narasumber import queries, rules
from calakan.narasumber.errors import SlotClosed, SlotTaken
from calakan.narasumber.models import Assignment, AssignmentState, Duty, Freed, Origin
from calakan.narasumber.queries.clashes import ALIVE
from calakan.narasumber.services import clashes
from calakan.narasumber.services.scheduling import confirm, release
from calakan.people.models import Person


def standing(session_id: int) -> list[Assignment]:
    """The narasumber who stand confirmed; decided on only under the session's lock."""
    return [row for row in queries.confirmed_of([session_id]).get(session_id, ()) if row.duty is Duty.SPEAKER]


def refuse_closed(session: LiveSession, *, now: datetime, running: bool = False, unpublished: bool = False) -> None:
    """Raises SlotClosed unless the session still looks for people; `running` allows one that has begun."""
    diklat = db.session().get_one(Diklat, session.diklat_id)
    over = session.ends_at <= now if running else session.starts_at <= now
    alive = diklat.state in ALIVE if unpublished else diklat.state is DiklatState.PUBLISHED
    if session.state is not SessionState.PLANNED or not alive or over:
        raise SlotClosed()


def volunteer_for(session_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """Raise a hand for an open slot; panitia decide. Twice finds the first. Raises SlotClosed, SlotTaken, SpeakerClash."""
    assert actor.person_id is not None
    session = db.lock(LiveSession, session_id)
    refuse_closed(session, now=now)
    row = queries.assignment_of(session_id, actor.person_id)
    if row is not None and row.state in (AssignmentState.CONFIRMED, AssignmentState.INVITED):
        raise SlotTaken()
    if len(standing(session_id)) >= queries.staffing(session_id).speakers:
        raise SlotTaken()
    person = db.lock(Person, actor.person_id)
    clashes.refuse_clash(person, session, actor=actor, now=now)
    if row is None:
        row = Assignment(live_session_id=session.id, person_id=person.id, created_at=now)
        db.session().add(row)
    row.state, row.duty, row.origin, row.reason = AssignmentState.OFFERED, Duty.SPEAKER, Origin.VOLUNTEER, ""
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
        .values(state=AssignmentState.RELEASED, decided_at=now, reason="withdrawn")
    )
    if not db.touched(taken_back):
        raise SlotClosed()
    session = db.session().get_one(LiveSession, session_id)
    audit.record("narasumber.withdraw", session, actor=actor, now=now)


def answer_offer(assignment_id: int, *, accept: bool, actor: Actor, now: datetime) -> Assignment:
    """Panitia choose among those who raised a hand. Raises NotFound, SlotTaken, SlotClosed, SpeakerClash, DiklatFinal."""
    session, row = _under_lock(assignment_id)
    if row.state is not AssignmentState.OFFERED:
        raise SlotTaken()
    if accept:
        if rules.over(session, now=now):
            raise SlotClosed()
        if len(standing(session.id)) >= queries.staffing(session.id).speakers:
            raise SlotTaken()
        chosen = confirm(session, row.person_id, row.duty, actor=actor, now=now)
        close_when_full(session, actor=actor, now=now)
        return chosen
    row.state, row.decided_at = AssignmentState.DECLINED, now
    audit.record("narasumber.decline_offer", session, actor=actor, now=now, person_id=row.person_id)
    return row


def appoint(
    session_id: int, person_id: int, *, agreed: bool, override: str = "", actor: Actor, now: datetime
) -> Assignment:
    """Panitia put a volunteer into a slot; `agreed` when they have spoken. Raises SlotTaken, SpeakerClash, NotAVolunteer."""
    diklat_id = db.session().scalar(sa.select(LiveSession.diklat_id).where(LiveSession.id == session_id))
    if diklat_id is None:
        raise NotFound()
    open_for_change(diklat_id)
    session = db.lock(LiveSession, session_id)
    if rules.over(session, now=now):
        raise SlotClosed()
    others = [row for row in standing(session_id) if row.person_id != person_id]
    if len(others) >= queries.staffing(session_id).speakers:
        raise SlotTaken()
    row = confirm(session, person_id, Duty.SPEAKER, agreed=agreed, override=override, actor=actor, now=now)
    close_when_full(session, actor=actor, now=now)
    return row


def dismiss(assignment_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """Panitia take back an appointment or an invitation; the person is told. Raises NotFound, SlotClosed."""
    session, row = _under_lock(assignment_id)
    if row.state not in (AssignmentState.CONFIRMED, AssignmentState.INVITED):
        raise SlotClosed()
    release(row, session, why=Freed.CHANGED, actor=actor, now=now)
    return row


def close_when_full(session: LiveSession, *, actor: Actor, now: datetime) -> None:
    """Once enough stand, everybody else who was asked or raised a hand is told kindly."""
    db.session().flush()
    if len(standing(session.id)) < queries.staffing(session.id).speakers:
        return
    for row in queries.assignments_of([session.id]).get(session.id, ()):
        if row.duty is Duty.SPEAKER and row.state in (AssignmentState.OFFERED, AssignmentState.INVITED):
            release(row, session, why=Freed.FILLED, actor=actor, now=now)
    db.session().flush()


def _under_lock(assignment_id: int) -> tuple[LiveSession, Assignment]:
    """Diklat, session and row, locked in this order."""
    row = db.session().get(Assignment, assignment_id)
    if row is None:
        raise NotFound()
    diklat_id = db.session().scalar(sa.select(LiveSession.diklat_id).where(LiveSession.id == row.live_session_id))
    assert diklat_id is not None
    open_for_change(diklat_id)
    session = db.lock(LiveSession, row.live_session_id)
    db.session().refresh(row)
    return session, row
