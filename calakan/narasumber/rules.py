"""Who may speak, offer and decide, and how long there is to answer. Pure predicates."""

from __future__ import annotations

from datetime import datetime, timedelta

from calakan.diklat.models import LiveSession, SessionState
from calakan.kernel.actor import Actor, Role
from calakan.narasumber.models import Assignment, AssignmentState, Duty, Volunteer, VolunteerState

# H-3: from here on the relay looks for somebody when nobody has said yes.
LEAD = timedelta(days=3)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=12)
# Room check-in of a narasumber: from when, and how long after the start before the relay acts.
ROOM_OPENS, ABSENT_AFTER = timedelta(minutes=30), timedelta(minutes=5)


def may_offer(actor: Actor, subject: object = None) -> bool:
    return actor.has(Role.NARASUMBER)


def may_view_profile(actor: Actor | None, volunteer: Volunteer) -> bool:
    """Public with consent, as long as the account is open; otherwise the volunteer and the panitia."""
    if volunteer.public and volunteer.state is VolunteerState.APPROVED and volunteer.person.active:
        return True
    return actor is not None and (actor.is_committee or actor.person_id == volunteer.person_id)


def reply_by(session: LiveSession, *, now: datetime) -> datetime:
    """Until H-3 while there is time; then an eighth of the time left, between five minutes and half a day."""
    left = session.starts_at - now
    if left >= LEAD + LONGEST:
        return session.starts_at - LEAD
    return now + min(max(left / 8, SHORTEST), LONGEST)


def awaits_answer(row: Assignment, *, now: datetime) -> bool:
    """The link of this assignment still asks something."""
    if row.state is AssignmentState.INVITED:
        return row.reply_by is not None and row.reply_by > now
    return row.state is AssignmentState.CONFIRMED and row.agreed_at is None


def in_doubt(row: Assignment, session: LiveSession, *, now: datetime) -> bool:
    """Appointed, H-3 is past, the time to answer too, and not a word."""
    return (
        row.state is AssignmentState.CONFIRMED
        and row.duty is Duty.SPEAKER
        and row.agreed_at is None
        and row.checked_in_at is None
        and session.starts_at - LEAD <= now
        and (row.reply_by is None or row.reply_by <= now)
    )


def absent(row: Assignment, session: LiveSession, *, now: datetime) -> bool:
    """Confirmed, the session has begun, and five minutes later not in the room."""
    return (
        row.state is AssignmentState.CONFIRMED
        and row.duty is Duty.SPEAKER
        and row.checked_in_at is None
        and session.starts_at + ABSENT_AFTER <= now
    )


def may_check_in(row: Assignment, session: LiveSession, *, now: datetime) -> bool:
    return row.state is AssignmentState.CONFIRMED and not over(session, now=now) and room_is_open(session, now=now)


def room_is_open(session: LiveSession, *, now: datetime) -> bool:
    return session.starts_at - ROOM_OPENS <= now


def over(session: LiveSession, *, now: datetime) -> bool:
    """Ended, or called off: nobody takes a place in it any more, and nobody is missing from it."""
    return session.state is not SessionState.PLANNED or session.ends_at <= now


def too_late_to_ask(session: LiveSession, *, now: datetime) -> bool:
    """More than half of it is over: a substitute no longer helps."""
    return now >= session.starts_at + (session.ends_at - session.starts_at) / 2
