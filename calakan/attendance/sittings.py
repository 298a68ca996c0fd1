"""Tests that are sat in a session: when they were begun and handed in says who was there then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.attendance import evidence
from calakan.attendance.models import Evidence, Kind
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db


@dataclass(frozen=True)
class Sitting:
    """One person's test, begun and handed in."""

    person_id: int
    began: datetime
    ended: datetime


def keep(session_id: int, exam_id: int, sittings: Sequence[Sitting], *, title: str, now: datetime) -> None:
    """Signs of presence by a test; the same sitting twice says it once.

    Nothing is kept of a session that was called off, of a diklat whose presence is final, or of whoever has no seat: the
    test counts for what it is all the same. Locks the session.
    """
    session = db.lock(LiveSession, session_id)
    diklat = db.session().get_one(Diklat, session.diklat_id, populate_existing=True)
    if session.state is not SessionState.PLANNED or diklat.state is not DiklatState.PUBLISHED:
        return
    known = _known(session_id, exam_id)
    seated = _seated(diklat.id, [row.person_id for row in sittings])
    signs = [
        Evidence(
            live_session_id=session_id, person_id=row.person_id, kind=Kind.TEST, at=row.began, until=row.ended,
            minutes=_minutes(session, row), source=title[:300], exam_id=exam_id, by_id=row.person_id,
        )
        for row in sittings
        if row.person_id in seated and (row.person_id, row.began) not in known
    ]  # fmt: skip
    if signs:
        evidence.keep(session, signs, now=now)


def take_back(session_id: int, exam_id: int, *, now: datetime) -> None:
    """The test says nothing of this session any more. What is final stays as it is. Locks the session."""
    session = db.lock(LiveSession, session_id)
    if db.session().get_one(Diklat, session.diklat_id).state is not DiklatState.PUBLISHED:
        return
    people = set()
    for row in db.session().scalars(_of(session_id, exam_id)):
        row.withdrawn_at = now
        people.add(row.person_id)
    evidence.derive(session, people, now=now)


def _minutes(session: LiveSession, row: Sitting) -> int | None:
    """Those that lie in the session, rounded upward; None for a test that was sat outside of it."""
    within = min(row.ended, session.ends_at) - max(row.began, session.starts_at)
    return max(-(-int(within.total_seconds()) // 60), 0) or None


def _known(session_id: int, exam_id: int) -> set[tuple[int, datetime]]:
    return {(row.person_id, row.at) for row in db.session().scalars(_of(session_id, exam_id))}


def _of(session_id: int, exam_id: int) -> sa.Select[Evidence]:
    return sa.select(Evidence).where(
        Evidence.live_session_id == session_id, Evidence.exam_id == exam_id, Evidence.withdrawn_at.is_(None)
    )


def _seated(diklat_id: int, people: Sequence[int]) -> set[int]:
    wanted = sa.select(Enrolment.person_id).where(
        Enrolment.diklat_id == diklat_id, Enrolment.person_id.in_(people), Enrolment.state == EnrolmentState.CONFIRMED
    )
    return set(db.session().scalars(wanted))
