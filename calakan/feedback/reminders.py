"""The questionnaire that waits: once a session, an hour after it, to whoever was present and has not answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import plans
from calakan.enrolment.models import ReminderPlan
from calakan.feedback.models import Answered
from calakan.kernel import db
from calakan.notifications import services as notifications
from calakan.people.models import Person

KIND = "feedback.reminder"
AFTER = timedelta(hours=1)
# Later nobody remembers the session; the page stays open longer.
UNTIL = timedelta(days=2)


def queue_due(*, now: datetime) -> int:
    """Write the messages that are due; returns how many are new."""
    if plans.quiet(now):
        return 0
    rows = db.session().execute(
        sa.select(LiveSession.id, LiveSession.ends_at, ReminderPlan.moments, Person.id, Person.name, Person.email)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .join(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .join(Presence, Presence.live_session_id == LiveSession.id)
        .join(Person, Person.id == Presence.person_id)
        .where(
            LiveSession.state == SessionState.PLANNED,
            LiveSession.ends_at <= now - AFTER,
            LiveSession.ends_at > now - UNTIL,
            Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED]),
            Diklat.remind,
            Presence.present,
            Person.active,
            ~sa.exists().where(Answered.live_session_id == LiveSession.id, Answered.person_id == Person.id),
        )
        .order_by(LiveSession.id, Person.id)
    )
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
        for session_id, ends_at, moments, person_id, name, email in rows
        if plans.SURVEY in moments
    )
