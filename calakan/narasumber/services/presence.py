"""A narasumber at the room, or unable to come after all."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import LiveSession
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.narasumber import queries, rules
from calakan.narasumber.errors import CheckInTooEarly, NotYourSession, SlotClosed
from calakan.narasumber.models import Assignment, AssignmentState, NoteKind
from calakan.narasumber.services.invitations import free_seats
from calakan.narasumber.services.slots import close_when_full
from calakan.narasumber.services.volunteers import note
from calakan.notifications import services as notifications


def check_in(session_id: int, person_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """Say "I am in the room". Twice finds the first; coming late while the relay still asks keeps the place.

    Raises NotYourSession, CheckInTooEarly, SlotClosed.
    """
    session = db.lock(LiveSession, session_id)
    row = queries.assignment_of(session_id, person_id)
    if row is None or row.state is not AssignmentState.CONFIRMED:
        raise NotYourSession()
    if row.checked_in_at is not None:
        return row
    if rules.over(session, now=now):
        raise SlotClosed()
    if not rules.room_is_open(session, now=now):
        raise CheckInTooEarly(opens_at=session.starts_at - rules.ROOM_OPENS)
    row.checked_in_at = now
    row.agreed_at = row.agreed_at or now
    audit.record("narasumber.check_in", session, actor=actor, now=now, person_id=person_id)
    db.session().flush()
    if not free_seats(session, now=now):
        close_when_full(session, actor=actor, now=now)
    return row


def arrived(session_id: int, *, actor: Actor, now: datetime) -> None:
    """Whoever opens the attendance code of his own session is in the room. Says nothing to anybody else."""
    row = queries.assignment_of(session_id, actor.person_id) if actor.person_id is not None else None
    if row is not None and row.checked_in_at is None:
        session = db.session().get_one(LiveSession, session_id)
        if rules.may_check_in(row, session, now=now):
            check_in(session_id, row.person_id, actor=actor, now=now)


def begin_anew(session: LiveSession) -> None:
    """Who was in the room before a session that was moved is not there at its new hour, when the relay looks."""
    left = sa.update(Assignment).where(
        Assignment.live_session_id == session.id, Assignment.checked_in_at < session.starts_at - rules.ROOM_OPENS
    )
    db.session().execute(left.values(checked_in_at=None))


def step_back(session_id: int, *, reason: str, actor: Actor, now: datetime) -> Assignment:
    """Somebody confirmed cannot come after all; the panitia are told and the relay takes over. Raises NotYourSession, SlotClosed."""
    assert actor.person_id is not None
    session = db.lock(LiveSession, session_id)
    row = queries.assignment_of(session_id, actor.person_id)
    if row is None or row.state is not AssignmentState.CONFIRMED:
        raise NotYourSession()
    if rules.over(session, now=now):
        raise SlotClosed()
    row.state, row.decided_at, row.reason = AssignmentState.DECLINED, now, reason.strip()[:300]
    row.agreed_at = row.agreed_at or now
    note(row.person_id, NoteKind.STEPPED_BACK, session_id=session.id, text=row.reason, actor=actor, now=now)
    audit.record("narasumber.step_back", session, actor=actor, now=now, reason=row.reason)
    tell_committee("stepped_back", session, now=now, who=row.person.printed_name, reason=row.reason)
    return row


def tell_committee(what: str, session: LiveSession, *, now: datetime, **facts: str) -> None:
    """A mail to everybody of the panitia who steers its diklat, once for each thing that happened."""
    for person in diklat_queries.staff_of(session.diklat_id):
        notifications.queue(
            "narasumber.needs_panitia",
            key=f"session:{session.id}:{what}:{now:%Y%m%d%H}:{facts.get('who', '')[:60]}:{person.id}",
            person_id=person.id,
            address=person.email,
            now=now,
            expires_at=session.ends_at,
            about=session,
            facts={"name": person.name, "what": what, **facts},
        )
