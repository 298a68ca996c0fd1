"""A line that nobody knows, and somebody who says that it is his: he went in by his own click. Two who say so are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance import batches, clicks, evidence, queries, services
from calakan.attendance.deciding import Verdict
from calakan.attendance.durations import AROUND
from calakan.attendance.errors import LineClaimed, LineNotClaimable, NotAParticipant
from calakan.attendance.lanes import Lane, Why
from calakan.attendance.models import Batch, BatchLine, BatchState, LineClaim
from calakan.audit import services as audit
from calakan.diklat.models import LiveSession
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor

MOST = 100
OVERRUN = timedelta(minutes=AROUND)


def claimable(session_id: int, person_id: int) -> Sequence[BatchLine]:
    """Lines of applied lists that name nobody, for whoever went in by his own click, is not present, and claimed none.

    Those alone in whose hours the click lies, so that nobody reads the names of all; what begins nearest to it comes first.
    """
    click = clicks.of_person(session_id, person_id)
    if click is None or _claim_of(session_id, person_id) is not None:
        return []
    if queries.presence_of(session_id, person_id) is not None:
        return []
    wanted = (
        sa.select(BatchLine)
        .join(Batch, Batch.id == BatchLine.batch_id)
        .where(
            Batch.live_session_id == session_id,
            Batch.state == BatchState.APPLIED,
            sa.or_(BatchLine.lane == Lane.UNKNOWN.value, BatchLine.why == Why.CLAIMED.value),
            BatchLine.verdict.in_([Verdict.PRESENT.value, Verdict.REVIEW.value]),
            sa.or_(
                BatchLine.starts_at.is_(None),
                BatchLine.ends_at.is_(None),
                sa.and_(BatchLine.starts_at <= click + clicks.WITHIN, BatchLine.ends_at >= click),
            ),
        )
    )
    return sorted(db.session().scalars(wanted), key=lambda row: (*_distance(row, click), row.id))[:MOST]


def _distance(line: BatchLine, click: datetime) -> tuple[bool, timedelta]:
    """How far from the click it begins; a line that does not say it comes last."""
    return line.starts_at is None, abs((line.starts_at or click) - click)


def claim(line_id: int, person_id: int, *, actor: Actor, now: datetime) -> bool:
    """Say that a line is one's own; whether it counts at once. Otherwise, or once another says so too, the panitia choose.

    Raises LineNotClaimable, LineClaimed, NotAParticipant, AttendanceFinal, CheckInNotOpen.
    """
    found = db.session().get(BatchLine, line_id) if line_id < 2**31 else None
    batch = db.session().get(Batch, found.batch_id) if found is not None else None
    if batch is None:
        raise LineNotClaimable()
    session = services.open_for_marking(batch.live_session_id, now=now)
    seat = enrolment.enrolment(session.diklat_id, person_id)
    if seat is None or seat.state is not EnrolmentState.CONFIRMED:
        raise NotAParticipant()
    if _claim_of(session.id, person_id) is not None:
        raise LineClaimed()
    line = next((row for row in claimable(session.id, person_id) if row.id == line_id), None)
    if line is None:
        raise LineNotClaimable()
    db.session().refresh(line)
    db.session().add(LineClaim(line_id=line_id, person_id=person_id, at=now))
    db.session().flush()
    audit.record("attendance.claim_line", session, actor=actor, now=now, line=line_id, person_id=person_id)
    others = [row.person_id for row in of_line(line_id) if row.person_id != person_id]
    counts = (
        not others and line.verdict == Verdict.PRESENT and line.given_at is None and _fits(session, line, person_id)
    )
    if counts:
        batches.apply(batch.id, {line_id: person_id}, claimed=True, actor=actor, now=now)
    else:
        _ask(session, line, [*others, person_id], now=now)
    return counts


def of_line(line_id: int) -> Sequence[LineClaim]:
    return db.session().scalars(sa.select(LineClaim).where(LineClaim.line_id == line_id).order_by(LineClaim.id)).all()


def _ask(session: LiveSession, line: BatchLine, people: Sequence[int], *, now: datetime) -> None:
    """The line goes to the panitia, and counts for nobody until they chose; what they chose before stays."""
    first = line.person_id if line.given_at is not None else None
    if first is not None and first in people:
        evidence.withdraw(session, line.batch_id, lines=line.lines, now=now)
        line.given_at = line.marked_at = line.person_id = None
    line.lane, line.why = Lane.LIKELY.value, Why.CLAIMED.value
    line.candidates = list(dict.fromkeys([*line.candidates, *people]))
    db.session().flush()


def _fits(session: LiveSession, line: BatchLine, person_id: int) -> bool:
    """Whether the minutes of a claimable line lie between the own click and the end of the meeting.

    Nobody was there longer than since he went in.
    """
    click = clicks.of_person(session.id, person_id)
    assert click is not None
    return line.minutes is None or timedelta(minutes=line.minutes) <= session.ends_at - click + OVERRUN


def _claim_of(session_id: int, person_id: int) -> LineClaim | None:
    """One a session, of lists that stand."""
    wanted = (
        sa.select(LineClaim)
        .join(BatchLine, BatchLine.id == LineClaim.line_id)
        .join(Batch, Batch.id == BatchLine.batch_id)
        .where(
            Batch.live_session_id == session_id, Batch.state == BatchState.APPLIED, LineClaim.person_id == person_id
        )
    )  # fmt: skip
    return db.session().scalar(wanted.limit(1))
