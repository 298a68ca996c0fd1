"""Offering oneself, being approved, and standing in a session: one person is never in two places at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.diklat.services import sessions as live_sessions
from calakan.diklat.services.details import open_for_change
from calakan.kernel import codes, db, events
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound
from calakan.narasumber import queries
from calakan.narasumber.errors import AlreadyVolunteer, NotAVolunteer, SlotClosed, SlotTaken, SpeakerClash
from calakan.narasumber.events import SpeakerConfirmed
from calakan.narasumber.models import (
    Assignment,
    AssignmentState,
    Duty,
    Volunteer,
    VolunteerState,
    VolunteerTopic,
)
from calakan.notifications import services as notifications
from calakan.people.models import Person, PersonRole
from calakan.people.services import accounts


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a volunteer says of himself."""

    headline: str
    bio: str = ""
    topics: list[str] = field(default_factory=list)
    public: bool = False


def offer_to_speak(person_id: int, offer: Offer, *, actor: Actor, now: datetime) -> Volunteer:
    """Apply, or change one's profile; a declined one may apply again."""
    person = db.lock(Person, person_id)
    volunteer = db.session().get(Volunteer, person_id)
    if volunteer is None:
        volunteer = Volunteer(person_id=person_id, slug=_free_slug(person.name), applied_at=now)
        db.session().add(volunteer)
    elif volunteer.state is VolunteerState.DECLINED:
        volunteer.state, volunteer.applied_at = VolunteerState.APPLIED, now
    volunteer.headline, volunteer.bio, volunteer.public = offer.headline, offer.bio, offer.public
    held = {row.topic: row for row in volunteer.topics}
    volunteer.topics = [held.get(topic) or VolunteerTopic(topic=topic) for topic in dict.fromkeys(offer.topics)]
    db.session().flush()
    audit.record("narasumber.offer_to_speak", volunteer, actor=actor, now=now, name=person.name, public=offer.public)
    return volunteer


def decide(person_id: int, *, approve: bool, note: str = "", actor: Actor, now: datetime) -> Volunteer:
    """Panitia accept or decline a volunteer; the role follows and log-ins start anew. Raises NotFound."""
    person = db.lock(Person, person_id)
    volunteer = db.session().get(Volunteer, person_id)
    if volunteer is None:
        raise NotFound()
    wanted = VolunteerState.APPROVED if approve else VolunteerState.DECLINED
    if volunteer.state is wanted:
        raise AlreadyVolunteer(state=wanted.value)
    volunteer.state, volunteer.state_note, volunteer.decided_at = wanted, note[:300], now
    held = db.session().get(PersonRole, (person_id, Role.NARASUMBER))
    if approve and held is None:
        db.session().add(PersonRole(person_id=person_id, role=Role.NARASUMBER))
    elif not approve and held is not None:
        db.session().delete(held)
    if actor.person_id != person_id:
        accounts.end_logins(person_id)
    audit.record("narasumber.decide", volunteer, actor=actor, now=now, name=person.name, approved=approve)
    notifications.queue(
        "narasumber.decided",
        key=f"volunteer:{person_id}:{wanted.value}:{now.isoformat()}",
        person_id=person_id,
        address=person.email,
        now=now,
        facts={"name": person.name, "approved": approve, "note": note[:300]},
    )
    return volunteer


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
        _confirm(session, person_id, wanted[person_id], actor=actor, now=now)


def _release(session: LiveSession, *, keep: set[int], actor: Actor, now: datetime) -> None:
    for row in queries.confirmed_of([session.id]).get(session.id, ()):
        if row.person_id not in keep:
            row.state, row.decided_at = AssignmentState.RELEASED, now
            audit.record("narasumber.release", session, actor=actor, now=now, person_id=row.person_id)
    db.session().flush()


def _confirm(session: LiveSession, person_id: int, duty: Duty, *, actor: Actor, now: datetime) -> Assignment:
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


def clash_error(person: Person, session: LiveSession, other: LiveSession) -> SpeakerClash:
    """Both places named."""
    return SpeakerClash(
        name=person.printed_name,
        title=session.title,
        place=session.place or "daring",
        other_title=f"{other.title} ({other.diklat.title})",
        other_place=other.place or "daring",
        starts_at=other.starts_at,
        ends_at=other.ends_at,
    )


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
        return _confirm(session, row.person_id, row.duty, actor=actor, now=now)
    row.state, row.decided_at = AssignmentState.DECLINED, now
    audit.record("narasumber.decline_offer", session, actor=actor, now=now, person_id=row.person_id)
    return row


def _free_slug(name: str) -> str:
    base = codes.slug(name, longest=50)
    taken = set(db.session().scalars(sa.select(Volunteer.slug).where(Volunteer.slug.startswith(base, autoescape=True))))
    return base if base not in taken else f"{base}-{codes.code(4).lower()}"


def ids_with_clash(session: LiveSession) -> Iterable[tuple[Person, LiveSession]]:
    """Confirmed people of a session who would be elsewhere at its (new) time."""
    for row in queries.confirmed_of([session.id]).get(session.id, ()):
        db.lock(Person, row.person_id)
        other = queries.clash(row.person_id, session)
        if other is not None:
            yield row.person, other
