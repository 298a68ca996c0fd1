"""Reading the trail."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.audit.models import AuditEntry
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
