"""Open slots as one volunteer sees them, the best fitting first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import Diklat, DiklatState, DiklatTopic, LiveSession, SessionState
from calakan.kernel import clock, db
from calakan.narasumber import ranking
from calakan.narasumber.models import Assignment, AssignmentState, Volunteer
from calakan.narasumber.queries.assignments import all_sessions
from calakan.narasumber.queries.clashes import Busy, buffer, busy
from calakan.narasumber.queries.staffing import short_of_speakers

MOST = 100


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A session that looks for a narasumber, as one volunteer sees it."""

    session: LiveSession
    seats: int | None
    fit: ranking.Fit
    offered: bool
    in_the_way: Busy | None

    @property
    def fits(self) -> bool:
        return self.fit.topic


def open_slots(person_id: int, *, topic: str = "", when: str = "", now: datetime) -> list[Slot]:
    """Sessions to come that are short of narasumber: free hours first, then by fit, then by time.

    Where this person was invited or stands already is not a slot but a question, or a duty.
    """
    sessions = _looking(person_id, topic=topic, when=when, now=now)
    me = db.session().get(Volunteer, person_id)
    own = [s.ends_at for s in all_sessions(person_id) if s.state is SessionState.PLANNED]
    taken, gap = _taken(person_id, sessions), buffer()
    offers = _offers(person_id)
    slots = [
        Slot(
            session=s,
            seats=s.diklat.quota,
            fit=_fit(me, s, own),
            offered=s.id in offers,
            in_the_way=next((b for b in taken if _touch(b, s, gap)), None),
        )
        for s in sessions
    ]
    return sorted(slots, key=lambda slot: (slot.in_the_way is not None, -slot.fit.score, slot.session.starts_at))


def _looking(person_id: int, *, topic: str, when: str, now: datetime) -> Sequence[LiveSession]:
    wanted = (
        sa.select(LiveSession)
        .join(Diklat)
        .where(
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            Diklat.state == DiklatState.PUBLISHED,
            short_of_speakers(),
            ~sa.exists().where(
                Assignment.live_session_id == LiveSession.id,
                Assignment.person_id == person_id,
                Assignment.state.in_([AssignmentState.INVITED, AssignmentState.CONFIRMED]),
            ),
        )
        .options(joinedload(LiveSession.diklat))
        .order_by(LiveSession.starts_at, LiveSession.id)
        .limit(MOST)
    )
    if topic:
        wanted = wanted.where(sa.exists().where(DiklatTopic.diklat_id == Diklat.id, DiklatTopic.topic == topic))
    sessions = db.session().scalars(wanted).all()
    if when:
        return [s for s in sessions if (s.local_date.weekday() >= 5) == (when == "akhir_pekan")]
    return sessions


def _taken(person_id: int, sessions: Sequence[LiveSession]) -> list[Busy]:
    """What fills this person's time between the first and the last of these sessions, asked for once."""
    if not sessions:
        return []
    first, last = min(s.starts_at for s in sessions), max(s.ends_at for s in sessions)
    return busy([person_id], first, last).get(person_id, [])


def _touch(taken: Busy, session: LiveSession, gap: timedelta) -> bool:
    """Between two duties lies the office's gap; what has nothing to do with us needs none."""
    between = gap if taken.live_session_id is not None else timedelta(0)
    return taken.starts_at < session.ends_at + between and taken.ends_at > session.starts_at - between


def _offers(person_id: int) -> set[int]:
    return set(
        db.session().scalars(
            sa.select(Assignment.live_session_id).where(
                Assignment.person_id == person_id, Assignment.state == AssignmentState.OFFERED
            )
        )
    )


def _fit(me: Volunteer | None, session: LiveSession, own: list[datetime]) -> ranking.Fit:
    before = bisect_right(own, session.starts_at)
    rest = (clock.local(session.starts_at).date() - clock.local(own[before - 1]).date()).days if before else None
    return ranking.fit(
        topics=[row.topic for row in me.topics] if me else [],
        wanted_topics=[row.topic for row in session.diklat.topics],
        levels=me.jenjang if me else [],
        wanted_levels=session.diklat.jenjang,
        modes=me.modes if me else [],
        wanted_mode=session.diklat.mode,
        rest_days=rest,
    )
