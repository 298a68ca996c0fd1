"""Asking a volunteer for a slot by mail, and the answer by the link in it, without a log-in."""

from __future__ import annotations

from datetime import datetime

from calakan.audit import services as audit
from calakan.diklat.models import LiveSession
from calakan.kernel import db, events
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.narasumber import queries, rules
from calakan.narasumber.errors import (
    AlreadyAsked,
    InvitationAnswered,
    InvitationExpired,
    InvitationReplaced,
    NotAVolunteer,
    SlotTaken,
    TooManyInvitations,
)
from calakan.narasumber.events import SpeakerConfirmed
from calakan.narasumber.models import Assignment, AssignmentState, Duty, NoteKind, Origin
from calakan.narasumber.services import clashes
from calakan.narasumber.services.scheduling import tell_confirmed
from calakan.narasumber.services.slots import close_when_full, refuse_closed, standing
from calakan.narasumber.services.volunteers import note
from calakan.notifications import services as notifications
from calakan.people import holders
from calakan.people.models import Person
from calakan.people.queries import actor_of


def invite(session_id: int, person_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """Panitia ask one volunteer; several may be asked at once, the first yes wins.

    Raises SlotClosed, SlotTaken, NotAVolunteer, AlreadyAsked, SpeakerClash, TooManyInvitations.
    """
    session = db.lock(LiveSession, session_id)
    refuse_closed(session, now=now, running=True)
    if not free_seats(session, now=now):
        raise SlotTaken()
    person = db.lock(Person, person_id)
    if not queries.is_speaker(person_id):
        raise NotAVolunteer(name=person.name)
    row = queries.assignment_of(session_id, person_id)
    if row is not None and (row.state is AssignmentState.CONFIRMED or rules.awaits_answer(row, now=now)):
        raise AlreadyAsked(name=person.printed_name)
    clashes.refuse_clash(person, session, actor=actor, now=now)
    if queries.pestered([person_id], now=now):
        raise TooManyInvitations(name=person.printed_name, most=queries.MOST_INVITATIONS)
    return ask(session, person, origin=Origin.PANITIA, actor=actor, now=now)


def ask(session: LiveSession, person: Person, *, origin: Origin, actor: Actor, now: datetime) -> Assignment:
    """Write the invitation and its mail; an older link of the same person dies. The caller holds the session's lock."""
    row = queries.assignment_of(session.id, person.id)
    if row is None:
        row = Assignment(live_session_id=session.id, person_id=person.id, created_at=now, round=0)
        db.session().add(row)
    row.state, row.duty, row.origin = AssignmentState.INVITED, Duty.SPEAKER, origin
    row.agreed_at = row.decided_at = None
    row.reason = ""
    send(row, session, person, now=now)
    audit.record("narasumber.invite", session, actor=actor, now=now, person_id=person.id, origin=origin.value)
    return row


def send(row: Assignment, session: LiveSession, person: Person, *, now: datetime) -> None:
    """A new round: a new link, a new time to answer, a new mail."""
    row.round, row.asked_at = (row.round or 0) + 1, now
    row.reply_by = rules.reply_by(session, now=now)
    db.session().flush()
    notifications.queue(
        queries.INVITED_KIND,
        key=f"assignment:{row.id}:invited:{row.round}",
        person_id=person.id,
        address=person.email,
        now=now,
        expires_at=row.reply_by,
        about=session,
        facts={"name": person.name, "assignment_id": row.id, "round": row.round},
    )


def free_seats(session: LiveSession, *, now: datetime) -> int:
    """Seats nobody firmly holds: whoever is missing from a session that has begun no longer keeps one."""
    firm = [row for row in standing(session.id) if not rules.absent(row, session, now=now)]
    return max(queries.staffing(session.id).speakers - len(firm), 0)


def answer(assignment_id: int, round: int, *, can: bool, reason: str = "", now: datetime) -> Assignment:
    """Take the answer of a link; the same answer twice is the same answer.

    Raises NotFound, InvitationReplaced, InvitationAnswered, InvitationExpired, SlotClosed, SlotTaken, SpeakerClash.
    """
    asked = db.session().get(Assignment, assignment_id)
    if asked is None:
        raise NotFound()
    session = db.lock(LiveSession, asked.live_session_id)
    row = db.session().get_one(Assignment, assignment_id, populate_existing=True)
    if row.round != round:
        raise InvitationReplaced()
    if _said_so(row, can):
        return row
    _refuse_late(row, now=now)
    # Whoever was appointed may say yes before the diklat is published.
    refuse_closed(session, now=now, running=True, unpublished=row.state is AssignmentState.CONFIRMED)
    person = db.lock(Person, holders.require(row.person_id).id)
    actor = actor_of(person)
    if not can:
        row.state, row.decided_at, row.reason = AssignmentState.DECLINED, now, reason.strip()[:300]
        audit.record("narasumber.decline", session, actor=actor, now=now, reason=row.reason)
        return row
    if row.state is AssignmentState.INVITED:
        _take_seat(row, session, person, actor=actor, now=now)
    row.agreed_at = now
    audit.record("narasumber.agree", session, actor=actor, now=now, person_id=person.id)
    close_when_full(session, actor=actor, now=now)
    return row


def _said_so(row: Assignment, can: bool) -> bool:
    if can:
        return row.state is AssignmentState.CONFIRMED and row.agreed_at is not None
    return row.state is AssignmentState.DECLINED


def _refuse_late(row: Assignment, *, now: datetime) -> None:
    if rules.awaits_answer(row, now=now):
        return
    if row.state is AssignmentState.RELEASED:
        raise SlotTaken()
    if row.state in (AssignmentState.INVITED, AssignmentState.LAPSED):
        raise InvitationExpired()
    raise InvitationAnswered()


def _take_seat(row: Assignment, session: LiveSession, person: Person, *, actor: Actor, now: datetime) -> None:
    """Of many who say yes at once, the session's lock lets one find the seat free."""
    if not queries.is_speaker(person.id):
        raise NotAVolunteer(name=person.name)
    if not free_seats(session, now=now):
        raise SlotTaken()
    clashes.refuse_clash(person, session, actor=actor, now=now)
    replaced = _predecessor(session, row, now=now)
    row.state, row.decided_at = AssignmentState.CONFIRMED, now
    if replaced is not None:
        row.replaces_id = replaced.id
        if replaced.state is AssignmentState.CONFIRMED:
            replaced.state, replaced.decided_at, replaced.reason = AssignmentState.MISSED, now, "substituted"
            note(replaced.person_id, NoteKind.MISSED, session_id=session.id, actor=actor, now=now)
    if replaced is not None or row.origin is Origin.RELAY:
        note(person.id, NoteKind.SUBSTITUTED, session_id=session.id, actor=actor, now=now)
    db.session().flush()
    tell_confirmed(row, person, session, now=now)
    events.announce(SpeakerConfirmed(assignment_id=row.id, actor=actor, now=now))


def _predecessor(session: LiveSession, row: Assignment, *, now: datetime) -> Assignment | None:
    """Whose place this is: somebody missing from the room, or the last who had agreed and stepped back."""
    everyone = queries.record(session.id)
    missing = [other for other in everyone if rules.absent(other, session, now=now)]
    if missing and len(standing(session.id)) >= queries.staffing(session.id).speakers:
        return missing[0]
    taken_over = {other.replaces_id for other in everyone}
    left = [
        other
        for other in everyone
        if other.id != row.id
        and other.id not in taken_over
        and other.agreed_at is not None
        and other.state in (AssignmentState.DECLINED, AssignmentState.MISSED)
    ]
    return max(left, key=lambda other: other.decided_at or other.created_at, default=None)
