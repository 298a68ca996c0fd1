"""A volunteer is a person who offered to speak; an assignment joins one to a live session, from the first question on."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import LiveSession, Mode
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Jenjang, Person


class VolunteerState(Askable):
    APPLIED = "applied"
    APPROVED = "approved"
    DECLINED = "declined"


class Duty(Askable):
    SPEAKER = "narasumber"
    MODERATOR = "moderator"


class AssignmentState(Askable):
    """OFFERED: the volunteer raised a hand, panitia decide. INVITED: the volunteer was asked and has not answered.

    CONFIRMED: it stands and blocks the hour. DECLINED: one of both said no. RELEASED: no longer needed.
    LAPSED: no answer in time. MISSED: confirmed, did not come, was replaced.
    """

    OFFERED = "offered"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    RELEASED = "released"
    LAPSED = "lapsed"
    MISSED = "missed"


class Freed(Askable):
    """Why the panitia no longer need somebody who was asked."""

    FILLED = "filled"
    CHANGED = "changed"
    STOPPED = "stopped"


class Origin(Askable):
    """Who began it."""

    PANITIA = "panitia"
    VOLUNTEER = "relawan"
    RELAY = "estafet"


class Volunteer(Base):
    """`public` is the consent to a public page, `public_at` when it was given; nothing is shown without it."""

    __tablename__ = "volunteer"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    headline: Mapped[str] = mapped_column(sa.String(120))
    profession: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    bio: Mapped[str] = mapped_column(sa.Text, default="")
    links: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    modes: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    photo_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    public: Mapped[bool] = mapped_column(default=False)
    public_at: Mapped[datetime | None]
    state: Mapped[VolunteerState] = enum_column(VolunteerState, default=VolunteerState.APPLIED, index=True)
    state_note: Mapped[str] = mapped_column(sa.String(300), default="")
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    topics: Mapped[list[VolunteerTopic]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="VolunteerTopic.topic"
    )
    levels: Mapped[list[VolunteerLevel]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="VolunteerLevel.jenjang"
    )

    @property
    def name(self) -> str:
        return self.slug

    @property
    def taught_in(self) -> list[Mode]:
        return [Mode(mode) for mode in self.modes]

    @property
    def jenjang(self) -> list[Jenjang]:
        """From the youngest pupils on."""
        return sorted((row.jenjang for row in self.levels), key=list(Jenjang).index)


class VolunteerTopic(Base):
    __tablename__ = "volunteer_topic"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("volunteer.person_id"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class VolunteerLevel(Base):
    """A level this volunteer teaches; none means all."""

    __tablename__ = "volunteer_level"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("volunteer.person_id"), primary_key=True)
    jenjang: Mapped[Jenjang] = enum_column(Jenjang, primary_key=True)


class NoteKind(Askable):
    """What the record of a volunteer holds: the first four are written by what happened, the last by hand."""

    SUBSTITUTED = "substituted"
    MISSED = "missed"
    UNANSWERED = "unanswered"
    STEPPED_BACK = "stepped_back"
    REMARK = "remark"


class VolunteerNote(Base):
    """How far one can rely on a volunteer. For the panitia's eyes alone; never on a page of the volunteer's own."""

    __tablename__ = "volunteer_note"
    __table_args__ = (sa.Index("ix_volunteer_note_person", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    live_session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    kind: Mapped[NoteKind] = enum_column(NoteKind)
    text: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    live_session: Mapped[LiveSession | None] = relationship(lazy="raise_on_sql")


class Assignment(Base):
    """One row per session and person. `round` counts the invitations: the newest link alone counts.

    `agreed_at` is when the person said yes; someone the panitia appointed has none until then.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("live_session_id", "person_id"),
        sa.Index("ix_assignment_state_person", "state", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    duty: Mapped[Duty] = enum_column(Duty, default=Duty.SPEAKER)
    state: Mapped[AssignmentState] = enum_column(AssignmentState)
    origin: Mapped[Origin] = enum_column(Origin, default=Origin.PANITIA, server_default=Origin.PANITIA.value)
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    reply_by: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    checked_in_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assignment.id"))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    live_session: Mapped[LiveSession] = relationship(lazy="raise_on_sql")


class MeetingAccount(Lockable, Base):
    """A licence such as "Zoom Dinas 1": it hosts one session at a time. Switched off, not deleted."""

    __tablename__ = "meeting_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    room_url: Mapped[str] = mapped_column(sa.String(500), default="")
    active: Mapped[bool] = mapped_column(default=True)


class Staffing(Base):
    """What a session needs, and whether the relay may look for it; a session without a row needs one narasumber.

    `relay_dry_after`: after how many invitations the panitia were told that nobody is left to ask.
    """

    __tablename__ = "staffing"
    __table_args__ = (sa.CheckConstraint("speakers BETWEEN 0 AND 9", name="speakers"),)

    live_session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_session.id"), primary_key=True)
    speakers: Mapped[int] = mapped_column(default=1)
    meeting_account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("meeting_account.id"), index=True)
    relay_stopped_at: Mapped[datetime | None]
    relay_stop_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    relay_dry_after: Mapped[int | None]

    meeting_account: Mapped[MeetingAccount | None] = relationship(lazy="joined")
