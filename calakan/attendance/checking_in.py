"""Typing a code. Every answer is true: which code, which session, and what this person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from calakan.attendance import evidence
from calakan.attendance.errors import (
    AttendanceFinal,
    CheckInNotOpen,
    CodeEarly,
    CodeLate,
    CodesTooMany,
    CodeWrong,
    MarkedAbsent,
    NotEnrolledHere,
)
from calakan.attendance.models import CheckIn, Evidence, Kind, MissedCode, Part, Presence, State
from calakan.attendance.rules import BEFORE_START, LATE, refuse_unmarkable
from calakan.audit import services as audit
from calakan.diklat.models import LiveSession, SessionState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError

MOST_MISSES, MISS_WINDOW = 10, timedelta(minutes=5)


class Answer(StrEnum):
    """How a typed code was taken."""

    PRESENT = "present"
    NOTED = "noted"  # kept; by the rule of the diklat something more is needed
    ALREADY = "already"
    WRONG = "wrong"
    EARLY = "early"
    LATE = "late"
    NOT_ENROLLED = "not_enrolled"
    WAITING = "waiting"
    CALLED_OFF = "called_off"
    FINAL = "final"
    TAKEN_AWAY = "taken_away"
    TOO_MANY = "too_many"


# What the panitia look at afterwards, and what brakes guessing.
MISSES = (Answer.WRONG, Answer.EARLY, Answer.LATE, Answer.NOT_ENROLLED, Answer.WAITING)


@dataclass(frozen=True)
class Answered:
    """`session` is the one whose code it is, where there is one; `meant` the one a wrong code was most likely meant for."""

    answer: Answer
    session: LiveSession | None = None
    meant: LiveSession | None = None

    @property
    def refusal(self) -> DomainError | None:
        """The error that says so; None when the person is present."""
        session = self.session
        if self.answer in (Answer.PRESENT, Answer.NOTED, Answer.ALREADY):
            return None
        if self.answer is Answer.TOO_MANY:
            return CodesTooMany()
        if session is None:
            return CodeWrong()
        about = {"title": session.diklat.title, "session": session.title, "slug": session.diklat.slug}
        refusals: dict[Answer, DomainError] = {
            Answer.EARLY: CodeEarly(**about, starts_at=session.starts_at),
            Answer.LATE: CodeLate(**about),
            Answer.NOT_ENROLLED: NotEnrolledHere(**about, waiting=False),
            Answer.WAITING: NotEnrolledHere(**about, waiting=True),
            Answer.CALLED_OFF: CheckInNotOpen(why="cancelled"),
            Answer.FINAL: AttendanceFinal(state=session.diklat.state.value),
            Answer.TAKEN_AWAY: MarkedAbsent(**about),
        }
        return refusals[self.answer]


def check_in(
    person_id: int,
    typed: str,
    *,
    actor: Actor,
    now: datetime,
    only_session_id: int | None = None,
    key: str | None = None,
) -> Answered:
    """Take a typed code: it counts for an enrolled person, inside its window (of this session, if one is named).

    Misses are kept for the panitia's review list, so this answers instead of raising; ten misses in five minutes stop it.
    The same `key` again, after a line that broke, is the same sending: its miss is kept once.
    """
    code = "".join(c for c in typed if c.isdigit())[:12]
    db.alone("attendance.misses", str(person_id))  # ten at once are ten
    asked = {"person": person_id, "since": now - MISS_WINDOW, "key": key or "", "typed": code}
    if (db.session().scalar(_misses(), asked) or 0) >= MOST_MISSES:
        return Answered(Answer.TOO_MANY)
    found = _held(person_id, code, only_session_id, now=now)
    if found is None:
        meant = running_session(person_id, now, over=LATE)
        _miss(person_id, code, Answer.WRONG, meant.id if meant is not None else None, key, now=now)
        return Answered(Answer.WRONG, meant=meant)
    window, session, standing = found
    answer = _judge(window, session, standing, person_id, now=now)
    if answer in MISSES:
        _miss(person_id, code, answer, session.id, key, now=now)
    if answer is Answer.PRESENT:
        sign = Evidence(
            live_session_id=session.id, person_id=person_id, kind=Kind.CODE, at=now, part=window.part,
            by_id=actor.person_id,
        )  # fmt: skip
        db.session().add(sign)
        verdict = evidence.derive(session, [person_id], now=now)[person_id]
        audit.record("attendance.check_in", session, actor=actor, now=now)
        answer = Answer.PRESENT if verdict.state is State.PRESENT else Answer.NOTED
    return Answered(answer, session)


@cache
def _misses() -> sa.Select[int]:
    """All but those of the same sending. Built once, as all that a whole hall asks within a minute."""
    another = sa.or_(MissedCode.key.is_distinct_from(sa.bindparam("key")), MissedCode.typed != sa.bindparam("typed"))
    return sa.select(sa.func.count()).where(
        MissedCode.person_id == sa.bindparam("person"), MissedCode.at > sa.bindparam("since"), another
    )


def _held(
    person_id: int, code: str, only_session_id: int | None, *, now: datetime
) -> tuple[CheckIn, LiveSession, EnrolmentState | None] | None:
    """What `_find` finds, held until the transaction ends: read again, since much may have changed while it waited.

    A whole hall types at once: people do not wait for each other, nor does anybody decide about all of them meanwhile.
    """
    found = _find(person_id, code, only_session_id, now=now)
    if found is None or found[2] is not EnrolmentState.CONFIRMED:
        return found
    session = found[1]
    db.share(LiveSession, session.id)
    enrolment.hold(session.diklat_id, person_id)
    return _find(person_id, code, session.id, now=now)


def _find(
    person_id: int, code: str, only_session_id: int | None, *, now: datetime
) -> tuple[CheckIn, LiveSession, EnrolmentState | None] | None:
    """The window of this code that fits best: of a session of one's own, and the newest."""
    asked = {"person": person_id, "code": code, "since": now - LATE, "session": only_session_id}
    row = db.session().execute(_windows(one=only_session_id is not None), asked).first()
    return (row[0], row[1], row[2]) if row is not None else None


@cache
def _windows(*, one: bool) -> sa.Select[CheckIn, LiveSession, EnrolmentState]:
    """Built once; of any session, or of one."""
    mine = sa.and_(Enrolment.diklat_id == LiveSession.diklat_id, Enrolment.person_id == sa.bindparam("person"))
    return (
        sa.select(CheckIn, LiveSession, Enrolment.state)
        .join(LiveSession, LiveSession.id == CheckIn.live_session_id)
        .outerjoin(Enrolment, mine)
        .where(
            CheckIn.code == sa.bindparam("code"),
            CheckIn.closes_at > sa.bindparam("since"),
            LiveSession.id == sa.bindparam("session") if one else sa.true(),
        )
        .options(joinedload(LiveSession.diklat).options(lazyload("*")))
        .execution_options(populate_existing=True)
        .order_by(sa.case((Enrolment.state == EnrolmentState.CONFIRMED, 0), else_=1), CheckIn.closes_at.desc())
    )


def _judge(
    window: CheckIn, session: LiveSession, standing: EnrolmentState | None, person_id: int, *, now: datetime
) -> Answer:
    try:
        refuse_unmarkable(session.diklat, session)
    except CheckInNotOpen:
        return Answer.CALLED_OFF
    except AttendanceFinal:
        return Answer.FINAL
    if standing is not EnrolmentState.CONFIRMED:
        return Answer.WAITING if standing is EnrolmentState.WAITING else Answer.NOT_ENROLLED
    present = db.session().scalar(_present(), {"session": session.id, "person": person_id})
    if present is not None:
        return Answer.ALREADY if present else Answer.TAKEN_AWAY
    signs = evidence.of_people(session.id, [person_id]).get(person_id, ())
    if any(sign.kind is Kind.CODE and (sign.part or Part.START) is window.part for sign in signs):
        return Answer.NOTED
    if now < window.opens_at:
        return Answer.EARLY
    return Answer.PRESENT if now < window.closes_at else Answer.LATE


@cache
def _present() -> sa.Select[bool]:
    return sa.select(Presence.present).where(
        Presence.live_session_id == sa.bindparam("session"), Presence.person_id == sa.bindparam("person")
    )


def running_session(person_id: int, now: datetime, *, over: timedelta) -> LiveSession | None:
    """The session a code is most likely meant for: the last one that runs for this person, or that is `over` for less than so long,
    and was not called off; None when none does.
    """
    return db.session().scalar(
        sa.select(LiveSession)
        .join(Enrolment, Enrolment.diklat_id == LiveSession.diklat_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at <= now + BEFORE_START,
            LiveSession.ends_at > now - over,
        )
        .options(joinedload(LiveSession.diklat).options(lazyload("*")))
        .order_by(LiveSession.starts_at.desc(), LiveSession.id.desc())
        .limit(1)
    )


def _miss(person_id: int, typed: str, why: Answer, session_id: int | None, key: str | None, *, now: datetime) -> None:
    before = sa.select(MissedCode.typed).where(MissedCode.person_id == person_id, MissedCode.key == key)
    if key is not None and db.session().scalar(before) not in (None, typed):
        key = None  # another guess, whatever its sender calls it
    facts = {"person_id": person_id, "live_session_id": session_id, "typed": typed, "why": why.value, "at": now}
    db.insert_new(MissedCode, [facts | {"key": key}])
