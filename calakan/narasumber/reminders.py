"""Whoever teaches or moderates is reminded the day before and the hour before. Computed, not scheduled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel import clock, db
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.notifications import services as notifications
from calakan.notifications.night import quiet
from calakan.people.models import Person

KIND = "narasumber.reminder"
MORNING = time(7)
HOUR = timedelta(hours=1)
# The day before is over when the hour before is near.
NO_LONGER_EVE = timedelta(hours=2)


def queue_due(*, now: datetime) -> int:
    """Write the messages that are due; returns how many are new."""
    if quiet(now):
        return 0
    rows = db.session().scalars(
        sa.select(Assignment)
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.state == AssignmentState.CONFIRMED,
            LiveSession.state == SessionState.PLANNED,
            LiveSession.starts_at > now,
            LiveSession.starts_at <= now + timedelta(days=2),
            Diklat.state == DiklatState.PUBLISHED,
            Person.active,
        )
        .options(joinedload(Assignment.live_session))
        .order_by(Assignment.id)
    )
    return notifications.queue_rows(
        notifications.message_row(
            KIND,
            key=f"{KIND}:{moment}:{row.id}:{row.live_session.starts_at.isoformat()}",
            person_id=row.person_id,
            address=row.person.email,
            now=now,
            expires_at=row.live_session.starts_at,
            subject_kind=LiveSession.__tablename__,
            subject_id=row.live_session_id,
            facts={"name": row.person.name, "assignment_id": row.id},
        )
        for row in rows
        for moment in _due(row.live_session, now)
    )


def _due(session: LiveSession, now: datetime) -> Iterator[str]:
    left = session.starts_at - now
    if left <= HOUR:
        yield "hour"
    elif left > NO_LONGER_EVE and now >= clock.instant(session.local_date - timedelta(days=1), MORNING):
        yield "eve"
