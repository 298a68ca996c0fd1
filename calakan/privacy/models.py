"""The register of breaches: what happened to personal data, and by when who was told (UU 27/2022 art. 46)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel import codes
from calakan.kernel.db import Base, Lockable


class Breach(Lockable, Base):
    """From `noticed_at` on there are three times twenty-four hours to tell the people and the authority, in writing."""

    __tablename__ = "breach"

    WITHIN: ClassVar[timedelta] = timedelta(hours=72)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), unique=True, default=lambda: codes.code(10))
    noticed_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(sa.String(120))
    happened: Mapped[str] = mapped_column(sa.Text)
    data: Mapped[str] = mapped_column(sa.String(300))
    affected: Mapped[str] = mapped_column(sa.String(300))
    remedy: Mapped[str] = mapped_column(sa.Text)
    people_told_at: Mapped[datetime | None]
    authority_told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @property
    def due_at(self) -> datetime:
        return self.noticed_at + self.WITHIN

    @property
    def told(self) -> bool:
        """Whether everybody who must be told has been."""
        return self.people_told_at is not None and self.authority_told_at is not None
