"""One row per act, and the chain that shows when one was changed behind our back.

Rows are never changed, which triggers of both databases see to, but for the words that an erasure takes away. Facts hold
no passwords, tokens, or full NIP and NUPTK.
"""

from __future__ import annotations

from datetime import date, datetime
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


class TrailLink(Base):
    """An entry's place in the chain. `words` is a salted digest of what the entry says of people, `hash` covers all else of
    it and the link before.

    An erasure takes the salt along with the words, and says in `erased_id` for whom: what was digested can be guessed no
    more, and the chain stays whole.
    """

    __tablename__ = "trail_link"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(unique=True)
    salt: Mapped[str | None] = mapped_column(sa.String(32))
    words: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))
    erased_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class TrailHead(Base):
    """Where the chain stood when a day (of the house's zone) was over; `proof` is made with a key outside the database."""

    __tablename__ = "trail_head"

    day: Mapped[date] = mapped_column(primary_key=True)
    position: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    proof: Mapped[str] = mapped_column(sa.String(80))
