"""What was answered to a POST with an Idempotency-Key, so that a repeated request gets the same answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.db import Base


class ApiReply(Base):
    """Written in the transaction of the act itself. `token_hash` is the caller's, `fingerprint` of the whole request."""

    __tablename__ = "api_reply"
    __table_args__ = (sa.UniqueConstraint("token_hash", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str] = mapped_column(sa.String(100))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(index=True)
