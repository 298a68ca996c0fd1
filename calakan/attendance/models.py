"""A check-in window with its code, who was present and how that was shown, and codes that did not count."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import LiveSession
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, enum_column
from calakan.people.models import Person


class Method(Askable):
    CODE = "code"
    HAND = "hand"
    LIST = "list"


class CheckIn(Base):
    """The window in which a session's code counts. A session has one; opening it again makes a new code."""

    __tablename__ = "check_in"

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(6), index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]


class Presence(Base):
    """Present, or (`present` false) a mark by hand that takes a presence away; the row stays as the record."""

    __tablename__ = "presence"
    __table_args__ = (sa.UniqueConstraint("live_session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    present: Mapped[bool] = mapped_column(default=True)
    method: Mapped[Method] = enum_column(Method)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    marked_at: Mapped[datetime]
    marked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    live_session: Mapped[LiveSession] = relationship(lazy="raise_on_sql")


class MissedCode(Base):
    """A wrong or late code, for the panitia's review list and as the brake on guessing."""

    __tablename__ = "missed_code"
    __table_args__ = (sa.Index("ix_missed_code_person", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    live_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    typed: Mapped[str] = mapped_column(sa.String(12))
    why: Mapped[str] = mapped_column(sa.String(20))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
