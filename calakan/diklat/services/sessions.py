"""Live sessions: adding, moving, cancelling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat import jp as hours
from calakan.diklat.errors import (
    JpAboveMinutes,
    ReasonMissing,
    RoomLinkInvalid,
    SessionOver,
    SessionTimesInvalid,
    StreamLinkInvalid,
)
from calakan.diklat.events import LiveSessionCancelled, LiveSessionMoved
from calakan.diklat.models import Diklat, DiklatState, Group, LiveSession, ProgrammeRow, SessionState
from calakan.diklat.services.details import open_for_change
from calakan.diklat.services.programme import append_row, fit, left_without, planned_of, share_out, sum_up
from calakan.kernel import clock, db, events
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError, NotFound
from calakan.office.queries import office_settings

LONGEST = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class SessionPlan:
    """What the form of a session holds. `row_id` None makes a new programme row; `jp` None is counted from the minutes.

    `override` is the panitia's reason for accepting a clash; rooms further right look at it.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    jp: int | None = None
    row_id: int | None = None
    group: Group = Group.CORE
    room_url: str = ""
    room_note: str = ""
    stream_url: str = ""
    room_capacity: int | None = None
    place: str = ""
    override: str = ""


def add(diklat_id: int, plan: SessionPlan, *, actor: Actor, now: datetime, past: bool = False) -> LiveSession:
    """Plan a session. Raises DiklatFinal, SessionTimesInvalid, RoomLinkInvalid, JpAboveMinutes, NotFound for a foreign row.

    `past` lets records of what has been held be entered.
    """
    diklat = open_for_change(diklat_id)
    check(plan, now=None if past else now)
    row = _row(diklat, plan)
    jp = _fitting_jp(plan, row)
    if row is None:
        row = append_row(diklat, title=plan.title, group=plan.group, jp=jp, live=True)
    last = db.session().scalar(sa.select(sa.func.max(LiveSession.number)).where(LiveSession.diklat_id == diklat.id))
    session = LiveSession(diklat_id=diklat.id, row_id=row.id, number=(last or 0) + 1, jp=jp)
    _write(session, plan, now=now)
    db.session().add(session)
    fit(row.id)
    sum_up(diklat)
    audit.record("diklat.add_session", session, actor=actor, now=now)
    return session


def change(session_id: int, plan: SessionPlan, *, actor: Actor, now: datetime) -> LiveSession:
    """Changed times are announced; narasumber who clash veto it. A session that runs may be given another end.

    Raises as `add`, and SessionOver.
    """
    diklat, session = _open_session(session_id)
    was_at = session.starts_at
    moved = (session.starts_at, session.ends_at) != (plan.starts_at, plan.ends_at)
    lasts = plan.ends_at - plan.starts_at == session.ends_at - session.starts_at
    if moved and (session.state is SessionState.CANCELLED or session.ends_at <= now):
        raise SessionOver()
    check(plan, now=now if moved else None, running=runs(session, plan, now=now))
    told = moved or (session.room_url, session.place) != (plan.room_url, plan.place)
    row = db.session().get_one(ProgrammeRow, session.row_id)
    if not lasts or (plan.jp or 0) != session.jp:
        session.jp = _fitting_jp(plan, row, moved=session)
    _write(session, plan, now=now)
    if told:
        session.sequence += 1
    fit(row.id)
    sum_up(diklat)
    audit.record("diklat.change_session", session, actor=actor, now=now, moved=moved)
    if moved:
        events.announce(
            LiveSessionMoved(live_session_id=session.id, was_at=was_at, actor=actor, now=now, override=plan.override)
        )
    return session


def cancel(session_id: int, *, reason: str, actor: Actor, now: datetime) -> LiveSession:
    """Call a session off; the enrolled are told. Cancelling twice changes nothing. Raises ReasonMissing.

    One that is over is said not to have been held; attendance refuses it where somebody was there.
    """
    diklat, session = _open_session(session_id)
    if session.state is SessionState.CANCELLED:
        return session
    if not reason.strip():
        raise ReasonMissing()
    left = left_without(session)
    call_off(session, reason=reason.strip(), now=now)
    if others := planned_of(session.row_id):
        share_out(left, others)
    fit(session.row_id)
    sum_up(diklat)
    audit.record("diklat.cancel_session", session, actor=actor, now=now, reason=reason)
    if diklat.state is DiklatState.PUBLISHED:
        events.announce(
            LiveSessionCancelled(live_session_id=session.id, was_at=session.starts_at, actor=actor, now=now)
        )
    return session


def call_off(session: LiveSession, *, reason: str, now: datetime) -> None:
    session.state, session.cancel_reason = SessionState.CANCELLED, reason
    session.sequence += 1
    session.changed_at = now


def _fitting_jp(plan: SessionPlan, row: ProgrammeRow | None, *, moved: LiveSession | None = None) -> int:
    """What it adds to its row: as typed, or what all minutes of the row carry more than those of its other sessions.

    With them never more than all minutes carry; the others keep what they carry alone. Raises JpAboveMinutes.
    """
    per_jp = office_settings().minutes_per_jp
    minutes = int((plan.ends_at - plan.starts_at).total_seconds()) // 60
    others = [s for s in planned_of(row.id) if moved is None or s.id != moved.id] if row is not None else []
    theirs = hours.minutes_of(*others)
    most = hours.carried(minutes + theirs, per_jp)
    kept = left_without(moved) if moved is not None else sum(session.jp for session in others)
    jp = plan.jp or most - hours.carried(theirs, per_jp)
    if not plan.jp and row is not None and not others and moved is None:
        jp = min(jp, row.jp or jp)  # a row that was planned with less keeps that: breaks do not count
    if jp + kept > most:
        raise JpAboveMinutes(jp=jp, minutes=minutes, allowed=max(most - kept, 0), per_jp=per_jp)
    if others:
        share_out(kept, others)
    return jp


def _open_session(session_id: int) -> tuple[Diklat, LiveSession]:
    diklat_id = db.session().scalar(sa.select(LiveSession.diklat_id).where(LiveSession.id == session_id))
    if diklat_id is None:
        raise NotFound()
    diklat = open_for_change(diklat_id)
    return diklat, db.lock(LiveSession, session_id)


def runs(session: LiveSession, plan: SessionPlan, *, now: datetime) -> bool:
    """It has begun and keeps its beginning: its end may still be moved."""
    return session.starts_at <= now and plan.starts_at == session.starts_at


def check(plan: SessionPlan, *, now: datetime | None, running: bool = False) -> None:
    """Whether such a session can be; `now` None lets it lie in the past, `running` its beginning.

    Raises SessionTimesInvalid, RoomLinkInvalid.
    """
    if plan.ends_at <= plan.starts_at:
        raise SessionTimesInvalid(why="reversed")
    if plan.ends_at - plan.starts_at > LONGEST:
        raise SessionTimesInvalid(why="long")
    if now is not None and (plan.ends_at if running else plan.starts_at) <= now:
        raise SessionTimesInvalid(why="past")
    refuse_unsafe_link(plan.room_url)
    refuse_unsafe_link(plan.stream_url, StreamLinkInvalid)


def refuse_unsafe_link(room_url: str, refusal: type[DomainError] = RoomLinkInvalid) -> None:
    """Raises RoomLinkInvalid, or the refusal that is named, unless it is empty or an https address."""
    if not room_url:
        return
    try:
        parts = urlsplit(room_url)
    except ValueError:
        raise refusal() from None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise refusal()


def _row(diklat: Diklat, plan: SessionPlan) -> ProgrammeRow | None:
    """The row that was chosen. Raises NotFound."""
    if plan.row_id is None:
        return None
    row = db.session().get(ProgrammeRow, plan.row_id)
    if row is None or row.diklat_id != diklat.id or not row.live:
        raise NotFound()
    return row


def _write(session: LiveSession, plan: SessionPlan, *, now: datetime) -> None:
    session.title = plan.title
    session.starts_at, session.ends_at = plan.starts_at, plan.ends_at
    session.local_date = clock.local(plan.starts_at).date()
    session.room_url, session.room_note, session.place = plan.room_url, plan.room_note, plan.place
    session.stream_url, session.room_capacity = plan.stream_url, plan.room_capacity
    session.changed_at = now
