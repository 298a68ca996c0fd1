"""The code that was forgotten: shortly before a check-in closes, whoever is not marked yet is asked. Computed, not scheduled."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance.models import CheckIn, Presence
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import plans
from calakan.enrolment.models import Enrolment, EnrolmentState, ReminderPlan
from calakan.kernel import db
from calakan.notifications import services as notifications
from calakan.people.models import Person

KIND = "attendance.code_reminder"
BEFORE_CLOSING = timedelta(minutes=20)
# Whoever just arrived is still typing.
AFTER_OPENING = timedelta(minutes=5)


def queue_due(*, now: datetime) -> int:
    """Write the messages that are due; returns how many are new."""
    if plans.quiet(now):
        return 0
    return notifications.queue_rows(
        notifications.message_row(
            KIND,
            key=f"code:{session_id}:{opens_at.isoformat()}:{person_id}",
            person_id=person_id,
            address=email,
            now=now,
            expires_at=closes_at,
            subject_kind=LiveSession.__tablename__,
            subject_id=session_id,
            facts={"name": name},
        )
        for session_id, moments, opens_at, closes_at, person_id, name, email in db.session().execute(_late(now))
        if plans.CODE in moments
    )


def _late(now: datetime) -> sa.Select[int, list[str], datetime, datetime, int, str, str | None]:
    """Who has a seat in a session whose code closes soon and has not typed it: session, moments of the plan, window, person."""
    return (
        sa.select(
            LiveSession.id,
            ReminderPlan.moments,
            CheckIn.opens_at,
            CheckIn.closes_at,
            Person.id,
            Person.name,
            Person.email,
        )
        .join(CheckIn, CheckIn.live_session_id == LiveSession.id)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .join(ReminderPlan, ReminderPlan.diklat_id == Diklat.id)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            LiveSession.state == SessionState.PLANNED,
            Diklat.state == DiklatState.PUBLISHED,
            Diklat.remind,
            CheckIn.opens_at <= now - AFTER_OPENING,
            CheckIn.closes_at > now,
            CheckIn.closes_at <= now + BEFORE_CLOSING,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            # A mark taken away by hand counts too: the panitia has seen to it.
            ~sa.exists().where(Presence.live_session_id == LiveSession.id, Presence.person_id == Person.id),
        )
        .order_by(LiveSession.id, Person.id)
    )
