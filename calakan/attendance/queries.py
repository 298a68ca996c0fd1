"""Who was present, how many JP that earned, and what is still missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance.models import (
    PARTS,
    Appeal,
    AppealState,
    AskedCodes,
    CheckIn,
    Evidence,
    Kind,
    MissedCode,
    Part,
    Presence,
)
from calakan.attendance.rules import AFTER_END
from calakan.diklat import jp as hours
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import WHOLE, Diklat, LiveSession
from calakan.kernel import db


@dataclass(frozen=True)
class Progress:
    """Where one person stands in one diklat. JP count live sessions that were not cancelled.

    `earned` and `live` are the same in thousandths of a JP: a session that is shorter than one JP is part of it, too.
    """

    person_id: int
    earned_jp: int
    live_jp: int
    earned: int
    live: int
    min_percent: int
    attended: frozenset[int]
    missed: tuple[LiveSession, ...]
    ahead: tuple[LiveSession, ...]

    @property
    def percent(self) -> int:
        return self.earned * 100 // self.live if self.live else 0

    @property
    def met(self) -> bool:
        """Attendance reaches the share that the diklat asks for (default 80 % of JP; domain guide 3.2)."""
        return self.live > 0 and self.earned * 100 >= self.min_percent * self.live

    @property
    def within_reach(self) -> bool:
        possible = self.earned + sum(session.weight for session in self.ahead)
        return self.live > 0 and possible * 100 >= self.min_percent * self.live

    @property
    def lacking(self) -> int:
        """Thousandths of a JP still to be earned for the certificate."""
        return max(-(-self.min_percent * self.live // 100) - self.earned, 0)

    @property
    def lacking_jp(self) -> int:
        """The same in JP, rounded upward."""
        return -(-self.lacking // WHOLE)


def presences(session_ids: Iterable[int], person_ids: Iterable[int] | None = None) -> dict[int, dict[int, Presence]]:
    """person -> session -> presence."""
    found: dict[int, dict[int, Presence]] = defaultdict(dict)
    sessions, people = list(session_ids), None if person_ids is None else list(person_ids)
    if not sessions or people == []:
        return found
    if people is not None and len(people) == 1:
        return _own_presences(people[0], sessions)
    wanted = sa.select(Presence).where(Presence.live_session_id.in_(sessions))
    if people is not None:
        wanted = wanted.where(Presence.person_id.in_(people))
    for row in db.session().scalars(wanted):
        found[row.person_id][row.live_session_id] = row
    return found


def _own_presences(person_id: int, session_ids: Sequence[int]) -> dict[int, dict[int, Presence]]:
    """Several parts of a page ask for the same: what was read in this transaction is not asked for again."""
    known: dict[int, Presence | None] = db.once(f"presences of {person_id}", dict)
    unknown = [id for id in session_ids if id not in known]
    if unknown:
        rows = db.session().scalars(_OWN_PRESENCES, {"person": person_id, "sessions": unknown})
        known.update({**dict.fromkeys(unknown), **{row.live_session_id: row for row in rows}})
    found = {id: row for id in session_ids if (row := known[id]) is not None}
    return defaultdict(dict, {person_id: found} if found else {})


_OWN_PRESENCES = sa.select(Presence).where(
    Presence.person_id == sa.bindparam("person"),
    Presence.live_session_id.in_(sa.bindparam("sessions", expanding=True)),
)


def progress(diklat: Diklat, person_ids: Sequence[int], *, now: datetime) -> dict[int, Progress]:
    """Of these people, in two statements whatever their number."""
    sessions = diklat_queries.sessions_of(diklat.id)
    return _progress(diklat, sessions, person_ids, presences([s.id for s in sessions], person_ids), now=now)


def progress_of_person(diklat: Sequence[Diklat], person_id: int, *, now: datetime) -> dict[int, Progress]:
    """diklat -> where this person stands, in two statements whatever their number."""
    by_diklat: dict[int, list[LiveSession]] = defaultdict(list)
    sessions = diklat_queries.sessions_of(*(d.id for d in diklat))
    for session in sessions:
        by_diklat[session.diklat_id].append(session)
    marks = presences([s.id for s in sessions], [person_id])
    return {d.id: _progress(d, by_diklat[d.id], [person_id], marks, now=now)[person_id] for d in diklat}


def _progress(
    diklat: Diklat,
    sessions: Sequence[LiveSession],
    person_ids: Sequence[int],
    marks: dict[int, dict[int, Presence]],
    *,
    now: datetime,
) -> dict[int, Progress]:
    per_jp, found = diklat.minutes_per_jp, {}
    for person_id in person_ids:
        mine = marks.get(person_id, {})
        attended = frozenset(s.id for s in sessions if s.id in mine and mine[s.id].present)
        found[person_id] = Progress(
            person_id=person_id,
            earned_jp=hours.followed(sessions, attended, per_jp),
            live_jp=sum(session.jp for session in sessions),
            earned=sum(s.weight for s in sessions if s.id in attended),
            live=sum(session.weight for session in sessions),
            min_percent=diklat.min_attendance_percent,
            attended=attended,
            missed=tuple(s for s in sessions if s.id not in attended and s.ends_at + AFTER_END <= now),
            ahead=tuple(s for s in sessions if s.id not in attended and s.ends_at + AFTER_END > now),
        )
    return found


def check_in(session_id: int) -> CheckIn | None:
    """The newest window of a session."""
    return check_ins([session_id]).get(session_id)


def check_ins(session_ids: Iterable[int]) -> dict[int, CheckIn]:
    """session -> its newest window."""
    wanted = sa.select(CheckIn).where(CheckIn.live_session_id.in_(list(session_ids)))
    return {row.live_session_id: row for row in db.session().scalars(wanted.order_by(CheckIn.id))}


def window_and_codes(session_id: int) -> tuple[CheckIn | None, tuple[Part, ...]]:
    """The newest window of a session, and the codes that it asks for, in their order; one statement."""
    wanted = (
        sa.select(CheckIn, AskedCodes.parts)
        .select_from(LiveSession)
        .outerjoin(CheckIn, CheckIn.live_session_id == LiveSession.id)
        .outerjoin(AskedCodes, AskedCodes.live_session_id == LiveSession.id)
        .where(LiveSession.id == session_id)
        .order_by(CheckIn.id.desc())
        .limit(1)
    )
    window, parts = db.session().execute(wanted).one()
    return window, PARTS[parts or 1]


def asked_codes(session_id: int) -> tuple[Part, ...]:
    """The codes that a session asks for, in their order."""
    row = db.session().get(AskedCodes, session_id)
    return PARTS[row.parts if row is not None else 1]


def due_code(session_id: int) -> Part:
    """The first code of a session that was never opened; the last one when all were."""
    opened = set(db.session().scalars(sa.select(CheckIn.part).where(CheckIn.live_session_id == session_id)))
    asked = asked_codes(session_id)
    return next((part for part in asked if part not in opened), asked[-1])


def present_count(session_id: int) -> int:
    return present_counts([session_id]).get(session_id, 0)


def present_counts(session_ids: Iterable[int]) -> dict[int, int]:
    """session -> how many are present, where anybody is."""
    counted = (
        sa.select(Presence.live_session_id, sa.func.count().label("present"))
        .where(Presence.live_session_id.in_(list(session_ids)), Presence.present)
        .group_by(Presence.live_session_id)
    )
    return {row.live_session_id: row.present for row in db.session().execute(counted)}


@dataclass(frozen=True)
class Guesses:
    """What one person typed in one session without counting: `last` is the newest of so many `times`."""

    last: MissedCode
    times: int


def missed_codes(diklat_id: int, *, limit: int = 50) -> list[Guesses]:
    """Codes that did not count, of people who are not marked, for review: one line a person and session.

    A mark of absence answers them, too.
    """
    marked = sa.exists().where(
        Presence.live_session_id == MissedCode.live_session_id, Presence.person_id == MissedCode.person_id
    )
    newest = (
        sa.select(sa.func.max(MissedCode.id).label("id"), sa.func.count().label("times"))
        .join(LiveSession, LiveSession.id == MissedCode.live_session_id)
        .where(LiveSession.diklat_id == diklat_id, ~marked)
        .group_by(MissedCode.person_id, MissedCode.live_session_id)
        .subquery()
    )
    wanted = sa.select(MissedCode, newest.c.times).join(newest, newest.c.id == MissedCode.id)
    rows = db.session().execute(wanted.order_by(MissedCode.at.desc()).limit(limit))
    return [Guesses(row, times) for row, times in rows]


def with_a_claim(session_id: int) -> int:
    """How many people have something that says they took part: a presence, evidence for one, or an appeal that waits.

    A click into the room alone says that somebody came to its door, not that anything was held, and a line of a list that
    has no minute of this session is about something else; whom the panitia marked absent, they have looked at.
    """
    marked = sa.select(Presence.person_id).where(Presence.live_session_id == session_id, Presence.present)
    absent = sa.select(Presence.person_id).where(Presence.live_session_id == session_id, ~Presence.present)
    shown = sa.select(Evidence.person_id).where(
        Evidence.live_session_id == session_id,
        Evidence.present,
        Evidence.kind != Kind.JOIN,
        sa.or_(Evidence.kind != Kind.LINE, Evidence.minutes.is_(None), Evidence.minutes > 0, Evidence.most > 0),
        Evidence.withdrawn_at.is_(None),
        Evidence.person_id.not_in(absent),
    )
    asked = sa.select(Appeal.person_id).where(Appeal.live_session_id == session_id, Appeal.state == AppealState.ASKED)
    people = sa.union(marked, shown, asked).subquery()
    return db.session().scalar(sa.select(sa.func.count()).select_from(people)) or 0


def presence_of(session_id: int, person_id: int) -> Presence | None:
    return db.session().scalar(
        sa.select(Presence)
        .where(Presence.live_session_id == session_id, Presence.person_id == person_id)
        .options(joinedload(Presence.live_session))
    )
