"""Planning a session with its people, its needs and its meeting account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
from calakan.narasumber.models import Assignment, AssignmentState, Duty, Freed, Staffing
from calakan.narasumber.rules import reply_by
from calakan.narasumber.services import clashes
from calakan.notifications import services as notifications
from calakan.people.models import Person


@dataclass(frozen=True, kw_only=True)
class Needs:
    """How many narasumber a session needs and which meeting account it uses."""

    speakers: int = 1
    meeting_account_id: int | None = None


def schedule(
    diklat_id: int,
    plan: live_sessions.SessionPlan,
    speaker_ids: Sequence[int],
    *,
    moderator_ids: Sequence[int] = (),
    needs: Needs | None = None,
    agreed: bool = False,
    actor: Actor,
    now: datetime,
    past: bool = False,
) -> LiveSession:
    """Plan a session with its people. `plan.override` accepts clashes; `agreed` says that they were asked already.

    Raises SpeakerClash, AccountClash, NotAVolunteer and whatever `diklat.sessions.add` raises.
    """
    session = live_sessions.add(diklat_id, plan, actor=actor, now=now, past=past)
    db.session().flush()
    set_needs(session, needs, override=plan.override, actor=actor, now=now)
    _set_people(session, speaker_ids, moderator_ids, agreed=agreed, override=plan.override, actor=actor, now=now)
    return session


def reschedule(
    session_id: int,
    plan: live_sessions.SessionPlan,
    speaker_ids: Sequence[int],
    *,
    moderator_ids: Sequence[int] = (),
    needs: Needs | None = None,
    actor: Actor,
    now: datetime,
) -> LiveSession:
    """Change a session and its people. People are settled first, so that someone just released cannot clash."""
    session = db.session().get(LiveSession, session_id)
    if session is None:
        raise NotFound()
    open_for_change(session.diklat_id)
    _release(session, keep={*speaker_ids, *moderator_ids}, actor=actor, now=now)
    if needs is not None and needs.meeting_account_id != queries.staffing(session_id).meeting_account_id:
        # The old account must not veto the new time.
        needs_row(session_id).meeting_account_id = None
        db.session().flush()
    session = live_sessions.change(session_id, plan, actor=actor, now=now)
    set_needs(session, needs, override=plan.override, actor=actor, now=now)
    _set_people(session, speaker_ids, moderator_ids, override=plan.override, actor=actor, now=now)
    return session


def needs_row(session_id: int) -> Staffing:
    """The row that holds what a session needs, made where there is none. The caller holds the session's lock."""
    row = db.session().get(Staffing, session_id)
    if row is None:
        row = queries.staffing(session_id)
        db.session().add(row)
    return row


def set_needs(session: LiveSession, needs: Needs | None, *, override: str = "", actor: Actor, now: datetime) -> None:
    """Write what a session needs; None leaves it. A session without a link gets the account's. Raises AccountClash."""
    if needs is None or (needs == Needs() and db.session().get(Staffing, session.id) is None):
        return
    row = needs_row(session.id)
    row.speakers, account_id = needs.speakers, needs.meeting_account_id
    if account_id is not None and account_id != row.meeting_account_id:
        account = clashes.refuse_account_clash(account_id, session, override=override, actor=actor, now=now)
        session.room_url = session.room_url or account.room_url
    row.meeting_account_id = account_id
    db.session().flush()


def _set_people(
    session: LiveSession,
    speakers: Sequence[int],
    moderators: Sequence[int],
    *,
    agreed: bool = False,
    override: str,
    actor: Actor,
    now: datetime,
) -> None:
    wanted = {**dict.fromkeys(moderators, Duty.MODERATOR), **dict.fromkeys(speakers, Duty.SPEAKER)}
    # Ascending ids: two schedulers who need the same people never wait for each other.
    for person_id in sorted(wanted):
        confirm(session, person_id, wanted[person_id], agreed=agreed, override=override, actor=actor, now=now)


def _release(session: LiveSession, *, keep: set[int], actor: Actor, now: datetime) -> None:
    for row in queries.confirmed_of([session.id]).get(session.id, ()):
        if row.person_id not in keep:
            release(row, session, why=Freed.CHANGED, actor=actor, now=now)
    db.session().flush()


def release(row: Assignment, session: LiveSession, *, why: str, actor: Actor, now: datetime) -> None:
    """Somebody is no longer needed, and is thanked; `why` (changed, filled, stopped) chooses the words."""
    row.state, row.decided_at, row.reason = AssignmentState.RELEASED, now, why
    audit.record("narasumber.release", session, actor=actor, now=now, person_id=row.person_id, why=why)
    if session.ends_at <= now or row.person_id == actor.person_id:
        return
    notifications.queue(
        "narasumber.released",
        key=f"assignment:{row.id}:released:{now.isoformat()}",
        person_id=row.person_id,
        address=row.person.email,
        now=now,
        expires_at=session.ends_at,
        about=session,
        facts={"name": row.person.name, "assignment_id": row.id, "why": why},
    )


def confirm(
    session: LiveSession,
    person_id: int,
    duty: Duty,
    *,
    agreed: bool = False,
    override: str = "",
    actor: Actor,
    now: datetime,
) -> Assignment:
    """The person's row is locked, so two schedulers cannot both find the hour free. Raises NotAVolunteer, SpeakerClash.

    Whoever was not asked yet stands confirmed, and is asked by mail to say so himself.
    """
    person = db.lock(Person, person_id)
    if not queries.is_speaker(person_id):
        raise NotAVolunteer(name=person.name)
    row = queries.assignment_of(session.id, person_id)
    if row is not None and row.state is AssignmentState.CONFIRMED and row.duty is duty and not agreed:
        return row
    clashes.refuse_clash(person, session, override=override, actor=actor, now=now)
    if row is None:
        row = Assignment(live_session_id=session.id, person_id=person_id, created_at=now, round=0)
        db.session().add(row)
    raised_a_hand = row.state is AssignmentState.OFFERED
    stood = row.state is AssignmentState.CONFIRMED and row.agreed_at is not None
    row.state, row.duty, row.decided_at, row.reason = AssignmentState.CONFIRMED, duty, now, ""
    if agreed or raised_a_hand or stood or actor.person_id == person_id or session.starts_at <= now:
        row.agreed_at = row.agreed_at if stood else now
    else:
        row.agreed_at, row.asked_at, row.reply_by = None, now, reply_by(session, now=now)
        row.round = (row.round or 0) + 1
    db.session().flush()
    audit.record("narasumber.confirm", session, actor=actor, now=now, person_id=person_id, duty=duty.value)
    if actor.person_id != person_id and session.starts_at > now:
        tell_confirmed(row, person, session, now=now)
    events.announce(SpeakerConfirmed(assignment_id=row.id, actor=actor, now=now))
    return row


def tell_confirmed(row: Assignment, person: Person, session: LiveSession, *, now: datetime) -> None:
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
