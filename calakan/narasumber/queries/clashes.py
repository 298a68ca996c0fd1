"""When people and meeting accounts are not free, by the hour and with the office's buffer between two duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.availability import queries as availability
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel import db
from calakan.kernel.wording import phrase
from calakan.narasumber.models import Assignment, AssignmentState, Duty, MeetingAccount, Staffing
from calakan.office.queries import office_settings

ALIVE = (DiklatState.DRAFT, DiklatState.PROPOSED, DiklatState.PUBLISHED)
# Longer than any session, so that the index on `starts_at` bounds the search on both sides.
LONGEST = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Busy:
    """One stretch of time that is taken; `live_session_id` and `duty` are None for what has nothing to do with us."""

    starts_at: datetime
    ends_at: datetime
    title: str
    place: str = ""
    duty: Duty | None = None
    live_session_id: int | None = None


def buffer() -> timedelta:
    """The gap that must lie between two duties."""
    return timedelta(minutes=office_settings().clash_buffer_minutes)


def busy(
    person_ids: Collection[int] | None, starts_at: datetime, ends_at: datetime, *, apart_from: int | None = None
) -> dict[int, list[Busy]]:
    """What stands in the way of these people (None: of anybody) between two instants, by person, in order of time.

    Confirmed duties count with the buffer on both sides; `apart_from` is the session the question is about.
    """
    found: dict[int, list[Busy]] = defaultdict(list)
    wanted = (
        _overlapping(starts_at, ends_at, apart_from)
        .add_columns(Assignment.person_id, Assignment.duty)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .where(Assignment.state == AssignmentState.CONFIRMED)
    )
    if person_ids is not None:
        wanted = wanted.where(Assignment.person_id.in_(list(person_ids)))
    for id, start, end, title, course, place, person_id, duty in db.session().execute(wanted):
        found[person_id].append(
            Busy(
                starts_at=start,
                ends_at=end,
                title=f"{title} ({course})",
                place=place or "daring",
                duty=duty,
                live_session_id=id,
            )
        )
    for person_id, times in availability.busy(person_ids, starts_at, ends_at).items():
        # What somebody noted beside a busy time is nobody else's business.
        found[person_id] += [
            Busy(starts_at=t.starts_at, ends_at=t.ends_at, title=phrase("narasumber.busy")) for t in times
        ]
    return {person_id: sorted(times, key=lambda b: b.starts_at) for person_id, times in found.items()}


def clash(person_id: int, session: LiveSession) -> Busy | None:
    """The first thing that keeps this person from this session."""
    found = busy([person_id], session.starts_at, session.ends_at, apart_from=session.id)
    return next(iter(found.get(person_id, ())), None)


def account_clash(account_id: int, session: LiveSession) -> Busy | None:
    """Another session that this meeting account hosts at the time."""
    rows = db.session().execute(
        _overlapping(session.starts_at, session.ends_at, session.id)
        .join(Staffing, Staffing.live_session_id == LiveSession.id)
        .where(Staffing.meeting_account_id == account_id)
        .limit(1)
    )
    row = rows.first()
    if row is None:
        return None
    id, start, end, title, course, place = row
    return Busy(starts_at=start, ends_at=end, title=f"{title} ({course})", place=place or "daring", live_session_id=id)


def _overlapping(
    starts_at: datetime, ends_at: datetime, apart_from: int | None
) -> sa.Select[int, datetime, datetime, str, str, str]:
    """Planned sessions, of diklat that may still happen, that touch the time widened by the buffer."""
    gap = buffer()
    wanted = (
        sa.select(
            LiveSession.id,
            LiveSession.starts_at,
            LiveSession.ends_at,
            LiveSession.title,
            Diklat.title,
            LiveSession.place,
        )
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .where(
            LiveSession.state == SessionState.PLANNED,
            Diklat.state.in_(ALIVE),
            LiveSession.starts_at < ends_at + gap,
            LiveSession.starts_at > starts_at - gap - LONGEST,
            LiveSession.ends_at > starts_at - gap,
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return wanted if apart_from is None else wanted.where(LiveSession.id != apart_from)


def meeting_accounts(*, keep: int | None = None) -> list[MeetingAccount]:
    """Those in use, and `keep` though it was switched off."""
    return list(
        db.session().scalars(
            sa.select(MeetingAccount)
            .where(MeetingAccount.active | (MeetingAccount.id == keep))
            .order_by(MeetingAccount.name)
        )
    )


def all_accounts() -> list[MeetingAccount]:
    return list(db.session().scalars(sa.select(MeetingAccount).order_by(~MeetingAccount.active, MeetingAccount.name)))


def account_sessions(*, now: datetime) -> dict[int, list[LiveSession]]:
    """What each meeting account will host, with the diklat."""
    found: dict[int, list[LiveSession]] = defaultdict(list)
    rows = db.session().execute(
        sa.select(Staffing.meeting_account_id, LiveSession)
        .join(LiveSession, LiveSession.id == Staffing.live_session_id)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .where(
            Staffing.meeting_account_id.is_not(None),
            LiveSession.ends_at > now,
            LiveSession.state == SessionState.PLANNED,
            Diklat.state.in_(ALIVE),
        )
        .options(joinedload(LiveSession.diklat))
        .order_by(LiveSession.starts_at)
        .limit(200)
    )
    for account_id, session in rows:
        found[account_id or 0].append(session)
    return found
