"""Writing the trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.kernel.actor import Actor


def record(
    act: str, subject: db.Base | None = None, *, actor: Actor, now: datetime, name: str = "", **facts: Any
) -> None:
    """Note an act in the same transaction as the act itself. `act` reads `room.verb`, like an endpoint."""
    db.session().add(
        AuditEntry(
            at=now,
            actor_id=actor.person_id,
            actor_name=actor.name[:160],
            act=act,
            subject_kind=subject.__tablename__ if subject is not None else "",
            subject_id=getattr(subject, "id", None),
            subject_name=(name or str(getattr(subject, "title", None) or getattr(subject, "name", None) or ""))[:300],
            facts=facts,
        )
    )
