"""Opening and closing a check-in, marking by hand and from a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance import evidence, queries
from calakan.attendance.errors import (
    CheckInNotOpen,
    CodeNotAsked,
    CodesNotAddable,
    MarkNeedsReason,
    NotAParticipant,
)
from calakan.attendance.models import AskedCodes, CheckIn, Evidence, Kind, Part, Presence, State
from calakan.attendance.rules import AFTER_END, BEFORE_START, DOOR_OPENS, LATE, refuse_ahead, refuse_unmarkable
from calakan.audit import services as audit
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound, OwnCase
from calakan.narasumber import services as speaking
from calakan.office.queries import office_settings


def open_check_in(session_id: int, *, minutes: int, part: Part | None = None, actor: Actor, now: datetime) -> CheckIn:
    """A new six-digit code for a part of the session (None: the one that is due); its older codes stop counting.

    It is made from 15 minutes before the session to 30 minutes after it, and counts from the session's beginning (or
    the minutes before it that the office allows). Raises NotFound, CodeNotAsked, CheckInNotOpen,
    AttendanceFinal.
    """
    session = standing(session_id)
    part = part or queries.due_code(session_id)
    if part not in queries.asked_codes(session_id):
        raise CodeNotAsked()
    if now < session.starts_at - BEFORE_START:
        raise CheckInNotOpen(why="early", opens_at=session.starts_at - BEFORE_START)
    if now > session.ends_at + AFTER_END:
        raise CheckInNotOpen(why="over")
    counts_from = session.starts_at - timedelta(minutes=office_settings().code_opens_minutes)
    closes_at = min(max(now, counts_from) + timedelta(minutes=minutes), session.ends_at + AFTER_END)
    code = _free_code(session_id, now)
    _close(session_id, now=now)
    window = CheckIn(
        live_session_id=session_id, part=part, code=code, opens_at=max(now, counts_from), closes_at=closes_at
    )
    db.session().add(window)
    db.session().flush()
    audit.record(
        "attendance.open_check_in", session, actor=actor, now=now, until=closes_at.isoformat(), part=part.value
    )
    speaking.arrived(session_id, actor=actor, now=now)
    return window


def close_check_in(session_id: int, *, actor: Actor, now: datetime) -> None:
    """The code stops counting at once."""
    session = db.lock(LiveSession, session_id)
    if _close(session_id, now=now):
        audit.record("attendance.close_check_in", session, actor=actor, now=now)


def _close(session_id: int, *, now: datetime) -> bool:
    """Whether there was anything to close."""
    wanted = sa.select(CheckIn).where(CheckIn.live_session_id == session_id, CheckIn.closes_at > now)
    rows = db.session().scalars(wanted).all()
    for row in rows:
        row.closes_at = now
    db.session().flush()
    return bool(rows)


def begin_anew(session: LiveSession, *, now: datetime) -> None:
    """What was seen before a session that was moved said nothing of its new hour: codes close, and every sign goes, the marks
    of the panitia too.
    """
    _close(session.id, now=now)
    evidence.withdraw_before(session, session.starts_at - DOOR_OPENS, now=now)


def _free_code(session_id: int, now: datetime) -> str:
    """One that nobody knows from an earlier window of this session, nor from another that somebody may still type."""
    recent = sa.or_(CheckIn.closes_at > now - LATE, CheckIn.live_session_id == session_id)
    taken = set(db.session().scalars(sa.select(CheckIn.code).where(recent)))
    while (code := codes.digits(6)) in taken:
        pass
    return code


def ask_codes(session_id: int, parts: int, *, actor: Actor, now: datetime) -> None:
    """How many codes a session asks for: one, at both ends, or in the middle as well. Everybody is decided anew.

    More are asked for only before its end, while they can be typed. Raises NotFound, CodesNotAddable, AttendanceFinal,
    CheckInNotOpen.
    """
    session = standing(session_id)
    row = db.session().get(AskedCodes, session_id) or AskedCodes(live_session_id=session_id, parts=1)
    if parts == row.parts:
        return
    if parts > row.parts and now >= session.ends_at:
        raise CodesNotAddable()
    row.parts = parts
    db.session().add(row)
    db.session().flush()
    evidence.derive_session(session, now=now)
    audit.record("attendance.ask_codes", session, actor=actor, now=now, parts=parts)


def mark_by_hand(
    session_id: int, person_ids: Iterable[int], *, present: bool, reason: str, actor: Actor, now: datetime
) -> int:
    """Panitia set or take away presence, with a reason that stays on record; returns how many changed.

    Whoever is not present is marked absent all the same: that answers what waits for a look, and says why.
    Raises NotFound, MarkNeedsReason, OwnCase, NotAParticipant, AttendanceFinal.
    """
    if not reason.strip():
        raise MarkNeedsReason()
    session = open_for_marking(session_id, now=now)
    wanted = sorted(set(person_ids))
    if actor.person_id in wanted:
        raise OwnCase()
    _check_enrolled(session.diklat_id, wanted)
    held = queries.presences([session_id], wanted)
    said = {person_id for person_id, rows in held.items() if rows[session_id].present is present}
    new = [person_id for person_id in wanted if person_id not in said]
    signs = [
        Evidence(
            live_session_id=session_id, person_id=person_id, kind=Kind.HAND, at=now, present=present,
            reason=reason.strip()[:300], by_id=actor.person_id,
        )
        for person_id in new
    ]  # fmt: skip
    evidence.keep(session, signs, now=now)
    for person_id in new:
        audit.record(
            "attendance.mark_by_hand",
            session,
            actor=actor,
            now=now,
            person_id=person_id,
            present=present,
            reason=reason,
        )
    return len(new)


def mark_cells(cells: Mapping[int, Iterable[int]], *, present: bool, reason: str, actor: Actor, now: datetime) -> int:
    """The same for several sessions at once, session -> people; where one is refused, nothing is kept of the others.

    Returns how many marks are new. Raises what `mark_by_hand` raises.
    """
    return sum(
        mark_by_hand(session_id, cells[session_id], present=present, reason=reason, actor=actor, now=now)
        for session_id in sorted(cells)
    )


def keep_lines(session_id: int, signs: Sequence[Evidence], *, source: str, actor: Actor, now: datetime) -> int:
    """What lines of a list say of people, for them or against; the same line twice says it once.

    A mark of the panitia stays above. Returns how many are present that were not. Raises NotFound, NotAParticipant,
    AttendanceFinal, CheckInNotOpen.
    """
    session = open_for_marking(session_id, now=now)
    _check_enrolled(session.diklat_id, sorted({sign.person_id for sign in signs}))
    before, known = marked(session_id), _listed(session_id)
    found = evidence.keep(session, [sign for sign in signs if _said(sign) not in known], now=now)
    new = [id for id, verdict in found.items() if verdict.state is State.PRESENT and id not in before]
    audit.record(
        "attendance.mark_from_list", session, actor=actor, now=now, source=source[:200], count=len(new), person_ids=new
    )
    return len(new)


Said = tuple[int, str, int | None, int | None, int | None]


def _said(sign: Evidence) -> Said:
    return sign.person_id, sign.source, sign.batch_id, sign.line, sign.minutes


def _listed(session_id: int) -> set[Said]:
    """What lists have said already."""
    rows = db.session().execute(
        sa.select(Evidence.person_id, Evidence.source, Evidence.batch_id, Evidence.line, Evidence.minutes).where(
            Evidence.live_session_id == session_id, Evidence.kind == Kind.LINE, Evidence.withdrawn_at.is_(None)
        )
    )
    return set(rows.all())


def marked(session_id: int) -> set[int]:
    """Of whom it stands written, present or not."""
    return set(db.session().scalars(sa.select(Presence.person_id).where(Presence.live_session_id == session_id)))


def refuse_marking(session_id: int, *, now: datetime) -> LiveSession:
    """The session, not locked yet. Raises what `open_for_marking` raises."""
    session = db.session().get(LiveSession, session_id, populate_existing=True)
    if session is None:
        raise NotFound()
    refuse_unmarkable(db.session().get_one(Diklat, session.diklat_id, populate_existing=True), session)
    refuse_ahead(session, now=now)
    return session


def open_for_marking(session_id: int, *, now: datetime) -> LiveSession:
    """Lock the diklat and its session while presence may still change. Raises NotFound, AttendanceFinal, CheckInNotOpen."""
    session = standing(session_id)
    refuse_ahead(session, now=now)
    return session


def standing(session_id: int) -> LiveSession:
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
