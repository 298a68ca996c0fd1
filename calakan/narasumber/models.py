"""A volunteer is a person who offered to speak; an assignment joins one to a live session."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import LiveSession
from calakan.kernel.db import Base, enum_column
from calakan.people.models import Person


class VolunteerState(StrEnum):
    APPLIED = "applied"
    APPROVED = "approved"
    DECLINED = "declined"


class Duty(StrEnum):
    SPEAKER = "narasumber"
    MODERATOR = "moderator"


class AssignmentState(StrEnum):
    """OFFERED: the volunteer raised a hand, panitia decide. CONFIRMED: it stands and blocks the hour."""

    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    RELEASED = "released"


class Volunteer(Base):
    __tablename__ = "volunteer"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    headline: Mapped[str] = mapped_column(sa.String(120))
    bio: Mapped[str] = mapped_column(sa.Text, default="")
    public: Mapped[bool] = mapped_column(default=False)
    state: Mapped[VolunteerState] = enum_column(VolunteerState, default=VolunteerState.APPLIED, index=True)
    state_note: Mapped[str] = mapped_column(sa.String(300), default="")
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    topics: Mapped[list[VolunteerTopic]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def name(self) -> str:
        return self.slug


class VolunteerTopic(Base):
    __tablename__ = "volunteer_topic"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("volunteer.person_id"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class Assignment(Base):
    __tablename__ = "assignment"
    __table_args__ = (sa.UniqueConstraint("live_session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    duty: Mapped[Duty] = enum_column(Duty, default=Duty.SPEAKER)
    state: Mapped[AssignmentState] = enum_column(AssignmentState)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    live_session: Mapped[LiveSession] = relationship(lazy="raise_on_sql")
