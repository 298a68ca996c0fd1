"""What was measured in a period: tests before and after, answers of the angket, duties of volunteers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment import gains
from calakan.assessment.gains import Gain
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.feedback.models import SessionAnswer
from calakan.kernel import clock, db
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.reports.terms import Filters

# Fewer answers would tell on single people.
FEWEST_ANSWERS = 5


def gain(filters: Filters, now: datetime) -> tuple[int, Gain] | None:
    """(diklat, gain) where tests were held before and after; of the diklat that start in the period."""
    since = Diklat.starts_at >= clock.start_of(filters.since) if filters.since else sa.true()
    until = Diklat.starts_at < clock.end_of(filters.until) if filters.until else sa.true()
    standing = Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED])
    found = gains.gain_over(sa.and_(standing, since, until), now=now)
    return None if found is None or found[1].people < FEWEST_ANSWERS else found


def in_period(filters: Filters) -> sa.ColumnElement[bool]:
    since = LiveSession.local_date >= filters.since if filters.since else sa.true()
    until = LiveSession.local_date <= filters.until if filters.until else sa.true()
    return sa.and_(LiveSession.state == SessionState.PLANNED, since, until)


def means(filters: Filters) -> tuple[int, list[float]] | None:
    """Answers, and the mean of each element; of whole fives, so that two reports tell of no single answer."""
    items = (SessionAnswer.mastery, SessionAnswer.delivery, SessionAnswer.interaction, SessionAnswer.timing)
    row = db.session().execute(
        sa.select(sa.func.count(), *(sa.func.avg(item) for item in items))
        .select_from(SessionAnswer)
        .join(LiveSession, LiveSession.id == SessionAnswer.live_session_id)
        .where(SessionAnswer.counted, in_period(filters))
    )
    answers, *means = row.one()
    return (answers, [float(mean) for mean in means]) if answers >= FEWEST_ANSWERS else None


def duties(filters: Filters, now: datetime) -> list[tuple[int, int]]:
    """(person, minutes) of each duty that was done."""
    rows = db.session().execute(
        sa.select(Assignment.person_id, LiveSession.starts_at, LiveSession.ends_at)
        .join(LiveSession, LiveSession.id == Assignment.live_session_id)
        .where(Assignment.state == AssignmentState.CONFIRMED, LiveSession.ends_at <= now, in_period(filters))
    )
    return [(person, int((ends - starts).total_seconds()) // 60) for person, starts, ends in rows]


def hours(done: Sequence[tuple[int, int]]) -> float:
    return round(sum(minutes for _, minutes in done) / 60, 1)
