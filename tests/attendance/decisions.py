"""What was decided about a person in a session."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.attendance.models import Decision
from calakan.kernel import db


def decision_of(session_id: int, person_id: int) -> Decision | None:
    return db.session().scalar(
        sa.select(Decision).where(Decision.live_session_id == session_id, Decision.person_id == person_id)
    )
