"""What stands in a narasumber's calendar: busy times and own sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import LiveSession
from calakan.kernel import db
from calakan.narasumber.models import Assignment, AssignmentState


def sessions_between(person_id: int, start: datetime, end: datetime) -> Sequence[LiveSession]:
    """Sessions this person stands confirmed for that touch this span, cancelled ones too, with the diklat."""
    return (
        db.session()
        .scalars(
            sa.select(LiveSession)
            .join(Assignment, Assignment.live_session_id == LiveSession.id)
            .where(
                Assignment.person_id == person_id,
                Assignment.state == AssignmentState.CONFIRMED,
                LiveSession.starts_at < end,
                LiveSession.ends_at > start,
            )
            .options(joinedload(LiveSession.diklat))
            .order_by(LiveSession.starts_at)
        )
        .all()
    )
