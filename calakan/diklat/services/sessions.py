"""Live sessions: adding, moving, cancelling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat import jp as hours
from calakan.diklat.errors import (
    ReasonMissing,
    RoomLinkInvalid,
    SessionOver,
    SessionTimesInvalid,
    StreamLinkInvalid,
)
from calakan.diklat.events import LiveSessionCancelled, LiveSessionMoved
from calakan.diklat.models import Diklat, DiklatState, Group, LiveSession, ProgrammeRow, SessionState
from calakan.diklat.services.details import open_for_change
from calakan.diklat.services.programme import append_row
from calakan.diklat.services.shares import fit, left_without, lent, most_of, planned_of, share_out, sum_up
from calakan.kernel import clock, db, events
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError, NotFound

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
    row = _row(diklat, plan) or append_row(diklat, title=plan.title, group=plan.group, jp=0, live=True, typed=False)
    kept = sum(other.jp for other in planned_of(row.id))
    last = db.session().scalar(sa.select(sa.func.max(LiveSession.number)).where(LiveSession.diklat_id == diklat.id))
    session = LiveSession(diklat_id=diklat.id, row_id=row.id, number=(last or 0) + 1, jp=0)
    _write(session, plan, now=now)
    db.session().add(session)
    _give(diklat, row, session, plan.jp, kept, new=True)
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
    kept = left_without(session, diklat)
    jp = None if plan.jp == session.jp and lent(row, diklat) else plan.jp
    counted = session.state is SessionState.PLANNED and (not lasts or (plan.jp or 0) != session.jp)
    _write(session, plan, now=now)
    if told:
        session.sequence += 1
    if counted:
        _give(diklat, row, session, jp, kept)
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
    left, row = left_without(session, diklat), db.session().get_one(ProgrammeRow, session.row_id)
    call_off(session, reason=reason.strip(), now=now)
    db.session().flush()
    if others := planned_of(row.id):
        share_out(left, others)
        row.jp = left
    fit(diklat)
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


def _give(
    diklat: Diklat, row: ProgrammeRow, session: LiveSession, typed: int | None, kept: int, *, new: bool = False
) -> None:
    """JP that a session adds to its row: as typed, or what all minutes of the row carry more than its other sessions keep.

    What is typed never exceeds the minutes of the row; one that was planned with less keeps that: breaks do not count.
    Raises JpAboveMinutes.
    """
    db.session().flush()
    per_jp, minutes, most = diklat.minutes_per_jp, hours.minutes_of(session), most_of(row, diklat)
    taught = planned_of(row.id)
    others = [other for other in taught if other.id != session.id]
    whole = hours.carried(hours.minutes_of(*taught), per_jp)
    if typed:
        hours.refuse_above(typed, minutes, max(whole - kept, 0), per_jp)
        row.jp, row.jp_typed = typed + kept, True
    elif row.jp_typed and others:
        row.jp = kept + whole - hours.carried(hours.minutes_of(*others), per_jp)
    elif not (row.jp_typed and new):
        row.jp, row.jp_typed = most, False
    if others:
        share_out(kept, others)
    session.jp = max(row.jp - kept, 0)
    fit(diklat)


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
