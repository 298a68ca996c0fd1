"""Who speaks where, and what they have given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.diklat.queries import NAMED
from calakan.kernel import db
from calakan.kernel.text import like
from calakan.narasumber.models import Assignment, AssignmentState, Duty
from calakan.people.models import Person


def assignments_of(session_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    """Offered, invited and confirmed ones by session, with the person; confirmed first."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    for row in db.session().scalars(_ASSIGNMENTS, {"sessions": list(session_ids)}):
        found[row.live_session_id].append(row)
    return found


_ASSIGNMENTS = (
    sa.select(Assignment)
    .where(
        Assignment.live_session_id.in_(sa.bindparam("sessions", expanding=True)),
        Assignment.state.in_([AssignmentState.OFFERED, AssignmentState.INVITED, AssignmentState.CONFIRMED]),
    )
    .order_by(Assignment.state, Assignment.duty.desc(), Assignment.id)
)


def confirmed_of(session_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    everyone = assignments_of(session_ids)
    return {
        id: confirmed
        for id, rows in everyone.items()
        if (confirmed := [row for row in rows if row.state is AssignmentState.CONFIRMED])
    }


class Speaker(NamedTuple):
    """What a card says of whoever speaks."""

    id: int
    name: str


def speakers_by_diklat(diklat_ids: Iterable[int]) -> dict[int, list[Speaker]]:
    """Confirmed narasumber of each diklat, in order of their first session."""
    found: dict[int, list[Speaker]] = defaultdict(list)
    for diklat_id, id, name in db.session().execute(_SPEAKERS, {"ids": list(diklat_ids)}):
        if (speaker := Speaker(id, name)) not in found[diklat_id]:
            found[diklat_id].append(speaker)
    return found


_SPEAKERS = (
    sa.select(LiveSession.diklat_id, Person.id, Person.name)
    .join(Assignment, Assignment.live_session_id == LiveSession.id)
    .join(Person, Person.id == Assignment.person_id)
    .where(
        LiveSession.diklat_id.in_(sa.bindparam("ids", expanding=True)),
        LiveSession.state == SessionState.PLANNED,
        Assignment.state == AssignmentState.CONFIRMED,
        Assignment.duty == Duty.SPEAKER,
    )
    .order_by(LiveSession.starts_at, Assignment.id)
)


def speaks(word: str) -> sa.ColumnElement[bool]:
    """The condition on Diklat that somebody of this name speaks in it; `word` as `search_key` writes it."""
    return sa.exists(
        sa.select(Assignment.id)
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            LiveSession.diklat_id == Diklat.id,
            LiveSession.state == SessionState.PLANNED,
            Assignment.state == AssignmentState.CONFIRMED,
            Assignment.duty == Duty.SPEAKER,
            (" " + Person.name_key).like(like(f" {word}"), escape="\\"),
        )
        .correlate(Diklat)
    )


def upcoming(person_id: int, *, now: datetime) -> Sequence[LiveSession]:
    """The volunteer's own confirmed sessions to come, with the diklat."""
    return db.session().scalars(_UPCOMING, {"person": person_id, "now": now}).all()


def all_sessions(person_id: int) -> Sequence[LiveSession]:
    """Everything this person is or was confirmed for, cancelled ones too; for the personal calendar."""
    return db.session().scalars(_OWN, {"person": person_id}).all()


_OWN = (
    sa.select(LiveSession)
    .join(Assignment, Assignment.live_session_id == LiveSession.id)
    .where(Assignment.person_id == sa.bindparam("person"), Assignment.state == AssignmentState.CONFIRMED)
    .options(joinedload(LiveSession.diklat))
    .order_by(LiveSession.starts_at, LiveSession.id)
)
_UPCOMING = _OWN.where(LiveSession.ends_at > sa.bindparam("now"), LiveSession.state == SessionState.PLANNED).options(
    joinedload(LiveSession.diklat).options(*NAMED)
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


def speakers_of_sessions(diklat_id: int) -> list[tuple[int, int]]:
    """(person, session) of everyone who is or was on duty in a session of this diklat, also where it was cancelled."""
    wanted = (
        sa.select(Assignment.person_id, Assignment.live_session_id)
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .where(LiveSession.diklat_id == diklat_id, Assignment.state == AssignmentState.CONFIRMED)
        .order_by(Assignment.live_session_id, Assignment.person_id)
    )
    return [(person_id, session_id) for person_id, session_id in db.session().execute(wanted)]


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


def own_assignments(person_id: int) -> Sequence[Assignment]:
    """Where this person stands confirmed."""
    return (
        db.session()
        .scalars(
            sa.select(Assignment).where(
                Assignment.person_id == person_id, Assignment.state == AssignmentState.CONFIRMED
            )
        )
        .all()
    )
