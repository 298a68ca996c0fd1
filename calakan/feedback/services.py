"""Answering the questionnaire, and telling the narasumber once enough have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance import queries as attendance
from calakan.audit import services as audit
from calakan.diklat.models import LiveSession, SessionState
from calakan.feedback import queries, quotes
from calakan.feedback.errors import AlreadyAnswered, AnswerNotOpen, MarksInvalid, NotPresent
from calakan.feedback.models import ITEMS, Answered, Consent, SessionAnswer
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.narasumber.models import Assignment, AssignmentState, Duty
from calakan.notifications import services as notifications
from calakan.people.models import Person

# Most answers come within two days; later ones stand on the page.
TELL_AFTER = timedelta(days=2)
TELL_UNTIL = timedelta(days=30)


def answer(
    session_id: int,
    person_id: int,
    marks: Mapping[str, int],
    *,
    text: str = "",
    quote: Consent | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """One answer a person and session, without a name on it; words that may be quoted are kept apart from the marks.

    Locks the session. Raises NotFound, MarksInvalid, AnswerNotOpen, NotPresent, AlreadyAnswered, QuoteEmpty.
    """
    session = db.lock(LiveSession, session_id)
    _check(session, person_id, marks, now=now)
    today = clock.local(now).date()
    db.session().add(Answered(live_session_id=session_id, person_id=person_id))
    if quote is not None:
        quotes.keep(session_id, person_id, text, quote, day=today)
        text = ""
    db.session().add(SessionAnswer(live_session_id=session_id, text=text[:2000], answered_on=today, **marks))
    db.session().flush()
    _count_fives(session_id)
    # Of whom, the trail says nothing: the answer is anonymous there, too.
    audit.record("feedback.answer", session, actor=_nobody(actor), now=now)


def _count_fives(session_id: int) -> None:
    """Once as many as digests tell of at once have come, they are told together; the caller holds the session's lock."""
    waiting = sa.select(SessionAnswer.id).where(SessionAnswer.live_session_id == session_id, ~SessionAnswer.counted)
    ids = db.session().scalars(waiting).all()
    if len(ids) >= queries.FEWEST:
        db.session().execute(sa.update(SessionAnswer).where(SessionAnswer.id.in_(ids)).values(counted=True))


def _check(session: LiveSession, person_id: int, marks: Mapping[str, int], *, now: datetime) -> None:
    if set(marks) != set(ITEMS) or not all(1 <= mark <= 4 for mark in marks.values()):
        raise MarksInvalid()
    if session.state is SessionState.CANCELLED:
        raise AnswerNotOpen(why="cancelled")
    if session.ends_at > now + queries.BEFORE_END:
        raise AnswerNotOpen(why="early")
    if session.ends_at <= now - queries.OPEN_FOR:
        raise AnswerNotOpen(why="late")
    mark = attendance.presence_of(session.id, person_id)
    if mark is None or not mark.present:
        raise NotPresent()
    if db.session().get(Answered, (session.id, person_id)) is not None:
        raise AlreadyAnswered()


def _nobody(actor: Actor) -> Actor:
    return Actor(person_id=None, name="peserta", roles=actor.roles)


def queue_digests(*, now: datetime) -> int:
    """Tell each narasumber once about each session that has enough answers; returns how many messages are new."""
    counted = sa.select(SessionAnswer.live_session_id).group_by(SessionAnswer.live_session_id)
    rows = db.session().execute(
        sa.select(LiveSession.id, Person.id, Person.name, Person.email)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            LiveSession.ends_at <= now - TELL_AFTER,
            LiveSession.ends_at > now - TELL_UNTIL,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.id.in_(counted.having(sa.func.count() >= queries.FEWEST)),
            Assignment.duty == Duty.SPEAKER,
            Assignment.state == AssignmentState.CONFIRMED,
            Person.active,
        )
        .order_by(LiveSession.id, Person.id)
    )
    return notifications.queue_rows(
        notifications.message_row(
            "feedback.digest",
            key=f"feedback:{session_id}:{person_id}",
            person_id=person_id,
            address=email,
            now=now,
            subject_kind=LiveSession.__tablename__,
            subject_id=session_id,
            facts={"name": name},
        )
        for session_id, person_id, name, email in rows
    )
