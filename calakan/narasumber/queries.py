"""Reads of volunteers, open slots and who speaks where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import Diklat, DiklatState, DiklatTopic, LiveSession, SessionState
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.kernel.text import like, search_key
from calakan.narasumber.models import Assignment, AssignmentState, Duty, Volunteer, VolunteerState, VolunteerTopic
from calakan.people.models import Person, PersonRole


def volunteer(person_id: int | None) -> Volunteer | None:
    return db.session().get(Volunteer, person_id) if person_id is not None else None


def by_slug(slug: str) -> Volunteer | None:
    return db.session().scalar(sa.select(Volunteer).where(Volunteer.slug == slug))


def volunteers(*, state: VolunteerState | None = None, words: str = "") -> sa.Select[Volunteer]:
    """Those who wait for an answer first, then by name."""
    wanted = sa.select(Volunteer).join(Person)
    if state is not None:
        wanted = wanted.where(Volunteer.state == state)
    key = search_key(words)
    if key:
        wanted = wanted.where(Person.name_key.like(like(key), escape="\\"))
    waiting_first = sa.case((Volunteer.state == VolunteerState.APPLIED, 0), else_=1)
    return wanted.order_by(waiting_first, Person.name_key, Volunteer.person_id)


def can_speak() -> Sequence[Person]:
    """Everyone who may be assigned."""
    return (
        db.session()
        .scalars(
            sa.select(Person)
            .join(PersonRole, PersonRole.person_id == Person.id)
            .where(PersonRole.role == Role.NARASUMBER, Person.active)
            .order_by(Person.name_key)
        )
        .all()
    )


def is_speaker(person_id: int) -> bool:
    return bool(
        db.session().scalar(
            sa.select(sa.exists().where(PersonRole.person_id == person_id, PersonRole.role == Role.NARASUMBER))
        )
    )


def assignments_of(session_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    """Offered and confirmed ones by session, with the person; confirmed first."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    rows = db.session().scalars(
        sa.select(Assignment)
        .where(
            Assignment.live_session_id.in_(list(session_ids)),
            Assignment.state.in_([AssignmentState.OFFERED, AssignmentState.CONFIRMED]),
        )
        .order_by(Assignment.state, Assignment.duty.desc(), Assignment.id)
    )
    for row in rows:
        found[row.live_session_id].append(row)
    return found


def confirmed_of(session_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    everyone = assignments_of(session_ids)
    return {
        id: confirmed
        for id, rows in everyone.items()
        if (confirmed := [row for row in rows if row.state is AssignmentState.CONFIRMED])
    }


def speakers_by_diklat(diklat_ids: Iterable[int]) -> dict[int, list[Person]]:
    """Confirmed narasumber of each diklat, in order of their first session."""
    found: dict[int, list[Person]] = defaultdict(list)
    rows = db.session().execute(
        sa.select(LiveSession.diklat_id, Person)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            LiveSession.diklat_id.in_(list(diklat_ids)),
            LiveSession.state == SessionState.PLANNED,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.duty == Duty.SPEAKER,
        )
        .order_by(LiveSession.starts_at, Assignment.id)
    )
    for diklat_id, person in rows:
        if person not in found[diklat_id]:
            found[diklat_id].append(person)
    return found


def clash(person_id: int, session: LiveSession) -> LiveSession | None:
    """Another confirmed session of this person at the same time, with its diklat; touching ends are no clash."""
    return db.session().scalar(
        sa.select(LiveSession)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.state == AssignmentState.CONFIRMED,
            LiveSession.id != session.id,
            LiveSession.state == SessionState.PLANNED,
            Diklat.state.in_([DiklatState.DRAFT, DiklatState.PROPOSED, DiklatState.PUBLISHED]),
            LiveSession.starts_at < session.ends_at,
            LiveSession.ends_at > session.starts_at,
        )
        .options(joinedload(LiveSession.diklat))
        .limit(1)
    )


@dataclass(frozen=True)
class Slot:
    """A session that looks for a narasumber, as one volunteer sees it."""

    session: LiveSession
    seats: int | None
    fits: bool
    offered: bool
    in_the_way: LiveSession | None


def _has_speaker() -> sa.Exists:
    """A live session for which a narasumber stands confirmed."""
    return sa.exists().where(
        Assignment.live_session_id == LiveSession.id,
        Assignment.state == AssignmentState.CONFIRMED,
        Assignment.duty == Duty.SPEAKER,
    )


def unstaffed(*, lead_id: int | None, now: datetime, ahead: timedelta = timedelta(days=21)) -> Sequence[LiveSession]:
    """Sessions of the coming weeks nobody stands confirmed for, with the diklat; of one lead, or (None) of all."""
    wanted = (
        sa.select(LiveSession)
        .join(Diklat)
        .where(
            Diklat.state.in_([DiklatState.DRAFT, DiklatState.PROPOSED, DiklatState.PUBLISHED]),
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            LiveSession.starts_at < now + ahead,
            ~_has_speaker(),
        )
        .options(joinedload(LiveSession.diklat))
        .order_by(LiveSession.starts_at)
        .limit(20)
    )
    if lead_id is not None:
        wanted = wanted.where(Diklat.lead_id == lead_id)
    return db.session().scalars(wanted).all()


def public_profiles(person_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """person -> (slug, headline) of those who agreed to a public profile."""
    rows = db.session().execute(
        sa.select(Volunteer.person_id, Volunteer.slug, Volunteer.headline).where(
            Volunteer.person_id.in_(list(person_ids)),
            Volunteer.public,
            Volunteer.state == VolunteerState.APPROVED,
        )
    )
    return {person_id: (slug, headline) for person_id, slug, headline in rows}


def open_slots(person_id: int, *, topic: str = "", when: str = "", now: datetime) -> list[Slot]:
    """Sessions to come without a confirmed narasumber: those that fit the volunteer's topics first, then by time."""
    wanted = (
        sa.select(LiveSession)
        .join(Diklat)
        .where(
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            Diklat.state == DiklatState.PUBLISHED,
            ~_has_speaker(),
        )
        .options(joinedload(LiveSession.diklat))
        .order_by(LiveSession.starts_at)
        .limit(100)
    )
    if topic:
        wanted = wanted.where(sa.exists().where(DiklatTopic.diklat_id == Diklat.id, DiklatTopic.topic == topic))
    sessions = db.session().scalars(wanted).all()
    if when:
        sessions = [s for s in sessions if (s.local_date.weekday() >= 5) == (when == "akhir_pekan")]
    mine = set(db.session().scalars(sa.select(VolunteerTopic.topic).where(VolunteerTopic.person_id == person_id)))
    offers = set(
        db.session().scalars(
            sa.select(Assignment.live_session_id).where(
                Assignment.person_id == person_id, Assignment.state == AssignmentState.OFFERED
            )
        )
    )
    busy = upcoming(person_id, now=now)
    slots = [
        Slot(
            session=s,
            seats=s.diklat.quota,
            fits=any(row.topic in mine for row in s.diklat.topics),
            offered=s.id in offers,
            in_the_way=next((b for b in busy if b.starts_at < s.ends_at and b.ends_at > s.starts_at), None),
        )
        for s in sessions
    ]
    return sorted(slots, key=lambda slot: (not slot.fits, slot.session.starts_at))


def upcoming(person_id: int, *, now: datetime) -> Sequence[LiveSession]:
    """The volunteer's own confirmed sessions to come, with the diklat."""
    return (
        db.session()
        .scalars(_own(person_id).where(LiveSession.ends_at > now, LiveSession.state == SessionState.PLANNED))
        .all()
    )


def all_sessions(person_id: int) -> Sequence[LiveSession]:
    """Everything this person is or was confirmed for, cancelled ones too; for the personal calendar."""
    return db.session().scalars(_own(person_id)).all()


def _own(person_id: int) -> sa.Select[LiveSession]:
    return (
        sa.select(LiveSession)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .where(Assignment.person_id == person_id, Assignment.state == AssignmentState.CONFIRMED)
        .options(joinedload(LiveSession.diklat))
        .order_by(LiveSession.starts_at)
    )


@dataclass(frozen=True)
class Impact:
    sessions: int
    minutes: int
    diklat: int


def impact(person_id: int, *, now: datetime) -> Impact:
    """What this volunteer has given: sessions held, minutes taught, diklat."""
    held = [s for s in all_sessions(person_id) if s.ends_at <= now and s.state is SessionState.PLANNED]
    minutes = sum(int((s.ends_at - s.starts_at).total_seconds()) // 60 for s in held)
    return Impact(sessions=len(held), minutes=minutes, diklat=len({s.diklat_id for s in held}))


def duties(diklat_id: int) -> list[tuple[int, Duty]]:
    """(person, duty) of everyone confirmed in a session of this diklat that was not cancelled."""
    rows = db.session().execute(
        sa.select(Assignment.person_id, Assignment.duty)
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .where(
            LiveSession.diklat_id == diklat_id,
            LiveSession.state == SessionState.PLANNED,
            Assignment.state == AssignmentState.CONFIRMED,
        )
        .distinct()
        .order_by(Assignment.person_id, Assignment.duty)
    )
    return [(person_id, duty) for person_id, duty in rows]
