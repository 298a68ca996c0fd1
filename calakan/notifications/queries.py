"""What waits, what went, what failed."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.kernel.text import like
from calakan.notifications.models import Message


def counts() -> dict[WorkState, int]:
    found = dict(db.session().execute(sa.select(Message.state, sa.func.count()).group_by(Message.state)).all())
    return {state: found.get(state, 0) for state in WorkState}


def outbox(*, state: WorkState | None = None, words: str = "") -> sa.Select[Message]:
    """Newest first."""
    wanted = sa.select(Message).order_by(Message.id.desc())
    if state is not None:
        wanted = wanted.where(Message.state == state)
    if words:
        pattern = like(words)
        wanted = wanted.where(Message.address.ilike(pattern, escape="\\") | Message.subject.ilike(pattern, escape="\\"))
    return wanted


def inbox(person_id: int) -> sa.Select[Message]:
    """What was really sent to this person, newest first; one-time links are left out."""
    return (
        sa.select(Message)
        .where(
            Message.person_id == person_id,
            Message.state.in_([WorkState.DONE, WorkState.UNCERTAIN]),
            Message.kind.not_in(["people.confirm_email", "people.reset_password"]),
        )
        .order_by(Message.sent_at.desc(), Message.id.desc())
    )


def waiting_about(subject_kind: str, subject_ids: Sequence[int]) -> int:
    """How many messages about these things have not left yet."""
    return (
        db.session().scalar(
            sa.select(sa.func.count())
            .select_from(Message)
            .where(
                Message.subject_kind == subject_kind,
                Message.subject_id.in_(subject_ids),
                Message.state == WorkState.PENDING,
            )
        )
        or 0
    )
