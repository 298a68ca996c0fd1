"""Reads of letters, and of what a narasumber has given by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance.models import Presence
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import DiklatState, LiveSession, SessionState
from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.people.models import Person
from calakan.recognition.models import AssignmentLetter


def by_code(code: str) -> AssignmentLetter | None:
    """With the diklat and the person with school and kecamatan."""
    if len(code) > 26:
        return None
    return db.session().scalar(
        sa.select(AssignmentLetter)
        .where(AssignmentLetter.code == code)
        .options(
            joinedload(AssignmentLetter.diklat),
            joinedload(AssignmentLetter.person).joinedload(Person.school),
            joinedload(AssignmentLetter.person).joinedload(Person.kecamatan),
        )
    )


def letters(person_id: int) -> Sequence[AssignmentLetter]:
    """The person's letters with their diklat, the latest first."""
    return (
        db.session()
        .scalars(
            sa.select(AssignmentLetter)
            .where(AssignmentLetter.person_id == person_id)
            .options(joinedload(AssignmentLetter.diklat))
            .order_by(AssignmentLetter.id.desc())
        )
        .all()
    )


def duties(letter: AssignmentLetter) -> list[tuple[LiveSession, Assignment]]:
    """The sessions the letter lists now: those the person stands confirmed for and that were not cancelled."""
    rows = db.session().execute(
        sa.select(LiveSession, Assignment)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .where(
            LiveSession.diklat_id == letter.diklat_id,
            LiveSession.state == SessionState.PLANNED,
            Assignment.person_id == letter.person_id,
            Assignment.state == AssignmentState.CONFIRMED,
        )
        .order_by(LiveSession.starts_at)
    )
    return [(session, assignment) for session, assignment in rows]


@dataclass(frozen=True)
class Year:
    """What was given in one year: sessions held, minutes, and different people present."""

    year: int
    sessions: int
    minutes: int
    people: int


def years(person_id: int, *, now: datetime) -> list[Year]:
    """The latest year first; two statements."""
    held = db.session().execute(
        sa.select(LiveSession.id, LiveSession.local_date, LiveSession.starts_at, LiveSession.ends_at)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .where(
            Assignment.person_id == person_id,
            Assignment.state == AssignmentState.CONFIRMED,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.ends_at <= now,
        )
    )
    by_year: dict[int, list[tuple[int, int]]] = {}
    for id, day, starts_at, ends_at in held:
        by_year.setdefault(day.year, []).append((id, int((ends_at - starts_at).total_seconds()) // 60))
    reached = _reached([id for rows in by_year.values() for id, _ in rows], person_id)
    return [
        Year(
            year=year,
            sessions=len(rows),
            minutes=sum(minutes for _, minutes in rows),
            people=len(set().union(*(reached.get(id, set()) for id, _ in rows))),
        )
        for year, rows in sorted(by_year.items(), reverse=True)
    ]


def _reached(session_ids: Sequence[int], person_id: int) -> dict[int, set[int]]:
    """session -> people present, the narasumber left out."""
    found: dict[int, set[int]] = {}
    rows = db.session().execute(
        sa.select(Presence.live_session_id, Presence.person_id).where(
            Presence.live_session_id.in_(session_ids), Presence.present, Presence.person_id != person_id
        )
    )
    for session_id, present in rows:
        found.setdefault(session_id, set()).add(present)
    return found


def people_reached(person_id: int, *, now: datetime) -> int:
    """Different people present in any session this narasumber has held."""
    return (
        db.session().scalar(
            sa.select(sa.func.count(sa.distinct(Presence.person_id)))
            .join(LiveSession, LiveSession.id == Presence.live_session_id)
            .join(Assignment, Assignment.live_session_id == LiveSession.id)
            .where(
                Assignment.person_id == person_id,
                Assignment.state == AssignmentState.CONFIRMED,
                LiveSession.state == SessionState.PLANNED,
                LiveSession.ends_at <= now,
                Presence.present,
                Presence.person_id != person_id,
            )
        )
        or 0
    )


def appreciation(person_id: int) -> Sequence[Certificate]:
    """Valid certificates as narasumber or moderator, the latest first."""
    return (
        db.session()
        .scalars(
            sa.select(Certificate)
            .where(
                Certificate.person_id == person_id,
                Certificate.state == WorkState.DONE,
                Certificate.status == Status.VALID,
                Certificate.role.in_([CertificateRole.SPEAKER, CertificateRole.MODERATOR]),
            )
            .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        )
        .all()
    )


def wanting(diklat_id: int) -> Sequence[int]:
    """People confirmed in a published diklat who have no letter yet, by id."""
    return (
        db.session()
        .scalars(
            sa.select(Assignment.person_id)
            .join(LiveSession, LiveSession.id == Assignment.live_session_id)
            .where(
                LiveSession.diklat_id == diklat_id,
                LiveSession.state == SessionState.PLANNED,
                LiveSession.diklat.has(state=DiklatState.PUBLISHED),
                Assignment.state == AssignmentState.CONFIRMED,
                ~sa.exists().where(
                    AssignmentLetter.diklat_id == diklat_id, AssignmentLetter.person_id == Assignment.person_id
                ),
            )
            .distinct()
            .order_by(Assignment.person_id)
        )
        .all()
    )
