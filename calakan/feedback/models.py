"""An answer bears no name: who has answered stands in a table of its own, without a time."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel.db import Base

ITEMS = ("mastery", "delivery", "interaction", "timing")


class SessionAnswer(Base):
    """Marks from 1 (poor) to 4 (very good), and what was written. `answered_on` is a day, not an instant."""

    __tablename__ = "session_answer"
    __table_args__ = tuple(sa.CheckConstraint(f"{item} BETWEEN 1 AND 4", name=f"{item}_scale") for item in ITEMS)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    mastery: Mapped[int]
    delivery: Mapped[int]
    interaction: Mapped[int]
    timing: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    answered_on: Mapped[date]


class Answered(Base):
    """One answer a person and session, held by the key."""

    __tablename__ = "session_answered"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
