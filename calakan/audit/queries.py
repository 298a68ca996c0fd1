"""Reading the trail."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.kernel.text import like


def trail(*, act: str = "", words: str = "") -> sa.Select[AuditEntry]:
    """Newest first; `act` is a prefix such as `certificates.`, `words` are looked for in the names of actor and subject."""
    wanted = sa.select(AuditEntry).order_by(AuditEntry.id.desc())
    if act:
        wanted = wanted.where(AuditEntry.act.startswith(act, autoescape=True))
    if words:
        pattern = like(words)
        wanted = wanted.where(
            AuditEntry.actor_name.ilike(pattern, escape="\\") | AuditEntry.subject_name.ilike(pattern, escape="\\")
        )
    return wanted


def about(subject: db.Base, *, act: str = "", limit: int = 100) -> Sequence[AuditEntry]:
    """What was done to one thing, in the order it happened; `act` is a prefix."""
    wanted = sa.select(AuditEntry).where(
        AuditEntry.subject_kind == subject.__tablename__, AuditEntry.subject_id == getattr(subject, "id", None)
    )
    if act:
        wanted = wanted.where(AuditEntry.act.startswith(act, autoescape=True))
    newest = db.session().scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit)).all()
    return newest[::-1]
