"""One row per act. Rows are never changed, which triggers of both databases see to; facts hold no passwords, tokens, or full NIP and NUPTK."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.db import Base


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    actor_name: Mapped[str] = mapped_column(sa.String(160))
    act: Mapped[str] = mapped_column(sa.String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int | None]
    subject_name: Mapped[str] = mapped_column(sa.String(300), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
