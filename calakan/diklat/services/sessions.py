"""Live sessions: adding, moving, cancelling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.errors import ReasonMissing, RoomLinkInvalid, SessionOver, SessionTimesInvalid
from calakan.diklat.events import LiveSessionCancelled, LiveSessionMoved
from calakan.diklat.models import Diklat, DiklatState, Group, LiveSession, ProgrammeRow, SessionState
from calakan.diklat.services.details import open_for_change
from calakan.diklat.services.programme import append_row, sum_up
from calakan.kernel import clock, db, events
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.office.queries import office_settings

LONGEST = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class SessionPlan:
    """What the form of a session holds. `row_id` None makes a new programme row; `jp` None is counted from the time.

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
    place: str = ""
    override: str = ""


def add(diklat_id: int, plan: SessionPlan, *, actor: Actor, now: datetime, past: bool = False) -> LiveSession:
    """Plan a session. Raises DiklatFinal, SessionTimesInvalid, RoomLinkInvalid, NotFound for a foreign row.

    `past` lets records of what has been held be entered.
    """
    diklat = open_for_change(diklat_id)
    check(plan, now=None if past else now)
    jp = plan.jp or counted_jp(plan.starts_at, plan.ends_at)
    row = _row(diklat, plan, jp)
    last = db.session().scalar(sa.select(sa.func.max(LiveSession.number)).where(LiveSession.diklat_id == diklat.id))
    session = LiveSession(diklat_id=diklat.id, row_id=row.id, number=(last or 0) + 1, jp=jp)
    _write(session, plan, now=now)
    db.session().add(session)
    sum_up(diklat)
    audit.record("diklat.add_session", session, actor=actor, now=now)
    return session


def change(session_id: int, plan: SessionPlan, *, actor: Actor, now: datetime) -> LiveSession:
    """Changed times are announced; narasumber who clash veto it. Raises as `add`, and SessionOver."""
    diklat, session = _open_session(session_id)
    was_at = session.starts_at
    moved = (session.starts_at, session.ends_at) != (plan.starts_at, plan.ends_at)
    if moved and (session.state is SessionState.CANCELLED or session.ends_at <= now):
        raise SessionOver()
    check(plan, now=now if moved else None)
    told = moved or (session.room_url, session.place) != (plan.room_url, plan.place)
    session.jp = plan.jp or counted_jp(plan.starts_at, plan.ends_at)
    _write(session, plan, now=now)
    if told:
        session.sequence += 1
    _fit_row(session)
    sum_up(diklat)
    audit.record("diklat.change_session", session, actor=actor, now=now, moved=moved)
    if moved:
        events.announce(
            LiveSessionMoved(live_session_id=session.id, was_at=was_at, actor=actor, now=now, override=plan.override)
        )
    return session


def cancel(session_id: int, *, reason: str, actor: Actor, now: datetime) -> LiveSession:
    """Call a session off; the enrolled are told. Cancelling twice changes nothing. Raises ReasonMissing, SessionOver."""
    diklat, session = _open_session(session_id)
    if session.state is SessionState.CANCELLED:
        return session
    if not reason.strip():
        raise ReasonMissing()
    if session.ends_at <= now:
        raise SessionOver()
    call_off(session, reason=reason.strip(), now=now)
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


def counted_jp(starts_at: datetime, ends_at: datetime) -> int:
    """Whole JP in this time, at least one (45 minutes by default: PerLAN 5/2018)."""
    minutes = int((ends_at - starts_at).total_seconds()) // 60
    return max(1, minutes // office_settings().minutes_per_jp)


def _open_session(session_id: int) -> tuple[Diklat, LiveSession]:
    diklat_id = db.session().scalar(sa.select(LiveSession.diklat_id).where(LiveSession.id == session_id))
    if diklat_id is None:
        raise NotFound()
    diklat = open_for_change(diklat_id)
    return diklat, db.lock(LiveSession, session_id)


def check(plan: SessionPlan, *, now: datetime | None) -> None:
    """Whether such a session can be; `now` None lets it lie in the past. Raises SessionTimesInvalid, RoomLinkInvalid."""
    if plan.ends_at <= plan.starts_at:
        raise SessionTimesInvalid(why="reversed")
    if plan.ends_at - plan.starts_at > LONGEST:
        raise SessionTimesInvalid(why="long")
    if now is not None and plan.starts_at <= now:
        raise SessionTimesInvalid(why="past")
    refuse_unsafe_link(plan.room_url)


def refuse_unsafe_link(room_url: str) -> None:
    """Raises RoomLinkInvalid unless it is empty or an https address."""
    if not room_url:
        return
    try:
        parts = urlsplit(room_url)
    except ValueError:
        raise RoomLinkInvalid() from None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise RoomLinkInvalid()


def _row(diklat: Diklat, plan: SessionPlan, jp: int) -> ProgrammeRow:
    if plan.row_id is None:
        return append_row(diklat, title=plan.title, group=plan.group, jp=jp, live=True)
    row = db.session().get(ProgrammeRow, plan.row_id)
    if row is None or row.diklat_id != diklat.id or not row.live:
        raise NotFound()
    return row


def _fit_row(session: LiveSession) -> None:
    """A row taught by this session alone has the session's JP."""
    db.session().flush()
    others = sa.select(sa.func.count()).where(LiveSession.row_id == session.row_id, LiveSession.id != session.id)
    if not db.session().scalar(others):
        db.session().get_one(ProgrammeRow, session.row_id).jp = session.jp


def _write(session: LiveSession, plan: SessionPlan, *, now: datetime) -> None:
    session.title = plan.title
    session.starts_at, session.ends_at = plan.starts_at, plan.ends_at
    session.local_date = clock.local(plan.starts_at).date()
    session.room_url, session.room_note, session.place = plan.room_url, plan.room_note, plan.place
    session.changed_at = now
