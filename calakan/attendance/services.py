"""Opening and closing a check-in, marking by hand and from a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance.errors import CheckInNotOpen, MarkNeedsReason, NotAParticipant
from calakan.attendance.models import CheckIn, Method, Presence
from calakan.attendance.rules import AFTER_END, BEFORE_START, refuse_unmarkable
from calakan.audit import services as audit
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.narasumber import services as speaking
from calakan.office.queries import office_settings


def open_check_in(session_id: int, *, minutes: int, actor: Actor, now: datetime) -> CheckIn:
    """A new six-digit code; an older code of the session stops counting.

    It is made from 15 minutes before the session to 30 minutes after it, and counts from the session's beginning (or
    the minutes before it that the office allows). Raises NotFound, CheckInNotOpen, AttendanceFinal.
    """
    session = _standing(session_id)
    if now < session.starts_at - BEFORE_START:
        raise CheckInNotOpen(why="early", opens_at=session.starts_at - BEFORE_START)
    if now > session.ends_at + AFTER_END:
        raise CheckInNotOpen(why="over")
    counts_from = session.starts_at - timedelta(minutes=office_settings().code_opens_minutes)
    closes_at = min(max(now, counts_from) + timedelta(minutes=minutes), session.ends_at + AFTER_END)
    code, opens_at = _free_code(now), max(now, counts_from)
    window = db.session().get(CheckIn, session_id) or CheckIn(live_session_id=session_id)
    window.code, window.opens_at, window.closes_at = code, opens_at, closes_at
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


def mark_by_hand(
    session_id: int, person_ids: Iterable[int], *, present: bool, reason: str, actor: Actor, now: datetime
) -> int:
    """Panitia set or take away presence, with a reason that stays on record; returns how many changed.

    Raises NotFound, MarkNeedsReason, NotAParticipant, AttendanceFinal.
    """
    if not reason.strip():
        raise MarkNeedsReason()
    session = open_for_marking(session_id, now=now)
    wanted = sorted(set(person_ids))
    _check_enrolled(session.diklat_id, wanted)
    changed = 0
    for person_id in wanted:
        mark = mark_of(session_id, person_id)
        if (mark is not None and mark.present) is present:
            continue
        write(mark, session_id, person_id, present=present, method=Method.HAND, reason=reason, actor=actor, now=now)
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
    session = open_for_marking(session_id, now=now)
    wanted = sorted(minutes)
    _check_enrolled(session.diklat_id, wanted)
    there = marked(session_id)
    new = [person_id for person_id in wanted if person_id not in there]
    for person_id in new:
        stayed = minutes[person_id]
        reason = f"{source}, {int(stayed)} menit" if stayed is not None else source
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


def marked(session_id: int) -> set[int]:
    """Of whom it stands written, present or not."""
    return set(db.session().scalars(sa.select(Presence.person_id).where(Presence.live_session_id == session_id)))


def open_for_marking(session_id: int, *, now: datetime) -> LiveSession:
    """Lock the diklat and its session while presence may still change. Raises NotFound, AttendanceFinal, CheckInNotOpen."""
    session = _standing(session_id)
    if session.starts_at > now:
        raise CheckInNotOpen(why="ahead", opens_at=session.starts_at)
    return session


def _standing(session_id: int) -> LiveSession:
    """Lock the diklat and its session, both of which stand. Raises NotFound, AttendanceFinal, CheckInNotOpen."""
    diklat_id = db.session().scalar(sa.select(LiveSession.diklat_id).where(LiveSession.id == session_id))
    if diklat_id is None:
        raise NotFound()
    diklat = db.lock(Diklat, diklat_id)
    session = db.lock(LiveSession, session_id)
    refuse_unmarkable(diklat, session)
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


def mark_of(session_id: int, person_id: int) -> Presence | None:
    return db.session().scalar(
        sa.select(Presence).where(Presence.live_session_id == session_id, Presence.person_id == person_id)
    )


def write(
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
