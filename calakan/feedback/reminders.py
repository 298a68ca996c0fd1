"""The questionnaire that waits: asked for an hour after the session, and once more the morning before it closes.

Both reach whoever was present and has not answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import plans
from calakan.enrolment.models import ReminderPlan
from calakan.enrolment.plans import Plan
from calakan.feedback.models import Answered
from calakan.feedback.queries import OPEN_FOR
from calakan.kernel import clock, db
from calakan.notifications import services as notifications
from calakan.people.models import Person

KIND, LAST_CALL = "feedback.reminder", "feedback.last_call"
AFTER = timedelta(hours=1)
# Later nobody remembers the session; the page stays open longer.
UNTIL = timedelta(days=2)


def queue_due(*, now: datetime) -> int:
    """Write the messages that are due; returns how many are new."""
    if plans.quiet(now):
        return 0
    return _first_calls(now) + _last_calls(now)


def _first_calls(now: datetime) -> int:
    """One for each session."""
    return notifications.queue_rows(
        notifications.message_row(
            KIND,
            key=f"survey:{session_id}:{person_id}",
            person_id=person_id,
            address=email,
            now=now,
            expires_at=ends_at + UNTIL,
            subject_kind=LiveSession.__tablename__,
            subject_id=session_id,
            facts={"name": name},
        )
        for session_id, ends_at, plan, person_id, name, email in _unanswered(now - UNTIL, now - AFTER)
        if plan.has(plans.SURVEY)
    )


def _last_calls(now: datetime) -> int:
    """One for each person and day, whatever closes tomorrow; the letter lists it."""
    rows = {}
    tomorrow = clock.end_of(clock.local(now).date() + timedelta(days=1))
    for _, ends_at, plan, person_id, name, email in _unanswered(now - OPEN_FOR, tomorrow - OPEN_FOR):
        due, until = plan.eve(ends_at + OPEN_FOR)
        if not plan.has(plans.DEADLINE) or not due <= now < until:
            continue
        today = clock.local(now).date().isoformat()
        rows[person_id] = notifications.message_row(
            LAST_CALL,
            key=f"survey-last:{person_id}:{today}",
            person_id=person_id,
            address=email,
            now=now,
            expires_at=until,
            subject_kind=Person.__tablename__,
            subject_id=person_id,
            facts={"name": name},
        )
    return notifications.queue_rows(rows.values())


def _unanswered(after: datetime, until: datetime) -> Iterable[tuple[int, datetime, Plan, int, str, str | None]]:
    """Session, its end and plan, person, name and address of each missing answer to sessions that ended in between."""
    rows = db.session().execute(
        sa.select(
            LiveSession.id,
            LiveSession.ends_at,
            ReminderPlan.moments,
            ReminderPlan.morning,
            Person.id,
            Person.name,
            Person.email,
        )
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .join(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .join(Presence, Presence.live_session_id == LiveSession.id)
        .join(Person, Person.id == Presence.person_id)
        .where(
            LiveSession.state == SessionState.PLANNED,
            LiveSession.ends_at > after,
            LiveSession.ends_at <= until,
            Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
            Diklat.remind,
            Presence.present,
            Person.active,
            ~sa.exists().where(Answered.live_session_id == LiveSession.id, Answered.person_id == Person.id),
        )
        .order_by(LiveSession.id, Person.id)
    )
    for session_id, ends_at, moments, morning, person_id, name, email in rows:
        yield session_id, ends_at, Plan(tuple(moments), morning), person_id, name, email
