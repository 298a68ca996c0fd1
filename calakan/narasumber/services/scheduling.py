"""Planning a session with its people: one person is never in two places at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import LiveSession
from calakan.diklat.services import sessions as live_sessions
from calakan.diklat.services.details import open_for_change
from calakan.kernel import db, events
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.narasumber import queries
from calakan.narasumber.errors import NotAVolunteer
from calakan.narasumber.events import SpeakerConfirmed
from calakan.narasumber.models import (
    Assignment,
    AssignmentState,
    Duty,
)
from calakan.narasumber.services.clashes import clash_error
from calakan.notifications import services as notifications
from calakan.people.models import Person


def schedule(
    diklat_id: int,
    plan: live_sessions.SessionPlan,
    speaker_ids: Sequence[int],
    *,
    moderator_ids: Sequence[int] = (),
    actor: Actor,
    now: datetime,
    past: bool = False,
) -> LiveSession:
    """Plan a session with its people. Raises SpeakerClash, NotAVolunteer and whatever `diklat.sessions.add` raises."""
    session = live_sessions.add(diklat_id, plan, actor=actor, now=now, past=past)
    db.session().flush()
    _set_people(session, speaker_ids, moderator_ids, actor=actor, now=now)
    return session


def reschedule(
    session_id: int,
    plan: live_sessions.SessionPlan,
    speaker_ids: Sequence[int],
    *,
    moderator_ids: Sequence[int] = (),
    actor: Actor,
    now: datetime,
) -> LiveSession:
    """Change a session and its people. People are settled first, so that someone just released cannot clash."""
    session = db.session().get(LiveSession, session_id)
    if session is None:
        raise NotFound()
    open_for_change(session.diklat_id)
    _release(session, keep={*speaker_ids, *moderator_ids}, actor=actor, now=now)
    session = live_sessions.change(session_id, plan, actor=actor, now=now)
    _set_people(session, speaker_ids, moderator_ids, actor=actor, now=now)
    return session


def _set_people(
    session: LiveSession, speakers: Sequence[int], moderators: Sequence[int], *, actor: Actor, now: datetime
) -> None:
    wanted = {**dict.fromkeys(moderators, Duty.MODERATOR), **dict.fromkeys(speakers, Duty.SPEAKER)}
    _release(session, keep=set(wanted), actor=actor, now=now)
    # Ascending ids: two schedulers who need the same people never wait for each other.
    for person_id in sorted(wanted):
        confirm(session, person_id, wanted[person_id], actor=actor, now=now)


def _release(session: LiveSession, *, keep: set[int], actor: Actor, now: datetime) -> None:
    for row in queries.confirmed_of([session.id]).get(session.id, ()):
        if row.person_id not in keep:
            row.state, row.decided_at = AssignmentState.RELEASED, now
            audit.record("narasumber.release", session, actor=actor, now=now, person_id=row.person_id)
    db.session().flush()


def confirm(session: LiveSession, person_id: int, duty: Duty, *, actor: Actor, now: datetime) -> Assignment:
    """The person's row is locked, so two schedulers cannot both find the hour free."""
    person = db.lock(Person, person_id)
    if not queries.is_speaker(person_id):
        raise NotAVolunteer(name=person.name)
    other = queries.clash(person_id, session)
    if other is not None:
        raise clash_error(person, session, other)
    row = db.session().scalar(
        sa.select(Assignment).where(Assignment.live_session_id == session.id, Assignment.person_id == person_id)
    )
    if row is None:
        row = Assignment(live_session_id=session.id, person_id=person_id, created_at=now)
        db.session().add(row)
    elif row.state is AssignmentState.CONFIRMED and row.duty is duty:
        return row
    row.state, row.duty, row.decided_at = AssignmentState.CONFIRMED, duty, now
    db.session().flush()
    audit.record("narasumber.confirm", session, actor=actor, now=now, person_id=person_id, duty=duty.value)
    if actor.person_id != person_id and session.starts_at > now:
        _tell(row, person, session, now=now)
    events.announce(SpeakerConfirmed(assignment_id=row.id, actor=actor, now=now))
    return row


def _tell(row: Assignment, person: Person, session: LiveSession, *, now: datetime) -> None:
    notifications.queue(
        "narasumber.confirmed",
        key=f"assignment:{row.id}:confirmed:{now.isoformat()}",
        person_id=person.id,
        address=person.email,
        now=now,
        expires_at=session.ends_at,
        about=session,
        facts={"name": person.name, "assignment_id": row.id},
    )
