"""Sessions that look for a narasumber."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import Diklat, DiklatState, DiklatTopic, LiveSession, SessionState
from calakan.kernel import db
from calakan.narasumber.models import Assignment, AssignmentState, Duty, VolunteerTopic
from calakan.narasumber.queries.assignments import upcoming


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
