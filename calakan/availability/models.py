"""Busy times, weekly or dated, and the calendar address some of them are read from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.claims import Claimable
from calakan.kernel.db import Base
from calakan.kernel.vault import Sealed


class BusySource(Claimable, Base):
    """A person's calendar address, fetched again and again: the row is always due once more. One a person."""

    __tablename__ = "busy_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    url: Mapped[str] = mapped_column(Sealed("busy_source.url"))
    fetched_at: Mapped[datetime | None]
    found: Mapped[int] = mapped_column(default=0)


class BusyTime(Base):
    """Weekly: `weekday` (0 is Monday) and minutes of the day in WIB. Dated: two instants. What a source gave has its id."""

    __tablename__ = "busy_time"
    __table_args__ = (
        sa.CheckConstraint(
            "(weekday BETWEEN 0 AND 6 AND starts_minute >= 0 AND ends_minute <= 1440 AND starts_minute < ends_minute"
            " AND starts_at IS NULL AND ends_at IS NULL)"
            " OR (weekday IS NULL AND starts_minute IS NULL AND ends_minute IS NULL AND starts_at < ends_at)",
            name="weekly_or_dated",
        ),
        sa.UniqueConstraint("person_id", "weekday", "starts_minute", "ends_minute"),
        sa.Index("ix_busy_time_dated", "person_id", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("busy_source.id"), index=True)
    weekday: Mapped[int | None]
    starts_minute: Mapped[int | None]
    ends_minute: Mapped[int | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(sa.String(120), default="")
