"""One row per person and diklat, for ever; states change."""

from __future__ import annotations

from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calakan.diklat.models import Diklat
from calakan.kernel.askable import Askable
from calakan.kernel.db import Base, Lockable, enum_column
from calakan.people.models import Person


class EnrolmentState(Askable):
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Enrolment(Base):
    """`rank` and `queued_at` order the waiting list; `code` is the unguessable public number of the enrolment.

    `share_key` is the share its seat was given from (`seats.Rule`); `beyond_share`: given when no share bound, or from one
    that was full already when the panitia made the rule.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("diklat_id", "person_id"),
        sa.Index("ix_enrolment_seats", "diklat_id", "state", "queued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    state: Mapped[EnrolmentState] = enum_column(EnrolmentState)
    rank: Mapped[int] = mapped_column(default=0, server_default="0")
    queued_at: Mapped[datetime]
    share_key: Mapped[str | None] = mapped_column(sa.String(80))
    beyond_share: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    decided_at: Mapped[datetime]
    cancel_reason: Mapped[str] = mapped_column(sa.String(300), default="")

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    diklat: Mapped[Diklat] = relationship(lazy="raise_on_sql")

    @property
    def shown_code(self) -> str:
        return f"BC-{self.code[:4]}-{self.code[4:]}"


class ReminderPlan(Base):
    """What a diklat's panitia chose instead of the usual plan (`enrolment.plans`); without a row the usual one holds."""

    __tablename__ = "reminder_plan"

    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"), primary_key=True)
    moments: Mapped[list[str]] = mapped_column(sa.JSON)
    morning: Mapped[time]
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    spare_mail: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class BroadcastState(Askable):
    DRAFT = "draft"
    SENT = "sent"
    STOPPED = "stopped"


class Broadcast(Lockable, Base):
    """A message of the panitia to many. `audience` are the filters of `enrolment.broadcasts.Audience`."""

    __tablename__ = "broadcast"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    diklat_id: Mapped[int | None] = mapped_column(sa.ForeignKey("diklat.id"), index=True)
    audience: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    subject: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    channels: Mapped[list[str]] = mapped_column(sa.JSON, default=lambda: ["mail"], server_default='["mail"]')
    state: Mapped[BroadcastState] = enum_column(BroadcastState)
    send_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    diklat: Mapped[Diklat | None] = relationship(lazy="raise_on_sql")


class Wish(Base):
    """What somebody looked for in vain, in the words of `search_key`, with the jenjang of the filter if there was one."""

    __tablename__ = "wish"
    __table_args__ = (sa.UniqueConstraint("person_id", "words", "level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(sa.String(80))
    level: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime]


class ShareLink(Base):
    """A short address of a diklat for one group, how often it was tapped, and who said when that the text was sent."""

    __tablename__ = "share_link"
    __table_args__ = (sa.UniqueConstraint("diklat_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(6), unique=True)
    diklat_id: Mapped[int] = mapped_column(sa.ForeignKey("diklat.id"))
    group: Mapped[str] = mapped_column(sa.String(20))
    label: Mapped[str] = mapped_column(sa.String(80))
    taps: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    sent_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")
