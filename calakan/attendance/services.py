"""Opening a check-in, typing its code, marking by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance.errors import (
    AttendanceFinal,
    CheckInNotOpen,
    CodeLate,
    CodesTooMany,
    CodeWrong,
    MarkNeedsReason,
    NotAParticipant,
)
from calakan.attendance.models import CheckIn, Method, MissedCode, Presence
from calakan.audit import services as audit
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError, NotFound
from calakan.narasumber import services as speaking

BEFORE_START = timedelta(minutes=15)
AFTER_END = timedelta(minutes=30)
LATE = timedelta(hours=6)
MOST_MISSES, MISS_WINDOW = 10, timedelta(minutes=5)


def open_check_in(session_id: int, *, minutes: int, actor: Actor, now: datetime) -> CheckIn:
    """A new six-digit code that counts from now; an older code of the session stops counting.

    From 15 minutes before the session to 30 minutes after it. Raises NotFound, CheckInNotOpen.
    """
    session = db.lock(LiveSession, session_id)
    if session.state is SessionState.CANCELLED:
        raise CheckInNotOpen(why="cancelled")
    if now < session.starts_at - BEFORE_START:
        raise CheckInNotOpen(why="early", opens_at=session.starts_at - BEFORE_START)
    if now > session.ends_at + AFTER_END:
        raise CheckInNotOpen(why="over")
    code, closes_at = _free_code(now), min(now + timedelta(minutes=minutes), session.ends_at + AFTER_END)
    window = db.session().get(CheckIn, session_id) or CheckIn(live_session_id=session_id)
    window.code, window.opens_at, window.closes_at = code, now, closes_at
    db.session().add(window)
    db.session().flush()
    audit.record("attendance.open_check_in", session, actor=actor, now=now, until=window.closes_at.isoformat())
    speaking.arrived(session_id, actor=actor, now=now)
    return window


def close_check_in(session_id: int, *, actor: Actor, now: datetime) -> None:
    """The code stops counting at once."""
    session = db.lock(LiveSession, session_id)
    window = db.session().get(CheckIn, session_id)
    if window is not None and window.closes_at > now:
        window.closes_at = now
        audit.record("attendance.close_check_in", session, actor=actor, now=now)


def _free_code(now: datetime) -> str:
    open_codes = set(db.session().scalars(sa.select(CheckIn.code).where(CheckIn.closes_at > now)))
    while (code := codes.digits(6)) in open_codes:
        pass
    return code


class Answer(StrEnum):
    """How a typed code was taken."""

    PRESENT = "present"
    ALREADY = "already"
    WRONG = "wrong"
    LATE = "late"
    TOO_MANY = "too_many"


REFUSALS: dict[Answer, type[DomainError]] = {
    Answer.WRONG: CodeWrong,
    Answer.LATE: CodeLate,
    Answer.TOO_MANY: CodesTooMany,
}


@dataclass(frozen=True)
class Answered:
    answer: Answer
    session: LiveSession | None = None


def check_in(
    person_id: int, typed: str, *, actor: Actor, now: datetime, only_session_id: int | None = None
) -> Answered:
    """Take a typed code: it counts only for an enrolled person and inside its window (of this session, if one is named).

    Misses are kept for the panitia's review list, so this answers instead of raising; ten misses in five minutes stop it.
    """
    code = "".join(c for c in typed if c.isdigit())[:12]
    misses = sa.select(sa.func.count()).where(MissedCode.person_id == person_id, MissedCode.at > now - MISS_WINDOW)
    if (db.session().scalar(misses) or 0) >= MOST_MISSES:
        return Answered(Answer.TOO_MANY)
    row = (
        db.session()
        .execute(
            sa.select(CheckIn, LiveSession)
            .join(LiveSession, LiveSession.id == CheckIn.live_session_id)
            .join(Enrolment, Enrolment.diklat_id == LiveSession.diklat_id)
            .where(
                CheckIn.code == code,
                CheckIn.closes_at > now - LATE,
                Enrolment.person_id == person_id,
                Enrolment.state == EnrolmentState.CONFIRMED,
                sa.true() if only_session_id is None else LiveSession.id == only_session_id,
            )
            .options(joinedload(LiveSession.diklat))
            .order_by(CheckIn.closes_at.desc())
        )
        .first()
    )
    if row is None:
        _miss(person_id, code, why="wrong", session_id=_running_session(person_id, now), now=now)
        return Answered(Answer.WRONG)
    window, session = row
    if now >= window.closes_at:
        _miss(person_id, code, why="late", session_id=session.id, now=now)
        return Answered(Answer.LATE, session)
    if session.diklat.state is not DiklatState.PUBLISHED:
        return Answered(Answer.LATE, session)
    db.lock(LiveSession, session.id)
    mark = _mark(session.id, person_id)
    if mark is not None and mark.present:
        return Answered(Answer.ALREADY, session)
    _write(mark, session.id, person_id, present=True, method=Method.CODE, reason="", actor=actor, now=now)
    audit.record("attendance.check_in", session, actor=actor, now=now)
    return Answered(Answer.PRESENT, session)


def _running_session(person_id: int, now: datetime) -> int | None:
    """The session a wrong code was most likely meant for."""
    return db.session().scalar(
        sa.select(LiveSession.id)
        .join(Enrolment, Enrolment.diklat_id == LiveSession.diklat_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
            LiveSession.starts_at <= now + BEFORE_START,
            LiveSession.ends_at > now - LATE,
        )
        .order_by(LiveSession.starts_at.desc())
        .limit(1)
    )


def _miss(person_id: int, typed: str, *, why: str, session_id: int | None, now: datetime) -> None:
    db.session().add(MissedCode(person_id=person_id, live_session_id=session_id, typed=typed, why=why, at=now))


def mark_by_hand(
    session_id: int, person_ids: Iterable[int], *, present: bool, reason: str, actor: Actor, now: datetime
) -> int:
    """Panitia set or take away presence, with a reason that stays on record; returns how many changed.

    Raises NotFound, MarkNeedsReason, NotAParticipant, AttendanceFinal.
    """
    if not reason.strip():
        raise MarkNeedsReason()
    session = _open_for_marking(session_id, now=now)
    wanted = sorted(set(person_ids))
    _check_enrolled(session.diklat_id, wanted)
    changed = 0
    for person_id in wanted:
        mark = _mark(session_id, person_id)
        if (mark is not None and mark.present) is present:
            continue
        _write(mark, session_id, person_id, present=present, method=Method.HAND, reason=reason, actor=actor, now=now)
        audit.record(
            "attendance.mark_by_hand",
            session,
            actor=actor,
            now=now,
            person_id=person_id,
            present=present,
            reason=reason,
        )
        changed += 1
    return changed


def mark_from_list(
    session_id: int, minutes: Mapping[int, float | None], *, source: str, actor: Actor, now: datetime
) -> int:
    """Present, by a list of the meeting: person -> minutes there, if known. Marks that stand already are left alone.

    Returns how many are new. Raises NotFound, NotAParticipant, AttendanceFinal, CheckInNotOpen.
    """
    session = _open_for_marking(session_id, now=now)
    wanted = sorted(minutes)
    _check_enrolled(session.diklat_id, wanted)
    marked = set(db.session().scalars(sa.select(Presence.person_id).where(Presence.live_session_id == session_id)))
    new = [person_id for person_id in wanted if person_id not in marked]
    for person_id in new:
        there = minutes[person_id]
        reason = f"{source}, {int(there)} menit" if there is not None else source
        db.session().add(
            Presence(
                live_session_id=session_id,
                person_id=person_id,
                present=True,
                method=Method.LIST,
                reason=reason[:300],
                marked_at=now,
                marked_by_id=actor.person_id,
            )
        )
    db.session().flush()
    audit.record(
        "attendance.mark_from_list", session, actor=actor, now=now, source=source[:200], count=len(new), person_ids=new
    )
    return len(new)


def _open_for_marking(session_id: int, *, now: datetime) -> LiveSession:
    """Lock the diklat and its session while presence may still change. Raises NotFound, AttendanceFinal, CheckInNotOpen."""
    diklat_id = db.session().scalar(sa.select(LiveSession.diklat_id).where(LiveSession.id == session_id))
    if diklat_id is None:
        raise NotFound()
    diklat = db.lock(Diklat, diklat_id)
    if diklat.state is not DiklatState.PUBLISHED:
        raise AttendanceFinal()
    session = db.lock(LiveSession, session_id)
    if session.starts_at > now or session.state is SessionState.CANCELLED:
        raise CheckInNotOpen(why="early", opens_at=session.starts_at)
    return session


def _check_enrolled(diklat_id: int, wanted: Sequence[int]) -> None:
    """Raises NotAParticipant."""
    enrolled = set(
        db.session().scalars(
            sa.select(Enrolment.person_id).where(
                Enrolment.diklat_id == diklat_id,
                Enrolment.person_id.in_(wanted),
                Enrolment.state == EnrolmentState.CONFIRMED,
            )
        )
    )
    if set(wanted) - enrolled:
        raise NotAParticipant()


def _mark(session_id: int, person_id: int) -> Presence | None:
    return db.session().scalar(
        sa.select(Presence).where(Presence.live_session_id == session_id, Presence.person_id == person_id)
    )


def _write(
    mark: Presence | None,
    session_id: int,
    person_id: int,
    *,
    present: bool,
    method: Method,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    if mark is None:
        mark = Presence(live_session_id=session_id, person_id=person_id)
        db.session().add(mark)
    mark.present, mark.method, mark.reason = present, method, reason.strip()[:300]
    mark.marked_at, mark.marked_by_id = now, actor.person_id
    db.session().flush()
