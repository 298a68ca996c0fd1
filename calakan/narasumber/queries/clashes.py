"""When people are not free."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel import db
from calakan.narasumber.models import Assignment, AssignmentState


def clash(person_id: int, session: LiveSession) -> LiveSession | None:
    """Another confirmed session of this person at the same time, with its diklat; touching ends are no clash."""
    return db.session().scalar(
        sa.select(LiveSession)
        .join(Assignment, Assignment.live_session_id == LiveSession.id)
        .join(Diklat, Diklat.id == LiveSession.diklat_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.state == AssignmentState.CONFIRMED,
            LiveSession.id != session.id,
            LiveSession.state == SessionState.PLANNED,
            Diklat.state.in_([DiklatState.DRAFT, DiklatState.PROPOSED, DiklatState.PUBLISHED]),
            LiveSession.starts_at < session.ends_at,
            LiveSession.ends_at > session.starts_at,
        )
        .options(joinedload(LiveSession.diklat))
        .limit(1)
    )
